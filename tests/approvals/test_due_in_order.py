"""Texts and bundles that were due while nothing ran become public in the order in which they were due."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from approvals.cleared_texts import Ahead
from approvals.due_in_order import publish_in_order
from approvals.models import DuePublication
from frontend_api.models import Publication
from tests.approvals.bundles.coverage import AT, CLEARED, clear, make, order, public
from tests.approvals.bundles.coverage import fresh as fresh_bundle
from tests.approvals.on_time import due, ready
from tests.newsroom import decree, edit, publish, release, speech

pytestmark = pytest.mark.django_db


@pytest.fixture
def noon() -> dt.datetime:
    return (timezone.now() + dt.timedelta(hours=1)).replace(microsecond=0)


def bundled(room, page, *, at: dt.datetime):
    """A bundle of one cleared text, due at the moment."""
    bundle = make(room, page, when=AT, due_at=at)
    clear(page, room)
    return bundle


def hours(number: int) -> dt.timedelta:
    return dt.timedelta(hours=number)


def let_go(at: dt.datetime, *, ahead: Ahead | None = None) -> int:
    """What the worker does at a moment."""
    with time_machine.travel(at, tick=False):
        return publish_in_order(now=at, ahead=ahead or Ahead())


def test_after_a_stop_texts_and_bundles_follow_in_the_order_in_which_they_were_due(room, noon):
    (fourth,) = due(room, at=noon + hours(3))
    third, first = release(room.author, title="Үчүнчү"), speech(room.author)
    bundled(room, third, at=noon + hours(2))
    (second,) = due(room, at=noon + hours(1))
    bundled(room, first, at=noon)
    by_itself = make(room, last := release(room.author, title="Акыркы"), when=CLEARED)
    clear(last, room)
    assert public() == 0

    done = let_go(noon + hours(4))

    in_order = [page.content_id for page in (first, second, third, fourth, last)]
    assert list(Publication.objects.order_by("number").values_list("content_id", flat=True)) == in_order
    assert (done, fresh_bundle(by_itself).published_at) == (5, noon + hours(4))


@pytest.mark.parametrize("is_ready", [False, True])
def test_a_translation_whose_original_is_public_has_its_turn_by_its_time(room, noon, is_ready):
    act = publish(decree(room.author), room)
    key = {"translation_key": act.translation_key}
    later = noon + hours(2)
    russian = decree(room.author, locale="ru", title="О водных ресурсах", go_live_at=noon + hours(1), **key)
    for page in (russian, release(room.author, go_live_at=later), speech(room.author, go_live_at=noon)):
        publish(page, room)
    ahead = ready(at=noon + hours(3)) if is_ready else Ahead()

    assert let_go(noon + hours(3), ahead=ahead) == 3

    assert order() == [("decree", "ky"), ("speech", "ky"), ("decree", "ru"), ("release", "ky")]


def test_a_translation_whose_original_becomes_public_with_it_comes_after_it(room, noon):
    act = decree(room.author)
    key = {"translation_key": act.translation_key}
    for page in (
        edit(act, by=room.author, go_live_at=noon + hours(1)),
        decree(room.author, locale="ru", title="О водных ресурсах", go_live_at=noon, **key),
        release(room.author, go_live_at=noon + hours(2)),
    ):
        publish(page, room)

    assert let_go(noon + hours(3)) == 3

    assert [locale for kind, locale in order() if kind == "decree"] == ["ky", "ru"]


@pytest.mark.parametrize("single_first", [False, True])
def test_what_becomes_due_while_others_are_published_follows_in_that_order_too(room, noon, single_first):
    moments = [noon + dt.timedelta(seconds=seconds) for seconds in (10, 20)]
    together = release(room.author, title="Топтомдо")
    bundled(room, together, at=moments[single_first])
    (alone,) = due(room, at=moments[not single_first])

    # The turn begins at noon; by the time when it reads the clock, both are due.
    with time_machine.travel(noon + dt.timedelta(seconds=30), tick=False):
        assert publish_in_order(now=noon, ahead=Ahead(), clock=timezone.now) == 2

    in_order = [alone.content_id, together.content_id] if single_first else [together.content_id, alone.content_id]
    assert list(Publication.objects.order_by("number").values_list("content_id", flat=True)) == in_order


def test_a_bundle_that_becomes_due_while_another_is_published_goes_before_what_is_due_after_it(room, noon):
    first, second = speech(room.author), release(room.author, title="Топтомдо")
    bundled(room, first, at=noon)
    bundled(room, second, at=noon + dt.timedelta(seconds=10))
    (last,) = due(room, at=noon + dt.timedelta(seconds=20))

    with time_machine.travel(noon, tick=False) as traveller:

        def clock() -> dt.datetime:
            """The first one takes half a minute."""
            traveller.move_to(noon + dt.timedelta(seconds=30 if public() else 0))
            return timezone.now()

        assert publish_in_order(now=noon, ahead=Ahead(), clock=clock) == 3

    in_order = [page.content_id for page in (first, second, last)]
    assert list(Publication.objects.order_by("number").values_list("content_id", flat=True)) == in_order


def test_what_fails_among_the_texts_stops_no_bundle_and_is_told(room, noon):
    due(room, at=noon)
    bundle = bundled(room, speech(room.author), at=noon)
    spoiled = Ahead(texts={DuePublication.objects.get(bundle=None).entry_number: "no text"})

    with pytest.raises(ExceptionGroup, match="tried again"):
        let_go(noon, ahead=spoiled)

    # What was made ready is not relied on a second time, so the second turn took the text too.
    assert (public(), fresh_bundle(bundle).published_at, spoiled.texts) == (2, noon, {})


def test_of_two_bundles_at_one_moment_the_one_with_the_original_may_come_second(room, noon):
    original = decree(room.author)
    translation = decree(room.author, locale="ru", title="О водных ресурсах", translation_key=original.translation_key)
    first, second = bundled(room, translation, at=noon), bundled(room, original, at=noon)

    assert let_go(noon) == 2

    moments = {fresh_bundle(bundle).published_at for bundle in (first, second)}
    assert (public(), moments, fresh_bundle(first).failed_at) == (2, {noon}, None)


def test_a_translation_whose_original_is_due_later_fails_once_and_says_so(room, noon):
    original = decree(room.author)
    translation = decree(room.author, locale="ru", title="О водных ресурсах", translation_key=original.translation_key)
    publish(edit(original, by=room.author, go_live_at=noon + hours(1)), room)
    first, second = bundled(room, translation, at=noon), bundled(room, speech(room.author), at=noon)

    assert let_go(noon) == 1

    failed = fresh_bundle(first)
    assert (failed.failed_at, failed.failed_page_id, failed.published_at) == (noon, translation.pk, None)
    assert (fresh_bundle(second).published_at, public()) == (noon, 1)
