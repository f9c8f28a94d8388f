"""Where deadlines show, and the tables by which they are counted."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals import decisions
from approvals.models import CalendarDay, Deadline, StepTime
from approvals.offices import ADMINISTRATORS
from approvals.queue import queue_of
from tests import newsroom
from tests.approvals.test_working_time import at
from tests.newsroom import fresh, release, submit

pytestmark = pytest.mark.django_db

THURSDAY = at("2025-03-20 15:00")
DUE = at("2025-03-24 15:00")
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def page(room):
    """A text that the author submitted on the Thursday before Nooruz."""
    with time_machine.travel(THURSDAY, tick=False):
        document = release(room.author)
        submit(document, by=room.author)
    return fresh(document)


def desk(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_inbox_and_the_decision_screen_show_the_deadline(room, page):
    addresses = [reverse("approvals:waiting_for_me"), reverse("approvals:document", args=[page.pk])]
    for moment, is_late in ((DUE - MINUTE, False), (DUE, True)):
        with time_machine.travel(moment, tick=False):
            (item,) = queue_of(user_id=room.head.pk, now=timezone.now())
            answers = [desk(room.head).get(address).text for address in addresses]

        assert (item.due_at, item.is_late) == (DUE, is_late)
        assert all("24.03.2025 15:00" in answer for answer in answers)


def test_a_text_without_a_deadline_still_waits(room, page):
    Deadline.objects.all().delete()

    (item,) = queue_of(user_id=room.head.pk, now=DUE)

    assert (item.due_at, item.is_late) == (None, False)
    assert decisions.verdict_for(page=page, actor_id=room.head.pk, now=DUE)


@pytest.mark.parametrize("number", [1, 30])
def test_deadlines_cost_the_inbox_one_query_however_many_texts(room, number, django_assert_max_num_queries):
    for index in range(number):
        submit(release(room.author, title=f"Жаңылык {index}"), by=room.author)

    with django_assert_max_num_queries(15):
        items = queue_of(user_id=room.head.pk, now=timezone.now())

    assert len([item for item in items if item.due_at]) == number


TABLES = {
    "calendar_days": {"day": "2026-03-23", "is_working": "", "note": "Өкмөттүн токтому"},
    "step_times": {
        "document_type": "release",
        "step_order": "1",
        "urgency": "normal",
        "working_minutes": "240",
        "remind_before_minutes": "60",
    },
}


@pytest.mark.parametrize("name", TABLES)
def test_an_administrator_of_the_system_keeps_the_tables(room, name):
    client = desk(room.boss)

    added = client.post(reverse(f"{name}:add"), TABLES[name])

    assert added.status_code == 302
    assert CalendarDay.objects.count() + StepTime.objects.count() == 1
    assert client.get(reverse(f"{name}:index")).status_code == 200


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("who", ["author", "head", "leader", "administrator"])
def test_nobody_else_keeps_the_tables(room, name, who):
    user = newsroom.hire("it", ADMINISTRATORS) if who == "administrator" else getattr(room, who)
    client = desk(user)

    answers = [client.post(reverse(f"{name}:add"), TABLES[name]), client.get(reverse(f"{name}:index"))]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert CalendarDay.objects.count() + StepTime.objects.count() == 0


def test_a_time_for_a_step_that_is_not_there_is_refused_on_the_screen(room):
    answer = desk(room.boss).post(reverse("step_times:add"), {**TABLES["step_times"], "step_order": "7"})

    assert answer.status_code == 200
    assert not StepTime.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"step_order": 3}, "step_order"),
        ({"document_type": "poem"}, "step_order"),
        ({"remind_before_minutes": 60}, "__all__"),
        ({"working_minutes": 0}, "working_minutes"),
        ({"urgency": "yesterday"}, "urgency"),
    ],
)
def test_a_time_that_makes_no_sense_is_refused(values, field):
    time = StepTime(
        **{"document_type": "release", "step_order": 1, "working_minutes": 60, "remind_before_minutes": 20, **values}
    )

    with pytest.raises(ValidationError) as refused:
        time.full_clean()

    assert field in refused.value.message_dict
    assert not StepTime.objects.exists()


def test_the_database_refuses_a_reminder_after_the_end():
    with pytest.raises(IntegrityError), transaction.atomic():
        StepTime.objects.create(document_type="release", step_order=1, working_minutes=60, remind_before_minutes=60)

    assert not StepTime.objects.exists()
