"""Several workers, and a day that is moved while a step begins: on PostgreSQL with real connections."""

import datetime as dt
import threading
from collections import Counter

import pytest
import time_machine
from django.db import connection, transaction

from approvals.deadlines import watch_deadlines
from approvals.models import CalendarDay, Deadline, DeadlineAlert
from tests.approvals.test_working_time import at
from tests.newsroom import release, submit

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

THURSDAY = at("2025-03-20 15:00")
REMIND = at("2025-03-24 12:00")


def test_of_four_workers_at_once_one_tells(room):
    for number in range(10):
        with time_machine.travel(THURSDAY, tick=False):
            submit(release(room.author, title=f"Жаңылык {number}"), by=room.author)
    barrier, done = threading.Barrier(4), []

    def work() -> None:
        try:
            barrier.wait(timeout=30)
            done.append(watch_deadlines(now=REMIND))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)

    assert (len(done), sum(done)) == (4, 10)
    assert Counter(DeadlineAlert.objects.values_list("kind", "recipient_id")) == {
        ("reminder", room.head.pk): 10,
        ("reminder", room.deputy_head.pk): 10,
    }


def test_a_step_that_begins_while_a_day_is_moved_knows_it(room):
    begun = threading.Event()

    def move() -> None:
        try:
            begun.wait(timeout=30)
            CalendarDay.objects.create(day=dt.date(2025, 3, 21), is_working=True, note="Өкмөттүн токтому")
        finally:
            connection.close()

    mover = threading.Thread(target=move)
    mover.start()
    with time_machine.travel(THURSDAY, tick=False):
        with transaction.atomic():
            submit(release(room.author), by=room.author)
            begun.set()
            mover.join(timeout=1)
            assert mover.is_alive()
        mover.join(timeout=30)

    assert Deadline.objects.get().due_at == at("2025-03-21 15:00")
