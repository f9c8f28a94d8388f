"""A closing that nobody confirms in time, and steps of a withdrawal that nobody decides: told, once."""

import datetime as dt
import threading

import pytest
import time_machine
from django.db import connections
from django.utils import timezone

from approvals import ledger, restored
from approvals.at_the_moment import publish_at
from approvals.deadlines import watch_deadlines
from approvals.models import Deadline, DeadlineAlert, LedgerEntry, Notice, Outcome, TimedPublication, Withdrawal
from approvals.notices.delivery import deliver_notices
from approvals.queue import stage_of
from approvals.stages import Stage
from approvals.withdrawal import verbs
from approvals.withdrawal.overdue import escalate_overdue_closings
from site_pages.access import rules
from tests.approvals.on_time import before, clock_from, ready, wait_until_begun
from tests.approvals.test_races import at_once
from tests.approvals.test_working_time import at
from tests.approvals.withdrawal.taking_down import agree, close, propose, refuse
from tests.newsroom import approve, edit, fresh, ledger_kinds, open_newsroom, publish, release, submit

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)
# A Thursday; the Friday after it is Nooruz, and then comes a weekend.
THURSDAY = at("2025-03-20 15:00")
TOMORROW = at("2025-03-21 15:00")


@pytest.fixture
def room():
    with time_machine.travel(at("2025-03-03 10:00"), tick=False):
        people = open_newsroom()
        type(people.head).objects.filter(pk=people.head.pk).update(email="head@office.example")
        yield people


@pytest.fixture
def page(room):
    with acts(at("2025-03-03 10:30")):
        return publish(release(room.author, title="Мектеп ачылды"), room)


def acts(moment: dt.datetime):
    return time_machine.travel(moment, tick=False)


def closed(page, room) -> Withdrawal:
    """Closed at once on that Thursday, to be confirmed by the next day at the same hour."""
    with acts(THURSDAY):
        (debt,) = close(page, by=room.leader)
    assert debt.confirm_by == TOMORROW
    return debt


def escalate(moment: dt.datetime) -> int:
    with acts(moment):
        return escalate_overdue_closings(now=timezone.now())


def told(kind: str) -> set[str]:
    entry = LedgerEntry.objects.filter(kind=kind).latest("number")
    return set(Notice.objects.filter(entry_number=entry.number).values_list("recipient_name", flat=True))


def test_an_overdue_closing_is_escalated_once_and_stays_closed(room, page):
    debt = closed(page, room)

    assert [escalate(moment) for moment in (TOMORROW - SECOND, TOMORROW, TOMORROW, TOMORROW + SECOND)] == [0, 1, 0, 0]

    assert ledger_kinds(page)[-3:] == ["closed_at_once", "withdrawn", "closing_overdue"]
    entry = LedgerEntry.objects.latest("number")
    assert (entry.step, entry.steps_total, entry.actor_id, entry.recorded_at) == (1, 2, None, TOMORROW)
    assert entry.details == {"proposal": debt.entry_number, "leader_id": room.leader.pk, "leader": "leader"}
    assert told("closing_overdue") == {"author", "head", "deputy-head", "leader", "second-leader"}
    debt.refresh_from_db()
    assert (debt.outcome, debt.escalated_at, fresh(page).live) == ("", TOMORROW, False)
    assert stage_of(fresh(page)) == Stage.WITHDRAWN
    assert list(ledger.faults()) == []


def test_the_step_whose_turn_it_is_stands_in_the_ledger_and_the_debt_can_still_be_paid(room, page):
    debt = closed(page, room)
    with acts(THURSDAY + dt.timedelta(hours=1)):
        agree(debt, by=room.head)
    assert escalate(TOMORROW) == 1
    assert LedgerEntry.objects.latest("number").step == 2

    with acts(TOMORROW + dt.timedelta(hours=1)):
        agree(debt, by=room.second_leader)

    debt.refresh_from_db()
    assert (debt.outcome, ledger_kinds(page)[-1]) == (Outcome.CONFIRMED, "closing_confirmed")


@pytest.mark.parametrize("answer", ["confirmed", "disputed"])
def test_what_was_answered_in_time_is_not_escalated(room, page, answer):
    debt = closed(page, room)
    with acts(THURSDAY + dt.timedelta(hours=1)):
        if answer == "disputed":
            refuse(debt, by=room.head)
        else:
            agree(debt, by=room.head)
            agree(debt, by=room.second_leader)

    assert escalate(TOMORROW) == 0
    assert "closing_overdue" not in ledger_kinds(page)


def test_an_escalation_voids_no_clearance_of_the_next_version(room, page):
    closed(page, room)
    with acts(THURSDAY + dt.timedelta(hours=1)):
        edit(page, by=room.author, title="Мектеп 5-мартта ачылды")
        submit(page, by=room.author)
        approve(page, by=room.head)
    assert escalate(TOMORROW) == 1

    with acts(TOMORROW + dt.timedelta(hours=1)):
        approve(page, by=room.leader)

    assert fresh(page).live is True
    assert Withdrawal.objects.get().outcome == Outcome.VOID


def test_for_a_limited_document_only_the_named_are_told_and_no_mail_names_it(room, page, sink):
    rules.limit(content_id=page.content_id, owner=room.author, people=[room.head, room.leader])
    closed(page, room)
    Notice.objects.all().delete()
    assert escalate(TOMORROW) == 1
    with acts(TOMORROW):
        deliver_notices(now=timezone.now(), limit=50)

    assert told("closing_overdue") == {"author", "head", "leader"}
    (mail,) = [mail for mail in sink.taken if mail.recipient == "head@office.example"]
    assert "Мектеп" not in mail.message.as_string() + mail.subject


