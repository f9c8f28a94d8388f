"""A bundle becomes public as a whole, or not at all."""

import datetime as dt
import threading
import time
from pathlib import Path

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import connections, transaction
from django.utils import timezone, translation

from approvals import ledger, urgency
from approvals.bundles.publishing import publish_due_bundles
from approvals.models import BundleMember, BundleState, DuePublication, LedgerEntry, TimedPublication
from approvals.scheduling import publish_due
from frontend_api.models import Delivery, Publication
from site_pages.gatekeeping import GateClosed
from site_pages.models import DocumentPage, PublicationPermit
from tests import newsroom
from tests.approvals.bundles.coverage import (
    AT,
    CLEARED,
    HAND,
    change,
    clear,
    fresh,
    last_entry,
    let_go,
    make,
    nearly_clear,
    order,
    public,
    run,
    signing,
    submitted_all_the_same,
)
from tests.approvals.on_time import clock_from
from tests.newsroom import approve, digest, ledger_kinds, open_newsroom, photo, release, speech, submit

pytestmark = pytest.mark.django_db


def in_an_hour() -> dt.datetime:
    return (timezone.now() + dt.timedelta(hours=1)).replace(microsecond=0)


def state(bundle) -> BundleState:
    members = bundle.members.count()
    return fresh(bundle).state(members=members, cleared=DuePublication.objects.filter(bundle=bundle).count())


def test_what_is_cleared_waits_for_the_others_and_then_all_are_public(room):
    pages = signing(room)
    bundle = make(room, *pages, when=CLEARED)
    for page in pages[:-1]:
        clear(page, room)
    assert (publish_due(now=timezone.now()).published, run().published, public()) == ([], [], 0)

    clear(pages[-1], room)
    assert (publish_due(now=timezone.now()).published, public(), state(bundle)) == ([], 0, BundleState.WAITING)

    assert (run().published, run().published) == ([bundle.pk], [])
    assert public() == 5
    assert order()[-2:] == [("decree", "ru"), ("decree", "en")]
    assert state(bundle) == BundleState.PUBLISHED
    assert list(ledger.faults()) == []


def test_the_ledger_says_of_each_that_it_came_with_the_bundle(room):
    page = release(room.author)
    bundle = make(room, page, when=CLEARED)
    clear(page, room)

    run()

    entries = LedgerEntry.objects.about(content_id=page.content_id, locale="ky")
    assert [entry.kind for entry in entries] == ["submitted", "approved", "approved", "cleared", "published"]
    assert entries.last().details["bundle"] == bundle.pk
    last = last_entry()
    assert (last.kind, last.content_id, last.details["documents"]) == (
        "bundle_published",
        None,
        [f"{page.content_id} ky"],
    )
    kinds = LedgerEntry.objects.filter(kind__startswith="bundle").order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["bundle_made", "bundle_changed", "bundle_published"]


def test_at_its_time_and_not_before(room):
    due = in_an_hour()
    pages = [release(room.author), speech(room.author, go_live_at=due)]
    bundle = make(room, *pages, when=AT, due_at=due)
    for page in pages:
        clear(page, room)

    early = run(due - dt.timedelta(seconds=1))
    with time_machine.travel(due, tick=True):
        on_time = run(timezone.now())

    assert (early.published, on_time.published, on_time.failed, public()) == ([], [bundle.pk], {}, 2)


def test_by_hand_it_waits_for_the_hand(room):
    page = release(room.author)
    bundle = make(room, page, when=HAND)
    clear(page, room)
    assert (run().published, state(bundle)) == ([], BundleState.READY)

    let_go(bundle, by=room.leader)

    assert (run().published, public()) == ([bundle.pk], 1)


def test_with_one_that_cannot_be_published_nothing_is_and_a_retry_publishes_all(room):
    """The third of five: its picture is gone from the storage."""
    pages = signing(room)
    words = {f"alt_text_{code}": "Сөз" for code in ("ky", "ru", "en")}
    pages[3] = release(room.author, title="Сүрөтү менен", image=photo(credit="Басма сөз", **words))
    bundle = make(room, *pages, when=CLEARED)
    for page in pages:
        clear(page, room)
    original = Path(default_storage.path(pages[3].image.file.name))
    kept = original.rename(original.with_suffix(".away"))
    before = LedgerEntry.objects.count()

    report = run()

    assert report.published == []
    assert "photo.jpg" in report.failed[bundle.pk]
    assert (public(), PublicationPermit.objects.count(), Delivery.objects.count()) == (0, 0, 0)
    assert LedgerEntry.objects.count() == before
    assert DocumentPage.objects.filter(live=True).count() == 0
    assert (state(bundle), fresh(bundle).failed_page_id) == (BundleState.FAILED, pages[3].pk)
    assert run().failed == {}

    kept.rename(original)
    let_go(bundle, by=room.head)

    assert (run().published, public(), state(bundle)) == ([bundle.pk], 5, BundleState.PUBLISHED)
    assert list(ledger.faults()) == []


def test_one_that_is_not_cleared_at_the_time_keeps_all_back(room):
    due = in_an_hour()
    pages = [release(room.author), release(room.author, title="Экинчи")]
    bundle = make(room, *pages, when=AT, due_at=due)
    clear(pages[0], room)
    nearly_clear(pages[1], room)

    with time_machine.travel(due, tick=True):
        failed = run(timezone.now()).failed
        culprit = fresh(bundle).failed_page_id
        approve(pages[1], by=room.leader)
        by_itself = run(timezone.now()).published
        let_go(bundle, by=room.leader)
        after = run(timezone.now()).published

    assert (list(failed), culprit) == ([bundle.pk], pages[1].pk)
    assert (by_itself, after, public()) == ([], [bundle.pk], 2)


