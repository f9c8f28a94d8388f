"""What a message says that comes late, and by what name a receiver knows it again."""

import datetime as dt
import json

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from frontend_api.models import Publication, WithheldText
from frontend_api.webhooks.messages import body_of, headers_of, identity_of, new_secret
from frontend_api.webhooks.sending import send_due
from tests.approvals.withdrawal.taking_down import NO_LONGER_CURRENT, REASON, close, take_down
from tests.frontend_api.test_webhooks import tell
from tests.newsroom import edit, publish, release
from tests.services.http_sink import HttpSink

pytestmark = pytest.mark.django_db
NOTE = "Сумма такталды: 300 эмес, 200."


def corrected(room, **fields):
    """A release that was corrected with a note; its publications are 1 and 2."""
    page = publish(release(room.author, **fields), room)
    return publish(edit(page, by=room.author, lead="Башкача.", change_note=NOTE), room)


def told_of(number: int) -> dict:
    return json.loads(body_of(Publication.objects.get(number=number)))["data"]


def is_silent(data: dict) -> bool:
    """Whether the message of the correction is there, and says nothing of what was changed."""
    return (data["number"], data["change_note"], data["difference"], NOTE in json.dumps(data, ensure_ascii=False)) == (
        2, "", None, False,
    )  # fmt: skip


def test_who_was_away_while_a_text_was_closed_is_not_told_what_was_corrected_in_it(room):
    with HttpSink(statuses=[500]) as site:
        tell(site)
        page = corrected(room)
        now = timezone.now()
        send_due(now=now, limit=10)
        close(page, by=room.leader)

        send_due(now=now + dt.timedelta(days=1), limit=10)

        told = [json.loads(one.body)["data"] for one in site.received]
        assert [one["number"] for one in told] == [1, 1, 2, 3]
        assert is_silent(told[2])


def test_what_is_published_anew_opens_no_old_note_and_is_corrected_like_any_other(room):
    page = corrected(room)
    close(page, by=room.leader)
    for lead, note in (("Туура лид.", "Кайра жарыяланды."), ("Так лид.", "Такталды.")):
        publish(edit(page, by=room.author, lead=lead, change_note=note), room)

    assert is_silent(told_of(2))
    latest = told_of(5)
    assert (latest["change_note"], "/versions/5/difference" in latest["difference"]) == ("Такталды.", True)


def test_what_ended_or_is_withheld_is_not_told_either(room):
    end = timezone.now() + dt.timedelta(days=1)
    page = corrected(room, expire_at=end)
    assert (told_of(2)["change_note"], told_of(2)["difference"] is None) == (NOTE, False)
    with time_machine.travel(end + dt.timedelta(seconds=1)):
        assert is_silent(told_of(2))

    WithheldText.objects.create(content_id=page.content_id, locale="ky", up_to=2, withheld_at=timezone.now())

    assert is_silent(told_of(2))


def test_a_notice_is_told_while_it_stands_and_not_after_a_closing(room):
    page = publish(release(room.author), room)
    take_down(page, room, as_=NO_LONGER_CURRENT)
    assert told_of(2)["withdrawal"]["reason"] == REASON

    close(page, by=room.leader)

    assert (told_of(2)["withdrawal"]["class"], told_of(2)["withdrawal"]["reason"]) == (NO_LONGER_CURRENT, "")
    assert told_of(3)["withdrawal"]["reason"] != ""


def test_a_closing_after_a_restore_has_another_name_than_what_was_lost_under_its_number(room):
    page, secret = publish(release(room.author), room), new_secret()
    with transaction.atomic():
        take_down(page, room, as_=NO_LONGER_CURRENT)
        lost = identity_of(Publication.objects.get(number=2))
        transaction.set_rollback(True)

    close(page, by=room.leader)

    closing = Publication.objects.get(number=2)
    first, again = (
        headers_of(closing, body=body, secret=secret, now=timezone.now())["webhook-id"] for body in ("{}", "{ }")
    )
    assert lost != first == again
