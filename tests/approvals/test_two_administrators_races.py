"""Of what administrators do at once, on PostgreSQL with real connections, one counts."""

import pytest

from approvals import administration
from approvals.administration import ChangeRefused, Fault
from approvals.ledger import faults
from approvals.models import AccountProposal, EntryKind, LedgerEntry
from approvals.offices import APPARATUS_LEADERSHIP
from tests.approvals.administrators import (
    NOW,
    confirm,
    group,
    offices,
    propose,
    three_administrators,
)
from tests.approvals.test_races import at_once
from tests.newsroom import hire

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def room():
    return three_administrators()


def test_confirmed_twice_at_once_happens_once(room):
    people = [hire(f"candidate-{number}") for number in range(20)]
    for person in people:
        proposal = propose(room, person=person)
        results = at_once(lambda p=proposal: confirm(p, by=room.second), lambda p=proposal: confirm(p, by=room.third))

        lost = [result for result in results if isinstance(result, ChangeRefused)]
        assert [result.fault for result in lost] == [Fault.NO_LONGER_OPEN], results
    given = LedgerEntry.objects.filter(kind=EntryKind.OFFICE_GIVEN, details__has_key="confirmed_by_id")
    assert sorted(entry.details["person_id"] for entry in given) == sorted(person.pk for person in people)
    assert list(faults()) == []


def test_two_proposals_for_one_person_confirmed_at_once_the_second_looks_again(room):
    proposals = [propose(room), propose(room, group_id=group(APPARATUS_LEADERSHIP))]

    results = at_once(lambda: confirm(proposals[0], by=room.second), lambda: confirm(proposals[1], by=room.third))

    lost = [result for result in results if isinstance(result, ChangeRefused)]
    assert [result.fault for result in lost] == [Fault.CHANGED_MEANWHILE], results
    assert len(offices(room.outsider)) == 1


def test_a_withdrawal_and_a_confirmation_at_once_are_never_both(room):
    proposal = propose(room)

    at_once(
        lambda: confirm(proposal, by=room.second),
        lambda: administration.withdraw(proposal_id=proposal.pk, administrator_id=room.boss.pk, now=NOW),
    )

    proposal.refresh_from_db()
    assert (proposal.confirmed_at is None) != (proposal.withdrawn_at is None)
    assert bool(offices(room.outsider)) is (proposal.confirmed_at is not None)


def test_one_is_proposed_when_two_propose_the_same_at_once(room):
    results = at_once(lambda: propose(room), lambda: propose(room, by=room.second))

    assert sorted(type(result).__name__ for result in results) == ["AccountProposal", "ChangeRefused"], results
    assert AccountProposal.objects.count() == 1
