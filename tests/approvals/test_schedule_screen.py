"""The screen of the schedule: what, when, cleared or not, who is needed; for whom it exists."""

import datetime as dt

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.users.models import UserProfile

from approvals import schedule_past
from approvals.models import DuePublication, FailedPublication, LedgerEntry
from approvals.punctuality import punctuality
from approvals.schedule import ScheduleState, schedule_for
from approvals.schedule_alarms import warn_of_uncleared
from approvals.schedule_past import ended_for
from approvals.scheduling import publish_due
from site_pages.access import rules
from tests.approvals.bundles.coverage import AT, HAND, make
from tests.approvals.embargo.press import breach
from tests.approvals.test_screens import desk
from tests.attacks.houses import signed_in
from tests.newsroom import approve, decree, edit, fresh, publish, release, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def noon():
    return (timezone.now() + dt.timedelta(hours=3)).replace(microsecond=0)


def states(user, *, now: dt.datetime | None = None) -> dict[str, str]:
    return {row.title: row.state for row in schedule_for(user, now=now or timezone.now())}


def test_what_has_a_time_stands_in_its_order_with_who_is_needed(room, noon):
    publish(release(room.author, title="Даяр", go_live_at=noon), room)
    half = release(room.author, title="Жолдо", go_live_at=noon - dt.timedelta(minutes=30))
    submit(half, by=room.author)
    approve(half, by=room.head)
    bundled = release(room.author, title="Топтомдо")
    make(room, bundled, when=AT, due_at=noon + dt.timedelta(minutes=30))
    release(room.author, title="Черновик", go_live_at=noon)

    rows = schedule_for(room.author, now=timezone.now())

    assert [(row.title, row.state, bool(row.step), bool(row.bundle)) for row in rows] == [
        ("Жолдо", ScheduleState.UNCLEARED, True, False),
        ("Даяр", ScheduleState.CLEARED, False, False),
        ("Топтомдо", ScheduleState.UNCLEARED, False, True),
    ]


def test_what_is_late_held_failed_or_waits_for_its_original_says_so(room, noon):
    late, held, failed = (
        publish(release(room.author, title=t, go_live_at=noon), room) for t in ("Кеч", "Токтоп", "Бузук")
    )
    act = decree(room.author, title="Жарлык")
    submit(act, by=room.author)
    russian = decree(room.author, title="Указ", locale="ru", translation_key=act.translation_key)
    publish(russian, room)
    DuePublication.objects.filter(page_id=held.pk).update(held_at=noon)
    number = DuePublication.objects.get(page_id=failed.pk).entry_number
    FailedPublication.objects.create(
        entry_number=number, page_id=failed.pk, reason="Сүрөт жок", failed_at=noon, try_again_at=noon
    )

    with time_machine.travel(noon + dt.timedelta(minutes=2), tick=False):
        rows = {row.title: row for row in schedule_for(room.author, now=timezone.now())}

    assert {title: row.state for title, row in rows.items()} == {
        "Кеч": ScheduleState.LATE,
        "Токтоп": ScheduleState.HELD,
        "Бузук": ScheduleState.FAILED,
        "Указ": ScheduleState.ORIGINAL,
    }
    assert (rows["Кеч"].late_by, rows["Бузук"].reason) == (dt.timedelta(minutes=2), "Сүрөт жок")
    assert late.pk


def test_for_others_a_limited_document_is_not_on_it(room, noon):
    page = publish(release(room.author, title="Жашыруун", go_live_at=noon), room)
    open_one = publish(release(room.author, title="Ачык", go_live_at=noon), room)
    make(room, bundled := release(room.author, title="Башка"), secret := release(room.author), when=AT, due_at=noon)
    for one in (page, secret):
        rules.limit(content_id=one.content_id, owner=room.author)

    assert set(states(room.author)) == {"Жашыруун", "Ачык", "Башка", secret.title}
    assert set(states(room.leader)) == {"Ачык"}
    assert set(states(room.boss)) == {"Ачык"}
    assert (open_one.pk, bundled.pk) != (None, None)


