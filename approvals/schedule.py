"""What is due, and when: cleared or not, alone or in a bundle; what is late, held or failed, and why; what was seen
before its time.

The time of a text that is not cleared is the one that its latest version names, or that of its bundle.
"""

import datetime as dt
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Max, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Revision, WorkflowState

from approvals.bundles.members import members_today
from approvals.bundles.seeing import bundles_for, drafts_for
from approvals.embargo.records import Breaches
from approvals.facts import was_met
from approvals.foreseen import foreseen, unreadable
from approvals.models import (
    Bundle,
    BundleMember,
    DuePublication,
    EmbargoBreach,
    EntryKind,
    FailedPublication,
    LedgerEntry,
)
from approvals.moments import MomentUnreadable, moment_in
from approvals.queue import Records, key_of
from approvals.stages import Stage
from site_pages.models import DocumentPage

SUBMITTED = (WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES)


class ScheduleState(models.TextChoices):
    """How something on the schedule stands."""

    CLEARED = "cleared", _("Cleared, waits for its time")
    UNCLEARED = "uncleared", _("Not cleared yet")
    ORIGINAL = "original", _("Cleared, waits for the Kyrgyz text")
    LATE = "late", _("Late")
    HELD = "held", _("Held, waits for a person")
    UNREADY = "unready", _("Will not succeed")
    FAILED = "failed", _("Failed")


WAITING = (ScheduleState.CLEARED, ScheduleState.ORIGINAL)


@dataclass(frozen=True)
class Uncleared:
    """One text that has a time and is not cleared. bundle_id: whose time it is, if not its own."""

    page_id: int
    due_at: dt.datetime
    bundle_id: int | None = None


@dataclass(frozen=True)
class ScheduleRow:
    """One text on the schedule. step: whose turn it is. late_by: since it was due, where it is not public yet.

    has_time: whether due_at is the time of a plan; else the text waits for its bundle or its original, or, where
    is_unreadable, nobody can say what time stands in it.

    breaches: those that count for it: its document was seen before its time, in whatever language, the latest first.
    """

    page_id: int
    content_id: UUID
    title: str
    locale: str
    document_type: str
    type_name: str
    due_at: dt.datetime
    state: ScheduleState
    stage: Stage
    step: str = ""
    reason: str = ""
    bundle: Bundle | None = None
    has_time: bool = True
    is_unreadable: bool = False
    late_by: dt.timedelta | None = None
    breaches: list[EmbargoBreach] = field(default_factory=list)

    @property
    def needs_somebody(self) -> bool:
        """Whether it does not become public by itself."""
        return self.state not in (ScheduleState.CLEARED, ScheduleState.LATE)


def uncleared(*, until: dt.datetime | None = None) -> list[Uncleared]:
    """What has a time and is not cleared, the first first: what was submitted, and what is in a bundle with a time.

    until: only what is due by then. Drafts that nobody submitted are their authors' alone, whatever time they name. The
    time at which a text became public is over, also where it was closed since: it has none, unless it names another.
    What names a time that cannot be read is not among them (see schedule_for).
    """
    rows, _unreadable = _uncleared()
    return [row for row in rows if until is None or row.due_at <= until]


def _uncleared() -> tuple[list[Uncleared], set[int]]:
    """What has a time and is not cleared, and the pages of what names one that cannot be read."""
    cleared = set(DuePublication.objects.values_list("page_id", flat=True))
    of_pages = ContentType.objects.get_for_model(Page)
    states = WorkflowState.objects.filter(status__in=SUBMITTED, base_content_type=of_pages)
    latest = Page.objects.filter(pk__in=[int(pk) for pk in states.values_list("object_id", flat=True)])
    named = Revision.objects.filter(pk__in=latest.values("latest_revision_id")).exclude(content__go_live_at=None)
    published = _published_at(latest)
    found, strange = {}, set()
    for number, given in named.values_list("object_id", "content__go_live_at"):
        page_id = int(number)
        try:
            moment = moment_in(given)
        except MomentUnreadable:
            strange.add(page_id)
            continue
        if moment and page_id not in cleared and not was_met(moment, published_at=published.get(page_id)):
            found[page_id] = Uncleared(page_id=page_id, due_at=moment)
    members = BundleMember.objects.filter(is_open=True, bundle__when=Bundle.When.AT, bundle__in=Bundle.objects.open())
    for member in members_today(members.select_related("bundle")):
        if member.page_id not in cleared:
            found[member.page_id] = Uncleared(member.page_id, due_at=member.bundle.due_at, bundle_id=member.bundle_id)
    return sorted(found.values(), key=lambda row: (row.due_at, row.page_id)), strange - cleared - found.keys()


