"""The count after a fault: of what was cleared, what is lost, early, or there twice, and whether the records agree."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db import connections
from django.utils import timezone

from approvals import ledger
from approvals.models import DuePublication, EntryKind, LedgerEntry
from frontend_api.closings import record_due
from frontend_api.deliveries import LEASE, LONGEST_PAUSE_SECONDS, deliver_due
from frontend_api.models import LOCALES, Delivery, Publication, PublishedDocument, Tombstone
from frontend_api.search import service
from frontend_api.search.reconciling import compare
from site_pages.models import DocumentPage, PublicationPermit
from tests.faults.processes import Child

MOST_ROUNDS = 5


@dataclass(frozen=True)
class Count:
    """What went wrong, in documents; `faults` of the ledger, the log and the gate; drift of the indexes."""

    lost: int
    early: int
    double: int
    drift: int
    faults: int

    @property
    def is_clean(self) -> bool:
        """Whether nothing at all went wrong."""
        return not any((self.lost, self.early, self.double, self.drift, self.faults))


def count(expected: set[int], *, waiting: set[int], gone: set[int]) -> Count:
    """expected: the pages that have to be public by now. waiting: those whose time has not come. gone: those closed."""
    pages = {page.pk: (page.content_id, page.locale_code) for page in _pages(expected | waiting | gone)}
    closed = Counter(Tombstone.objects.values_list("content_id", "locale"))
    published = Counter(Publication.objects.filter(kind="published").values_list("content_id", "locale"))
    recorded = Counter(LedgerEntry.objects.filter(kind=EntryKind.PUBLISHED).values_list("content_id", "locale"))
    stored = {(d.content_id, d.locale): d.digest for d in PublishedDocument.objects.all()}
    cleared = {
        (e.content_id, e.locale): e.digest
        for e in LedgerEntry.objects.filter(kind=EntryKind.CLEARED).order_by("number")
    }
    live = set(DocumentPage.objects.filter(live=True).values_list("pk", flat=True))
    whole = {pk for pk in expected if pk in live and stored.get(pages[pk], "") == cleared[pages[pk]]}
    return Count(
        lost=len(expected - whole),
        early=len([pk for pk in waiting if pk in live or published[pages[pk]] or pages[pk] in stored]),
        double=len([pk for pk in expected if published[pages[pk]] > 1 or recorded[pages[pk]] > 1]),
        drift=_drift(),
        faults=_faults(expected | gone)
        + len([pk for pk in gone if pk in live or pages[pk] in stored or closed[pages[pk]] != 1]),
    )


def _pages(numbers: set[int]) -> list[DocumentPage]:
    return list(DocumentPage.objects.filter(pk__in=numbers).select_related("locale"))


def _faults(expected: set[int]) -> int:
    numbers = list(Publication.objects.order_by("number").values_list("number", flat=True))
    return (
        len(list(ledger.faults()))
        + (numbers != list(range(1, len(numbers) + 1)))
        + PublicationPermit.objects.count()
        + DuePublication.objects.filter(page_id__in=expected).count()
        + Delivery.objects.filter(done_at=None).count()
        + Publication.objects.exclude(pk__in=Delivery.objects.values("publication_id")).count()
    )


def _drift() -> int:
    index = service.elasticsearch_index(for_batches=True)
    indexes = [service.database_index(), *([index] if index else [])]
    later = timezone.now() + dt.timedelta(minutes=5)  # nothing is on its way any more
    return sum(len(compare(one, locale=code, now=later).differences) for one in indexes for code in LOCALES)


def deliver_the_rest() -> None:
    """What a worker does once the leases of one that died are over; a server too busy to answer is asked again.

    What is not delivered then either counts as a fault.
    """

    def deliver() -> None:
        later = timezone.now() + LEASE + dt.timedelta(seconds=1)
        for _ in range(MOST_ROUNDS):
            while deliver_due(now=later, limit=50, index=service.delivery_index()).done:
                pass
            while record_due(now=later, limit=50).done:
                pass
            if not Delivery.objects.filter(done_at=None).exists():
                return
            later += dt.timedelta(seconds=2 * LONGEST_PAUSE_SECONDS)

    assert Child(deliver).wait() == 0
    connections.close_all()
    service.forget_connections()
