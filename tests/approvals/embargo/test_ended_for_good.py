"""Early access that has ended with a time does not come to life again with a later one."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from approvals import ledger
from approvals.embargo.overview import rows_of
from approvals.embargo.rules import AccessState
from approvals.models import LedgerEntry
from tests.approvals.bundles.coverage import AT, HAND, change, clear, fresh, make, run
from tests.approvals.consultation import answer_of
from tests.approvals.embargo.press import address, give, nothing, opens, somebody
from tests.newsroom import release

pytestmark = pytest.mark.django_db


@pytest.fixture
def noon() -> dt.datetime:
    return (timezone.now() + dt.timedelta(hours=3)).replace(microsecond=0)


@pytest.fixture
def bundled(room, noon):
    """A cleared text in a bundle with a time, which a draft keeps back."""
    page, draft = release(room.author), release(room.author, title="Экинчи")
    bundle = make(room, page, draft, when=AT, due_at=noon)
    clear(page, room)
    return bundle, page


def state(page) -> AccessState:
    (row,) = rows_of(page, with_openings=False, now=timezone.now())
    return row.state


@pytest.mark.parametrize("is_failed", [True, False])
def test_after_a_time_that_has_come_a_later_one_opens_nothing(room, noon, bundled, is_failed):
    bundle, page = bundled
    _access, token = give(page, by=room.head)
    sooner = noon - dt.timedelta(hours=2)
    change(bundle, by=room.leader, due_at=sooner)

    with time_machine.travel(sooner, tick=False):
        if is_failed:
            assert list(run(sooner).failed) == [bundle.pk]
        assert not opens(token)
        change(fresh(bundle), by=room.leader, due_at=noon + dt.timedelta(hours=1))

        assert (opens(token), state(page)) == (False, AccessState.ENDED)
        assert answer_of(somebody().get(address(token))) == nothing()
        # A new one is given, and reads until the new time.
        assert opens(give(page, by=room.head)[1])
    assert list(ledger.faults()) == []


def test_the_clock_of_the_worker_counts_too(room, noon, bundled):
    bundle, page = bundled
    _access, token = give(page, by=room.head)
    type(bundle).objects.filter(pk=bundle.pk).update(failed_at=noon, failure="Макулдашылган эмес.")

    change(fresh(bundle), by=room.leader, due_at=noon + dt.timedelta(hours=1))

    assert not opens(token)


def test_after_a_time_that_was_taken_away_a_new_one_opens_nothing(room, noon, bundled):
    bundle, page = bundled
    _access, token = give(page, by=room.head)

    change(bundle, by=room.author, when=HAND, due_at=None)
    assert not opens(token)
    change(fresh(bundle), by=room.leader, when=AT, due_at=noon)

    assert (opens(token), state(page)) == (False, AccessState.ENDED)


def test_a_time_that_is_moved_before_it_comes_ends_nothing_and_writes_nothing_down(room, noon, bundled):
    bundle, page = bundled
    _access, token = give(page, by=room.head)

    for due_at in (noon - dt.timedelta(hours=1), noon + dt.timedelta(hours=1)):
        change(fresh(bundle), by=room.leader, due_at=due_at)
    change(fresh(bundle), by=room.author, title="Башка аты")

    assert opens(token)
    assert not LedgerEntry.objects.filter(details__has_key="early_ended").exists()
