"""What is on its way down, and on which of it a person may decide now."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.utils.translation import get_language

from approvals.models import LedgerEntry, Withdrawal
from approvals.policy import Actor, TextFacts, may_decide
from approvals.withdrawal.facts import facts_from
from site_pages.models import DOCUMENT_TYPES, DocumentPage


@dataclass(frozen=True)
class OnItsWay:
    """One withdrawal with what is on record about it.

    title: of the public text. acting_for: in whose place the reader may decide.
    """

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


class OnRecord(Protocol):
    """What approvals.queue.Records knows of many documents at once."""

    entries: Mapping[tuple[UUID, str], list[LedgerEntry]]
    texts: Mapping[UUID, Mapping[str, DocumentPage]]
    named: Mapping[UUID, frozenset[int]]


def on_their_way(withdrawals: Iterable[Withdrawal], *, records: OnRecord) -> list[OnItsWay]:
    """The facts of these withdrawals, in their order; those whose page is gone fall out. No query of its own."""
    found = []
    for row in withdrawals:
        ours = [e for e in records.entries[row.content_id, row.locale] if e.number >= row.entry_number]
        page = records.texts[row.content_id].get(row.locale)
        if page and ours:
            facts = facts_from(row, ours, named=records.named.get(row.content_id))
            labels = ours[0].details.get("labels", {})
            # What goes down is the public text; a correction that is written or waits is not for everybody here.
            found.append(OnItsWay(withdrawal=row, title=page.title, facts=facts, labels=labels))
    return found


def waiting_for(actor: Actor, withdrawals: Iterable[Withdrawal], *, records: OnRecord) -> list[OnItsWay]:
    """Those on which the actor may decide now, in their order, by the same policy as the decision itself."""
    waiting = []
    for one in on_their_way(withdrawals, records=records):
        step = one.facts.next_step
        verdict = may_decide(actor=actor, step=step, facts=one.facts) if step else None
        if verdict:
            acting_for = verdict.acting.principal_name if verdict.acting else ""
            waiting.append(OnItsWay(**{**vars(one), "acting_for": acting_for}))
    return waiting
