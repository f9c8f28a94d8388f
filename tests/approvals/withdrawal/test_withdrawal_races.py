"""Simultaneous decisions on a withdrawal, on PostgreSQL with real connections: exactly one counts."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.utils import timezone

from approvals import ledger
from approvals.models import Outcome, Withdrawal
from approvals.scheduling import publish_due
from frontend_api.models import Publication, PublishedDocument, Tombstone
from tests.approvals.test_races import at_once
from tests.approvals.withdrawal.taking_down import agree, close, propose, refuse
from tests.newsroom import approve, edit, fresh, publish, release, submit
from tests.thoroughness import times

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
PAIRS = times(5, thorough=10)
REFUSED = (PermissionDenied, IntegrityError)


@pytest.fixture
def pages(room):
    return [publish(release(room.author, title=f"Жаңылык {number}"), room) for number in range(PAIRS)]


def one_counts(results: list) -> None:
    refusals = [one for one in results if isinstance(one, BaseException)]
    assert all(isinstance(one, REFUSED) for one in refusals), results
    assert len(results) - len(refusals) == 1, results


def sound() -> None:
    assert list(ledger.faults()) == []
    numbers = list(Publication.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert Withdrawal.objects.filter(outcome=Outcome.DONE).count() <= Tombstone.objects.count()


def test_of_an_approval_and_a_refusal_at_once_exactly_one_counts(room, pages):
    for page in pages:
        withdrawal = propose(page, by=room.author)
        agree(withdrawal, by=room.head)

        one_counts(
            at_once(
                lambda one=withdrawal: agree(one, by=room.leader),
                lambda one=withdrawal: refuse(one, by=room.second_leader),
            )
        )

        withdrawal.refresh_from_db()
        assert fresh(page).live is (withdrawal.outcome == Outcome.REFUSED)
    sound()


def test_of_two_proposals_at_once_there_is_one(room, pages):
    for page in pages:
        one_counts(
            at_once(lambda page=page: propose(page, by=room.author), lambda page=page: propose(page, by=room.head))
        )

        assert Withdrawal.objects.filter(page_id=page.pk).count() == 1
    sound()


def test_of_two_last_approvals_and_of_two_switches_one_takes_down(room, pages):
    for page in pages[: PAIRS // 2]:
        withdrawal = propose(page, by=room.author)
        agree(withdrawal, by=room.head)
        one_counts(
            at_once(
                lambda one=withdrawal: agree(one, by=room.leader),
                lambda one=withdrawal: agree(one, by=room.second_leader),
            )
        )
    for page in pages[PAIRS // 2 :]:
        one_counts(
            at_once(lambda page=page: close(page, by=room.leader), lambda page=page: close(page, by=room.second_leader))
        )

    assert (PublishedDocument.objects.count(), Tombstone.objects.count()) == (0, PAIRS)
    sound()


def test_a_due_publication_and_the_switch_at_once_end_the_same_way_for_page_and_readers(room, pages):
    soon = timezone.now() + dt.timedelta(hours=1)
    for page in pages:
        edit(page, by=room.author, title="Кийинки", change_note="Такталды.", go_live_at=soon)
        submit(page, by=room.author)
        approve(page, by=room.head)
        approve(page, by=room.leader)

    for page in pages:
        with time_machine.travel(soon + dt.timedelta(seconds=1)):
            results = at_once(
                lambda: publish_due(now=timezone.now()), lambda page=page: close(page, by=room.second_leader)
            )
        assert all(not isinstance(one, BaseException) or isinstance(one, REFUSED) for one in results), results
        is_public = PublishedDocument.objects.filter(content_id=page.content_id).exists()
        assert fresh(page).live is is_public
    sound()
