"""What is known to fail says so while there is time to mend it; what is spoiled keeps no other from its alarm."""

import datetime as dt
import io

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import Revision

from approvals.foreseen import unreadable
from approvals.holds import held
from approvals.models import Bundle, DuePublication, Notice, ScheduleAlarm
from approvals.restored import quietings
from approvals.schedule import ScheduleState, schedule_for
from approvals.schedule_alarms import not_ready, warn_of_uncleared
from tests.approvals.bundles.coverage import AT, change, clear, let_go, make, submitted_all_the_same
from tests.attacks.houses import signed_in
from tests.newsroom import edit, fresh, publish, release, submit

pytestmark = pytest.mark.django_db
OWN_TIME, ENDS = "It has a time of its own that is not the bundle's.", "It ends before it is published."


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def noon() -> dt.datetime:
    return (timezone.now() + dt.timedelta(hours=3)).replace(microsecond=0)


def hours(number: float) -> dt.timedelta:
    return dt.timedelta(hours=number)


def warn(noon: dt.datetime, *, minutes: float) -> list[int]:
    """Of which pages the worker warns so many minutes before the moment."""
    at = noon - dt.timedelta(minutes=minutes)
    known = set(ScheduleAlarm.objects.values_list("pk", flat=True))
    with time_machine.travel(at, tick=False):
        warn_of_uncleared(now=at)
    return sorted(ScheduleAlarm.objects.exclude(pk__in=known).values_list("page_id", flat=True))


def states(user) -> dict[str, tuple[str, str]]:
    return {row.title: (row.state, row.reason) for row in schedule_for(user, now=timezone.now())}


def spoil(page, **values) -> None:
    """What stands in the latest version, changed in the database."""
    version = Revision.objects.get(pk=fresh(page).latest_revision_id)
    Revision.objects.filter(pk=version.pk).update(content={**version.content, **values})


@pytest.mark.parametrize("written, said", [({"go_live_at": 1}, OWN_TIME), ({"expire_at": -1}, ENDS)])
def test_what_does_not_fit_its_bundle_alarms_and_says_why(room, noon, written, said):
    page, other = release(room.author), release(room.author, title="Экинчи")
    make(room, page, other, when=AT, due_at=noon)
    with submitted_all_the_same():
        clear(edit(page, by=room.author, **{name: noon + hours(n) for name, n in written.items()}), room)
    clear(other, room)

    found = states(room.leader)

    assert (found[page.title][0], found[page.title][1].startswith(said)) == (ScheduleState.UNREADY, True)
    assert found["Экинчи"] == (ScheduleState.CLEARED, "")
    assert [warn(noon, minutes=minutes) for minutes in (61, 60, 59)] == [[], [page.pk], []]


def test_a_time_of_the_bundle_that_was_moved_away_from_a_cleared_one_alarms_too(room, noon):
    page = release(room.author, go_live_at=noon)
    bundle = make(room, page, when=AT, due_at=noon)
    clear(page, room)
    assert warn(noon, minutes=60) == []

    Bundle.objects.filter(pk=bundle.pk).update(due_at=noon + hours(1))
    DuePublication.objects.update(due_at=noon + hours(1))

    assert (warn(noon + hours(1), minutes=15), states(room.leader)[page.title][1]) == ([page.pk], OWN_TIME)


def test_of_two_that_wait_with_one_address_the_later_alarms(room, noon):
    first = publish(edit(release(room.author, title="А"), by=room.author, slug="meeting", go_live_at=noon), room)
    later = edit(release(room.author, title="Б"), by=room.author, slug="meeting", go_live_at=noon + hours(0.1))
    russian = edit(release(room.author, title="В", locale="ru"), by=room.author, slug="meeting", go_live_at=noon)
    for page in (later, russian):
        publish(page, room)

    found = states(room.leader)

    assert (found["А"], found["В"]) == ((ScheduleState.CLEARED, ""), (ScheduleState.CLEARED, ""))
    assert found["Б"] == (ScheduleState.UNREADY, "Its address “meeting” is that of another document.")
    assert (warn(noon, minutes=30), first.live) == ([later.pk], False)


def test_what_is_held_after_a_restore_alarms_alone_and_in_a_bundle_until_it_is_let_go(room, noon):
    alone = publish(release(room.author, go_live_at=noon), room)
    page = release(room.author, title="Топтомдо")
    bundle = make(room, page, when=AT, due_at=noon)
    clear(page, room)
    for rows, values in quietings(now=timezone.now(), taken_at=timezone.now()):
        rows.update(**values)

    assert [warn(noon, minutes=minutes) for minutes in (61, 60)] == [[], [alone.pk, page.pk]]
    told = set(Notice.objects.filter(alarm__page_id=page.pk).values_list("recipient_name", flat=True))
    assert told == {"author", "head", "deputy-head", "leader", "second-leader"}

    let_go(bundle, by=room.leader)
    call_command("held_publications", release=alone.pk, stdout=io.StringIO())
    assert warn(noon, minutes=15) == []


def test_a_time_that_cannot_be_read_is_shown_and_stops_no_other(room, noon):
    bad, good = release(room.author, title="Бузук", go_live_at=noon), release(room.author, go_live_at=noon)
    for page in (bad, good):
        submit(page, by=room.author)

    for value in ("garbage", "2030-01-01T12:00:00", "2030-13-45T12:00:00Z", {"at": 7}):
        spoil(bad, go_live_at=value)
        assert [one.page_id for one in not_ready()] == [good.pk]
        (row,) = [row for row in schedule_for(room.leader, now=timezone.now()) if row.title == "Бузук"]
        assert (row.state, row.is_unreadable, row.has_time) == (ScheduleState.UNREADY, True, False)

    assert warn(noon, minutes=5) == [good.pk]
    with translation.override("ky"):
        assert unreadable() in signed_in(room.leader).get(reverse("approvals:schedule")).content.decode()


def test_what_is_spoiled_after_it_was_cleared_alarms_and_stops_no_other(room, noon):
    bad, good = (publish(release(room.author, title=t, go_live_at=noon), room) for t in ("Бузук", "Жакшы"))
    spoil(bad, go_live_at="garbage", slug=["a"])

    assert warn(noon, minutes=5) == [bad.pk]
    assert states(room.leader)["Бузук"][0] == ScheduleState.UNREADY
    assert states(room.leader)["Жакшы"] == (ScheduleState.CLEARED, "") != good


def test_a_row_without_its_page_stops_no_other(room, noon):
    lost, good = (publish(release(room.author, title=t, go_live_at=noon), room) for t in ("Жок", "Токтоп"))
    DuePublication.objects.filter(page_id=lost.pk).update(page_id=10**9)
    DuePublication.objects.update(held_at=timezone.now())

    assert [one.page_id for one in held()] == [good.pk]
    assert {one.page_id for one in not_ready()} == {good.pk}
    assert (warn(noon, minutes=5), set(states(room.leader))) == ([good.pk], {"Токтоп"})


def test_a_bundle_that_was_put_right_gives_no_alarm(room, noon):
    page = release(room.author, go_live_at=noon)
    bundle = make(room, page, when=AT, due_at=noon)
    clear(page, room)
    Bundle.objects.filter(pk=bundle.pk).update(due_at=noon + hours(1))
    bundle.refresh_from_db()

    change(bundle, by=room.leader, due_at=noon)

    assert (warn(noon, minutes=5), states(room.leader)[page.title]) == ([], (ScheduleState.CLEARED, ""))
