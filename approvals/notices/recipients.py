"""Whom a move concerns. Plain rules, to be read aloud.

1. When a step begins: everybody who may decide at it now, in person or acting for another.
2. When a text comes back, or is cleared or published: everybody who contributed to it; when it comes back to an earlier
   step, also who may decide there.
3. When it is recalled or stopped: both, and who had approved it.
4. When it is published urgently: who contributed, and the offices of its route, one of which must confirm;
   the answer to that goes to who contributed and to who published; an overdue one to the offices again.
5. When a withdrawal is proposed or approved: whose turn it then is; when it is refused, recalled, void or confirmed:
   who proposed it and decided on it; when a document is taken down: who wrote, signed and proposed; when it is closed
   at once: who contributed, and the offices of its route, which must confirm; of an overdue one also who closed it.
6. Never the person who acted, and never a program; about a draft that is limited to named people, only those.
"""

import datetime as dt
from collections.abc import Callable, Iterable

from django.contrib.auth import get_user_model
from django.db.models import Q

from approvals.bundles.moments import time_of_its_own
from approvals.facts import actors_among, contributors_of, entries_of, facts_from
from approvals.models import ActingAppointment, EntryKind, LedgerEntry
from approvals.policy import Step, TextFacts, may_decide
from approvals.queue import Records
from approvals.withdrawal.facts import facts_since
from site_pages.access.rules import named_people
from site_pages.models import DocumentPage


def recipients_of(entry: LedgerEntry) -> list:
    """The accounts to which the move is told, by rules 1 to 6, in a fixed order; empty for what is no move.

    Publications are asked for together, by `recipients_of_publications`.
    """
    rule = RULES.get(EntryKind(entry.kind)) if entry.kind in EntryKind.values else None
    page = DocumentPage.objects.filter(pk=entry.page_id).first() if rule and entry.page_id else None
    if page is None:
        return []
    people = set(rule(page, entries_of(content_id=entry.content_id, locale=entry.locale), entry.recorded_at))
    named = named_people(page.content_id)
    if named is not None and entry.kind not in PUBLIC_MOVES:
        people &= named
    accounts = get_user_model().objects.filter(pk__in=people, is_agent=False)
    return list(accounts.exclude(pk=entry.actor_id).order_by("pk"))


def recipients_of_publications(entries: Iterable[LedgerEntry]) -> list[tuple[LedgerEntry, list]]:
    """To whom each `published` entry is told, by rules 2 and 5, in a fixed number of queries, however many entries.

    An urgent publication was told with the decision.
    """
    told = [entry for entry in entries if "urgent" not in entry.details]
    if not told:
        return []
    records = Records(content_ids={entry.content_id for entry in told}, steps=())
    concerned = {}
    for entry in told:
        page = records.texts[entry.content_id].get(entry.locale)
        # Without the move itself: a publication would make everybody a stranger to the text.
        before = [known for known in records.entries[entry.content_id, entry.locale] if known.number < entry.number]
        people = records.contributors(page, entries=before) if page else frozenset()
        concerned[entry.number] = people & records.named.get(entry.content_id, people)
    accounts = get_user_model().objects.filter(pk__in=set().union(*concerned.values()), is_agent=False)
    known = list(accounts.order_by("pk"))
    return [
        (entry, [person for person in known if person.pk in concerned[entry.number] and person.pk != entry.actor_id])
        for entry in told
    ]


def recipients_of_alarm(page: DocumentPage, *, now: dt.datetime, is_held: bool = False) -> list:
    """The accounts that are told that a text is due and not ready: who wrote it, and who may decide on it now.

    is_held: it waits for a person after a restore. Then everybody is told who decides on its route.
    """
    entries = entries_of(content_id=page.content_id, locale=page.locale_code)
    people = _whose_turn_it_is(page, entries, now) | contributors_of(page, entries=entries)
    people |= _contributors_and_offices(page, entries, now) if is_held else set()
    named = named_people(page.content_id)
    accounts = get_user_model().objects.filter(pk__in=people if named is None else people & named)
    return list(accounts.filter(is_agent=False, is_active=True).order_by("pk"))


def _whose_turn_it_is(page: DocumentPage, entries: list[LedgerEntry], now: dt.datetime) -> set[int]:
    facts = facts_from(entries, contributors=contributors_of(page, entries=entries))
    step = facts.next_step
    if not facts.is_under_way or step is None:
        return set()
    return _who_may_decide(step, facts, now=now)


def _who_may_decide(step: Step, facts: TextFacts, *, now: dt.datetime) -> set[int]:
    candidates = get_user_model().objects.filter(pk__in=_in_offices([step.group_id], now=now))
    actors = actors_among(candidates, now=now)
    return {pk for pk, actor in actors.items() if may_decide(actor=actor, step=step, facts=facts)}


def _in_offices(group_ids: Iterable[int], *, now: dt.datetime) -> set[int]:
    """Active accounts in the groups, and whoever acts for one of them."""
    deputies = ActingAppointment.objects.in_force(now).filter(group_id__in=group_ids).values("deputy_id")
    accounts = get_user_model().objects.filter(Q(groups__in=group_ids) | Q(pk__in=deputies), is_active=True)
    return set(accounts.values_list("pk", flat=True))


def _contributors(page: DocumentPage, entries: list[LedgerEntry], now: dt.datetime) -> set[int]:
    # Without the move itself: a publication would make everybody a stranger to the text.
    return set(contributors_of(page, entries=entries[:-1]))


