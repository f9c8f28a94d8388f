"""The screen of the schedule: what, when, cleared or not, who is needed; for whom it exists."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from approvals.models import DuePublication, FailedPublication, LedgerEntry
from approvals.schedule import ScheduleState, schedule_for
from approvals.scheduling import publish_due
from site_pages.access import rules
from tests.approvals.bundles.coverage import AT, make
from tests.approvals.embargo.press import breach
from tests.attacks.houses import signed_in
from tests.newsroom import approve, decree, open_newsroom, publish, release, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return open_newsroom()


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
    assert after == {"По-русски": []}


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
