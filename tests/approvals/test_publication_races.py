"""Several workers at the same moment on PostgreSQL with real connections: each document once, and none passed over."""

import datetime as dt
import threading
import time
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from approvals import ledger
from approvals.cleared_texts import Ahead
from approvals.clock import database_now
from approvals.models import DuePublication, FailedPublication, LedgerEntry, Notice, ScheduleAlarm, TimedPublication
from approvals.schedule_alarms import warn_of_uncleared
from approvals.scheduling import prepare_one, publish_due
from approvals.urgency import publish_urgently
from frontend_api.models import Delivery, Publication
from site_pages.gatekeeping import GateClosed
from site_pages.models import PublicationPermit
from tests.approvals.test_races import at_once
from tests.newsroom import approve, digest, fresh, open_newsroom, publish, release, submit

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
ITEMS = 12


def test_of_four_workers_exactly_one_publishes_each(monkeypatch):
    monkeypatch.setattr("approvals.scheduling.TOGETHER", 3)
    room = open_newsroom()
    noon = timezone.now() + dt.timedelta(hours=1)
    for number in range(ITEMS):
        publish(release(room.author, title=f"Кабар {number}", go_live_at=noon), room)
    shelves = [Ahead() for _ in range(4)]
    for ahead in shelves[:2]:
        while prepare_one(now=noon - dt.timedelta(seconds=1), ahead=ahead):
            pass
    later = noon + dt.timedelta(seconds=1)

    reports = at_once(*[lambda a=ahead: publish_due(now=later, ahead=a, clock=lambda: later) for ahead in shelves])

    assert sorted(page for report in reports for page in report.published) == sorted(
        LedgerEntry.objects.filter(kind="published").values_list("page_id", flat=True)
    )
    assert [len(report.failed) for report in reports] == [0, 0, 0, 0]
    assert list(Publication.objects.order_by("number").values_list("number", flat=True)) == list(range(1, ITEMS + 1))
    assert (TimedPublication.objects.count(), Delivery.objects.count()) == (ITEMS, ITEMS)
    assert (DuePublication.objects.count(), PublicationPermit.objects.count(), list(ledger.faults())) == (0, 0, [])


def test_what_waited_for_another_worker_is_late_by_that_too():
    room, now = open_newsroom(), timezone.now()
    with time_machine.travel(now - dt.timedelta(hours=1)):
        publish(release(room.author, go_live_at=now - dt.timedelta(minutes=1)), room)
    is_held = threading.Event()

    def hold() -> None:
        with transaction.atomic():
            ledger.hold()
            is_held.set()
            time.sleep(1)

    def work() -> dt.datetime:
        assert is_held.wait(timeout=30)
        began = database_now()
        publish_due(now=began)
        return began

    _held, began = at_once(hold, work)

    kept = TimedPublication.objects.get()
    assert kept.published_at - began > dt.timedelta(seconds=0.5)
    assert LedgerEntry.objects.get(kind="published").recorded_at == kept.published_at


def test_two_workers_write_each_alarm_once():
    room = open_newsroom()
    now = timezone.now()
    for number in range(3):
        submit(release(room.author, title=f"Кабар {number}", go_live_at=now + dt.timedelta(minutes=10)), by=room.author)

    given = at_once(*[lambda: warn_of_uncleared(now=now)] * 4)

    assert (sum(given), ScheduleAlarm.objects.count()) == (3, 3)
    assert Notice.objects.exclude(alarm=None).count() == 9


def test_a_machine_that_is_ahead_makes_nothing_early(two_clocks):
    """Whoever takes the last decision, publishes urgently or runs the command there: the database's clock counts."""
    room = open_newsroom()
    at = (database_now() + dt.timedelta(minutes=10)).replace(microsecond=0)
    decided, urgent = (release(room.author, title=title, go_live_at=at) for title in ("Кадимки", "Шашылыш"))
    submit(decided, by=room.author)
    approve(decided, by=room.head)
    submit(urgent, by=room.author)

    with time_machine.travel(at + dt.timedelta(minutes=1), tick=False):
        approve(decided, by=room.leader)
        with pytest.raises(GateClosed):
            publish_urgently(
                page_id=urgent.pk, actor_id=room.leader.pk, seen_digest=digest(urgent), reason="Сел", now=timezone.now()
            )
        call_command("publish_scheduled", stdout=StringIO())

    assert Publication.objects.count() == 0
    assert (DuePublication.objects.get().due_at, FailedPublication.objects.count()) == (at, 0)
    assert not fresh(decided).live