def test_a_translation_of_an_act_without_its_original_keeps_all_back(room):
    russian, _english, spoken, _release, act = signing(room)
    bundle = make(room, russian, spoken, when=CLEARED)
    for page in (russian, spoken):
        clear(page, room)

    assert (list(run().failed), public(), fresh(bundle).failed_page_id) == ([bundle.pk], 0, russian.pk)

    newsroom.publish(act, room)
    let_go(bundle, by=room.leader)
    assert (run().published, public()) == ([bundle.pk], 3)


def test_a_failed_bundle_stops_no_other(room):
    bad, good = release(room.author), release(room.author, title="Экинчи")
    first, second = make(room, bad, when=HAND), make(room, good, when=HAND)
    for page, bundle in ((bad, first), (good, second)):
        clear(page, room)
        let_go(bundle, by=room.leader)
    DuePublication.objects.filter(page_id=bad.pk).delete()

    report = run()

    assert (report.published, list(report.failed), public()) == ([second.pk], [first.pk], 1)


def test_nothing_publishes_a_member_alone(room):
    page = release(room.author)
    bundle = make(room, page, when=HAND)
    submit(page, by=room.author)
    before = LedgerEntry.objects.count()

    with pytest.raises(GateClosed, match=r"bundle|топтом"):
        urgency.publish_urgently(
            page_id=page.pk, actor_id=room.leader.pk, seen_digest=digest(page), reason="Шашылыш", now=timezone.now()
        )
    assert (LedgerEntry.objects.count(), public()) == (before, 0)

    approve(page, by=room.head)
    approve(page, by=room.leader)
    DuePublication.objects.update(bundle=None)  # whatever lost the column, the gate asks the bundle itself
    report = publish_due(now=timezone.now())
    assert (report.published, list(report.failed), public()) == ([], [page.pk], 0)
    assert BundleMember.objects.get(bundle=bundle).is_open


def test_a_correction_goes_with_the_bundle_too(room):
    page = newsroom.publish(release(room.author), room)
    newsroom.edit(page, by=room.author, lead="Башка.", change_note="Такталды.")
    bundle = make(room, page, speech(room.author), when=CLEARED)
    for member in bundle.members.all():
        clear(DocumentPage.objects.get(pk=member.page_id).specific, room)
    assert public() == 1

    assert run().published == [bundle.pk]
    assert [kind for kind in ledger_kinds(page) if kind == "published"] == ["published"] * 2


def test_after_a_change_of_the_time_it_is_public_at_the_new_one(room):
    due = in_an_hour()
    page = release(room.author)
    bundle = make(room, page, when=AT, due_at=due)
    clear(page, room)
    later = due + dt.timedelta(hours=1)

    change(bundle, by=room.author, due_at=later)

    assert DuePublication.objects.get().due_at == later
    assert (run(due).published, run(later).published) == ([], [bundle.pk])


def test_each_bundle_is_as_late_as_it_is_and_one_without_a_time_is_not_late(room):
    due, first, second = in_an_hour(), release(room.author), speech(room.author)
    bundles = [make(room, page, when=AT, due_at=due) for page in (first, second)]
    for page in (first, second):
        clear(page, room)
    moments = iter(due + dt.timedelta(seconds=seconds) for seconds in (0, 0, 0, 20, 20, 20))

    report = publish_due_bundles(now=due, clock=lambda: next(moments))

    assert report.published == [bundle.pk for bundle in bundles]
    assert list(TimedPublication.objects.order_by("pk").values_list("late_ms", flat=True)) == [0, 20_000]
    assert [fresh(bundle).published_at - due for bundle in bundles] == [dt.timedelta(), dt.timedelta(seconds=20)]


def test_a_bundle_whose_time_was_taken_away_is_not_late(room):
    page, due = release(room.author), in_an_hour()
    bundle = make(room, page, when=AT, due_at=due)
    clear(page, room)
    with time_machine.travel(due - dt.timedelta(minutes=5), tick=False):
        change(bundle, by=room.author, when=HAND, due_at=None)
    with time_machine.travel(due + dt.timedelta(hours=11), tick=False):
        let_go(bundle, by=room.leader)

        assert run().published == [bundle.pk]

    assert not TimedPublication.objects.exists()
    assert "late_ms" not in LedgerEntry.objects.get(kind="published").details


def test_the_cause_is_told_in_words(room):
    page, other = (
        newsroom.edit(release(room.author, slug=slug), by=room.author, slug="bir-darek") for slug in ("a-1", "b-1")
    )
    bundle = make(room, page, when=HAND)
    clear(page, room)
    with submitted_all_the_same():
        newsroom.publish(other, room)
    let_go(bundle, by=room.leader)
    with translation.override("en"):
        run()

    assert fresh(bundle).failed_page_id == page.pk
    assert "“bir-darek” is already the address of another document" in fresh(bundle).failure
    assert not {"ValidationError", "{", "["} & set(fresh(bundle).failure)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_bundle_that_waits_for_the_ledger_is_as_late_as_it_is():
    room = open_newsroom()
    page, noon = release(room.author), in_an_hour()
    bundle = make(room, page, when=AT, due_at=noon)
    clear(page, room)
    clock, is_held = clock_from(noon), threading.Event()

    def decide() -> None:
        with transaction.atomic():
            ledger.hold()
            is_held.set()
            time.sleep(1)
        connections.close_all()

    somebody = threading.Thread(target=decide)
    somebody.start()
    is_held.wait(10)
    report = publish_due_bundles(now=noon, clock=clock)
    somebody.join()

    kept = TimedPublication.objects.get()
    assert (report.published, kept.late_ms >= 900) == ([bundle.pk], True)
    assert kept.published_at == fresh(bundle).published_at == Publication.objects.get().at
