"""A time of its own and an end that do not fit the bundle: said at the submission, before it, and beside the field."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone, translation
from wagtail.models import Revision

from approvals.decisions import RequirementsUnmet
from tests.approvals.bundles.coverage import AT, CLEARED, clear, make, run
from tests.attacks.houses import everything
from tests.newsroom import edit, release, send_back, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def noon() -> dt.datetime:
    return (timezone.now() + dt.timedelta(hours=3)).replace(microsecond=0)


def hours(number: float) -> dt.timedelta:
    return dt.timedelta(hours=number)


def refused(room, page) -> list[tuple[str, str]]:
    """Beside which fields it is refused at its submission, and why; nothing has changed."""
    before = everything()
    with pytest.raises(RequirementsUnmet) as refusal:
        submit(page, by=room.author)
    assert everything() == before
    return [(issue.field, issue.code) for issue in refusal.value.issues]


@pytest.mark.parametrize(
    "when, written, beside",
    [
        (AT, {"go_live_at": 1}, [("go_live_at", "own_time")]),
        (AT, {"expire_at": 0}, [("expire_at", "ends_before")]),
        (AT, {"go_live_at": -2, "expire_at": -1}, [("go_live_at", "own_time"), ("expire_at", "ends_before")]),
        (CLEARED, {"go_live_at": 1}, [("go_live_at", "own_time")]),
    ],
)
def test_what_was_given_to_it_after_it_joined_is_refused_at_its_submission(room, noon, when, written, beside):
    page = release(room.author)
    make(room, page, when=when, due_at=noon if when == AT else None)
    edit(page, by=room.author, **{name: noon + hours(number) for name, number in written.items()})

    assert refused(room, page) == beside


def test_the_bundles_own_time_and_an_end_after_it_are_submitted_and_published_with_it(room, noon):
    page = release(room.author)
    bundle = make(room, page, when=AT, due_at=noon)
    clear(edit(page, by=room.author, go_live_at=noon, expire_at=noon + hours(1)), room)

    with time_machine.travel(noon, tick=False):
        assert run(noon).published == [bundle.pk]


def test_what_was_returned_is_looked_at_again(room, noon):
    page = release(room.author)
    make(room, page, when=AT, due_at=noon)
    submit(page, by=room.author)
    send_back(page, by=room.head)
    edit(page, by=room.author, go_live_at=noon + hours(1))

    assert refused(room, page) == [("go_live_at", "own_time")]


def test_it_is_said_in_the_readers_words_and_one_outside_of_bundles_has_its_own_time(room, noon):
    alone, page = release(room.author, go_live_at=noon), release(room.author, title="Топтомдо")
    make(room, page, when=AT, due_at=noon)
    edit(page, by=room.author, go_live_at=noon + hours(1))

    submit(alone, by=room.author)
    with translation.override("en"), pytest.raises(RequirementsUnmet, match="a time of its own that is not"):
        submit(page, by=room.author)


@pytest.mark.parametrize("value", ["garbage", "2030-01-01T12:00:00", "2030-13-45T12:00:00Z", 7])
def test_a_time_that_cannot_be_read_is_not_the_bundles(room, noon, value):
    page = release(room.author)
    bundle = make(room, page, when=AT, due_at=noon)
    clear(page, room)
    version = Revision.objects.get(pk=page.latest_revision_id)
    Revision.objects.filter(pk=version.pk).update(content={**version.content, "go_live_at": value})
    type(bundle).objects.filter(pk=bundle.pk).update(due_at=timezone.now())

    (reason,) = run().failed.values()

    assert reason == translation.gettext("It has a time of its own that is not the bundle's.")