def _published_at(pages: QuerySet[Page]) -> dict[int, dt.datetime]:
    """When the texts of these pages last became public, by page; without those that never did."""
    texts = {(key, code): pk for pk, key, code in pages.values_list("pk", "translation_key", "locale__language_code")}
    published = LedgerEntry.objects.filter(kind=EntryKind.PUBLISHED, content_id__in={key for key, _code in texts})
    moments = published.values_list("content_id", "locale").annotate(at=Max("recorded_at"))
    return {texts[key, code]: at for key, code, at in moments if (key, code) in texts}


def schedule_for(user, *, now: dt.datetime) -> list[ScheduleRow]:
    """Everything on the schedule that the person may open, in the order in which it is due.

    What is in a bundle that does not exist for the person has no time for him or her. What names a time that cannot be
    read stands at the present moment, and says so.
    """
    bundles = bundles_for(user, now=now).in_bulk()
    due = list(DuePublication.objects.select_related("bundle").order_by("due_at", "pk"))
    reasons = foreseen(due) | dict(FailedPublication.objects.values_list("entry_number", "reason"))
    due = [row for row in due if row.bundle_id is None or row.bundle_id in bundles]
    waiting, strange = _uncleared()
    waiting = [row for row in waiting if row.bundle_id is None or row.bundle_id in bundles]
    numbers = {row.page_id for row in (*due, *waiting)} | strange
    pages = drafts_for(user, now=now).filter(pk__in=numbers)
    pages = {page.pk: page for page in pages.select_related("locale", "content_type").defer("body")}
    records = Records(pages.values())
    rows = [
        _cleared(row, pages[row.page_id], records, reasons=reasons, bundle=bundles.get(row.bundle_id), now=now)
        for row in due
        if row.page_id in pages
    ]
    rows += [
        _row(
            pages[row.page_id],
            records,
            due_at=row.due_at,
            state=ScheduleState.UNCLEARED,
            bundle=bundles.get(row.bundle_id),
            now=now,
        )
        for row in waiting
        if row.page_id in pages
    ]
    rows += [_strange(pages[page_id], records, now=now) for page_id in strange & pages.keys()]
    rows = sorted(rows, key=lambda row: (row.due_at, row.page_id))
    broken = Breaches(records, content_ids={row.content_id for row in rows})
    return [replace(row, breaches=broken.standing((row.content_id, row.locale))) for row in rows]


def _strange(page: DocumentPage, records: Records, *, now: dt.datetime) -> ScheduleRow:
    row = _row(page, records, due_at=now, state=ScheduleState.UNREADY, has_time=False, reason=unreadable(), now=now)
    return replace(row, is_unreadable=True)


def _cleared(
    due: DuePublication,
    page: DocumentPage,
    records: Records,
    *,
    reasons: dict[int, str],
    bundle: Bundle | None,
    now: dt.datetime,
) -> ScheduleRow:
    reason = (bundle.failure if bundle else "") or reasons.get(due.entry_number, "")
    has_time = bundle.due_at is not None if bundle else had_a_time(due, page, records)
    state = ScheduleState.CLEARED
    if due.held_at or (bundle and bundle.held_at):
        state = ScheduleState.HELD
    elif reason and not (bundle and bundle.failure) and (due.due_at > now or not has_time):
        state = ScheduleState.UNREADY
    elif reason:
        state = ScheduleState.FAILED
    elif due.due_at <= now:
        follows = records.stage(page) == Stage.WAITS_FOR_ORIGINAL
        state = ScheduleState.ORIGINAL if follows else ScheduleState.LATE
    if bundle and bundle.due_at is None and state is ScheduleState.LATE:
        # A bundle without a time is not late: it waits for the others, or for a hand.
        state = ScheduleState.CLEARED
    return _row(page, records, due_at=due.due_at, state=state, has_time=has_time, reason=reason, bundle=bundle, now=now)


def had_a_time(due: DuePublication, page: DocumentPage, records: Records) -> bool:
    """Whether the text named a time that was still to come when it was cleared; else it only waits for its original."""
    entries = records.entries[key_of(page)]
    return not any(entry.number == due.entry_number and entry.recorded_at >= due.due_at for entry in entries)


def _row(
    page: DocumentPage,
    records: Records,
    *,
    due_at: dt.datetime,
    state: ScheduleState,
    now: dt.datetime,
    has_time: bool = True,
    reason: str = "",
    bundle: Bundle | None = None,
) -> ScheduleRow:
    kind = page.content_type.model_class()
    step = records.step(page) if state is ScheduleState.UNCLEARED else None
    return ScheduleRow(
        page_id=page.pk,
        content_id=page.content_id,
        title=page.draft_title or page.title,
        locale=page.locale_code,
        document_type=kind.document_type,
        type_name=str(kind._meta.verbose_name),
        due_at=due_at,
        state=state,
        stage=records.stage(page),
        step=step.label_in(get_language() or "ky") if step else "",
        reason=reason,
        bundle=bundle,
        has_time=has_time,
        late_by=now - due_at if has_time and due_at <= now and state not in WAITING else None,
    )
