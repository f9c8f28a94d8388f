"""A worker killed at any of twelve points of a bundle's publication leaves none of it or all of it."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from approvals import ledger
from approvals.models import Bundle, DuePublication, LedgerEntry
from frontend_api.models import Delivery, Publication
from site_pages.models import DocumentPage, PublicationPermit
from tests.approvals.bundles.coverage import CLEARED, clear, make, public
from tests.cms.places import first_place
from tests.newsroom import open_newsroom, release

ITEMS = int(os.environ.get("JARCHY_BUNDLE_ITEMS", "12"))
KILLED = -9
MIDDLE = ITEMS // 2
# Before the commit: nothing of it is there.
BEFORE = [
    ("UPDATE_site_pages_pressreleasepage", MIDDLE),
    ("UPDATE_site_pages_pressreleasepage", ITEMS),
    ("INSERT_INTO_site_pages_publicationpermit", 1),
    ("INSERT_INTO_frontend_api_publication_", 1),
    ("INSERT_INTO_frontend_api_publisheddocument", 1),
    ("INSERT_INTO_frontend_api_delivery", 1),
    ("INSERT_INTO_approvals_ledgerentry", 1),
    ("DELETE_FROM_site_pages_publicationpermit", 1),
    ("INSERT_INTO_approvals_ledgerentry", 2),
    ("UPDATE_approvals_bundlemember", 1),
    ("commit", 1),
]
AFTER = ("UPDATE_frontend_api_delivery", 1)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_anywhere_leaves_none_or_all_and_the_next_one_finishes():
    room = open_newsroom()
    pages = [release(room.author, title=f"Кабар {number}") for number in range(ITEMS)]
    make(room, *pages, when=CLEARED)
    for page in pages:
        clear(page, room)
    environment = {**first_place().environment, "DJANGO_SETTINGS_MODULE": "cms.settings.dev"}
    command = [sys.executable, "-m", "tests.approvals.bundles.killed_workers"]
    workers = subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def worker(part: str, count: int) -> int:
        workers.stdin.write(f"{part} {count}\n")
        workers.stdin.flush()
        return int(workers.stdout.readline())

    try:
        for point in BEFORE:
            assert (worker(*point), seen()) == (KILLED, (0, 0, 0, ITEMS, 0)), point
        assert (worker(*AFTER), seen()) == (KILLED, (ITEMS, ITEMS, ITEMS, 0, 0)), AFTER
        assert (worker("live", 0), seen()) == (0, (ITEMS, ITEMS, ITEMS, 0, 0))
    finally:
        workers.stdin.close()
        workers.wait(timeout=60)
    assert list(Publication.objects.order_by("number").values_list("number", flat=True)) == list(range(1, ITEMS + 1))
    assert LedgerEntry.objects.filter(kind="published").count() == ITEMS
    assert LedgerEntry.objects.filter(kind="bundle_published").count() == Bundle.objects.count() == 1
    assert list(ledger.faults()) == []


def seen() -> tuple[int, ...]:
    """Documents that readers have, pages that are live, deliveries, what waits, and open gates."""
    live = DocumentPage.objects.filter(live=True).count()
    return public(), live, Delivery.objects.count(), DuePublication.objects.count(), PublicationPermit.objects.count()