def test_one_that_cannot_be_told_of_never_stops_the_next(room, page):
    with acts(at("2025-03-03 11:00")):
        other = publish(release(room.author, title="Экинчи"), room)
    bad = closed(page, room)
    with acts(THURSDAY + SECOND):
        close(other, by=room.leader)
    Withdrawal.objects.filter(pk=bad.pk).update(entry_number=10**9)

    assert escalate(TOMORROW + SECOND) == 1
    assert ledger_kinds(other)[-1] == "closing_overdue"


def test_a_restore_does_not_tell_again(room, page):
    debt = closed(page, room)

    for rows, values in restored.quietings(now=TOMORROW + SECOND, taken_at=TOMORROW - SECOND):
        rows.update(**values)

    debt.refresh_from_db()
    assert (escalate(TOMORROW + 2 * SECOND), debt.escalated_at) == (0, TOMORROW + SECOND)
    assert not Deadline.objects.ripe(TOMORROW + SECOND).exists()


# Steps


def alerts() -> list[tuple[str, str]]:
    names = dict(Notice.objects.values_list("recipient_id", "recipient_name"))
    return sorted((alert.kind, names[alert.recipient_id]) for alert in DeadlineAlert.objects.all())


def test_each_step_of_a_withdrawal_has_its_time_in_working_hours(room, page):
    with acts(THURSDAY):
        withdrawal = propose(page, by=room.author)
    first = Deadline.objects.open().get()
    assert (first.step, first.about_withdrawal, first.due_at) == (1, True, at("2025-03-24 15:00"))

    for moment in ("2025-03-24 11:59", "2025-03-24 12:00", "2025-03-24 15:00", "2025-03-24 15:01"):
        with acts(at(moment)):
            watch_deadlines(now=timezone.now())
    expected = [
        ("escalation", "deputy-head"),
        ("escalation", "head"),
        ("reminder", "deputy-head"),
        ("reminder", "head"),
    ]
    assert alerts() == expected

    with acts(at("2025-03-24 16:00")):
        agree(withdrawal, by=room.head)
    assert [(d.step, d.group_id != first.group_id) for d in Deadline.objects.open()] == [(2, True)]
    with acts(at("2025-03-25 10:00")):
        agree(withdrawal, by=room.leader)
    assert not Deadline.objects.open().exists()


@pytest.mark.parametrize("end", ["refused", "recalled", "void"])
def test_a_withdrawal_that_ends_is_nobodys_to_decide(room, page, end):
    with acts(THURSDAY):
        withdrawal = propose(page, by=room.author)
        if end == "refused":
            refuse(withdrawal, by=room.head)
        elif end == "recalled":
            from_the_proposer(withdrawal, room)
        else:
            edit(page, by=room.author, title="Жаңы", change_note="Такталды.")
            publish(page, room)

    assert not Deadline.objects.open().exists()


def from_the_proposer(withdrawal, room) -> None:
    verbs.recall(withdrawal_id=withdrawal.pk, actor_id=room.author.pk, now=timezone.now())


def test_a_withdrawal_and_the_next_version_each_have_their_own_time(room, page):
    with acts(THURSDAY):
        withdrawal = propose(page, by=room.author)
        edit(page, by=room.author, title="Жаңы", change_note="Такталды.")
        submit(page, by=room.author)
    assert sorted(Deadline.objects.open().values_list("about_withdrawal", flat=True)) == [False, True]

    with acts(at("2025-03-24 10:00")):
        agree(withdrawal, by=room.head)

    assert sorted(Deadline.objects.open().values_list("about_withdrawal", "step")) == [(False, 1), (True, 2)]


def test_a_step_that_confirms_a_closing_has_the_time_of_an_urgent_text(room, page):
    closed(page, room)

    deadline = Deadline.objects.open().get()
    assert (deadline.about_withdrawal, deadline.urgency, deadline.due_at) == (True, "urgent", at("2025-03-20 16:00"))
    with acts(at("2025-03-20 16:00")):
        assert watch_deadlines(now=timezone.now()) == 1
    assert alerts() == [("escalation", "deputy-head"), ("escalation", "head")]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_four_workers_one_escalates(room, page):
    closed(page, room)

    assert sum(at_once(*[lambda: escalate_overdue_closings(now=TOMORROW)] * 4)) == 1
    assert ledger_kinds(page).count("closing_overdue") == 1
    assert list(ledger.faults()) == []


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_text_that_is_published_anew_and_its_overdue_closing_do_not_wait_in_a_circle():
    room = open_newsroom()
    noon = (timezone.now() + dt.timedelta(hours=1)).replace(microsecond=0)
    page = publish(release(room.author, title="Ката"), room)
    (debt,) = close(page, by=room.leader)
    publish(edit(page, by=room.author, summary="Оңдолду", go_live_at=noon, change_note="Оңдолду."), room)
    ahead, clock = ready(at=before(noon)), clock_from(before(noon, seconds=1))
    Withdrawal.objects.filter(pk=debt.pk).update(confirm_by=timezone.now() - SECOND)
    publisher = threading.Thread(target=lambda: (publish_at(noon, ahead=ahead, clock=clock), connections.close_all()))
    publisher.start()
    wait_until_begun()

    escalated = escalate_overdue_closings(now=timezone.now())
    publisher.join()

    assert (escalated, fresh(page).live, ledger_kinds(page)[-1]) == (0, True, "withdrawal_void")
    assert set(TimedPublication.objects.values_list("late_ms", flat=True)) == {0}
    assert list(ledger.faults()) == []
