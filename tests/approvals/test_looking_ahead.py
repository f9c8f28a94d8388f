"""A cleared text that is not what was cleared any more is told of an hour before its moment, not at it."""

import datetime as dt

import pytest
import time_machine
from django.db import OperationalError, connection
from django.utils import timezone

from approvals import looking_ahead
from approvals.looking_ahead import look_ahead
from approvals.models import DuePublication, FailedPublication, ScheduleAlarm
from approvals.schedule import ScheduleState, schedule_for
from approvals.schedule_alarms import warn_of_uncleared
from site_pages.models import Topic
from tests.approvals.bundles.coverage import AT, HAND, clear, make
from tests.approvals.embargo.press import publish_in_time
from tests.newsroom import edit, publish, release, speech

pytestmark = pytest.mark.django_db
LABELS = {"key": "bilim", "label_ky": "Билим", "label_ru": "Образование", "label_en": "Education"}


@pytest.fixture
def noon():
    return (timezone.now() + dt.timedelta(hours=3)).replace(microsecond=0)


@pytest.fixture
def topic():
    return Topic.objects.create(**LABELS)


def rename(topic, words: str = "Билим берүү") -> None:
    """By other hands than ours: no signal says so."""
    Topic.objects.filter(pk=topic.pk).update(label_ky=words)


def round_of(noon, *, minutes: float, looked: dict) -> tuple[int, list[int]]:
    """One round of the worker: how many it finds, and of which pages it warns."""
    at = noon - dt.timedelta(minutes=minutes)
    known = set(ScheduleAlarm.objects.values_list("pk", flat=True))
    with time_machine.travel(at, tick=False):
        found = look_ahead(now=at, looked=looked)
        warn_of_uncleared(now=at)
    return found, sorted(ScheduleAlarm.objects.exclude(pk__in=known).values_list("page_id", flat=True))


def test_a_text_that_changed_is_told_of_at_each_alarm_and_says_why(room, topic, noon):
    page = publish(release(room.author, topics=[topic], go_live_at=noon), room)
    publish(speech(room.author, go_live_at=noon), room)
    rename(topic)
    looked: dict[int, int] = {}

    rounds = [round_of(noon, minutes=minutes, looked=looked) for minutes in (61, 60, 59, 15, 14, 5, 4)]

    assert rounds == [(0, []), (1, [page.pk]), (0, []), (1, [page.pk]), (0, []), (1, [page.pk]), (0, [])]
    rows = {row.page_id: row for row in schedule_for(room.leader, now=timezone.now())}
    assert (rows[page.pk].state, bool(rows[page.pk].reason)) == (ScheduleState.UNREADY, True)
    assert [row.state for row in rows.values()].count(ScheduleState.CLEARED) == 1


def test_a_database_that_gives_up_at_one_keeps_no_other_from_being_looked_at(room, topic, noon):
    bad = publish(release(room.author, topics=[topic], go_live_at=noon), room)
    page = publish(speech(room.author, topics=[topic], go_live_at=noon), room)
    rename(topic)
    looked: dict[int, int] = {}
    number = DuePublication.objects.get(page_id=bad.pk).revision_id

    def gives_up(execute, sql, params, many, context):
        if "wagtailcore_revision" in sql and "LIMIT" in sql and params and number in params:
            raise OperationalError("gave up")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(gives_up):
        first = round_of(noon, minutes=60, looked=looked)
    then = round_of(noon, minutes=59, looked=looked)

    assert (first, then) == ((1, [page.pk]), (1, [bad.pk]))


def test_what_was_mended_is_told_of_no_more_and_is_published(room, topic, noon):
    page = publish(release(room.author, topics=[topic], go_live_at=noon), room)
    rename(topic)
    looked: dict[int, int] = {}
    first = round_of(noon, minutes=60, looked=looked)
    rename(topic, LABELS["label_ky"])

    then = round_of(noon, minutes=15, looked=looked)

    assert (first, then) == ((1, [page.pk]), (0, []))
    assert not FailedPublication.objects.exists()
    publish_in_time(page)


@pytest.mark.parametrize("when, found", [(AT, 1), (HAND, 0)])
def test_in_a_bundle_with_a_time_too(room, topic, noon, when, found):
    page = edit(release(room.author), by=room.author, topics=[topic])
    make(room, page, speech(room.author), when=when, due_at=noon if when == AT else None)
    clear(page, room)
    rename(topic)

    assert round_of(noon, minutes=60, looked={})[0] == found


def test_many_are_looked_at_in_some_rounds(room, topic, noon, monkeypatch):
    monkeypatch.setattr(looking_ahead, "AT_ONCE", 2)
    for number in range(3):
        publish(release(room.author, title=f"Кабар {number}", topics=[topic], go_live_at=noon), room)
    rename(topic)
    looked: dict[int, int] = {}

    found = [round_of(noon, minutes=minutes, looked=looked)[0] for minutes in (60, 59.9, 59.8)]
    round_of(noon, minutes=0, looked=looked)

    assert (found, looked) == ([2, 1, 0], {})
