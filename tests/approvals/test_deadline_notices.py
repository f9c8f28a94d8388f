"""A deadline that comes near, and one that has passed, is told by e-mail: once, in the reader's language."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.users.models import UserProfile

from approvals.deadlines import watch_deadlines
from approvals.models import DeadlineAlert, Notice, NoticePreference
from approvals.notices.delivery import deliver_notices
from site_pages.access import rules
from tests.approvals.test_working_time import at
from tests.newsroom import approve, open_newsroom, release, submit

pytestmark = pytest.mark.django_db

# A Thursday; the Friday after it is Nooruz, and then comes a weekend.
THURSDAY, REMIND, DUE = at("2025-03-20 15:00"), at("2025-03-24 12:00"), at("2025-03-24 15:00")


@pytest.fixture
def room():
    with time_machine.travel(at("2025-03-03 10:00"), tick=False):
        people = open_newsroom()
        type(people.head).objects.filter(pk=people.head.pk).update(email="head@office.example")
        UserProfile.objects.create(user=people.head, preferred_language="ru")
        yield people


def on_its_way(room, *, is_limited: bool = False):
    with time_machine.travel(THURSDAY, tick=False):
        page = release(room.author, title="Мектеп ачылды")
        if is_limited:
            rules.limit(content_id=page.content_id, owner=room.author, people=[room.head])
        submit(page, by=room.author)
    Notice.objects.all().delete()  # the submission was told
    return page


def send(moment: dt.datetime) -> None:
    """The worker's round at that moment: it watches, and it sends."""
    with time_machine.travel(moment, tick=False):
        watch_deadlines(now=timezone.now())
        deliver_notices(now=timezone.now(), limit=50)


def test_a_reminder_and_an_escalation_are_one_mail_each(room, sink):
    on_its_way(room)

    for moment in (REMIND - dt.timedelta(minutes=1), REMIND, REMIND + dt.timedelta(minutes=1), DUE, DUE):
        send(moment)

    assert [(mail.recipient, mail.subject) for mail in sink.taken] == [
        ("head@office.example", "Решение по «Мектеп ачылды» нужно принять до 15:00 24.03.2025"),
        ("head@office.example", "Решение по «Мектеп ачылды» следовало принять до 15:00 24.03.2025, срок истёк"),
    ]
    assert len({mail.message["Message-ID"] for mail in sink.taken}) == 2
    assert "/approvals/" in sink.taken[0].text


def test_a_wish_for_one_mail_a_day_delays_no_reminder(room, sink):
    on_its_way(room)
    NoticePreference.objects.create(user=room.head, mode="digest")

    send(REMIND)

    assert len(sink.taken) == 1


def test_a_limited_document_is_not_named(room, sink):
    on_its_way(room, is_limited=True)

    send(REMIND)

    (mail,) = sink.taken
    assert mail.subject == "Решение по документу нужно принять до 15:00 24.03.2025"
    assert "Мектеп" not in mail.text


def test_what_was_decided_in_time_is_told_to_nobody_of_its_step(room, sink):
    page = on_its_way(room)
    with time_machine.travel(THURSDAY, tick=False):
        approve(page, by=room.head)

    send(REMIND)

    assert [mail for mail in sink.taken if "24.03.2025" in mail.subject] == []


def test_a_notice_is_of_one_thing(room):
    on_its_way(room)
    with time_machine.travel(REMIND, tick=False):
        watch_deadlines(now=timezone.now())
    alert = DeadlineAlert.objects.get(recipient_id=room.head.pk)
    before = Notice.objects.count()

    for values in ({"deadline_alert": alert, "entry_number": 1}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Notice.objects.create(
                recipient_id=room.head.pk, recipient_name="x", written_at=REMIND, next_attempt_at=REMIND, **values
            )
    assert Notice.objects.count() == before
