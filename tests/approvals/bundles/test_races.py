"""Bundles with real connections: readers see none or all, one worker wins, nobody waits in a circle."""

import os
import threading

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from approvals import ledger
from approvals.bundles import making
from approvals.bundles.refusals import BundleRefused
from approvals.models import Bundle, BundleMember, DuePublication, LedgerEntry
from frontend_api.models import Publication
from tests.approvals.bundles.coverage import CLEARED, HAND, clear, fresh, let_go, make, nearly_clear, public, run
from tests.approvals.test_races import at_once
from tests.newsroom import approve, digest, release
from tests.thoroughness import times

pytestmark = pytest.mark.django_db(transaction=True)
RUNS = times(5, thorough=10)
# `make bench-bundle` asks for two hundred.
ITEMS = int(os.environ.get("JARCHY_BUNDLE_ITEMS", "12"))


def in_a_bundle(room, *, items: int = ITEMS) -> Bundle:
    """A bundle of cleared releases that is due."""
    pages = [release(room.author, title=f"Кабар {number}") for number in range(items)]
    bundle = make(room, *pages, when=CLEARED)
    for page in pages:
        clear(page, room)
    return bundle


class Reader(threading.Thread):
    """Reads as fast as it can, and remembers how many documents it ever saw at once."""

    def __init__(self, path: str, *counters: str):
        super().__init__(daemon=True)
        self.path, self.seen, self.over = path, [], threading.Event()

    def run(self) -> None:
        client = Client()
        try:
            while not self.over.is_set():
                answer = client.get(self.path, headers={"host": "127.0.0.1"}).json()
                self.seen.append((len(answer["items"]), answer.get("total")))
        finally:
            connection.close()


@pytest.mark.urls("cms.urls.public")
def test_readers_see_none_of_it_or_all_of_it(room):
    in_a_bundle(room)
    most = min(ITEMS, 100)
    listing = Reader(f"/api/v1/releases?locale=ky&page_size={most}")
    search = Reader(f"/api/v1/search?locale=ky&q=кабар&page_size={most}")
    for reader in (listing, search):
        reader.start()
    threading.Event().wait(0.3)

    report = run()

    threading.Event().wait(0.5)
    for reader in (listing, search):
        reader.over.set()
        reader.join(timeout=30)
    assert (report.failed, public()) == ({}, ITEMS)
    assert set(listing.seen) == {(0, None), (most, None)}
    assert set(search.seen) == {(0, 0), (most, ITEMS)}


@pytest.mark.postgresql
def test_of_several_workers_one_publishes(room):
    bundle = in_a_bundle(room, items=4)

    reports = at_once(*[lambda: run(timezone.now())] * 4)

    assert [report.published for report in reports if report.published] == [[bundle.pk]]
    assert [report.failed for report in reports] == [{}] * 4
    assert list(Publication.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]
    assert LedgerEntry.objects.filter(kind="bundle_published").count() == 1
    assert list(ledger.faults()) == []


@pytest.mark.postgresql
def test_the_last_decision_and_a_change_of_the_bundle_at_once_leave_it_whole(room):
    for number in range(RUNS):
        page, other = release(room.author, title=f"Кабар {number}"), release(room.author, title=f"Башка {number}")
        bundle = make(room, page, when=HAND)
        nearly_clear(page, room)
        seen = digest(page)
        on = {"bundle_id": bundle.pk, "seen": fresh(bundle).version, "actor_id": room.author.pk}

        results = at_once(
            lambda page=page, seen=seen: approve(page, by=room.leader, seen=seen),
            lambda on=on, other=other: making.add(**on, page_ids=[other.pk], now=timezone.now()),
            lambda on=on, page=page: making.take_out(**on, page_id=page.pk, remark="Бөлөк.", now=timezone.now()),
        )

        assert not [r for r in results if isinstance(r, Exception) and not isinstance(r, BundleRefused)], results
        assert sum(isinstance(result, BundleRefused) for result in results) >= 1
        is_in = bundle.members.filter(page_id=page.pk).exists()
        due = DuePublication.objects.filter(page_id=page.pk).values_list("bundle_id", flat=True)
        assert list(due) in (([bundle.pk],) if is_in else ([],))
    assert list(ledger.faults()) == []


@pytest.mark.postgresql
def test_the_publication_and_the_last_decision_at_once_never_wait_in_a_circle(room):
    for number in range(RUNS):
        bundle = in_a_bundle(room, items=2)
        page = release(room.author, title=f"Башка {number}")
        nearly_clear(page, room)
        seen = digest(page)

        report, entry, *_rest = at_once(
            lambda: run(timezone.now()), lambda page=page, seen=seen: approve(page, by=room.leader, seen=seen)
        )

        assert (report.published, entry.kind) == ([bundle.pk], "approved")


@pytest.mark.postgresql
def test_two_bundles_at_once_do_not_share_a_document(room):
    for number in range(RUNS):
        page = release(room.author, title=f"Кабар {number}")
        bundles = [make(room), make(room)]
        on = [{"bundle_id": b.pk, "seen": b.version, "actor_id": room.author.pk} for b in bundles]

        results = at_once(*[lambda one=one: making.add(**one, page_ids=[page.pk], now=timezone.now()) for one in on])

        assert sum(isinstance(result, Bundle) for result in results) == 1, results
        assert sum(isinstance(result, BundleRefused) for result in results) == 1
        assert BundleMember.objects.filter(page_id=page.pk).count() == 1


@pytest.mark.postgresql
def test_a_release_by_two_people_counts_once(room):
    page = release(room.author)
    bundle = make(room, page, when=HAND)
    clear(page, room)

    results = at_once(lambda: let_go(bundle, by=room.leader), lambda: run(timezone.now()))

    assert not [result for result in results if isinstance(result, Exception)]
    run(timezone.now())
    assert public() == 1