def _contributors_if_it_waits(page: DocumentPage, entries: list[LedgerEntry], now: dt.datetime) -> set[int]:
    """What is published at once is told once: as published."""
    due_at = time_of_its_own(page.latest_revision)
    return _contributors(page, entries, now) if due_at and due_at > now else set()


def _contributors_and_whose_turn_it_is(page: DocumentPage, entries: list[LedgerEntry], now: dt.datetime) -> set[int]:
    """Nobody's turn it is when the text came back to its author, an earlier step's when it came back to that."""
    return _contributors(page, entries, now) | _whose_turn_it_is(page, entries, now)


def _everybody_in_it(page: DocumentPage, entries: list[LedgerEntry], now: dt.datetime) -> set[int]:
    before = _facts(entries[:-1])
    approved = {person for approval in before.approvals for person in approval.people}
    return _whose_turn_it_is(page, entries[:-1], now) | approved | _contributors(page, entries, now)


def _contributors_and_offices(page: DocumentPage, entries: list[LedgerEntry], now: dt.datetime) -> set[int]:
    offices = [step.group_id for step in _facts(entries).steps]
    ordinary = get_user_model().objects.filter(pk__in=_in_offices(offices, now=now), is_superuser=False)
    return _contributors(page, entries, now) | set(ordinary.values_list("pk", flat=True))


def _contributors_and_publisher(page: DocumentPage, entries: list[LedgerEntry], now: dt.datetime) -> set[int]:
    urgent = next((n for n, e in reversed(list(enumerate(entries))) if e.kind == EntryKind.CLEARED_URGENTLY), None)
    if urgent is None:
        return _contributors(page, entries, now)
    return set(contributors_of(page, entries=entries[:urgent])) | {entries[urgent].actor_id}


def _everybody_concerned(page: DocumentPage, entries: list[LedgerEntry], now: dt.datetime) -> set[int]:
    return _contributors_and_offices(page, entries, now) | _contributors_and_publisher(page, entries, now)


def _facts(entries: list[LedgerEntry]) -> TextFacts:
    return facts_from(entries, contributors=frozenset())


def _whose_turn_on_the_withdrawal_it_is(page: DocumentPage, entries: list[LedgerEntry], now: dt.datetime) -> set[int]:
    begun = entries[-1].details.get("proposal", entries[-1].number)
    facts = facts_since(begun, entries, is_under_way=True, named=named_people(page.content_id))
    step = facts.next_step
    if step is None:
        return set()
    return _who_may_decide(step, facts, now=now)


def _in_the_withdrawal(page: DocumentPage, entries: list[LedgerEntry], now: dt.datetime) -> set[int]:
    """Who proposed it and who has decided on it."""
    begun = entries[-1].details.get("proposal")
    ours = [e for e in entries if e.number == begun or e.details.get("proposal") == begun]
    return {e.actor_id for e in ours} - {None}


def _everybody_who_had_to_do_with_it(page: DocumentPage, entries: list[LedgerEntry], now: dt.datetime) -> set[int]:
    """Who wrote the text, who signed what was public, and who took it down."""
    public = next((n for n, e in reversed(list(enumerate(entries))) if e.kind == EntryKind.PUBLISHED), 0)
    signed = {e.actor_id for e in entries if e.kind in (EntryKind.APPROVED, EntryKind.WITHDRAWAL_PROPOSED)}
    return (set(contributors_of(page, entries=entries[:public])) | signed) - {None}


def _everybody_who_knows_of_the_closing(page: DocumentPage, entries: list[LedgerEntry], now: dt.datetime) -> set[int]:
    leader = {entries[-1].details["leader_id"]}
    return _contributors_and_offices(page, entries, now) | leader


# What was published is known to everybody.
PUBLIC_MOVES = (
    EntryKind.CLEARED_URGENTLY, EntryKind.CONFIRMED, EntryKind.OBJECTED, EntryKind.ESCALATED,
)  # fmt: skip
RULES: dict[EntryKind, Callable[[DocumentPage, list[LedgerEntry], dt.datetime], set[int]]] = {
    EntryKind.SUBMITTED: _whose_turn_it_is,
    EntryKind.APPROVED: _whose_turn_it_is,
    EntryKind.RETURNED: _contributors_and_whose_turn_it_is,
    EntryKind.CLEARED: _contributors_if_it_waits,
    EntryKind.RECALLED: _everybody_in_it,
    EntryKind.STOPPED: _everybody_in_it,
    EntryKind.CLEARED_URGENTLY: _contributors_and_offices,
    EntryKind.CONFIRMED: _contributors_and_publisher,
    EntryKind.OBJECTED: _contributors_and_publisher,
    EntryKind.ESCALATED: _everybody_concerned,
    EntryKind.WITHDRAWAL_PROPOSED: _whose_turn_on_the_withdrawal_it_is,
    EntryKind.WITHDRAWAL_APPROVED: _whose_turn_on_the_withdrawal_it_is,
    EntryKind.WITHDRAWAL_REFUSED: _in_the_withdrawal,
    EntryKind.WITHDRAWAL_RECALLED: _in_the_withdrawal,
    EntryKind.WITHDRAWAL_VOID: _in_the_withdrawal,
    EntryKind.CLOSING_CONFIRMED: _in_the_withdrawal,
    EntryKind.CLOSED_AT_ONCE: _contributors_and_offices,
    EntryKind.CLOSING_OVERDUE: _everybody_who_knows_of_the_closing,
    EntryKind.WITHDRAWN: _everybody_who_had_to_do_with_it,
}
