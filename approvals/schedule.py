"""What is due, and when: cleared or not, alone or in a bundle; what is late, held or failed, and why; what was seen
before its time.

The time of a text that is not cleared is the one that its latest version names, or that of its bundle.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Revision, WorkflowState

from approvals.bundles.seeing import bundles_for, documents_for, drafts_for
from approvals.embargo.records import standing_breaches
from approvals.models import (
    Bundle,
    BundleMember,
    DuePublication,
    EmbargoBreach,
    EntryKind,
    FailedPublication,
    LedgerEntry,
    TimedPublication,
)
from approvals.queue import Records
from approvals.stages import Stage
from site_pages.models import DocumentPage

MOST_ROWS = 500
REMEMBERED = 20
ENDED_REMEMBERED_FOR = dt.timedelta(days=14)
# What the eye takes for punctual.
LATE_MS = 1000
SUBMITTED = (WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES)


class ScheduleState(models.TextChoices):
    """How something on the schedule stands."""

    CLEARED = "cleared", _("Cleared, waits for its time")
    UNCLEARED = "uncleared", _("Not cleared yet")
    ORIGINAL = "original", _("Cleared, waits for the Kyrgyz text")
    LATE = "late", _("Late")
    HELD = "held", _("Held, waits for a person")
    FAILED = "failed", _("Failed")


@dataclass(frozen=True)
class Uncleared:
    """One text that has a time and is not cleared. bundle_id: whose time it is, if not its own."""

    page_id: int
    due_at: dt.datetime
    bundle_id: int | None = None


@dataclass(frozen=True)
class ScheduleRow:
    """One text on the schedule. step: whose turn it is. late_by: since it was due, where it is not public yet.

    breaches: where its document was seen before its time, in whatever language, the latest first.
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
    late_by: dt.timedelta | None = None
    breaches: list[EmbargoBreach] = field(default_factory=list)

    @property
    def needs_somebody(self) -> bool:
        """Whether it does not become public by itself."""
        return self.state not in (ScheduleState.CLEARED, ScheduleState.LATE)


def uncleared(*, until: dt.datetime | None = None) -> list[Uncleared]:
    """What has a time and is not cleared, the first first: what was submitted, and what is in a bundle with a time.

    until: only what is due by then. Drafts that nobody submitted are their authors' alone, whatever time they name.
    """
    cleared = set(DuePublication.objects.values_list("page_id", flat=True))
    of_pages = ContentType.objects.get_for_model(Page)
    states = WorkflowState.objects.filter(status__in=SUBMITTED, base_content_type=of_pages)
    latest = Page.objects.filter(pk__in=[int(pk) for pk in states.values_list("object_id", flat=True)])
    named = Revision.objects.filter(pk__in=latest.values("latest_revision_id")).exclude(content__go_live_at=None)
    found = {}
    for page_id, given in named.values_list("object_id", "content__go_live_at"):
        if given and int(page_id) not in cleared:
            found[int(page_id)] = Uncleared(page_id=int(page_id), due_at=parse_datetime(given))
    members = BundleMember.objects.filter(is_open=True, bundle__when=Bundle.When.AT, bundle__in=Bundle.objects.open())
    for page_id, due_at, bundle_id in members.values_list("page_id", "bundle__due_at", "bundle_id"):
        if page_id not in cleared:
            found[page_id] = Uncleared(page_id=page_id, due_at=due_at, bundle_id=bundle_id)
    rows = sorted(found.values(), key=lambda row: (row.due_at, row.page_id))
    return [row for row in rows if until is None or row.due_at <= until]


