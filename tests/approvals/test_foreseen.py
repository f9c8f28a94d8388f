"""What is known to fail says so while there is time to mend it; what is spoiled keeps no other from its alarm."""

import datetime as dt
import io
from unittest import mock

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import Revision

from approvals.decisions import RequirementsUnmet
from approvals.foreseen import unreadable
from approvals.holds import held
from approvals.models import Bundle, DuePublication, LedgerEntry, Notice, ScheduleAlarm
from approvals.restored import quietings
from approvals.schedule import ScheduleState, schedule_for
from approvals.schedule_alarms import not_ready, warn_of_uncleared
from approvals.scheduling import publish_due
from tests.approvals.bundles.coverage import AT, change, clear, let_go, make, submitted_all_the_same
from tests.attacks.houses import signed_in
from tests.newsroom import DAY, decree, edit, fresh, publish, release, submit

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
    with submitted_all_the_same():
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


def correction_due(page, room, *, at: dt.datetime, **changes):
    """A cleared correction of what is public."""
    return publish(edit(page, by=room.author, go_live_at=at, change_note="Дареги оңдолду.", **changes), room)


def two_that_claim_one(kind: str, room, *, noon: dt.datetime):
    """A correction that waits, and another document under the name that it will have; what is said of it."""
    if kind == "slug":
        first = publish(release(room.author, title="А", slug="birinchi"), room)
        other = release(room.author, title="Б", slug="ekinchi")
        first, other = (
            correction_due(first, room, at=noon, slug="jangy"),
            edit(other, by=room.author, slug="jangy"),
        )
        return first, other, "Its address “jangy” is that of another document."
    first = correction_due(publish(decree(room.author, number=5, title="А"), room), room, at=noon, number=7)
    other = edit(decree(room.author, number=6, title="Б", slug="bashka"), by=room.author, number=7)
    return first, other, f"No. 7 of {DAY.year} is already the number of another act of this type."


@pytest.mark.parametrize("kind", ["slug", "number"])
def test_what_another_document_was_called_first_alarms(room, noon, kind):
    page, other, said = two_that_claim_one(kind, room, noon=noon)
    assert states(room.leader)["А"] == (ScheduleState.CLEARED, "")

    with submitted_all_the_same():
        publish(other, room)

    assert (fresh(other).live, states(room.leader)["А"]) == (True, (ScheduleState.UNREADY, said))
    assert [warn(noon, minutes=minutes) for minutes in (61, 60)] == [[], [page.pk]]
    with time_machine.travel(noon, tick=False):
        assert list(publish_due(now=noon).failed) == [page.pk]


@pytest.mark.parametrize("kind", ["slug", "number"])
def test_what_a_cleared_text_will_be_called_is_refused_to_others_at_the_submission(room, noon, kind):
    page, other, said = two_that_claim_one(kind, room, noon=noon)
    entries = LedgerEntry.objects.count()

    with pytest.raises(RequirementsUnmet) as refused:
        submit(other, by=room.author)

    assert [(issue.field, issue.message) for issue in refused.value.issues] == [(kind, said)]
    assert (LedgerEntry.objects.count(), fresh(other).current_workflow_state) == (entries, None)
    assert (states(room.leader)["А"], warn(noon, minutes=5)) == ((ScheduleState.CLEARED, ""), [])
    with time_machine.travel(noon, tick=False):
        assert publish_due(now=noon).published == [page.pk]


def test_a_draft_that_nobody_submitted_keeps_its_address_and_number_from_others_and_that_is_told(room, noon):
    pages = [two_that_claim_one(kind, room, noon=noon)[0] for kind in ("slug", "number")]
    release(room.author, title="Долбоор", slug="jangy")
    decree(room.author, title="Долбоор", number=7, slug="dolboor", locale="ru")

    assert warn(noon, minutes=60) == [page.pk for page in pages]
    with time_machine.travel(noon, tick=False):
        assert sorted(publish_due(now=noon).failed) == [page.pk for page in pages]


def test_its_own_address_and_number_and_those_of_its_translation_are_no_hindrance(room, noon):
    act = publish(decree(room.author, number=5, title="А"), room)
    key = {"translation_key": act.translation_key}
    russian = publish(decree(room.author, number=5, locale="ru", title="В", slug=act.slug, **key), room)
    for page in (act, russian):
        correction_due(page, room, at=noon, summary="Жаңы.")

    assert states(room.leader) == dict.fromkeys("АВ", (ScheduleState.CLEARED, ""))
    assert warn(noon, minutes=5) == []


def test_a_number_that_its_holder_gives_up_before_is_free(room, noon):
    later = noon + hours(0.1)
    moving = publish(decree(room.author, number=5, title="А"), room)
    second = edit(decree(room.author, number=6, title="Б", slug="bashka"), by=room.author, number=5, go_live_at=later)
    with mock.patch("site_pages.models.decrees.act_number_issues", return_value=[]), submitted_all_the_same():
        publish(second, room)
        correction_due(moving, room, at=noon, number=7)

    assert states(room.leader) == dict.fromkeys("АБ", (ScheduleState.CLEARED, ""))
    assert warn(noon, minutes=5) == []
    for at, page in ((noon, moving), (later, second)):
        with time_machine.travel(at, tick=False):
            assert publish_due(now=at).published == [page.pk]
