"""What is cleared after its time says by how much, whatever it is; what met its time is never late again."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from approvals.documents import DocumentView
from approvals.models import LedgerEntry, ScheduleAlarm
from approvals.schedule import schedule_for
from approvals.schedule_alarms import warn_of_uncleared
from approvals.scheduling import publish_due
from tests.approvals.bundles.coverage import AT, clear, let_go, make, nearly_clear, run
from tests.approvals.withdrawal.taking_down import take_down
from tests.newsroom import approve, edit, fresh, publish, release, speech, submit

pytestmark = pytest.mark.django_db
HALF_AN_HOUR = dt.timedelta(minutes=30)


@pytest.fixture
def noon() -> dt.datetime:
    return (timezone.now() + dt.timedelta(hours=1)).replace(microsecond=0)


def said_of(page) -> dict:
    """What the ledger says where the page was last cleared."""
    return LedgerEntry.objects.filter(kind="cleared", page_id=page.pk).latest("number").details


def published_on_time(room, *, at: dt.datetime):
    page = publish(release(room.author, go_live_at=at), room)
    with time_machine.travel(at, tick=False):
        assert publish_due(now=at).published == [page.pk]
    return page


def test_a_correction_that_is_cleared_after_its_time_says_by_how_much(room, noon):
    page = publish(release(room.author), room)
    page = edit(page, by=room.author, go_live_at=noon, summary="Жаңы", change_note="Саны такталды.")
    nearly_clear(page, room)

    with time_machine.travel(noon + HALF_AN_HOUR, tick=False):
        warned = DocumentView(page=fresh(page), reader_id=room.leader.pk).time_has_passed
        approve(page, by=room.leader)

    assert (warned, said_of(page)) == (True, {"cleared_late_seconds": 1800})
    assert LedgerEntry.objects.filter(kind="published", page_id=page.pk).count() == 2


def test_a_correction_of_what_met_its_time_is_not_late(room, noon):
    page = published_on_time(room, at=noon)

    with time_machine.travel(noon + HALF_AN_HOUR, tick=False):
        page = edit(page, by=room.author, summary="Жаңы", change_note="Саны такталды.")
        warned = DocumentView(page=page, reader_id=room.leader.pk).time_has_passed
        publish(page, room)

    assert (warned, said_of(page)) == (False, {})


@pytest.mark.parametrize("after", [dt.timedelta(minutes=20), dt.timedelta(days=90)])
def test_what_met_its_time_and_was_withdrawn_since_is_not_late_when_it_is_submitted_again(room, noon, after):
    page = published_on_time(room, at=noon)

    with time_machine.travel(noon + after, tick=False):
        take_down(page, room)
        page = edit(page, by=room.author, summary="Оңдолгон")
        submit(page, by=room.author)
        on_schedule, alarms = schedule_for(room.leader, now=timezone.now()), warn_of_uncleared(now=timezone.now())
        warned = DocumentView(page=fresh(page), reader_id=room.head.pk).time_has_passed
        approve(page, by=room.head)
        approve(page, by=room.leader)

    assert (on_schedule, alarms, ScheduleAlarm.objects.count(), warned) == ([], 0, 0, False)
    assert (said_of(page), fresh(page).live) == ({}, True)


def test_what_was_withdrawn_and_names_a_new_time_is_on_the_schedule_and_late_after_it(room, noon):
    page = published_on_time(room, at=noon)
    again = noon + dt.timedelta(days=1)
    with time_machine.travel(noon + HALF_AN_HOUR, tick=False):
        take_down(page, room)
        page = edit(page, by=room.author, go_live_at=again)
        nearly_clear(page, room)

    with time_machine.travel(again + HALF_AN_HOUR, tick=False):
        (row,) = schedule_for(room.leader, now=timezone.now())
        approve(page, by=room.leader)

    assert (row.due_at, row.late_by, said_of(page)) == (again, HALF_AN_HOUR, {"cleared_late_seconds": 1800})


def test_the_last_document_of_a_bundle_that_is_cleared_after_its_time_says_by_how_much(room, noon):
    first, last = release(room.author), speech(room.author)
    bundle = make(room, first, last, when=AT, due_at=noon)
    clear(first, room)
    nearly_clear(last, room)
    with time_machine.travel(noon, tick=False):
        assert list(run(noon).failed) == [bundle.pk]

    with time_machine.travel(noon + HALF_AN_HOUR, tick=False):
        approve(last, by=room.leader)
        let_go(bundle, by=room.leader)
        assert run().published == [bundle.pk]

    assert (said_of(first), said_of(last)) == ({}, {"cleared_late_seconds": 1800})
