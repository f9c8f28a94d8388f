"""The verbs of taking down: propose, approve, refuse, recall. Each reads: lock, read again, check, record, change.

1. Somebody of the house proposes a statement about one public version: class, public reason, successor.
2. The steps of the document's route decide on the statement's digest, in their order, each by other people, by rules 1
   to 7 of the policy; the proposer at none of them.
3. A refusal needs a remark and ends the proposal.
4. The last approval carries it out. What was published meanwhile voids it.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from wagtail.models import Page

from approvals import ledger
from approvals.bundles.publishing import MovedMeanwhile, locked
from approvals.decisions import Decision, DecisionRefused
from approvals.facts import actor_of, entries_of, labels_of, steps_of
from approvals.gate import subject_of
from approvals.models import EntryKind, LedgerEntry, Outcome, Withdrawal
from approvals.originals import resting_on
from approvals.policy import Actor, Refusal, Verdict, may_decide
from approvals.withdrawal.execution import take_down
from approvals.withdrawal.facts import facts_from, fault_of, may_propose, public_state
from site_pages.access.rules import named_people
from site_pages.models import DocumentPage
from site_pages.withdrawal import Statement, WithdrawalClass


@transaction.atomic
def propose(
    *,
    page_id: int,
    actor_id: int,
    withdrawal_class: WithdrawalClass,
    reason: str,
    successor: UUID | None,
    now: dt.datetime,
) -> Withdrawal:
    """Put a statement before the steps of the route. Raises DecisionRefused."""
    page = locked_page(page_id)
    ledger.hold()
    actor = actor_of(actor_id, now=now)
    if not (verdict := may_propose(actor=actor, named=named_people(page.content_id), now=now)):
        raise DecisionRefused(verdict.refusal)
    if Withdrawal.objects.open().about(content_id=page.content_id, locale=page.locale_code).exists():
        raise DecisionRefused(Refusal.WITHDRAWAL_OPEN)
    statement = statement_about(page, withdrawal_class=withdrawal_class, reason=reason, successor=successor, now=now)
    return begin(EntryKind.WITHDRAWAL_PROPOSED, page=page, statement=statement, actor=actor, now=now)


def may_be_proposed_by(*, page: DocumentPage, actor_id: int, now: dt.datetime) -> Verdict:
    """Whether the person may propose it at this moment, for screens; the verb asks again."""
    return may_propose(actor=actor_of(actor_id, now=now), named=named_people(page.content_id), now=now)


def statement_about(
    page: DocumentPage, *, withdrawal_class: WithdrawalClass, reason: str, successor: UUID | None, now: dt.datetime
) -> Statement:
    """The statement about what is public of the page now. Raises DecisionRefused: it would not be true."""
    state = public_state(content_id=page.content_id, locale=page.locale_code) if page.live else None
    if state is None:
        raise DecisionRefused(Refusal.NOT_PUBLIC)
    statement = Statement(
        content_id=page.content_id,
        locale=page.locale_code,
        document_type=page.document_type,
        digest=state.digest,
        version=state.version,
        withdrawal_class=WithdrawalClass(withdrawal_class),
        reason=reason.strip(),
        successor=successor,
    )
    if fault := fault_of(statement, now=now):
        raise DecisionRefused(fault)
    return statement


def begin(kind: EntryKind, *, page: DocumentPage, statement: Statement, actor: Actor, now: dt.datetime, **more):
    """Enter the statement into the ledger and give the work that it makes. more: columns of the work."""
    steps = steps_of(page.document_type)
    is_closing = kind == EntryKind.CLOSED_AT_ONCE
    entry = ledger.append(
        kind=kind,
        now=now,
        subject=subject_of(page, revision_id=page.live_revision_id, digest=statement.own_digest),
        actor_id=actor.user_id,
        actor_name=actor.name,
        step=len(steps) if is_closing else None,
        steps_total=len(steps),
        remark=statement.reason,
        details={
            "statement": statement.as_json(),
            "public_digest": statement.digest,
            "steps": [vars(step) for step in steps],
            "labels": labels_of(page.document_type),
        },
    )
    return Withdrawal.objects.create(
        page_id=page.pk,
        content_id=statement.content_id,
        locale=statement.locale,
        document_type=statement.document_type,
        withdrawal_class=statement.withdrawal_class,
        reason=statement.reason,
        successor=statement.successor,
        digest=statement.digest,
        version=statement.version,
        entry_number=entry.number,
        proposer_id=actor.user_id,
        proposer_name=actor.name,
        proposed_at=now,
        is_closing=is_closing,
        **more,
    )


@dataclass(frozen=True)
class _Opened:
    """A withdrawal in somebody's hands: locked, with what is on record about it."""

    withdrawal: Withdrawal
    begun: LedgerEntry
    decision: Decision

    def record(self, kind: EntryKind, *, remark: str = "", now: dt.datetime, **details) -> LedgerEntry:
        return ledger.append(
            kind=kind,
            now=now,
            subject=ledger.subject_from(self.begun),
            actor_id=self.decision.actor.user_id,
            actor_name=self.decision.actor.name,
            step=self.decision.step.order,
            steps_total=self.begun.steps_total,
            remark=remark.strip(),
            details={"proposal": self.begun.number, **self.decision.as_details(), **details},
        )

    def settle(self, outcome: Outcome, *, now: dt.datetime) -> None:
        self.withdrawal.outcome, self.withdrawal.settled_at = outcome, now
        self.withdrawal.save(update_fields=["outcome", "settled_at"])


