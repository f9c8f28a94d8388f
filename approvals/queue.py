"""“Waiting for me”: the texts on which this person may decide now, in a fixed number of queries.

Urgent ones come first, then the oldest.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.models import Page, Revision, TaskState

from approvals.facts import (
    LONG_AGO,
    actor_of,
    closes,
    facts_from,
    is_turned_back,
    of_the_text,
    public_since,
    submitters_of,
)
from approvals.models import Deadline, DuePublication, EntryKind, LedgerEntry, RouteStep, Withdrawal
from approvals.originals import follows_its_original, is_stale, may_follow
from approvals.policy import may_decide
from approvals.stages import Stage
from approvals.withdrawal.waiting import OnItsWay, waiting_for
from site_pages.languages import CODES, KYRGYZ
from site_pages.models import AccessLimit, Contribution, DocumentPage, Urgency

Key = tuple[UUID, str]
AFTER_PUBLICATION = (EntryKind.PUBLISHED, EntryKind.WITHDRAWN)


@dataclass(frozen=True)
class LanguageState:
    """Where one language of a document is; stage is None when there is no text in it.

    is_stale: the original has changed since the text was made from it.
    """

    locale: str
    stage: Stage | None
    is_stale: bool = False

    @property
    def label(self) -> str:
        """The stage's name, or empty when the text is missing."""
        return str(self.stage.label) if self.stage else ""


@dataclass(frozen=True)
class QueueItem:
    """One text that waits for a decision."""

    page_id: int
    title: str
    document_type: str
    type_name: str
    locale: str
    step: RouteStep
    submitted_by: str
    waiting_since: dt.datetime
    languages: tuple[LanguageState, ...]
    acting_for: str = ""
    due_at: dt.datetime | None = None
    is_late: bool = False
    is_urgent: bool = False

    @property
    def step_label(self) -> str:
        """The step whose turn it is, in the reader's language."""
        return self.step.label_in(get_language() or "ky")

    def age(self, now: dt.datetime) -> dt.timedelta:
        """How long it has been waiting."""
        return now - self.waiting_since


@dataclass(frozen=True)
class Inbox:
    """What waits for one person's decision, and what he or she sent and others have now.

    What is urgent comes first, then the longest wait.

    lacks_second_factor: nothing waits because the person decides and has no second factor.
    withdrawals: documents that are to be taken down, the oldest proposal first.
    """

    waiting: list[QueueItem]
    sent: list[QueueItem]
    lacks_second_factor: bool = False
    withdrawals: tuple[OnItsWay, ...] = ()


def inbox_of(*, user_id: int, now: dt.datetime) -> Inbox:
    """Both lists, by the same policy as the decision itself, in a fixed number of queries."""
    actor = actor_of(user_id, now=now)
    groups = actor.group_ids | {acting.group_id for acting in actor.acting}
    steps = {step.task_id: step for step in RouteStep.objects.select_related("route")}
    mine = [task_id for task_id, step in steps.items() if step.group_id in groups]
    turns = list(
        TaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS, workflow_state__status="in_progress")
        .filter(Q(task_id__in=mine) | Q(workflow_state__requested_by_id=user_id))
        .select_related("workflow_state")
        .order_by("started_at", "pk")
    )
    pages = _pages([int(turn.workflow_state.object_id) for turn in turns])
    going_down = list(Withdrawal.objects.open().order_by("proposed_at", "pk"))
    others = {withdrawal.content_id for withdrawal in going_down}
    records = Records(list(pages.values()), content_ids=others, steps=steps.values())
    deadlines = deadlines_of(pages)
    waiting, sent = [], []
    for turn in turns:
        page = pages.get(int(turn.workflow_state.object_id))
        if page is None or turn.task_id not in steps:
            continue
        item = _item(page=page, turn=turn, step=steps[turn.task_id], records=records)
        if deadline := deadlines.get(page.pk):
            is_urgent = deadline.urgency == Urgency.URGENT
            item = replace(item, due_at=deadline.due_at, is_late=deadline.due_at <= now, is_urgent=is_urgent)
        facts = records.facts(page)
        verdict = may_decide(actor=actor, step=facts.next_step, facts=facts) if facts.next_step else None
        if verdict:
            waiting.append(replace(item, acting_for=verdict.acting.principal_name if verdict.acting else ""))
        if turn.workflow_state.requested_by_id == user_id and user_id in records.named.get(page.content_id, {user_id}):
            sent.append(item)
    waiting.sort(key=lambda item: not item.is_urgent)
    return Inbox(
        waiting=waiting,
        sent=sent,
        lacks_second_factor=bool(mine) and not actor.has_second_factor,
        withdrawals=tuple(waiting_for(actor, going_down, records=records)),
    )