def schedule_for(user, *, now: dt.datetime) -> list[ScheduleRow]:
    """Everything on the schedule that the person may open, in the order in which it is due; MOST_ROWS at most.

    What is in a bundle that does not exist for the person has no time for him or her.
    """
    bundles = bundles_for(user, now=now).in_bulk()
    due = list(DuePublication.objects.order_by("due_at", "pk"))
    due = [row for row in due if row.bundle_id is None or row.bundle_id in bundles]
    waiting = [row for row in uncleared() if row.bundle_id is None or row.bundle_id in bundles]
    pages = drafts_for(user, now=now).filter(pk__in=[row.page_id for row in (*due, *waiting)])
    pages = {page.pk: page for page in pages.select_related("locale", "content_type").defer("body")}
    records, reasons = Records(pages.values()), dict(FailedPublication.objects.values_list("entry_number", "reason"))
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
    rows = sorted(rows, key=lambda row: (row.due_at, row.page_id))[:MOST_ROWS]
    broken = standing_breaches(records, content_ids={row.content_id for row in rows})
    return [replace(row, breaches=broken[row.content_id]) if row.content_id in broken else row for row in rows]


def _cleared(
    due: DuePublication,
    page: DocumentPage,
    records: Records,
    *,
    reasons: dict[int, str],
    bundle: Bundle | None,
    now: dt.datetime,
) -> ScheduleRow:
    reason = bundle.failure if bundle else reasons.get(due.entry_number, "")
    state = ScheduleState.CLEARED
    if due.held_at or (bundle and bundle.held_at):
        state = ScheduleState.HELD
    elif reason:
        state = ScheduleState.FAILED
    elif due.due_at <= now:
        follows = records.stage(page) == Stage.WAITS_FOR_ORIGINAL
        state = ScheduleState.ORIGINAL if follows else ScheduleState.LATE
    if bundle and bundle.due_at is None and state is ScheduleState.LATE:
        # A bundle without a time is not late: it waits for the others, or for a hand.
        state = ScheduleState.CLEARED
    return _row(page, records, due_at=due.due_at, state=state, reason=reason, bundle=bundle, now=now)


def _row(
    page: DocumentPage,
    records: Records,
    *,
    due_at: dt.datetime,
    state: ScheduleState,
    now: dt.datetime,
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
        late_by=now - due_at if due_at <= now and state is not ScheduleState.CLEARED else None,
    )


@dataclass(frozen=True)
class Arrival:
    """One text that became public at its time, and how late."""

    page_id: int
    title: str
    locale: str
    due_at: dt.datetime
    late_ms: int

    @property
    def is_late(self) -> bool:
        """Whether readers could notice it."""
        return self.late_ms > LATE_MS


def arrivals_for(user, *, now: dt.datetime) -> list[Arrival]:
    """The last texts that became public at their time, as far as they exist for the person, the last first."""
    rows = list(TimedPublication.objects.order_by("-entry_number")[:REMEMBERED])
    titles = _titles(documents_for(user, now=now), [row.page_id for row in rows])
    return [
        Arrival(row.page_id, titles[row.page_id], row.locale, row.due_at, row.late_ms)
        for row in rows
        if row.page_id in titles
    ]


@dataclass(frozen=True)
class Ended:
    """One text whose end passed before it was published. at: when it was taken off the schedule."""

    page_id: int
    title: str
    locale: str
    at: dt.datetime
    reason: str


def ended_for(user, *, now: dt.datetime) -> list[Ended]:
    """The texts that ended unpublished lately and were left so since, as far as they exist for the person."""
    stopped = LedgerEntry.objects.filter(
        kind=EntryKind.STOPPED, details__ended_unpublished=True, recorded_at__gt=now - ENDED_REMEMBERED_FOR
    )
    later = LedgerEntry.objects.filter(
        content_id=OuterRef("content_id"), locale=OuterRef("locale"), number__gt=OuterRef("number")
    )
    entries = list(stopped.exclude(Exists(later)).order_by("-number")[:REMEMBERED])
    titles = _titles(drafts_for(user, now=now), [entry.page_id for entry in entries])
    return [
        Ended(entry.page_id, titles[entry.page_id], entry.locale, entry.recorded_at, entry.remark)
        for entry in entries
        if entry.page_id in titles
    ]


def _titles(documents, page_ids: Iterable[int]) -> dict[int, str]:
    return dict(documents.filter(pk__in=list(page_ids)).values_list("pk", "title"))