@transaction.atomic
def approve(*, withdrawal_id: int, actor_id: int, seen_digest: str, now: dt.datetime, remark: str = "") -> LedgerEntry:
    """Approve exactly the statement with `seen_digest`; the last approval carries it out, or confirms a closing.

    Of two simultaneous decisions exactly one counts. Raises DecisionRefused, GateClosed.
    """
    opened = _decide(withdrawal_id, actor_id=actor_id, seen_digest=seen_digest, now=now)
    withdrawal, statement = opened.withdrawal, opened.withdrawal.statement
    if not withdrawal.is_closing and (fault := fault_of(statement, now=now)):
        raise DecisionRefused(fault)
    entry = opened.record(EntryKind.WITHDRAWAL_APPROVED, remark=remark, now=now)
    if opened.decision.step != opened.decision.facts.steps[-1]:
        return entry
    if withdrawal.is_closing:
        opened.record(EntryKind.CLOSING_CONFIRMED, now=now)
        opened.settle(Outcome.CONFIRMED, now=now)
        return entry
    cleared = opened.record(
        EntryKind.WITHDRAWAL_CLEARED, now=now, statement=statement.as_json(), public_digest=statement.digest
    )
    take_down(entry=cleared, now=now)
    opened.settle(Outcome.DONE, now=now)
    return entry


@transaction.atomic
def refuse(*, withdrawal_id: int, actor_id: int, seen_digest: str, remark: str, now: dt.datetime) -> LedgerEntry:
    """Refuse the statement at the step whose turn it is: the document stays as it is, public or closed.

    Raises DecisionRefused.
    """
    if not remark.strip():
        raise DecisionRefused(Refusal.REFUSAL_REMARK_MISSING)
    opened = _decide(withdrawal_id, actor_id=actor_id, seen_digest=seen_digest, now=now)
    entry = opened.record(EntryKind.WITHDRAWAL_REFUSED, remark=remark, now=now)
    opened.settle(Outcome.DISPUTED if opened.withdrawal.is_closing else Outcome.REFUSED, now=now)
    return entry


