"""Early access to a correction lives through whatever is only said about the version that is public."""

import datetime as dt
from dataclasses import replace

import pytest
import time_machine
from django.utils import timezone

from approvals import urgency
from approvals.embargo.refusals import EmbargoRefused, Fault
from approvals.models import LedgerEntry, UrgentPublication
from approvals.withdrawal import verbs
from tests.approvals.embargo.press import ASEL, address, breach, due_of, give, opens, publish_in_time, somebody
from tests.approvals.test_urgency import publish_urgently
from tests.approvals.withdrawal.taking_down import NO_LONGER_CURRENT, agree, close, propose, refuse, take_down
from tests.newsroom import edit, fresh, publish, release, submit

pytestmark = pytest.mark.django_db
BEKTUR = replace(ASEL, reader_name="Бектур", outlet="Азаттык", email="bektur@azattyk.example")


@pytest.fixture
def correction(room):
    """A cleared correction, due in thirty hours, of a text that was published urgently and is not confirmed."""
    page = release(room.author)
    submit(page, by=room.author)
    publish_urgently(page, by=room.second_leader)
    due_at = timezone.now() + dt.timedelta(hours=30)
    return publish(edit(fresh(page), by=room.author, title="Жаңы", change_note="Такталды.", go_live_at=due_at), room)


def proposed(room, page):
    propose(page, by=room.colleague)


def proposed_and_approved_by_the_head(room, page):
    agree(propose(page, by=room.colleague), by=room.head)


def proposed_and_recalled(room, page):
    withdrawal = propose(page, by=room.colleague)
    verbs.recall(withdrawal_id=withdrawal.pk, actor_id=room.colleague.pk, now=timezone.now())


def proposed_and_refused(room, page):
    refuse(propose(page, by=room.colleague), by=room.head)


def answer(verb, *, room, **words):
    verb(debt_id=UrgentPublication.objects.get().pk, actor_id=room.head.pk, now=timezone.now(), **words)


def confirmed(room, page):
    answer(urgency.confirm, room=room)


def objected(room, page):
    answer(urgency.object_to, room=room, remark="Эртелик кылды.")


def escalated(room, page):
    assert urgency.escalate_overdue(now=timezone.now() + dt.timedelta(hours=25)) == 1


SAID = [
    proposed, proposed_and_approved_by_the_head, proposed_and_recalled, proposed_and_refused,
    confirmed, objected, escalated,
]  # fmt: skip


@pytest.mark.parametrize("said", SAID)
def test_it_stays_open_and_another_can_be_given(room, correction, said):
    _access, token = give(correction, by=room.leader)
    cleared_by_entry = due_of(correction).entry_number

    said(room, correction)

    assert LedgerEntry.objects.about(content_id=correction.content_id, locale="ky").last().number > cleared_by_entry
    assert opens(token)
    assert opens(give(correction, by=room.leader, to=BEKTUR)[1])


def test_it_is_dead_at_the_publication_though_a_withdrawal_is_proposed(room, correction):
    _access, token = give(correction, by=room.leader)
    proposed(room, correction)
    due_at = due_of(correction).due_at
    publish_in_time(correction)

    with time_machine.travel(due_at + dt.timedelta(minutes=1), tick=False):
        assert somebody().get(address(token)).status_code == 303


def test_a_breach_is_noted_of_the_correction_though_a_withdrawal_is_proposed(room, correction):
    proposed(room, correction)

    noted = breach(correction, by=room.head)

    assert noted.cleared_by_entry == due_of(correction).entry_number


def withdrawn(room, page):
    take_down(page, room)


def put_under_a_notice(room, page):
    take_down(page, room, as_=NO_LONGER_CURRENT)


def closed_at_once(room, page):
    close(page, by=room.leader)


@pytest.mark.parametrize("ends", [withdrawn, put_under_a_notice, closed_at_once])
def test_a_withdrawal_that_is_carried_out_ends_it_for_good(room, correction, ends):
    _access, token = give(correction, by=room.leader)
    page = fresh(correction)
    ends(room, page)
    assert not opens(token)
    with pytest.raises(EmbargoRefused) as refused:
        give(correction, by=room.leader, seen_digest="0" * 64)
    assert refused.value.fault == Fault.NO_EMBARGO

    publish(edit(fresh(page), by=room.author, change_note="Кайра.", title="Кайра"), room)

    assert not opens(token)
