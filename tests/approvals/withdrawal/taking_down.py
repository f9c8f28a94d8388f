"""What the tests of withdrawal share: a published document on its way down."""

from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone

from approvals.decisions import DecisionRefused
from approvals.models import LedgerEntry, Withdrawal
from approvals.policy import Refusal
from approvals.withdrawal import closing, verbs
from frontend_api.models import Delivery, PublishedDocument, PublishedFile, Tombstone
from site_pages.withdrawal import WithdrawalClass
from tests.attacks.houses import everything

REASON = "Документте ката кеткен."
IN_ERROR, SUPERSEDED, NO_LONGER_CURRENT = WithdrawalClass


def propose(page, *, by, as_: str = IN_ERROR, reason: str = REASON, successor: UUID | None = None) -> Withdrawal:
    """Propose that the page be taken down."""
    return verbs.propose(
        page_id=page.pk,
        actor_id=by.pk,
        withdrawal_class=as_,
        reason=reason,
        successor=successor,
        now=timezone.now(),
    )


def agree(withdrawal: Withdrawal, *, by, seen: str = "", remark: str = "") -> LedgerEntry:
    """Approve the withdrawal at the step whose turn it is."""
    return verbs.approve(
        withdrawal_id=withdrawal.pk,
        actor_id=by.pk,
        seen_digest=seen or withdrawal.statement.own_digest,
        remark=remark,
        now=timezone.now(),
    )


def refuse(withdrawal: Withdrawal, *, by, remark: str = "Калсын.", seen: str = "") -> LedgerEntry:
    """Refuse it at the step whose turn it is."""
    return verbs.refuse(
        withdrawal_id=withdrawal.pk,
        actor_id=by.pk,
        seen_digest=seen or withdrawal.statement.own_digest,
        remark=remark,
        now=timezone.now(),
    )


def close(page, *, by, reason: str = REASON) -> list[Withdrawal]:
    """Turn the switch."""
    return closing.close_at_once(page_id=page.pk, actor_id=by.pk, reason=reason, now=timezone.now())


def take_down(page, room, **words) -> Withdrawal:
    """Walk a withdrawal all the way as three different people."""
    withdrawal = propose(page, by=room.author, **words)
    agree(withdrawal, by=room.head)
    agree(withdrawal, by=room.leader)
    withdrawal.refresh_from_db()
    return withdrawal


def all_of_it() -> dict[str, list]:
    """All that a refused verb must leave as it was."""
    return {
        **everything(),
        "withdrawals": list(Withdrawal.objects.order_by("pk").values()),
        "tombstones": list(Tombstone.objects.order_by("pk").values()),
        "documents of readers": list(PublishedDocument.objects.order_by("pk").values()),
        "files": list(PublishedFile.objects.order_by("pk").values()),
        "deliveries": list(Delivery.objects.order_by("pk").values_list("pk", "done_at")),
    }


def refused(action, refusal: Refusal) -> None:
    """The verb is refused for this reason, and nothing has changed."""
    before = all_of_it()
    with pytest.raises(DecisionRefused) as raised, transaction.atomic():
        action()
    assert raised.value.refusal == refusal
    assert all_of_it() == before
