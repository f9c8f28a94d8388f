"""What is ready is begun before its moment, and public at it: not earlier, and not when it may not be."""

import datetime as dt
import threading

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from approvals import decisions, ledger
from approvals.at_the_moment import BEGUN_BEFORE, BEGUN_BEFORE_FOR_EACH, BEGUN_TOGETHER, begins_at, publish_at
from approvals.cleared_texts import Ahead
from approvals.clock import ClockSetBack
from approvals.models import DuePublication, FailedPublication, LedgerEntry, TimedPublication
from cms import working
from cms.working import Punctual
from frontend_api.models import Publication, PublishedDocument
from site_pages.models import PublicationPermit
from tests.approvals.on_time import (
    before,
    clock_from,
    corrected,
    due,
    failing_for,
    let_go,
    reading,
    ready,
    rewrite,
    stop,
    wait_until_begun,
)
from tests.approvals.test_originals_first import translated
from tests.attacks.houses import everything
from tests.newsroom import decree, fresh, ledger_kinds, publish, release


@pytest.fixture
def noon():
    return (timezone.now() + dt.timedelta(hours=1)).replace(microsecond=0)


@pytest.mark.django_db(transaction=True)
def test_nobody_sees_anything_of_it_before_its_moment(room, noon):
    pages = due(room, at=noon, count=3)
    ahead = ready(at=before(noon))
    clock = clock_from(before(noon, seconds=1.5))
    with reading(clock) as seen:
        done = publish_at(noon, ahead=ahead, clock=clock)
        returned = clock()

    assert sorted(done) == sorted(page.pk for page in pages)
    assert {count for count, at in seen if at < noon} == {0}
    assert {count for count, _at in seen} == {0, 3}
    assert noon <= returned < noon + dt.timedelta(seconds=1)
    assert (DuePublication.objects.count(), ahead.texts, list(ledger.faults())) == (0, {}, [])
    late = set(TimedPublication.objects.values_list("due_at", "published_at", "late_ms"))
    assert late == {(noon, noon, 0)}


@pytest.mark.django_db
def test_what_was_begun_is_what_would_have_been_published(room, noon):
    due(room, at=noon, count=2)
    changed = corrected(publish(release(room.author, title="Эски"), room), room, at=noon, title="Жаңы")
    ahead = ready(at=before(noon))
    one = LedgerEntry.objects.filter(page_id=changed.pk, kind="cleared").latest("number").number
    alone = Ahead(texts={one: ahead.texts.pop(one)})

    publish_at(noon, ahead=alone, clock=clock_from(before(noon, seconds=0.1)))
    publish_at(noon, ahead=ahead, clock=clock_from(noon))

    assert (fresh(changed).title, fresh(changed).live) == ("Жаңы", True)
    assert sorted(PublishedDocument.objects.values_list("title", flat=True)) == ["Жаңы", "Кабар 0", "Кабар 1"]
    assert set(Publication.objects.order_by("number").values_list("kind", flat=True)[1:]) == {"corrected", "published"}
    assert (list(ledger.faults()), PublicationPermit.objects.count()) == ([], 0)


@pytest.mark.django_db
def test_a_clock_that_is_set_back_takes_everything_back(room, noon):
    due(room, at=noon, count=2)
    ahead = ready(at=before(noon))
    shown = everything()

    with pytest.raises(ClockSetBack):
        publish_at(noon, ahead=ahead, clock=lambda: before(noon, seconds=3600))

    assert (everything(), Publication.objects.count(), PublicationPermit.objects.count()) == (shown, 0, 0)
    assert len(let_go(noon, ahead=ahead).published) == 2
    assert list(ledger.faults()) == []


@pytest.mark.django_db
def test_what_fails_is_left_for_its_moment_and_takes_no_other_with_it(room, noon):
    bad, good = due(room, at=noon, count=2)
    ahead = ready(at=before(noon))

    with failing_for(bad):
        done = publish_at(noon, ahead=ahead, clock=clock_from(noon))
        assert (done, FailedPublication.objects.count(), ledger_kinds(bad)[-1]) == ([good.pk], 0, "cleared")
        assert list(let_go(noon, ahead=ahead).failed) == [bad.pk]

    assert (fresh(bad).live, fresh(good).live, FailedPublication.objects.get().page_id) == (False, True, bad.pk)


