"""Alarms 60, 15 and 5 minutes before something is due that is not cleared."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from approvals.models import Notice, ScheduleAlarm
from approvals.notices.letters import write_letter
from approvals.schedule_alarms import alarms_for, distance_of, warn_of_uncleared
from site_pages.access import rules
from tests.approvals.bundles.coverage import AT, HAND, make
from tests.approvals.test_originals_first import translated
from tests.attacks.houses import signed_in
from tests.newsroom import approve, decree, hire, publish, release, send_back, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def noon():
    return (timezone.now() + dt.timedelta(hours=3)).replace(microsecond=0)


def under_clearance(room, *, at: dt.datetime, **fields):
    page = release(room.author, go_live_at=at, **fields)
    submit(page, by=room.author)
    return page


def warn(noon: dt.datetime, *, minutes: float) -> int:
    """What the worker does so many minutes before the moment."""
    at = noon - dt.timedelta(minutes=minutes)
    with time_machine.travel(at, tick=False):
        return warn_of_uncleared(now=at)


def written() -> list[int]:
    return list(ScheduleAlarm.objects.order_by("pk").values_list("minutes", flat=True))


def told() -> list[str]:
    return sorted(Notice.objects.exclude(alarm=None).values_list("recipient_name", flat=True))


@pytest.mark.parametrize(
    "minutes, distance",
    [(60.1, None), (60, 60), (15.1, 60), (15, 15), (5.1, 15), (5, 5), (0, 5), (-59, 5), (-61, None)],
)
def test_the_nearest_distance_applies(noon, minutes, distance):
    assert distance_of(noon, now=noon - dt.timedelta(minutes=minutes)) == distance


def test_each_of_the_three_is_given_once(room, noon):
    under_clearance(room, at=noon)

    given = [warn(noon, minutes=minutes) for minutes in (61, 60, 59, 30, 15, 14, 5, 4, 1)]

    assert (given, written()) == ([0, 1, 0, 0, 1, 0, 1, 0, 0], [60, 15, 5])


def test_after_a_stop_or_a_jump_of_the_clock_only_the_nearest_is_given(room, noon):
    under_clearance(room, at=noon)

    given = [warn(noon, minutes=minutes) for minutes in (90, 4, 20, 61)]

    # A clock that jumps back finds the distance of before not told, and says it; the last one is not said twice.
    assert (given, written()) == ([0, 1, 1, 0], [5, 60])


def test_who_wrote_it_and_whom_it_waits_for_are_told(room, noon):
    page = under_clearance(room, at=noon)

    warn(noon, minutes=60)
    first = told()
    approve(page, by=room.head)
    warn(noon, minutes=15)

    assert first == ["author", "deputy-head", "head"]
    assert sorted(Notice.objects.filter(alarm__minutes=15).values_list("recipient_name", flat=True)) == [
        "author", "leader", "second-leader",
    ]  # fmt: skip


def test_what_was_returned_waits_for_its_author(room, noon):
    page = under_clearance(room, at=noon)
    send_back(page, by=room.head)

    warn(noon, minutes=15)

    assert (written(), told()) == ([15], ["author"])


def test_what_is_cleared_or_a_mere_draft_gives_no_alarm(room, noon):
    page = under_clearance(room, at=noon)
    approve(page, by=room.head)
    approve(page, by=room.leader)
    release(room.author, title="Черновик", go_live_at=noon)

    assert [warn(noon, minutes=minutes) for minutes in (60, 15, 5)] == [0, 0, 0]


def test_a_text_of_a_bundle_has_the_time_of_the_bundle(room, noon):
    page = release(room.author)
    make(room, page, when=AT, due_at=noon)

    assert (warn(noon, minutes=15), ScheduleAlarm.objects.get().page_id) == (1, page.pk)


def test_a_limited_document_alarms_only_those_whom_it_names(room, noon):
    page = under_clearance(room, at=noon)
    rules.limit(content_id=page.content_id, owner=room.author, people=[room.head])

    warn(noon, minutes=60)

    assert told() == ["author", "head"]


def test_no_mail_names_what_is_to_come(room, noon):
    type(room.head).objects.filter(pk=room.head.pk).update(email="head@office.example")
    under_clearance(room, at=noon, title="Сырдуу жарлык")
    warn(noon, minutes=60)

    letter = write_letter(
        [Notice.objects.exclude(alarm=None).get(recipient_id=room.head.pk)], now=noon
    ).content.decode()

    assert "alarm" in letter
    assert "Сырдуу" not in letter


def test_the_start_page_shows_it_to_those_who_were_told_until_it_is_cleared(room, noon):
    page = under_clearance(room, at=noon)
    warn(noon, minutes=60)
    warn(noon, minutes=15)
    outsider = hire("reader")

    with time_machine.travel(noon - dt.timedelta(minutes=14), tick=False):
        now = timezone.now()
        assert [alarm.minutes for alarm in alarms_for(room.head, now=now)] == [15]
        assert alarms_for(outsider, now=now) == []
        client: Client = signed_in(room.head)
        assert b'id="schedule-alarms' in client.get("/admin/").content

        approve(page, by=room.head)
        approve(page, by=room.leader)

        assert alarms_for(room.head, now=now) == []
        assert b'id="schedule-alarms' not in client.get("/admin/").content


def test_a_translation_that_is_cleared_before_its_original_gives_an_alarm(room, noon):
    act = decree(room.author)
    submit(act, by=room.author)
    russian = decree(room.author, locale="ru", title="Указ", translation_key=act.translation_key, go_live_at=noon)
    publish(russian, room)

    assert [warn(noon, minutes=minutes) for minutes in (60, 15)] == [1, 1]
    assert {alarm.page_id for alarm in ScheduleAlarm.objects.all()} == {russian.pk}
    assert "head" in told()

    approve(act, by=room.head)
    approve(act, by=room.leader)
    assert warn(noon, minutes=5) == 0


@pytest.mark.parametrize("original", ["later", "in a later bundle", "in a bundle by hand"])
@pytest.mark.parametrize("is_in_a_bundle", [True, False])
def test_a_translation_that_is_due_before_its_original_gives_an_alarm(room, noon, original, is_in_a_bundle):
    later = noon + dt.timedelta(hours=6)
    act = decree(room.author, **({"go_live_at": later} if original == "later" else {}))
    if original == "in a later bundle":
        make(room, act, when=AT, due_at=later)
    if original == "in a bundle by hand":
        make(room, act, when=HAND)
    publish(act, room)
    russian = translated(act, room, **({} if is_in_a_bundle else {"go_live_at": noon}))
    if is_in_a_bundle:
        make(room, russian, when=AT, due_at=noon)
    publish(russian, room)

    assert [warn(noon, minutes=minutes) for minutes in (61, 59, 14, 4)] == [0, 1, 1, 1]
    assert set(ScheduleAlarm.objects.values_list("page_id", flat=True)) == {russian.pk}


@pytest.mark.parametrize("original", ["before", "in a bundle before", "in the same bundle"])
def test_a_translation_whose_original_comes_first_gives_none(room, noon, original):
    earlier = noon - dt.timedelta(minutes=30)
    act = decree(room.author, **({"go_live_at": earlier} if original == "before" else {}))
    russian = translated(act, room)
    if original == "in a bundle before":
        make(room, act, when=AT, due_at=earlier)
    make(room, *([act, russian] if original == "in the same bundle" else [russian]), when=AT, due_at=noon)
    publish(act, room)
    publish(russian, room)

    assert [warn(noon, minutes=minutes) for minutes in (61, 59, 31)] == [0, 0, 0]