@pytest.mark.parametrize(
    "who, answer", [("author", 200), ("head", 200), ("leader", 200), ("boss", 200), ("outsider", 302)]
)
def test_who_sees_the_screen(room, noon, who, answer):
    publish(release(room.author, title="Даяр болгон кабар", go_live_at=noon), room)

    response = signed_in(getattr(room, who)).get(reverse("approvals:schedule"))

    assert response.status_code == answer
    assert ("Даяр болгон кабар" in response.content.decode()) is (answer == 200)


def test_it_is_filtered_and_says_what_to_do_when_it_is_empty(room, noon):
    client, address = signed_in(room.author), reverse("approvals:schedule")
    empty = client.get(address).content.decode()
    publish(release(room.author, title="Даяр", go_live_at=noon), room)

    shown = client.get(address, {"state": "cleared", "q": "ДАЯР"}).content.decode()
    hidden = client.get(address, {"state": "late"}).content.decode()

    assert "12:00" in empty
    assert ("Даяр" in shown, "Даяр" in hidden) == (True, False)


def test_what_ended_unpublished_says_so_until_somebody_goes_on_with_it(room, noon):
    end = noon + dt.timedelta(minutes=5)
    page = publish(release(room.author, title="Бүткөн", go_live_at=noon, expire_at=end), room)
    limited = publish(release(room.author, title="Жашыруун", go_live_at=noon, expire_at=end), room)
    rules.limit(content_id=limited.content_id, owner=room.author)
    with time_machine.travel(end, tick=False):
        publish_due(now=end)
        seen = {who: ended_for(getattr(room, who), now=end) for who in ("author", "leader", "boss")}
        shown = signed_in(room.leader).get(reverse("approvals:schedule")).content.decode()

    assert {who: sorted(one.title for one in ended) for who, ended in seen.items()} == {
        "author": ["Бүткөн", "Жашыруун"],
        "leader": ["Бүткөн"],
        "boss": ["Бүткөн"],
    }
    reason = LedgerEntry.objects.filter(kind="stopped").latest("number").remark
    assert (seen["leader"][0].reason, seen["leader"][0].at, reason in shown) == (reason, end, True)
    assert states(room.author, now=end) == {}

    with time_machine.travel(end + dt.timedelta(minutes=1), tick=False):
        submit(edit(page, by=room.author, expire_at=None, go_live_at=None), by=room.author)
        assert ended_for(room.leader, now=timezone.now()) == []


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (600, ""),
        (-1, "The last approval publishes it at once, and the ledger says how late."),
        (0, "The last approval publishes it at once, and the ledger says how late."),
        (5, "It is published at it, but sites may show it some seconds later."),
    ],
)
def test_who_approves_last_is_warned_that_the_time_is_near_or_over(room, noon, settings, left, words):
    settings.CACHE_SECONDS = 10
    page = release(room.author, title="Даяр", go_live_at=noon)
    submit(page, by=room.author)
    approve(page, by=room.head)

    with time_machine.travel(noon - dt.timedelta(seconds=left), tick=False):
        shown = desk(room.leader).get(reverse("approvals:document", args=[page.pk])).content.decode()
        entry = approve(page, by=room.leader)

    warnings = ["The last approval publishes it at once", "It is published at it, but sites"]
    assert [warning in shown for warning in warnings] == [words.startswith(warning) for warning in warnings]
    assert words in shown
    said = LedgerEntry.objects.get(kind="cleared", number__gt=entry.number).details
    expected = {600: {}, -1: {"cleared_late_seconds": 1}, 0: {}, 5: {"cleared_near_its_time": True}}
    assert said == expected[left]