def queue_of(*, user_id: int, now: dt.datetime) -> list[QueueItem]:
    """Everything that the person may decide on now, in the order of the inbox."""
    return inbox_of(user_id=user_id, now=now).waiting


def _pages(ids: list[int]) -> dict[int, DocumentPage]:
    documents = DocumentPage.objects.filter(pk__in=ids).select_related("locale", "content_type")
    return {page.pk: page for page in documents}


def deadlines_of(page_ids: Iterable[int]) -> dict[int, Deadline]:
    """By when the step whose turn it is has to be decided, by page; none for a page that waits for nobody."""
    of_texts = Deadline.objects.open().filter(about_withdrawal=False, page_id__in=list(page_ids))
    return {deadline.page_id: deadline for deadline in of_texts}


def _item(*, page: DocumentPage, turn: TaskState, step: RouteStep, records: "Records") -> QueueItem:
    submitted = [e for e in records.entries[key_of(page)] if e.kind == EntryKind.SUBMITTED]
    return QueueItem(
        page_id=page.pk,
        title=page.draft_title or page.title,
        document_type=page.content_type.model_class().document_type,
        type_name=page.content_type.model_class()._meta.verbose_name,
        locale=page.locale_code,
        step=step,
        submitted_by=submitted[-1].actor_name if submitted else "",
        waiting_since=turn.started_at,
        languages=records.languages(page.content_id),
    )


def key_of(page: DocumentPage) -> Key:
    """By what the ledger knows a document."""
    return page.content_id, page.locale_code


