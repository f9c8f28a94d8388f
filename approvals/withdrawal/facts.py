"""What is on record about one withdrawal, in the terms of the policy that decides on texts.

The text to decide on is the statement; whoever proposed it is its only contributor.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from uuid import UUID

from django.contrib.auth import get_user_model

from approvals.bundles.seeing import is_of_the_house
from approvals.models import EntryKind, LedgerEntry, Withdrawal
from approvals.originals import followers
from approvals.policy import Actor, Approval, Refusal, Step, TextFacts, Verdict, capacities_of
from site_pages import corrections
from site_pages.corrections import ReasonFault
from site_pages.languages import CODES, KYRGYZ
from site_pages.models import DOCUMENT_TYPES, DocumentPage
from site_pages.signals import public_states_asked
from site_pages.withdrawal import PublicState, Statement, WithdrawalClass

REASON_FAULTS = {
    ReasonFault.UNREADABLE: Refusal.PUBLIC_REASON_UNREADABLE,
    ReasonFault.CHARACTERS: Refusal.PUBLIC_REASON_CHARACTERS,
    ReasonFault.TOO_LONG: Refusal.PUBLIC_REASON_TOO_LONG,
}


def facts_from(
    withdrawal: Withdrawal, entries: Iterable[LedgerEntry], *, named: frozenset[int] | None = None
) -> TextFacts:
    """The facts of one withdrawal. entries: those of its document, oldest first; only what belongs to it counts."""
    return facts_since(withdrawal.entry_number, entries, is_under_way=withdrawal.outcome == "", named=named)


def facts_since(
    begun_with: int, entries: Iterable[LedgerEntry], *, is_under_way: bool, named: frozenset[int] | None = None
) -> TextFacts:
    """The same, by the number of the entry with which it began."""
    ours = [e for e in entries if e.number >= begun_with]
    begun = ours[0]
    approvals = tuple(
        Approval(e.step, e.actor_id, e.digest, e.details.get("acting_for", {}).get("person_id"))
        for e in ours
        if e.kind == EntryKind.WITHDRAWAL_APPROVED and e.details.get("proposal") == begun_with
    )
    return TextFacts(
        digest=begun.digest,
        steps=tuple(Step(**step) for step in begun.details["steps"]),
        approvals=approvals,
        contributors=frozenset({begun.actor_id}),
        is_under_way=is_under_way,
        document_type=begun.document_type,
        named=named,
    )


def public_state(*, content_id: UUID, locale: str) -> PublicState | None:
    """What readers find of the text now; None when it is not public, or nobody answers."""
    return public_states(content_ids=[content_id], locale=locale).get(content_id)


def public_states(*, content_ids: Iterable[UUID], locale: str) -> dict[UUID, PublicState]:
    """What readers find of these texts now, of those that are public."""
    answers = public_states_asked.send(sender=DocumentPage, content_ids=list(content_ids), locale=locale)
    return {content_id: state for _receiver, answer in answers for content_id, state in answer.items()}


def read_at(at: dt.datetime, *, content_ids: Collection[UUID]) -> set[tuple[UUID, str]]:
    """Those texts of the documents, by content_id and language, that are public now and that readers find at a moment.

    Not what ended, nor what a restore withholds.
    """
    return {
        (content_id, code)
        for code in CODES
        for content_id, state in public_states(content_ids=content_ids, locale=code).items()
        if not state.is_withheld and (state.expires_at is None or state.expires_at > at)
    }


def fault_of_reason(reason: str) -> Refusal | None:
    """Why readers could not read the reason; None when they can."""
    if not reason.strip():
        return Refusal.PUBLIC_REASON_MISSING
    fault = corrections.fault_of_reason(reason)
    return REASON_FAULTS[fault] if fault else None


def fault_of(statement: Statement, *, now: dt.datetime) -> Refusal | None:
    """What keeps the statement from being true, or from being carried out; None when nothing does.

    To be relied on only while the ledger's head is locked: every publication and every withdrawal takes it.
    """
    if fault := fault_of_reason(statement.reason):
        return fault
    state = public_state(content_id=statement.content_id, locale=statement.locale)
    if state is None or (state.version, state.digest) != (statement.version, statement.digest):
        return Refusal.NOT_PUBLIC
    if fault := _fault_of_successor(statement, now=now):
        return fault
    if statement.closes and public_translations(statement).exists():
        return Refusal.TRANSLATIONS_FIRST
    return None


def _fault_of_successor(statement: Statement, *, now: dt.datetime) -> Refusal | None:
    if statement.withdrawal_class != WithdrawalClass.SUPERSEDED:
        return None if statement.successor is None else Refusal.SUCCESSOR_UNWANTED
    if statement.successor is None:
        return Refusal.SUCCESSOR_MISSING
    # What is public is not withdrawn, so whoever follows the successors never comes back.
    if statement.successor == statement.content_id:
        return Refusal.SUCCESSOR_WRONG
    return _unfit(public_state(content_id=statement.successor, locale=statement.locale), now=now)


def _unfit(successor: PublicState | None, *, now: dt.datetime) -> Refusal | None:
    """Why readers cannot be led to it; None when they can."""
    if successor is None or successor.is_under_notice or successor.is_withheld:
        return Refusal.SUCCESSOR_WRONG
    has_ended = successor.expires_at is not None and successor.expires_at <= now
    return Refusal.SUCCESSOR_ENDED if has_ended else None


def possible_successors(content_ids: Iterable[UUID], *, locale: str, now: dt.datetime) -> set[UUID]:
    """Those of the texts to which readers can be led."""
    states = public_states(content_ids=content_ids, locale=locale)
    return {content_id for content_id, state in states.items() if _unfit(state, now=now) is None}


def public_translations(statement: Statement):
    """The public texts that rest on this one: of an act, its translations."""
    if statement.locale != KYRGYZ or not DOCUMENT_TYPES[statement.document_type].original_leads:
        return DocumentPage.objects.none()
    return followers().filter(translation_key=statement.content_id, live=True)


def may_propose(*, actor: Actor, named: frozenset[int] | None, now: dt.datetime) -> Verdict:
    """Whether the actor may propose a withdrawal: a person of the house, not an administrator, not a program."""
    user = get_user_model().objects.get(pk=actor.user_id)
    if refusal := _personal(actor, named=named):
        return Verdict(refusal)
    return Verdict() if is_of_the_house(user, now=now) else Verdict(Refusal.NOT_OF_THE_HOUSE)


def may_close_at_once(*, actor: Actor, last: Step, document_type: str, named: frozenset[int] | None) -> Verdict:
    """Whether the actor may close a public document alone: one of the last step, in person, with a second factor."""
    if refusal := _personal(actor, named=named):
        return Verdict(refusal)
    if None not in capacities_of(actor=actor, step=last, document_type=document_type):
        return Verdict(Refusal.NOT_IN_GROUP)
    return Verdict() if actor.has_second_factor else Verdict(Refusal.NO_SECOND_FACTOR)


def _personal(actor: Actor, *, named: frozenset[int] | None) -> Refusal | None:
    if not actor.is_active:
        return Refusal.NOT_ACTIVE
    if actor.is_superuser:
        return Refusal.SUPERUSER
    if actor.is_agent:
        return Refusal.AGENT
    return Refusal.NOT_NAMED if named is not None and actor.user_id not in named else None