def hold(page, room) -> None:
    DuePublication.objects.filter(page_id=page.pk).update(held_at=timezone.now())


@pytest.mark.django_db
@pytest.mark.parametrize("happens", [rewrite, stop, hold])
def test_what_happens_before_it_is_begun_counts(room, noon, happens):
    page, other = due(room, at=noon, count=2)
    ahead = ready(at=before(noon))
    happens(page, room)

    done = publish_at(noon, ahead=ahead, clock=clock_from(noon))

    assert (done, fresh(page).live) == ([other.pk], False)
    assert PublishedDocument.objects.get().content_id == other.content_id


@pytest.mark.django_db
def test_what_is_not_ready_or_due_later_is_not_begun(room, noon):
    due(room, at=noon)
    due(room, at=noon + dt.timedelta(minutes=1))

    assert publish_at(noon, ahead=Ahead(), clock=clock_from(noon)) == []
    done = publish_at(noon, ahead=ready(at=noon + dt.timedelta(minutes=1)), clock=clock_from(noon))

    assert (len(done), DuePublication.objects.count(), Publication.objects.count()) == (1, 1, 1)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_who_stops_it_when_it_is_begun_waits_and_is_told_that_it_is_public(room, noon):
    (page,) = due(room, at=noon)
    ahead = ready(at=before(noon))
    clock = clock_from(before(noon, seconds=1))
    publisher = threading.Thread(target=lambda: (publish_at(noon, ahead=ahead, clock=clock), connections.close_all()))
    publisher.start()
    wait_until_begun()

    with pytest.raises(decisions.DecisionRefused):
        stop(page, room)
    stopped_at = clock()
    publisher.join()

    assert stopped_at >= noon
    assert (fresh(page).live, ledger_kinds(page)[-1], list(ledger.faults())) == (True, "published", [])


@pytest.mark.django_db
def test_the_more_are_due_the_earlier_they_are_begun_and_alone(room, noon):
    assert begins_at(noon) == noon

    due(room, at=noon, count=2)

    assert begins_at(noon) == noon - BEGUN_BEFORE - 2 * BEGUN_BEFORE_FOR_EACH
    longest = BEGUN_BEFORE + BEGUN_TOGETHER * BEGUN_BEFORE_FOR_EACH
    assert longest < dt.timedelta(seconds=1.5)


@pytest.mark.django_db
def test_a_worker_begins_once_and_sleeps_until_it_has_to(room, noon, monkeypatch):
    due(room, at=noon)
    punctual = Punctual()
    begin = begins_at(noon)

    def at(moment: dt.datetime, what):
        monkeypatch.setattr(working, "database_now", lambda: moment)
        with time_machine.travel(moment, tick=False):
            return what()

    def pause() -> float:
        return punctual.seconds_to_wait(at_most=60)

    assert at(before(noon), lambda: punctual.make_ready(noon)) == 1
    assert at(before(noon), pause) == pytest.approx((begin - before(noon)).total_seconds())
    assert at(begin - dt.timedelta(milliseconds=1), lambda: punctual.begin(noon)) == 0
    assert punctual.begun is None
    kept, punctual.ahead = punctual.ahead, Ahead()
    assert at(begin, lambda: punctual.begin(noon)) == 0
    assert (punctual.begun, Publication.objects.count()) == (noon, 0)
    # Another worker had it in hand, or it failed: it is waited for as ever.
    assert at(begin, pause) == pytest.approx((noon - begin).total_seconds())
    punctual.ahead = kept
    assert at(begin, lambda: punctual.begin(noon)) == 0
    assert at(noon, lambda: punctual.publish(noon)) == 1
    assert punctual.is_at_rest.is_set()


@pytest.mark.django_db
def test_an_act_and_its_translation_due_together_are_begun_together(room, noon):
    original = publish(decree(room.author, go_live_at=noon), room)
    translation = publish(translated(original, room, go_live_at=noon), room)
    ahead = ready(at=before(noon))

    done = publish_at(noon, ahead=ahead, clock=clock_from(before(noon, seconds=0.5)))

    assert done == [original.pk, translation.pk]
    assert list(Publication.objects.order_by("number").values_list("locale", flat=True)) == ["ky", "ru"]
    assert set(TimedPublication.objects.values_list("late_ms", flat=True)) == {0}
