"""How late what was due became public: on record in the ledger, and in rows that screens and numbers read."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max, Min, QuerySet

from approvals.cleared_texts import ClearedText
from approvals.following import ready_to_follow
from approvals.models import DuePublication, EntryKind, LedgerEntry, TimedPublication
from approvals.originals import followers, follows_its_original
from site_pages.languages import KYRGYZ
from site_pages.models import DocumentPage

REMEMBERED = 200


@dataclass(frozen=True)
class Delay:
    """When a text was due, and when the gate let it through."""

    due_at: dt.datetime
    published_at: dt.datetime

    @property
    def milliseconds(self) -> int:
        """How late it was; never negative."""
        return max(0, int((self.published_at - self.due_at).total_seconds() * 1000))

    def as_details(self) -> dict:
        """As a `published` entry of the ledger says it."""
        return {"due_at": self.due_at.isoformat(), "late_ms": self.milliseconds}


def delays_of(texts: Iterable[ClearedText], *, due: Mapping[int, DuePublication], now: dt.datetime) -> dict[int, Delay]:
    """The delays by page, of those that had a time. What waited for its original was not due before that was public.

    A bundle without a time gives its texts none.
    """
    texts = [text for text in texts if text.page.pk in due and _has_time(due[text.page.pk])]
    followed = {text.page.content_id for text in texts if follows_its_original(text.page)}
    public = _public_since(followed) if followed else {}
    delays = {}
    for text in texts:
        due_at = due[text.page.pk].due_at
        if due_at > text.entry.recorded_at:
            since = public.get(text.page.content_id, due_at) if follows_its_original(text.page) else due_at
            delays[text.page.pk] = Delay(due_at=max(due_at, since), published_at=now)
    return delays


def _has_time(row: DuePublication) -> bool:
    return row.bundle is None or row.bundle.due_at is not None


def _public_since(content_ids: Iterable[UUID]) -> dict[UUID, dt.datetime]:
    originals = LedgerEntry.objects.filter(content_id__in=content_ids, locale=KYRGYZ, kind=EntryKind.PUBLISHED)
    return dict(originals.values_list("content_id").annotate(at=Max("recorded_at")))


def _due_since(following: QuerySet[DuePublication]) -> list[dt.datetime]:
    """Since when translations could have followed their originals."""
    due = dict(following.values_list("page_id", "due_at"))
    texts = dict(DocumentPage.objects.filter(pk__in=due).values_list("pk", "translation_key"))
    public = _public_since(texts.values())
    return [max(due[pk], public.get(content_id, due[pk])) for pk, content_id in texts.items()]


def keep_delays(published: Iterable[LedgerEntry], *, delays: Mapping[int, Delay]) -> None:
    """Write the delays down. published: the entries of the ledger that say what was published."""
    TimedPublication.objects.bulk_create(
        TimedPublication(
            entry_number=entry.number,
            page_id=entry.page_id,
            content_id=entry.content_id,
            locale=entry.locale,
            due_at=delays[entry.page_id].due_at,
            published_at=delays[entry.page_id].published_at,
            late_ms=delays[entry.page_id].milliseconds,
        )
        for entry in published
        if entry.page_id in delays
    )


@dataclass(frozen=True)
class Punctuality:
    """Numbers for those who watch the server; milliseconds and seconds. None where nothing was due yet."""

    last_late_ms: int | None
    worst_late_ms: int | None
    oldest_overdue_seconds: int


def punctuality(*, now: dt.datetime) -> Punctuality:
    """How late the last publications were, and how long the oldest that should be public and is not has been waiting.

    What is held or belongs to a bundle is not overdue: it waits for a person, or its bundle says what keeps it back.
    Nor is what waits for its original, until that is public.
    """
    late = list(TimedPublication.objects.order_by("-entry_number").values_list("late_ms", flat=True)[:REMEMBERED])
    overdue = DuePublication.objects.filter(due_at__lte=now, held_at=None, bundle=None)
    alone = overdue.exclude(page_id__in=followers().values("pk")).aggregate(at=Min("due_at"))["at"]
    oldest = min(filter(None, [alone, *_due_since(ready_to_follow(overdue))]), default=None)
    return Punctuality(
        last_late_ms=late[0] if late else None,
        worst_late_ms=max(late, default=None),
        oldest_overdue_seconds=int((now - oldest).total_seconds()) if oldest else 0,
    )
