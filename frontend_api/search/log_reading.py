"""What the log of publications says an index should hold."""

import datetime as dt
from collections.abc import Iterator
from uuid import UUID

from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from frontend_api.models import Delivery, DeliveryChannel, Publication, PublishedDocument
from frontend_api.search.port import IndexedDocument, Tombstone
from frontend_api.search.published import from_published
from site_pages.withdrawal import WithdrawalClass

BATCH_SIZE = 200


def last_number() -> int:
    """The number of the newest publication in any language; 0 for none."""
    return Publication.objects.aggregate(last=Max("number"))["last"] or 0


def last_number_of(content_id: UUID, *, locale: str) -> int:
    """The number of the newest publication of one text; 0 for none."""
    log = Publication.objects.filter(content_id=content_id, locale=locale)
    return log.aggregate(last=Max("number"))["last"] or 0


def not_delivered(*, locale: str, at_most: int) -> frozenset[UUID] | None:
    """Of which documents of a language the index may hold an older state; None when they are more than so many."""
    open_rows = Delivery.objects.filter(channel=DeliveryChannel.INDEX, done_at=None, publication__locale=locale)
    # A notice leaves the words as they were.
    open_rows = open_rows.exclude(publication__tombstone__withdrawal_class=WithdrawalClass.NO_LONGER_CURRENT)
    # What was brought later is all that there is to bring, though an earlier one was put aside.
    later = Delivery.objects.filter(
        channel=DeliveryChannel.INDEX,
        done_at__isnull=False,
        publication__content_id=OuterRef("publication__content_id"),
        publication__locale=locale,
        publication_id__gt=OuterRef("publication_id"),
    )
    open_rows = open_rows.exclude(Exists(later))
    found = open_rows.values_list("publication__content_id", flat=True).distinct()[: at_most + 1]
    return None if len(found) > at_most else frozenset(found)


def all_published(locale: str) -> Iterator[list[IndexedDocument]]:
    """Every published document of a language, in batches. What is published meanwhile may or may not be among them."""
    after = 0
    while rows := list(_visible().filter(locale=locale, pk__gt=after).order_by("pk")[:BATCH_SIZE]):
        yield [from_published(row) for row in rows]
        after = rows[-1].pk


def all_withdrawn(locale: str) -> list[Tombstone]:
    """A tombstone, at its last number, for every document in the log that is no longer public."""
    gone = Publication.objects.filter(~Exists(_published()), locale=locale)
    return _tombstones(gone.values_list("content_id").annotate(last=Max("number")), locale=locale)


def newer_than(number: int, *, locale: str) -> tuple[list[IndexedDocument | Tombstone], int]:
    """What changed in a language after the number, each as it is now, and the newest number that is covered.

    Numbers have no gaps and become visible in order, so a number that is seen covers all before it.
    """
    last = last_number()
    changed = Publication.objects.filter(number__gt=number, number__lte=last, locale=locale)
    numbers: dict[UUID, int] = dict(changed.values_list("content_id").annotate(last=Max("number")))
    rows = _visible().filter(locale=locale, content_id__in=list(numbers))
    documents = [from_published(row) for row in rows]
    present = {document.content_id for document in documents}
    gone = [(content_id, held) for content_id, held in numbers.items() if content_id not in present]
    return [*documents, *_tombstones(gone, locale=locale)], last


def ended_since(moment: dt.datetime, *, locale: str) -> list[Tombstone]:
    """A tombstone for every document that has ended since a moment, at its last number."""
    over = PublishedDocument.objects.filter(locale=locale, expires_at__gte=moment, expires_at__lte=timezone.now())
    log = Publication.objects.filter(locale=locale, content_id__in=over.values("content_id"))
    return _tombstones(log.values_list("content_id").annotate(last=Max("number")), locale=locale)


def _visible():
    return PublishedDocument.objects.visible(at=timezone.now())


def _published():
    return _visible().filter(content_id=OuterRef("content_id"), locale=OuterRef("locale"))


def _tombstones(pairs, *, locale: str) -> list[Tombstone]:
    return [Tombstone(content_id=content_id, locale=locale, version=number) for content_id, number in pairs]
