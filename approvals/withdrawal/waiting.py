"""What is on its way down, and on which of it a person may decide now; in a fixed number of queries."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import get_language

from approvals.models import EntryKind, LedgerEntry, Withdrawal
from approvals.policy import Actor, TextFacts, may_decide
from approvals.withdrawal.facts import facts_from
from site_pages.models import DOCUMENT_TYPES, AccessLimit, DocumentPage

OF_THE_WAY = (EntryKind.WITHDRAWAL_PROPOSED, EntryKind.CLOSED_AT_ONCE, EntryKind.WITHDRAWAL_APPROVED)


@dataclass(frozen=True)
class OnItsWay:
    """One withdrawal with what is on record about it. acting_for: in whose place the reader may decide."""

    withdrawal: Withdrawal
    title: str
    facts: TextFacts
    labels: dict[str, dict[str, str]]
    acting_for: str = ""

    @property
    def type_name(self):
        """What the type of the document is called."""
        return DOCUMENT_TYPES[self.withdrawal.document_type]._meta.verbose_name

    @property
    def step_label(self) -> str:
        """The step whose turn it is, in the reader's language, as it was called when the withdrawal began."""
        step = self.facts.next_step
        names = self.labels.get(step.key, {}) if step else {}
        return names.get((get_language() or "ky")[:2], step.key if step else "")

    def is_late(self, now: dt.datetime) -> bool:
        """Whether a closing should have been confirmed by now."""
        confirm_by = self.withdrawal.confirm_by
        return self.withdrawal.outcome == "" and confirm_by is not None and confirm_by <= now


def on_their_way(withdrawals) -> list[OnItsWay]:
    """The facts of these withdrawals; those whose page is gone fall out. Three queries."""
    rows = list(withdrawals)
    if not rows:
        return []
    entries: dict[tuple, list[LedgerEntry]] = defaultdict(list)
    ids = {row.content_id for row in rows}
    for entry in LedgerEntry.objects.filter(content_id__in=ids, kind__in=OF_THE_WAY).order_by("number"):
        entries[entry.content_id, entry.locale].append(entry)
    pages = DocumentPage.objects.defer("body").in_bulk([row.page_id for row in rows])
    limits = AccessLimit.objects.filter(content_id__in=ids).prefetch_related("people")
    named = {limit.content_id: frozenset(person.pk for person in limit.people.all()) for limit in limits}
    found = []
    for row in rows:
        ours = [e for e in entries[row.content_id, row.locale] if e.number >= row.entry_number]
        if row.page_id in pages and ours:
            facts = facts_from(row, ours, named=named.get(row.content_id))
            title = pages[row.page_id].draft_title or pages[row.page_id].title
            found.append(OnItsWay(withdrawal=row, title=title, facts=facts, labels=ours[0].details.get("labels", {})))
    return found


def waiting_for(actor: Actor) -> list[OnItsWay]:
    """Those on which the actor may decide now, the oldest first, by the same policy as the decision itself."""
    waiting = []
    for one in on_their_way(Withdrawal.objects.open().order_by("proposed_at", "pk")):
        step = one.facts.next_step
        verdict = may_decide(actor=actor, step=step, facts=one.facts) if step else None
        if verdict:
            acting_for = verdict.acting.principal_name if verdict.acting else ""
            waiting.append(OnItsWay(**{**vars(one), "acting_for": acting_for}))
    return waiting