def test_how_late_the_last_ones_were_is_shown(room, noon):
    publish(release(room.author, title="Даяр", go_live_at=noon), room)
    with time_machine.travel(noon + dt.timedelta(seconds=7), tick=False):
        publish_due(now=timezone.now())

    assert "7000" in signed_in(room.author).get(reverse("approvals:schedule")).content.decode()


def test_many_rows_take_as_many_questions_as_few(room, noon):
    page = publish(release(room.author, title="Даяр", go_live_at=noon), room)
    client, counts = signed_in(room.author), []
    client.get(reverse("approvals:schedule"))
    for more in (5, 500):
        copies(page, count=more)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(reverse("approvals:schedule"))
        counts.append((len(queries), response.content.count(b"<time")))

    assert counts[0][0] == counts[1][0] <= 60
    assert (counts[0][1], counts[1][1]) == (6, 500)


def copies(page, *, count: int) -> None:
    """So many more texts on the schedule, as rows: how they came to be cleared is no matter of this screen."""
    section = page.get_parent()
    due, cleared = DuePublication.objects.get(page_id=page.pk), LedgerEntry.objects.filter(page_id=page.pk)
    assert cleared.exists()
    numbers = []
    for number in range(count):
        copy = type(page)(title=f"Көчүрмө {count} {number}", owner=page.owner, locale=page.locale)
        section.add_child(instance=copy)
        numbers.append(copy.pk)
    DuePublication.objects.bulk_create(
        DuePublication(
            page_id=pk, revision_id=due.revision_id, digest=due.digest, entry_number=due.entry_number, due_at=due.due_at
        )
        for pk in numbers
    )


def test_a_broken_embargo_stands_beside_its_document_in_every_language_until_it_is_public(room, noon):
    broken = publish(release(room.author, title="Бузулган", go_live_at=noon), room)
    russian = release(
        room.author, title="По-русски", locale="ru", translation_key=broken.translation_key, go_live_at=noon
    )
    submit(russian, by=room.author)
    publish(release(room.author, title="Бүтүн", go_live_at=noon), room)
    breach(broken, by=room.leader)

    rows = {row.title: row for row in schedule_for(room.author, now=timezone.now())}
    shown = signed_in(room.author).get(reverse("approvals:schedule")).content.decode()
    with time_machine.travel(noon, tick=False):
        publish_due(now=noon)
    after = {row.title: row.breaches for row in schedule_for(room.author, now=timezone.now())}

    places = {title: [one.place for one in row.breaches] for title, row in rows.items()}
    assert places == {"Бузулган": ["Сайт"], "По-русски": ["Сайт"], "Бүтүн": []}
    assert shown.count(reverse("approvals:early", args=[broken.pk])) == 1
    assert {title: [one.place for one in found] for title, found in after.items()} == {"По-русски": ["Сайт"]}


@pytest.mark.parametrize(
    "who, sees",
    [
        ("author", True),
        ("head", False),
        ("leader", False),
        ("deputy_head", False),
        ("boss", False),
        ("outsider", False),
    ],
)
def test_the_breach_of_a_limited_document_is_told_only_to_those_for_whom_it_exists(room, noon, who, sees):
    page = publish(release(room.author, title="Жашыруун", go_live_at=noon), room)
    breach(page, by=room.leader, outlet="Кабар агенттиги")
    rules.limit(content_id=page.content_id, owner=room.author)

    answer = signed_in(getattr(room, who)).get(reverse("approvals:schedule"))

    shown = answer.content.decode()
    assert [word in shown for word in ("Сайт", "Жашыруун")] == [sees, sees]


