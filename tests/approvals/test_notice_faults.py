"""A mail server on a bad day: nothing is lost, nobody gets two, and what cannot be known is called unknown."""

import datetime as dt
import time

import pytest
from django.utils import timezone

from approvals.models import Notice, NoticeState
from approvals.notices import delivery
from approvals.notices.delivery import deliver_notices
from approvals.notices.letters import write_letter
from approvals.notices.screens import send_again
from approvals.notices.smtp import MailServer, MailSession, NotTaken
from tests.approvals.mail_room import BOTH, HOUR, deliver, states, two_notices

pytestmark = pytest.mark.django_db


def test_on_a_good_day_each_gets_one_and_never_another(sink):
    two_notices()

    first, second, later = deliver(), deliver(), deliver(after=HOUR)

    assert sink.recipients() == BOTH
    assert (len(first.sent), len(second.sent), len(later.sent)) == (2, 0, 0)
    assert states() == [("sent", 0), ("sent", 0)]
    assert [n.message_id for n in Notice.objects.order_by("pk")] == [mail.message["Message-ID"] for mail in sink.taken]
    assert len({mail.message["Message-ID"] for mail in sink.taken}) == 2


def test_a_notice_whose_numbers_are_given_again_after_a_restore_is_another_mail(sink):
    two_notices()
    notice = Notice.objects.order_by("pk").first()
    lost, same = (write_letter([notice], now=timezone.now()).message_id for _ in range(2))
    Notice.objects.filter(pk=notice.pk).update(written_at=notice.written_at + dt.timedelta(milliseconds=1))
    notice.refresh_from_db()

    assert lost == same != write_letter([notice], now=timezone.now()).message_id


# --- Refusals


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "DOT"])
@pytest.mark.parametrize(("line", "attempts"), [("451 4.7.1 Try later", 10), ("550 5.1.1 No such mailbox", 3)])
def test_a_refusal_is_tried_again_and_then_given_up(sink, verb, line, attempts):
    two_notices()
    sink.answer(**{verb: line})

    reports = [deliver(after=n * HOUR) for n in range(attempts + 2)]

    assert [len(report.retried) for report in reports] == [2] * (attempts - 1) + [0, 0, 0]
    assert [len(report.dead) for report in reports] == [0] * (attempts - 1) + [2, 0, 0]
    assert states() == [("dead", attempts)] * 2
    assert all(line in reason for reason in Notice.objects.values_list("last_error", flat=True))
    assert sink.taken == []


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "DOT"])
def test_after_a_refusal_that_passes_each_gets_one(sink, verb):
    two_notices()
    sink.answer(**{verb: "451 4.7.1 Try later"})
    deliver()

    at_once = states()
    sink.work()
    too_early = deliver()
    deliver(after=HOUR)

    assert at_once == [("due", 1), ("due", 1)]
    assert too_early.sent == []
    assert sink.recipients() == BOTH
    assert states() == [("sent", 1), ("sent", 1)]