@transaction.atomic
def recall(*, withdrawal_id: int, actor_id: int, now: dt.datetime) -> LedgerEntry:
    """Take a proposal back; for whoever made it. What is closed already is not recalled. Raises DecisionRefused."""
    withdrawal = _locked(withdrawal_id)
    actor = actor_of(actor_id, now=now)
    if withdrawal.proposer_id != actor.user_id or not actor.is_active:
        raise DecisionRefused(Refusal.NOT_THE_PROPOSER)
    if withdrawal.is_closing:
        raise DecisionRefused(Refusal.NOTHING_TO_DECIDE)
    begun = LedgerEntry.objects.get(number=withdrawal.entry_number)
    entry = ledger.append(
        kind=EntryKind.WITHDRAWAL_RECALLED,
        now=now,
        subject=ledger.subject_from(begun),
        actor_id=actor.user_id,
        actor_name=actor.name,
        steps_total=begun.steps_total,
        details={"proposal": begun.number},
    )
    withdrawal.outcome, withdrawal.settled_at = Outcome.RECALLED, now
    withdrawal.save(update_fields=["outcome", "settled_at"])
    return entry


def locked_page(page_id: int) -> DocumentPage:
    """The page as it stands, its row and what waits of it locked, in this order. Raises DecisionRefused."""
    return locked_pages([page_id])[page_id]


def locked_pages(page_ids: list[int]) -> dict[int, DocumentPage]:
    """The same of several pages. Raises DecisionRefused: one is no document, or is decided on at this moment."""
    try:
        _due, pages = locked(page_ids)
    except MovedMeanwhile as moved:
        raise DecisionRefused(Refusal.NOT_PUBLIC) from moved
    documents = {number: page.specific for number, page in pages.items()}
    if len(documents) != len(page_ids) or not all(isinstance(page, DocumentPage) for page in documents.values()):
        raise DecisionRefused(Refusal.NOTHING_TO_DECIDE)
    return documents


def with_what_rests_on(page_id: int) -> list[int]:
    """The number of the page, and those of the translations that go with it."""
    page = DocumentPage.objects.select_related("locale", "content_type").filter(pk=page_id).first()
    return [page_id, *(resting_on(page).values_list("pk", flat=True) if page else ())]


def _locked(withdrawal_id: int) -> Withdrawal:
    """The open withdrawal; its page, what rests on it, and its row stay locked, and so does the ledger's head.

    Raises DecisionRefused.
    """
    known = Withdrawal.objects.filter(pk=withdrawal_id).first()
    if known is None or not Page.objects.filter(pk=known.page_id).exists():
        raise DecisionRefused(Refusal.NOTHING_TO_DECIDE)
    locked_pages(with_what_rests_on(known.page_id))
    withdrawal = Withdrawal.objects.select_for_update().open().filter(pk=withdrawal_id).first()
    if withdrawal is None:
        raise DecisionRefused(Refusal.NOTHING_TO_DECIDE)
    ledger.hold()
    return withdrawal


def _decide(withdrawal_id: int, *, actor_id: int, seen_digest: str, now: dt.datetime) -> _Opened:
    withdrawal = _locked(withdrawal_id)
    entries = entries_of(content_id=withdrawal.content_id, locale=withdrawal.locale)
    facts = facts_from(withdrawal, entries, named=named_people(withdrawal.content_id))
    actor = actor_of(actor_id, now=now)
    verdict = _verdict(actor=actor, facts=facts)
    if not verdict:
        raise DecisionRefused(verdict.refusal)
    if seen_digest != facts.digest:
        raise DecisionRefused(Refusal.TEXT_CHANGED)
    begun = next(entry for entry in entries if entry.number == withdrawal.entry_number)
    decision = Decision(actor=actor, step=facts.next_step, facts=facts, acting=verdict.acting)
    return _Opened(withdrawal=withdrawal, begun=begun, decision=decision)


def _verdict(*, actor: Actor, facts) -> Verdict:
    if not facts.is_under_way or facts.next_step is None:
        return Verdict(Refusal.NOTHING_TO_DECIDE)
    return may_decide(actor=actor, step=facts.next_step, facts=facts)


def verdict_for(*, withdrawal: Withdrawal, actor_id: int, now: dt.datetime) -> Verdict:
    """Whether the person may decide on the withdrawal at this moment, for screens; the verbs ask again."""
    entries = entries_of(content_id=withdrawal.content_id, locale=withdrawal.locale)
    facts = facts_from(withdrawal, entries, named=named_people(withdrawal.content_id))
    return _verdict(actor=actor_of(actor_id, now=now), facts=facts)