def test_a_correction_of_what_once_had_a_time_has_none(room, noon):
    page = publish(release(room.author, go_live_at=noon), room)
    with time_machine.travel(noon, tick=False):
        publish_due(now=noon)
    with time_machine.travel(noon + dt.timedelta(minutes=30), tick=False):
        page = edit(page, by=room.author, title="Оңдолгон", change_note="Такталды.")
        submit(page, by=room.author)

        assert (states(room.author), warn_of_uncleared(now=timezone.now())) == ({}, 0)

        another = noon + dt.timedelta(hours=1)
        fresh(page).current_workflow_state.cancel(user=room.author)
        submit(edit(page, by=room.author, go_live_at=another), by=room.author)
    with time_machine.travel(another + dt.timedelta(minutes=1), tick=False):
        assert states(room.author) == {"Оңдолгон": ScheduleState.UNCLEARED}


def test_what_waits_for_its_original_or_a_hand_has_no_time_and_is_not_late(room):
    act = decree(room.author)
    publish(decree(room.author, locale="ru", title="Указ", translation_key=act.translation_key), room)
    page = release(room.author, title="Колго")
    make(room, page, when=HAND)
    publish(page, room)
    later = timezone.now() + dt.timedelta(days=3)

    with time_machine.travel(later, tick=False), translation.override("en"):
        rows = {row.title: row for row in schedule_for(room.author, now=later)}
        shown = {cell.get_text(strip=True) for cell in cells(room.author)}
        overdue = punctuality(now=later).oldest_overdue_seconds

    assert {title: (row.state, row.late_by, row.has_time) for title, row in rows.items()} == {
        "Указ": (ScheduleState.ORIGINAL, None, False),
        "Колго": (ScheduleState.CLEARED, None, False),
    }
    assert (shown, overdue) == ({"After the Kyrgyz text", "By hand"}, 0)


def test_a_translation_is_overdue_from_the_publication_of_its_original_on(room):
    act = decree(room.author)
    publish(decree(room.author, locale="ru", title="Указ", translation_key=act.translation_key), room)
    day = timezone.now() + dt.timedelta(days=1)
    with time_machine.travel(day, tick=False):
        publish(act, room)
        assert punctuality(now=day + dt.timedelta(seconds=7)).oldest_overdue_seconds == 7


def cells(user) -> list:
    """What stands under “When”."""
    client = desk(user)
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": "en"})
    soup = BeautifulSoup(client.get(reverse("approvals:schedule")).text, "html.parser")
    return soup.select('section[aria-labelledby="schedule-heading"] td[data-label="When"]')


def test_it_is_filtered_first_and_cut_then(room, noon, monkeypatch):
    monkeypatch.setattr("approvals.schedule_views.MOST_ROWS", 2)
    for number in range(3):
        publish(release(room.author, title=f"Кабар {number}", go_live_at=noon + dt.timedelta(hours=number)), room)
    client = desk(room.author)
    UserProfile.objects.update_or_create(user=room.author, defaults={"preferred_language": "en"})

    everything = client.get(reverse("approvals:schedule")).text
    last = client.get(reverse("approvals:schedule"), {"q": "Кабар 2"}).text

    assert ("The first 2 of 3 are shown" in everything, "Кабар 2" in everything) == (True, False)
    assert ("are shown" in last, ">Кабар 2<" in last) == (False, True)


def test_after_a_stop_all_that_was_late_is_shown_and_not_only_what_came_last(room, noon, monkeypatch):
    monkeypatch.setattr(schedule_past, "REMEMBERED", 1)
    for number in range(2):
        publish(release(room.author, title=f"Өз убагында {number}", go_live_at=noon), room)
    with time_machine.travel(noon, tick=False):
        publish_due(now=noon)
    for number in range(3):
        publish(release(room.author, title=f"Кеч {number}", go_live_at=noon + number * dt.timedelta(minutes=1)), room)
    later = noon + dt.timedelta(hours=2)
    with time_machine.travel(later, tick=False):
        publish_due(now=later)

        shown = [(one.title, one.late_ms) for one in schedule_past.arrivals_for(room.author, now=later)]

    assert shown == [("Кеч 2", 7_080_000), ("Кеч 1", 7_140_000), ("Кеч 0", 7_200_000)]