def test_pauses_grow_up_to_an_hour(sink):
    two_notices()
    sink.answer(RCPT="451 4.7.1 Try later")
    now, pauses = timezone.now(), []

    for _ in range(9):
        deliver_notices(now=now, limit=1)
        notice = Notice.objects.order_by("pk").first()
        pauses.append((notice.next_attempt_at - now).total_seconds())
        now = notice.next_attempt_at

    usual = [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert all(0.7 * pause <= measured <= 1.3 * pause for pause, measured in zip(usual, pauses, strict=True))


def test_one_refused_person_holds_up_no_other(sink):
    two_notices()
    Notice.objects.filter(pk=Notice.objects.order_by("pk").first().pk).update(attempts=2)
    sink.refuse_recipient("head@office.example", "550 5.1.1 No such mailbox")

    report = deliver()

    assert (len(report.dead), len(report.sent)) == (1, 1)
    assert sink.recipients() == ["deputy-head@office.example"]


# --- A server that is not there, or goes away


def test_a_server_that_is_down_costs_no_attempt(sink):
    two_notices()
    sink.stop()

    reports = [deliver(after=n * HOUR) for n in range(15)]
    meanwhile = states()
    sink.start()
    deliver(after=16 * HOUR)

    assert {len(report.sent) + len(report.dead) + len(report.unknown) for report in reports} == {0}
    assert meanwhile == [("due", 0), ("due", 0)]
    assert sink.recipients() == BOTH


def test_a_server_that_is_down_is_asked_once_a_minute(sink):
    two_notices()
    sink.stop()
    now = timezone.now()
    deliver_notices(now=now, limit=50)
    sink.start()

    within = deliver_notices(now=now + dt.timedelta(seconds=55), limit=50)
    after = deliver_notices(now=now + dt.timedelta(seconds=70), limit=50)

    assert (len(within.sent), len(after.sent)) == (0, 2)


def test_a_server_that_hangs_up_at_once_costs_no_attempt(sink):
    two_notices()
    sink.drop("after_connecting")
    deliver()
    meanwhile = states()

    sink.work()
    deliver(after=HOUR)

    assert meanwhile == [("due", 0), ("due", 0)]
    assert sink.recipients() == BOTH


@pytest.mark.parametrize("moment", ["at_recipient", "at_data", "in_the_text"])
def test_a_connection_lost_before_the_final_dot_is_tried_again(sink, moment):
    two_notices()
    sink.drop(moment)
    report = deliver()
    meanwhile, dots = states(), sink.dots

    sink.work()
    deliver(after=HOUR)

    assert (len(report.retried), report.unknown, dots) == (1, [], 0)
    assert meanwhile == [("due", 1), ("due", 0)]
    assert sink.recipients() == BOTH
    assert states() == [("sent", 1), ("sent", 0)]


def test_a_connection_lost_in_the_middle_of_a_long_text_is_no_delivery(sink):
    sink.drop("in_the_text")
    server = MailServer(host="127.0.0.1", port=sink.port, timeout_seconds=5)
    asked = []

    with MailSession(server, own_name="office.example") as session, pytest.raises(NotTaken) as failure:
        session.send(
            sender="jarchy@office.example",
            recipient="head@office.example",
            content=b"Subject: long\r\n\r\n" + b"0123456789\r\n" * 3_000_000,
            hand_over=lambda: asked.append(1) or True,
        )

    assert (failure.value.is_connection_lost, asked, sink.dots) == (True, [], 0)


@pytest.mark.parametrize(("moment", "arrived"), [("after_the_dot", BOTH[:1]), ("after_the_dot_untaken", [])])
def test_a_connection_lost_after_the_final_dot_is_unknown_and_never_tried_again(sink, moment, arrived):
    two_notices()
    sink.drop(moment)
    report = deliver()
    meanwhile = states()

    sink.work()
    for n in range(1, 6):
        deliver(after=n * HOUR)

    assert (len(report.unknown), meanwhile) == (1, [("unknown", 0), ("due", 0)])
    assert sink.recipients() == [*arrived, BOTH[1]]
    assert states() == [("unknown", 0), ("sent", 0)]


def test_the_unknown_is_sent_again_by_a_person_under_the_same_name(sink):
    two_notices()
    sink.drop("after_the_dot")
    deliver()
    sink.work()
    unknown = Notice.objects.get(state=NoticeState.UNKNOWN)

    again = send_again(notice_id=unknown.pk)
    twice = send_again(notice_id=unknown.pk)
    deliver(after=HOUR)

    assert (again, twice) == ([unknown.pk], [])
    to_head = [mail.message["Message-ID"] for mail in sink.taken if mail.recipient == BOTH[0]]
    assert to_head == [unknown.message_id] * 2
    assert states() == [("sent", 0), ("sent", 0)]


# --- A slow server


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "DOT"])
def test_a_slow_server_that_answers_in_time_takes_each_once(sink, verb):
    two_notices()
    sink.delay(**{verb: 0.5})

    deliver()

    assert sink.recipients() == BOTH
    assert states() == [("sent", 0), ("sent", 0)]


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
def test_a_server_too_slow_before_the_dot_is_left_for_a_while(sink, settings, verb):
    two_notices()
    settings.NOTICE_TIMEOUT_SECONDS = 0.3
    sink.delay(**{verb: 1.5})
    began = time.monotonic()
    report = deliver()
    took = time.monotonic() - began

    meanwhile = states()
    sink.work()
    deliver(after=HOUR)

    assert (len(report.retried), report.unknown, meanwhile) == (1, [], [("due", 1), ("due", 0)])
    assert took < 1.4
    assert sink.recipients() == BOTH


def test_a_server_too_slow_after_the_dot_is_unknown(sink, settings):
    two_notices()
    settings.NOTICE_TIMEOUT_SECONDS = 0.3
    sink.delay(DOT=1.5)
    report = deliver()

    sink.work()
    deliver(after=HOUR)

    assert len(report.unknown) == 1
    assert states() == [("unknown", 0), ("sent", 0)]
    assert sink.recipients() == BOTH


def test_a_run_ends_in_time_for_the_other_work(sink, monkeypatch):
    two_notices()
    monkeypatch.setattr(delivery, "RUN_SECONDS", 0.2)
    sink.delay(DOT=0.4)

    first = deliver()
    meanwhile = states()
    second = deliver()

    assert (len(first.sent), meanwhile, len(second.sent)) == (1, [("sent", 0), ("due", 0)], 1)
    assert sink.recipients() == BOTH
