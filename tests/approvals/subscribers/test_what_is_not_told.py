"""What no letter tells: what is closed by then, not public yet, or for somebody who has left; and mail on a bad day."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from approvals.models import Notice, Subscriber
from approvals.restored import quietings
from approvals.scheduling import publish_due
from site_pages.access import rules
from tests.approvals.on_time import corrected
from tests.approvals.subscribers.press import (
    ASEL,
    BETTER,
    NOTE,
    TITLE,
    correct,
    leave,
    page_of,
    run,
    send,
    somebody,
    subscribe,
    token_of,
    written,
)
from tests.approvals.withdrawal.taking_down import REASON, close, take_down
from tests.newsroom import edit, publish, release

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("as_", ["in_error", "no_longer_current"])
def test_a_correction_of_what_was_closed_meanwhile_is_not_told(page, room, sink, as_):
    subscribe()
    correct(page, room) if as_ == "in_error" else take_down(page, room, as_=as_)
    close(page, by=room.leader)

    letters, report = send(sink), Notice.objects.filter(state="closed", closing="not_public").count()

    assert (len(letters), report) == (1, 1)
    assert TITLE not in letters[0].subject + letters[0].text and NOTE not in letters[0].text


def test_a_correction_from_before_a_closing_stays_untold_when_the_text_is_published_anew(page, room, sink):
    subscribe()
    correct(page, room)
    close(page, by=room.leader)
    publish(edit(page, by=room.author, title="Жаңыдан"), room)

    (letter,) = send(sink)

    assert NOTE not in letter.text and TITLE not in letter.text and REASON in letter.text


def test_a_document_whose_end_has_passed_by_then_is_not_told(room, sink):
    end = timezone.now() + dt.timedelta(hours=1)
    page = publish(release(room.author, title=TITLE, expire_at=end), room)
    subscribe()
    correct(page, room)

    assert send(sink, after=dt.timedelta(hours=2)) == []
    assert Notice.objects.filter(closing="not_public").count() == 1


def test_an_embargoed_correction_is_told_at_its_time_and_not_before(page, room, sink):
    subscribe()
    noon = timezone.now().replace(microsecond=0) + dt.timedelta(hours=1)
    corrected(page, room, at=noon, title=BETTER)

    with time_machine.travel(noon - dt.timedelta(seconds=1), tick=False):
        publish_due(now=timezone.now())
        early = (send(sink), written())
    with time_machine.travel(noon, tick=False):
        publish_due(now=noon)
        (letter,) = send(sink)

    assert early == ([], [])
    assert BETTER in letter.subject and written() == [("published", ASEL.email)]


def test_of_a_limited_draft_nothing_is_told_before_it_is_public(page, room, sink):
    subscribe()
    rules.limit(content_id=page.content_id, owner=room.author, people=[room.head, room.leader])
    edit(page, by=room.author, title="Купуясөз", change_note="Купуясөз такталды.")
    assert (written(), send(sink)) == ([], [])

    publish(page, room)
    edit(page, by=room.author, title="Дагы купуя")
    (letter,) = send(sink)

    assert "Купуясөз такталды." in letter.text and "Дагы купуя" not in letter.text


def test_whoever_leaves_between_row_and_sending_gets_nothing(page, room, sink):
    subscriber = subscribe()
    correct(page, room)

    leave(subscriber)

    assert send(sink) == []
    assert list(Notice.objects.filter(subscriber=subscriber).values_list("state", "closing")) == [
        ("closed", "answered"), ("closed", "not_subscribed"),
    ]  # fmt: skip


def test_after_a_restore_nobody_counts_as_having_said_yes(page, room, sink):
    subscriber = subscribe()
    correct(page, room)
    for rows, values in quietings(now=timezone.now(), taken_at=timezone.now() - dt.timedelta(hours=1)):
        rows.update(**values)

    correct(page, room, lead="Дагы.", change_note="Дагы такталды.")

    assert (send(sink), written()) == ([], [("published", ASEL.email)])
    assert Subscriber.objects.get().state == "asked"
    assert set(Notice.objects.filter(subscriber=subscriber).values_list("state", flat=True)) == {"unknown"}
    somebody().post(page_of(token_of(subscriber)), {"act": "confirm"})
    correct(page, room, lead="Жана дагы.", change_note="Жана дагы такталды.")
    assert [letter.recipient for letter in send(sink)] == [ASEL.email]


def test_a_new_key_of_the_installation_gives_letters_a_way_out_that_works(page, room, sink, settings):
    subscriber = subscribe()
    old = page_of(token_of(subscriber))
    settings.SECRET_KEY = "another-key-of-the-installation-0123456789"
    correct(page, room)

    (letter,) = send(sink)

    out = letter.message["List-Unsubscribe"].strip("<>").split("8000", 1)[1]
    assert out != old
    assert somebody().get(old).status_code == 404
    assert somebody().post(out, {"act": "leave"}).status_code == 200
    assert Subscriber.objects.get().state == "ended"


# --- A bad day


@pytest.mark.parametrize("drop", ["after_the_dot", "after_the_dot_untaken"])
def test_what_is_unknown_is_never_sent_again_by_itself(page, room, sink, drop):
    subscribe()
    correct(page, room)
    Notice.objects.filter(subscriber=None).delete()
    sink.drop(drop)

    run()
    sink.work()
    again = [send(sink, after=dt.timedelta(hours=hours)) for hours in (1, 5)]

    assert again == [[], []]
    assert Notice.objects.filter(subscriber__isnull=False, state="unknown").count() == 1


def test_a_refusal_keeps_no_address_and_the_office_goes_first(page, room, sink):
    type(room.author).objects.filter(pk=room.author.pk).update(email="author@office.example")
    subscribe()
    correct(page, room)
    sink.refuse_recipient(ASEL.email, f"550 5.1.1 <{ASEL.email}>: no such user")
    publish(release(room.author, title="Башка"), room)

    for hours in range(4):
        run(after=dt.timedelta(hours=2 * hours))

    dead = Notice.objects.get(state="dead")
    assert dead.subscriber_id and "550 5.1.1" in dead.last_error and ASEL.email not in dead.last_error
    assert sink.recipients()[-1] != ASEL.email and "author@office.example" in sink.recipients()