class Records:
    """Ledger entries, contributors and translations of many documents at once: six queries, however many."""

    def __init__(
        self,
        pages: Iterable[DocumentPage] = (),
        *,
        content_ids: Iterable[UUID] = (),
        steps: Iterable[RouteStep] | None = None,
    ):
        content_ids = {*content_ids, *(page.content_id for page in pages)}
        self._content_ids = content_ids
        self.entries: dict[Key, list[LedgerEntry]] = defaultdict(list)
        for entry in LedgerEntry.objects.filter(content_id__in=content_ids).order_by("number"):
            self.entries[entry.content_id, entry.locale].append(entry)
        self.texts: dict[UUID, dict[str, DocumentPage]] = defaultdict(dict)
        translations = DocumentPage.objects.filter(translation_key__in=content_ids)
        for page in translations.select_related("locale", "content_type").defer("body"):
            self.texts[page.content_id][page.locale_code] = page
        self._due = dict(DuePublication.objects.values_list("page_id", "due_at")) if content_ids else {}
        known = steps if steps is not None else _all_steps() if content_ids else ()
        self._steps = {(step.route.document_type, step.order): step for step in known}

    @cached_property
    def named(self) -> dict[UUID, frozenset[int]]:
        """Of the limited documents, the people for whom each exists."""
        limits = AccessLimit.objects.filter(content_id__in=self._content_ids).prefetch_related("people")
        return {limit.content_id: frozenset(person.pk for person in limit.people.all()) for limit in limits}

    @cached_property
    def _contributions(self) -> dict[Key, list[tuple[int, dt.datetime]]]:
        found = defaultdict(list)
        for row in Contribution.objects.filter(content_id__in=self._content_ids):
            found[row.content_id, row.locale].append((row.user_id, row.last_at))
        return found

    @cached_property
    def _revisions(self) -> dict[str, list[tuple[int, int, dt.datetime]]]:
        found = defaultdict(list)
        numbers = [str(page.pk) for texts in self.texts.values() for page in texts.values()]
        revisions = Revision.objects.filter(
            base_content_type=ContentType.objects.get_for_model(Page), object_id__in=numbers
        )
        for object_id, *of_one in revisions.values_list("object_id", "pk", "user_id", "created_at"):
            found[object_id].append(tuple(of_one))
        return found

    def facts(self, page: DocumentPage):
        """The facts of one page, as approvals.facts.facts_of gives them."""
        entries = self.entries[key_of(page)]
        people = self.contributors(page, entries=entries)
        return facts_from(entries, contributors=people, named=self.named.get(page.content_id))

    def contributors(self, page: DocumentPage, *, entries: list[LedgerEntry]) -> frozenset[int]:
        """Who wrote at the text since the last publication among the entries, as approvals.facts.contributors_of."""
        since, last = public_since(entries)
        people = {user for user, at in self._contributions[key_of(page)] if at >= since}
        people |= {user for number, user, at in self._revisions[str(page.pk)] if at >= since or number > last}
        people |= submitters_of(entries)
        if since == LONG_AGO:
            people.add(page.owner_id)
        return frozenset(people - {None})

    def stage(self, page: DocumentPage) -> Stage:
        """Where the page is, from the last thing that happened to it."""
        entries = of_the_text(self.entries[key_of(page)])
        if not entries or entries[-1].kind in (EntryKind.RECALLED, EntryKind.STOPPED):
            return Stage.DRAFT
        if entries[-1].kind == EntryKind.RETURNED and not is_turned_back(entries[-1]):
            return Stage.CHANGES_REQUESTED
        if entries[-1].kind in AFTER_PUBLICATION:
            return _after_publication(page, self.entries[key_of(page)])
        if entries[-1].kind == EntryKind.CLEARED:
            return self._waiting(page)
        if facts_from(entries, contributors=frozenset()).next_step is None:
            return Stage.CLEARED
        step = self.step(page)
        return Stage(step.stage) if step else Stage.WITH_HEAD

    def _waiting(self, page: DocumentPage) -> Stage:
        due_at = self._due.get(page.pk)
        if due_at is None:
            return Stage.CLEARED
        if due_at > timezone.now() or not follows_its_original(page):
            return Stage.SCHEDULED
        return Stage.SCHEDULED if self.may_follow(page) else Stage.WAITS_FOR_ORIGINAL

    def may_follow(self, page: DocumentPage) -> bool:
        """Whether a translation of an act may become public now, as approvals.originals.must_wait has it."""
        return may_follow(
            entries=self.entries[key_of(page)],
            original=self.texts[page.content_id].get(KYRGYZ),
            original_entries=self.entries[page.content_id, KYRGYZ],
        )

    def step(self, page: DocumentPage) -> RouteStep | None:
        """The step whose turn it is, as the route has it now; None when the text is not under way."""
        entries = self.entries[key_of(page)]
        facts = facts_from(entries, contributors=frozenset())
        if not facts.is_under_way or facts.next_step is None:
            return None
        return self._steps.get((facts.document_type, facts.next_step.order))

    def is_stale(self, page: DocumentPage) -> bool:
        """Whether the original has changed since the text was made from it."""
        return is_stale(page=page, entries=self.entries[key_of(page)], original=self.entries[page.content_id, KYRGYZ])

    def languages(self, content_id: UUID) -> tuple[LanguageState, ...]:
        """Where each of the three languages is."""
        return tuple(self._language(self.texts[content_id].get(code), code) for code in CODES)

    def _language(self, page: DocumentPage | None, code: str) -> LanguageState:
        return LanguageState(code, self.stage(page), self.is_stale(page)) if page else LanguageState(code, None)


def _after_publication(page: DocumentPage, entries: list[LedgerEntry]) -> Stage:
    """The stage of a text of which nothing newer is under way. entries: all of them, oldest first."""
    end = next((e for e in reversed(entries) if e.kind in (EntryKind.PUBLISHED, EntryKind.WITHDRAWN)), None)
    if end is None or end.kind == EntryKind.PUBLISHED:
        return Stage.PUBLISHED_URGENTLY if owes_confirmation(entries) else Stage.PUBLISHED
    if not closes(end):
        return Stage.NO_LONGER_CURRENT
    # Whoever writes on makes a draft of it again.
    is_rewritten = page.latest_revision_created_at and page.latest_revision_created_at > end.recorded_at
    return Stage.DRAFT if is_rewritten else Stage.WITHDRAWN


def owes_confirmation(entries: list[LedgerEntry]) -> bool:
    """Whether the last publication was urgent and the steps that it skipped have not all confirmed it."""
    published = next((e for e in reversed(entries) if e.kind == EntryKind.PUBLISHED), None)
    if published is None or "urgent" not in published.details:
        return False
    cleared = next(e for e in entries if e.number == published.details["cleared_by_entry"])
    confirmed = {e.step for e in entries if e.kind == EntryKind.CONFIRMED and e.number > published.number}
    return not set(cleared.details["skipped"]) <= confirmed


def _all_steps():
    return RouteStep.objects.select_related("route")


def stage_of(page: DocumentPage) -> Stage:
    """Where one page is."""
    return Records([page]).stage(page)
