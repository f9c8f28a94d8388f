"""The switch: one of the leadership closes a public document everywhere, at once, for a reason.

1. Who closes could decide at the last step, in person; nobody closes in another's place.
2. It is carried out at once, as withdrawn in error. What is cleared and only waits is stopped instead.
3. It is a debt: the steps of the route confirm it afterwards as they would approve a withdrawal, each by other people,
   whoever closed at none of them. Unconfirmed or disputed it stays closed: only a new publication opens it.
4. The translations of an act rest on its Kyrgyz text and are closed with it; those that are not public yet are stopped.
"""

import datetime as dt

from django.db import transaction

from approvals import decisions, ledger
from approvals.decisions import DecisionRefused
from approvals.facts import actor_of, steps_of
from approvals.models import DuePublication, EntryKind, LedgerEntry, Withdrawal
from approvals.policy import Refusal, Verdict
from approvals.urgency import CONFIRM_WITHIN
from approvals.withdrawal.execution import take_down
from approvals.withdrawal.facts import fault_of_reason, may_close_at_once
from approvals.withdrawal.verbs import begin, locked_pages, statement_about, with_what_rests_on
from approvals.withdrawal.voiding import void_open_withdrawals
from site_pages.access.rules import named_people
from site_pages.models import DocumentPage
from site_pages.withdrawal import WithdrawalClass


@transaction.atomic
def close_at_once(*, page_id: int, actor_id: int, reason: str, now: dt.datetime) -> list[Withdrawal]:
    """Close the document, and what rests on it; the debts that it makes, none where it was only waiting.

    Raises DecisionRefused, GateClosed.
    """
    if fault := fault_of_reason(reason):
        raise DecisionRefused(fault)
    pages = locked_pages(with_what_rests_on(page_id))
    verdict = verdict_for(page=pages[page_id], actor_id=actor_id, now=now)
    if not verdict:
        raise DecisionRefused(verdict.refusal)
    if not pages[page_id].live:
        decisions.stop_scheduled(page_id=page_id, actor_id=actor_id, remark=reason, now=now)
        return []
    ledger.hold()
    # Translations first: nothing that rests on a text outlives it.
    public = [page for page in pages.values() if page.live]
    order = sorted(public, key=lambda page: (page.pk == page_id, page.pk))
    return [_close(page, actor_id=actor_id, reason=reason, now=now) for page in order]


def _close(page: DocumentPage, *, actor_id: int, reason: str, now: dt.datetime) -> Withdrawal:
    void_open_withdrawals(page_ids=[page.pk], now=now)
    statement = statement_about(page, withdrawal_class=WithdrawalClass.IN_ERROR, reason=reason, successor=None, now=now)
    debt = begin(
        EntryKind.CLOSED_AT_ONCE,
        page=page,
        statement=statement,
        actor=actor_of(actor_id, now=now),
        now=now,
        confirm_by=now + CONFIRM_WITHIN,
    )
    take_down(entry=LedgerEntry.objects.get(number=debt.entry_number), now=now)
    return debt


def verdict_for(*, page: DocumentPage, actor_id: int, now: dt.datetime) -> Verdict:
    """Whether the person may close the document at this moment, for screens; the verb asks again."""
    steps = steps_of(page.document_type)
    if not steps or not (page.live or DuePublication.objects.filter(page_id=page.pk).exists()):
        return Verdict(Refusal.NOTHING_TO_DECIDE)
    actor = actor_of(actor_id, now=now)
    named = named_people(page.content_id)
    return may_close_at_once(actor=actor, last=steps[-1], document_type=page.document_type, named=named)
