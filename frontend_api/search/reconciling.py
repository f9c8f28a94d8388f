"""Comparing an index with the published documents, by number and by content, and mending it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from frontend_api.models import Delivery, DeliveryChannel, PublishedDocument
from frontend_api.search.port import ItemOutcome, Outcome, SearchIndex
from frontend_api.search.published import from_published

HIGHER = "the index holds a higher number; run rebuild_search_index"
# A publication, or the end of one, that is younger is on its way and counts as no drift.
DELIVERY_TIME = dt.timedelta(seconds=30)
BATCH_SIZE = 200
# What storing the document again mends.
WANTING = {"missing", "stale", "altered"}


@dataclass(frozen=True)
class Difference:
    """One document that the index holds otherwise. A number is None on the side that lacks the document."""

    content_id: UUID
    published: int | None
    held: int | None

    @property
    def kind(self) -> str:
        """missing, surplus, stale, ahead, or altered.

        ahead: the index holds a number that was never published here. altered: the right number, and other content.
        """
        if self.held is None:
            return "missing"
        if self.published is None:
            return "surplus"
        if self.held == self.published:
            return "altered"
        return "stale" if self.held < self.published else "ahead"


@dataclass(frozen=True)
class Comparison:
    """One language of one index. differences: by content_id. on_their_way: just now, not yet delivered."""

    index: str
    locale: str
    published: int
    held: int
    on_their_way: int = 0
    differences: tuple[Difference, ...] = ()


@dataclass
class Mending:
    """What became of the differences; `failed` could not be mended."""

    mended: list[Difference] = field(default_factory=list)
    failed: list[tuple[Difference, str]] = field(default_factory=list)


def compare(index: SearchIndex, *, locale: str, now: dt.datetime, contents: bool = True) -> Comparison:
    """What differs, seen twice, so that a publication between two looks is not taken for drift.

    contents: look into the documents too, not at their numbers only. Raises IndexUnavailable.
    """
    index.refresh()
    published, held = _published(locale), index.numbers(locale)
    first = _differences(published, held)
    on_their_way, ending = _on_their_way(locale, now=now), _ending(locale, now=now)
    again = _differences(_published(locale), index.numbers(locale)) if first else set()
    lasting = (first & again) | (_altered(index, locale) if contents else set())
    awaited = {
        difference
        for difference in lasting
        if difference.published in on_their_way or (difference.published is None and difference.held in ending)
    }
    return Comparison(
        index=index.name,
        locale=locale,
        published=len(published),
        held=len(held),
        on_their_way=len(awaited),
        differences=tuple(sorted(lasting - awaited, key=lambda difference: difference.content_id)),
    )


def mend(index: SearchIndex, comparison: Comparison) -> Mending:
    """Store again what is missing, stale or altered, hide what is surplus; readers see it when this is done.

    Raises IndexUnavailable; what was done stays done.
    """
    mending = Mending()
    by_id = {difference.content_id: difference for difference in comparison.differences}
    wanting = [difference.content_id for difference in by_id.values() if difference.kind in WANTING]
    for start in range(0, len(wanting), BATCH_SIZE):
        batch = wanting[start : start + BATCH_SIZE]
        rows = _visible(comparison.locale).filter(content_id__in=batch)
        for item in index.put_many([from_published(row) for row in rows]):
            _note(mending, by_id[item.content_id], item)
    for difference in by_id.values():
        if difference.published is None and difference.held is not None:
            index.remove(difference.content_id, comparison.locale, version=difference.held)
            mending.mended.append(difference)
        elif difference.kind == "ahead":
            mending.failed.append((difference, HIGHER))
    if by_id:
        index.refresh(locale=comparison.locale)
    return mending


def _note(mending: Mending, difference: Difference, item: ItemOutcome) -> None:
    if item.outcome is Outcome.HELD_NEWER:
        mending.failed.append((difference, HIGHER))
    elif item.outcome is Outcome.STORED:
        mending.mended.append(difference)
    else:
        mending.failed.append((difference, item.reason or item.outcome.value.replace("_", " ")))


def _visible(locale: str) -> QuerySet[PublishedDocument]:
    return PublishedDocument.objects.visible(at=timezone.now()).filter(locale=locale)


def _published(locale: str) -> dict[UUID, int]:
    return dict(_visible(locale).values_list("content_id", "version"))


def _differences(published: Mapping[UUID, int], held: Mapping[UUID, int]) -> set[Difference]:
    return {
        Difference(content_id=content_id, published=published.get(content_id), held=held.get(content_id))
        for content_id in published.keys() | held.keys()
        if published.get(content_id) != held.get(content_id)
    }


def _altered(index: SearchIndex, locale: str) -> set[Difference]:
    """What the index holds under the right number and otherwise than it was published."""
    found: set[Difference] = set()
    rows = _visible(locale).order_by("pk")
    batch, after = list(rows[:BATCH_SIZE]), 0
    while batch:
        held = {row.content_id: row.version for row in batch}
        seen = index.altered([from_published(row) for row in batch])
        # What was published anew between the two looks is looked at the next time.
        again = rows.filter(content_id__in=seen).values_list("content_id", "version") if seen else ()
        found |= {Difference(pk, published=version, held=version) for pk, version in again if held[pk] == version}
        after = batch[-1].pk
        batch = list(rows.filter(pk__gt=after)[:BATCH_SIZE])
    return found


def _on_their_way(locale: str, *, now: dt.datetime) -> set[int]:
    """The numbers of fresh publications whose delivery is neither done nor given up."""
    fresh = Delivery.objects.filter(
        publication__locale=locale, publication__at__gt=now - DELIVERY_TIME, done_at=None, dead_at=None
    )
    return set(fresh.values_list("publication_id", flat=True))


def _ending(locale: str, *, now: dt.datetime) -> set[int]:
    """The numbers of publications that have ended just now, and whose end is not delivered yet."""
    over = PublishedDocument.objects.filter(locale=locale, expires_at__gt=now - DELIVERY_TIME, expires_at__lte=now)
    pending = Delivery.objects.filter(channel=DeliveryChannel.EXPIRY, done_at=None, dead_at=None)
    return set(over.filter(text_version__in=pending.values("publication_id")).values_list("version", flat=True))
