"""What left the schedule lately: what became public at its time, and how late; what ended before it was published."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from approvals.bundles.seeing import documents_for, drafts_for
from approvals.models import EntryKind, LedgerEntry, TimedPublication

REMEMBERED = 20
# After a long stop all that was late is shown, and not only what came last and was the least late.
LOOKED_THROUGH = 500
ENDED_REMEMBERED_FOR = dt.timedelta(days=14)
# What the eye takes for punctual.
LATE_MS = 1000


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
    """The last texts that became public at their time, and the late ones before them, the last first.

    As far as they exist for the person.
    """
    rows = list(TimedPublication.objects.order_by("-entry_number")[:LOOKED_THROUGH])
    titles = _titles(documents_for(user, now=now), [row.page_id for row in rows])
    arrivals = [
        Arrival(row.page_id, titles[row.page_id], row.locale, row.due_at, row.late_ms)
        for row in rows
        if row.page_id in titles
    ]
    return [arrival for place, arrival in enumerate(arrivals) if place < REMEMBERED or arrival.is_late]


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
