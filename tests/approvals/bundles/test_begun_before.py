"""A bundle that is ready as a whole is begun before its moment, and public at it: all of it or nothing."""

import datetime as dt
import threading

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from approvals import at_the_moment, ledger
from approvals.at_the_moment import (
    BEGUN_BEFORE,
    BEGUN_BEFORE_FOR_A_BUNDLE,
    BEGUN_BEFORE_FOR_EACH,
    begins_at,
    publish_at,
)
from approvals.bundles.refusals import BundleRefused
from approvals.cleared_texts import Ahead
from approvals.models import Bundle, DuePublication, TimedPublication
from frontend_api.models import Publication
from site_pages.models import PublicationPermit
from tests.approvals.bundles.coverage import AT, clear, fresh, make, nearly_clear, order, public, run, signing, take_out
from tests.approvals.on_time import before, clock_from, due, failing_for, reading, ready, rewrite, wait_until_begun
from tests.approvals.test_originals_first import translated
from tests.attacks.houses import everything
from tests.newsroom import decree, release, speech


@pytest.fixture
def noon():
    return (timezone.now() + dt.timedelta(hours=1)).replace(microsecond=0)


def waiting(room, *pages, at: dt.datetime):
    """A bundle of cleared documents that waits for its moment."""
    bundle = make(room, *pages, when=AT, due_at=at)
    for page in pages:
        clear(page, room)
    return bundle


def at_the_moment_itself(noon: dt.datetime):
    """What the worker does once the moment has come."""
    with time_machine.travel(noon, tick=False):
        return run(noon)


@pytest.mark.django_db(transaction=True)
def test_a_reader_sees_none_of_it_before_its_moment_and_then_all_with_what_is_due_beside_it(room, noon):
    bundle = waiting(room, *signing(room), at=noon)
    due(room, at=noon, count=2)
    ahead = ready(at=before(noon))
    clock = clock_from(before(noon, seconds=2))
    with reading(clock) as seen:
        done = publish_at(noon, ahead=ahead, clock=clock)
        returned = clock()

    assert (len(done), {count for count, at in seen if at < noon}) == (7, {0})
    assert {count for count, _at in seen} == {0, 7}
    assert noon <= returned < noon + dt.timedelta(seconds=1)
    assert (fresh(bundle).published_at, DuePublication.objects.count(), ahead.texts) == (noon, 0, {})
    assert set(TimedPublication.objects.values_list("due_at", "published_at", "late_ms")) == {(noon, noon, 0)}
    assert order()[-2:] == [("decree", "ru"), ("decree", "en")]
    assert (list(ledger.faults()), PublicationPermit.objects.count()) == ([], 0)


@pytest.mark.django_db
def test_of_a_bundle_with_one_that_fails_nothing_is_public_and_others_are(room, noon):
    pages = [release(room.author, title="Биринчи"), speech(room.author)]
    bundle = waiting(room, *pages, at=noon)
    (other,) = due(room, at=noon)
    ahead = ready(at=before(noon))

    with failing_for(pages[1]):
        done = publish_at(noon, ahead=ahead, clock=clock_from(noon))
        assert (done, fresh(bundle).failed_at, public()) == ([other.pk], None, 1)
        assert list(at_the_moment_itself(noon).failed) == [bundle.pk]

    assert (fresh(bundle).failed_page_id, public(), DuePublication.objects.count()) == (pages[1].pk, 1, 2)
    assert (list(ledger.faults()), PublicationPermit.objects.count()) == ([], 0)


@pytest.mark.django_db
def test_one_that_is_not_cleared_or_not_ready_leaves_all_for_the_moment(room, noon):
    first, second = release(room.author), speech(room.author)
    bundle = make(room, first, second, when=AT, due_at=noon)
    clear(first, room)
    nearly_clear(second, room)
    shown = everything()

    assert begins_at(noon) == noon
    assert publish_at(noon, ahead=ready(at=before(noon)), clock=clock_from(noon)) == []
    assert (everything(), fresh(bundle).failed_at) == (shown, None)

    whole = waiting(room, release(room.author, title="Үчүнчү"), release(room.author, title="Төртүнчү"), at=noon)
    ahead = ready(at=before(noon))
    ahead.texts.pop(max(ahead.texts))
    assert begins_at(noon) == noon - BEGUN_BEFORE - 2 * BEGUN_BEFORE_FOR_EACH - BEGUN_BEFORE_FOR_A_BUNDLE
    assert (publish_at(noon, ahead=ahead, clock=clock_from(noon)), public()) == ([], 0)
    assert at_the_moment_itself(noon).published == [whole.pk]


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["held_at", "failed_at", "closed_at"])
def test_one_that_waits_for_a_person_is_not_begun(room, noon, field):
    waiting(room, release(room.author), at=noon)
    ahead = ready(at=before(noon))
    Bundle.objects.update(**{field: timezone.now()})

    assert (begins_at(noon), publish_at(noon, ahead=ahead, clock=clock_from(noon)), public()) == (noon, [], 0)


