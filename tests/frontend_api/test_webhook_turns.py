"""Receivers are told in turns: each in order, by however many workers, and none waits for another that is slow."""

import datetime as dt
import threading

import pytest
from django.db import connection, connections
from django.utils import timezone

from frontend_api.models import Delivery, Publication
from frontend_api.webhooks import sending
from frontend_api.webhooks.sending import send_due
from tests.frontend_api.test_webhooks import numbers, tell
from tests.newsroom import open_newsroom, publish, release
from tests.services.http_sink import HttpSink


def publish_some(room, *, count: int) -> None:
    for number in range(count):
        publish(release(room.author, title=f"Жаңылык {number}"), room)


@pytest.mark.django_db
def test_one_that_is_slow_and_has_missed_much_keeps_no_other_from_its_messages(room, monkeypatch):
    monkeypatch.setattr(sending, "LONGEST_RUN_SECONDS", 1.0)
    with HttpSink(delay_seconds=0.6) as slow, HttpSink() as other:
        tell(slow, "a")
        publish_some(room, count=3)
        tell(other, "b")
        publish_some(room, count=6)

        send_due(now=timezone.now(), limit=5)

        assert numbers(other) == [4, 5, 6, 7, 8, 9]
        assert numbers(slow) in ([1], [1, 2])
    waiting = Delivery.objects.filter(channel="webhook", done_at=None)
    assert {(one.attempts, one.leased_until) for one in waiting} == {(0, None)}


@pytest.mark.django_db
def test_what_comes_while_a_slow_one_is_told_does_not_wait_for_it(room, monkeypatch):
    monkeypatch.setattr(sending, "LOOK_AGAIN_SECONDS", 0.05)
    with HttpSink(delay_seconds=1) as slow, HttpSink() as other:
        tell(slow, "a")
        of_the_other = tell(other, "b")
        publish_some(room, count=1)
        now = timezone.now()
        soon = Delivery.objects.filter(target=str(of_the_other.key))
        soon.update(next_attempt_at=now + dt.timedelta(seconds=0.3))

        report = send_due(now=now, limit=5)

        assert (len(report.done), numbers(slow), numbers(other)) == (2, [1], [1])


@pytest.mark.django_db
def test_who_was_just_added_is_not_taken_for_one_that_was_removed(room):
    begun = threading.Event()

    def add_one_more(execute, sql, *rest):
        """Just before the rows are asked for, a receiver is added and told of a publication."""
        if not begun.is_set() and sql.startswith("SELECT") and 'FROM "frontend_api_delivery"' in sql:
            begun.set()
            tell(site)
            publish_some(room, count=1)
        return execute(sql, *rest)

    with HttpSink() as site:
        with connection.execute_wrapper(add_one_more):
            report = send_due(now=timezone.now() + dt.timedelta(minutes=1), limit=5)

        assert (report.dead, len(report.done), numbers(site)) == ([], 1, [1])


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_tell_one_receiver_in_order(settings):
    settings.OUTGOING_PRIVATE_ADDRESSES = True
    room, reached, goes_on = open_newsroom(), threading.Event(), threading.Event()

    def wait_before_leasing(execute, sql, *rest):
        if sql.startswith('UPDATE "frontend_api_delivery"') and not reached.is_set():
            reached.set()
            goes_on.wait(20)
        return execute(sql, *rest)

    def work() -> None:
        try:
            with connection.execute_wrapper(wait_before_leasing):
                send_due(now=timezone.now(), limit=50)
        finally:
            connections.close_all()

    with HttpSink() as site:
        tell(site)
        publish_some(room, count=2)
        first = threading.Thread(target=work)
        first.start()
        assert reached.wait(20)
        publish_some(room, count=1)
        report = send_due(now=timezone.now(), limit=50)
        goes_on.set()
        first.join()
        send_due(now=timezone.now(), limit=50)

        assert (report.done, report.dead) == ([], [])
        assert numbers(site) == list(Publication.objects.order_by("number").values_list("number", flat=True))
