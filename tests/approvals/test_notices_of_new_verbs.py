"""Whom returns to an earlier step and urgent publications are told."""

import pytest
from django.utils import timezone

from approvals import decisions, urgency
from approvals.models import LedgerEntry, Notice
from tests.newsroom import approve, digest, release, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(room):
    page = release(room.author)
    submit(page, by=room.author)
    return page


def told(kind: str) -> set[str]:
    entry = LedgerEntry.objects.filter(kind=kind).latest("number")
    return set(Notice.objects.filter(entry_number=entry.number).values_list("recipient_name", flat=True))


def test_a_return_to_the_heads_is_told_to_the_author_and_to_the_heads(room, page):
    approve(page, by=room.head)

    decisions.return_for_changes(
        page_id=page.pk, actor_id=room.leader.pk, seen_digest=digest(page), remark="х", to_step=1, now=timezone.now()
    )

    assert told("returned") == {"author", "head", "deputy-head"}


def test_an_urgent_publication_its_confirmation_and_its_escalation_are_told(room, page):
    urgency.publish_urgently(
        page_id=page.pk, actor_id=room.leader.pk, seen_digest=digest(page), reason="Жер титирөө", now=timezone.now()
    )
    assert told("cleared_urgently") == {"author", "head", "deputy-head", "second-leader"}

    urgency.escalate_overdue(now=timezone.now() + urgency.CONFIRM_WITHIN)
    assert told("escalated") == {"author", "head", "deputy-head", "leader", "second-leader"}

    debt = urgency.debts_of(user_id=room.head.pk, now=timezone.now())[0]
    urgency.confirm(debt_id=debt.pk, actor_id=room.head.pk, now=timezone.now())
    assert told("confirmed") == {"author", "leader"}