@pytest.mark.django_db
def test_only_as_many_as_are_done_in_time_and_another_worker_may_have_the_others(room, noon, monkeypatch):
    monkeypatch.setattr(at_the_moment, "LONGEST_BEFORE", 5 * BEGUN_BEFORE_FOR_EACH + BEGUN_BEFORE_FOR_A_BUNDLE)
    large = waiting(room, *(release(room.author, title=f"Чоң {number}") for number in range(4)), at=noon)
    small = waiting(room, *(release(room.author, title=f"Кичине {number}") for number in range(2)), at=noon)
    due(room, at=noon, count=2)

    done = publish_at(noon, ahead=ready(at=before(noon)), clock=clock_from(before(noon, seconds=3)))

    assert (len(done), public(), fresh(small).published_at, fresh(large).is_open) == (4, 4, noon, True)
    assert len(publish_at(noon, ahead=ready(at=before(noon)), clock=clock_from(before(noon, seconds=3)))) == 4
    assert fresh(large).published_at == noon


@pytest.mark.django_db
def test_once_the_moment_has_come_no_bundle_is_begun(room, noon):
    bundle = waiting(room, release(room.author), at=noon)
    (page,) = due(room, at=noon)

    done = publish_at(noon, ahead=ready(at=before(noon)), clock=clock_from(noon))

    assert (done, public(), fresh(bundle).is_open) == ([page.pk], 1, True)
    assert at_the_moment_itself(noon).published == [bundle.pk]


@pytest.mark.django_db
@pytest.mark.parametrize("is_translation_alone", [True, False])
def test_an_original_in_a_bundle_and_its_translation_elsewhere_are_begun_together(room, noon, is_translation_alone):
    act = decree(room.author)
    russian = translated(act, room, **({"go_live_at": noon} if is_translation_alone else {}))
    if not is_translation_alone:
        make(room, russian, when=AT, due_at=noon)
    waiting(room, act, at=noon)
    clear(russian, room)

    done = publish_at(noon, ahead=ready(at=before(noon)), clock=clock_from(before(noon, seconds=3)))

    assert (done, order()) == ([act.pk, russian.pk], [("decree", "ky"), ("decree", "ru")])
    assert set(TimedPublication.objects.values_list("late_ms", flat=True)) == {0}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_what_one_worker_does_not_begin_another_does(room, noon):
    bundle = waiting(room, release(room.author, title="Биринчи"), release(room.author, title="Экинчи"), at=noon)
    due(room, at=noon)
    knows_all = ready(at=before(noon))
    single = DuePublication.objects.get(bundle=None).entry_number
    knows_one = Ahead(texts={single: knows_all.texts[single]})
    clock = clock_from(before(noon, seconds=2))
    first = threading.Thread(target=lambda: (publish_at(noon, ahead=knows_one, clock=clock), connections.close_all()))
    first.start()
    wait_until_begun()

    publish_at(noon, ahead=knows_all, clock=clock)
    first.join()

    assert (public(), DuePublication.objects.count(), fresh(bundle).is_open) == (3, 0, False)


@pytest.mark.django_db
def test_what_the_worker_knew_is_asked_again_when_a_version_was_rewritten(room, noon):
    """Below every door, the bytes of one version are other ones: nothing of the bundle is public, early or late."""
    pages = [release(room.author, title="Биринчи"), release(room.author, title="Экинчи")]
    bundle = waiting(room, *pages, at=noon)
    ahead = ready(at=before(noon))
    rewrite(pages[0], room)

    assert (publish_at(noon, ahead=ahead, clock=clock_from(noon)), public()) == ([], 0)
    assert list(at_the_moment_itself(noon).failed) == [bundle.pk]
    assert (fresh(bundle).failed_page_id, public(), Publication.objects.count()) == (pages[0].pk, 0, 0)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_who_takes_one_out_when_it_is_begun_waits_and_is_told_that_it_is_public(room, noon):
    pages = [release(room.author, title="Биринчи"), release(room.author, title="Экинчи")]
    bundle = waiting(room, *pages, at=noon)
    ahead = ready(at=before(noon))
    clock = clock_from(before(noon, seconds=1.5))
    publisher = threading.Thread(target=lambda: (publish_at(noon, ahead=ahead, clock=clock), connections.close_all()))
    publisher.start()
    wait_until_begun()

    with pytest.raises(BundleRefused):
        take_out(bundle, pages[0], by=room.leader, remark="Күнү өзгөрдү")
    told_at = clock()
    publisher.join()

    assert told_at >= noon
    assert (public(), fresh(bundle).published_at, list(ledger.faults())) == (2, noon, [])
