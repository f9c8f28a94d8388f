"""Who gives early access to a text under embargo, and when it is dead. Plain rules, to be read aloud.

1. A text is under embargo while it is cleared and its time of publication lies ahead.
2. Early access is given by a person who belongs to a group of the route that cleared the text: in person, never for
   somebody else; never by a superuser or a program; with a second factor; on a limited document, only by who is named.
3. It shows exactly the cleared text, in its one language, to one journalist of one outlet. It ends at the publication
   at the latest.
4. It is dead when it is revoked, at its end, at the publication, and when anything happens to the clearance: the text
   is then no longer the one that was cleared, or not published at its time. It dies with the right of its giver. What
   has ended with a time stays ended when there is a later one.
5. Whoever decides on the route, also for somebody else, notes a breach. From then on nobody reads the document early:
   each of its texts, in every language, not before it is public itself; what was given before opens nothing any more.
   What is submitted when the broken text is public has an embargo of its own. The outlet that broke it reads nothing
   early until the leadership admits it again.
6. Not showing is the safe side: who decides on the route or contributed ends an early access.

Nothing of this is stored as a state: it is asked of the records each time, and anything doubtful is dead. That a time
had come, or was taken away, stands in the ledger, in the entry of whoever moved it (approvals.bundles.making).
"""

import datetime as dt
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from approvals.models import DuePublication, EarlyAccess
from approvals.policy import ALLOWED, Actor, Refusal, Step, TextFacts, Verdict, capacities_of


class AccessState(StrEnum):
    """Whether an early access opens its text, and if not, why."""

    OPEN = "open"
    ENDED = "ended"
    PUBLISHED = "published"
    REVOKED = "revoked"
    BROKEN = "broken"
    BARRED = "barred"
    CLOSED = "closed"


LABELS = {
    AccessState.OPEN: _("Open"),
    AccessState.ENDED: _("Ended"),
    AccessState.PUBLISHED: _("Over: the text is public"),
    AccessState.REVOKED: _("Revoked"),
    AccessState.BROKEN: _("Stopped: the embargo was broken"),
    AccessState.BARRED: _("Stopped: the outlet broke an embargo"),
    AccessState.CLOSED: _("Closed: the clearance or the right of its giver is gone"),
}


def may_give(*, actor: Actor, facts: TextFacts) -> Verdict:
    """Whether the actor may give early access to the text, by rule 2."""
    in_person = any(step.group_id in actor.group_ids for step in facts.steps)
    return _decides(actor=actor, facts=facts, is_on_route=in_person)


def may_note_breach(*, actor: Actor, facts: TextFacts) -> Verdict:
    """Whether the actor may note a breach, by rule 5."""
    return _decides(actor=actor, facts=facts, is_on_route=is_on_route(actor=actor, facts=facts))


def may_readmit(*, actor: Actor, last_step: Step | None) -> Verdict:
    """Whether the actor is of the leadership, in person. last_step: of the route on which the embargo was broken."""
    is_leader = last_step is not None and last_step.group_id in actor.group_ids
    return _decides(actor=actor, facts=TextFacts(digest="", steps=()), is_on_route=is_leader)


def may_revoke(*, actor: Actor, facts: TextFacts) -> Verdict:
    """Whether the actor may end an early access, by rule 6."""
    is_close = is_on_route(actor=actor, facts=facts) or actor.user_id in facts.contributors
    refusal = _refusal(actor=actor, facts=facts, is_on_route=is_close)
    return Verdict(refusal) if refusal else ALLOWED


def is_on_route(*, actor: Actor, facts: TextFacts) -> bool:
    """Whether the actor decides at a step of the text, in person or for somebody else."""
    return any(capacities_of(actor=actor, step=step, document_type=facts.document_type) for step in facts.steps)


def _decides(*, actor: Actor, facts: TextFacts, is_on_route: bool) -> Verdict:
    refusal = _refusal(actor=actor, facts=facts, is_on_route=is_on_route)
    if refusal is None and not actor.has_second_factor:
        refusal = Refusal.NO_SECOND_FACTOR
    return Verdict(refusal) if refusal else ALLOWED


def _refusal(*, actor: Actor, facts: TextFacts, is_on_route: bool) -> Refusal | None:
    if not actor.is_active:
        return Refusal.NOT_ACTIVE
    if actor.is_superuser:
        return Refusal.SUPERUSER
    if actor.is_agent:
        return Refusal.AGENT
    if not is_on_route:
        return Refusal.NOT_IN_GROUP
    is_named = facts.named is None or actor.user_id in facts.named
    return None if is_named else Refusal.NOT_NAMED


def outlet_key(outlet: str) -> str:
    """By what an outlet is known again: its letters and digits, whatever stands between them, small or capital."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", outlet).casefold()))


@dataclass(frozen=True)
class Surroundings:
    """What is on record around one early access. due: what waits of its page now.

    is_in_force: its clearance is the last that happened to the text. is_published: by that very clearance.
    has_ended: somebody moved the time after it had come, or took it away, since the access was given.
    """

    due: DuePublication | None
    is_in_force: bool
    is_published: bool
    has_ended: bool
    is_revoked: bool
    is_broken: bool
    is_barred: bool
    is_recent: bool
    may_still_give: bool


def state_of(access: EarlyAccess, *, around: Surroundings, now: dt.datetime) -> AccessState:
    """Whether the access opens its text at this moment, by rules 4 and 5."""
    due = around.due
    if around.is_revoked:
        return AccessState.REVOKED
    if not around.is_recent:
        return AccessState.CLOSED
    if around.is_barred:
        return AccessState.BARRED
    if around.is_published:
        return AccessState.PUBLISHED
    if around.is_broken:
        return AccessState.BROKEN
    if around.has_ended or now >= access.ends_at or (due is not None and now >= due.due_at):
        return AccessState.ENDED
    is_whole = (
        due is not None
        and due.held_at is None
        and (due.entry_number, due.digest) == (access.entry_number, access.digest)
        and around.is_in_force
        and around.may_still_give
    )
    return AccessState.OPEN if is_whole else AccessState.CLOSED
