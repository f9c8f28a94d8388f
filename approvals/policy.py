"""Who may decide. Plain rules, to be read aloud.

1. Only a person in office decides: an active account that belongs to the group of the step.
2. A superuser administers and never decides.
3. Nobody decides on a text that he or she contributed to since it was last published.
4. Nobody decides at two steps of one clearance.
5. A decision counts only at the step whose turn it is, and only on the text that was submitted.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Refusal(StrEnum):
    """Why somebody may not decide."""

    NOT_ACTIVE = "not_active"
    SUPERUSER = "superuser"
    NOT_IN_GROUP = "not_in_group"
    CONTRIBUTOR = "contributor"
    DECIDED_BEFORE = "decided_before"
    NOT_THE_TURN = "not_the_turn"
    TEXT_CHANGED = "text_changed"
    REMARK_MISSING = "remark_missing"
    NOTHING_TO_DECIDE = "nothing_to_decide"


REASONS = {
    Refusal.NOT_ACTIVE: _("This account is not active."),
    Refusal.SUPERUSER: _("A system administrator administers and does not decide."),
    Refusal.NOT_IN_GROUP: _("You do not belong to the group that decides at this step."),
    Refusal.CONTRIBUTOR: _("You contributed to this text, so another person must decide on it."),
    Refusal.DECIDED_BEFORE: _("You have already decided on this text at an earlier step."),
    Refusal.NOT_THE_TURN: _("It is not the turn of this step."),
    Refusal.TEXT_CHANGED: _("The text is not the one that you were shown. Please read it again."),
    Refusal.REMARK_MISSING: _("A return needs a remark: say what should be changed."),
    Refusal.NOTHING_TO_DECIDE: _("There is nothing to decide on this document now."),
}


@dataclass(frozen=True)
class Verdict:
    """The answer to “may he or she?”; refusal is None when it is yes."""

    refusal: Refusal | None = None

    def __bool__(self) -> bool:
        return self.refusal is None

    @property
    def reason(self) -> str:
        """The refusal in the reader's language; empty when there is none."""
        return str(REASONS[self.refusal]) if self.refusal else ""


ALLOWED = Verdict()


@dataclass(frozen=True)
class Actor:
    """A person as he or she is at the moment of the decision, read from the database inside its transaction."""

    user_id: int
    name: str
    is_active: bool
    is_superuser: bool
    group_ids: frozenset[int]


@dataclass(frozen=True)
class Step:
    """One step as the route had it when the text was submitted."""

    order: int
    key: str
    group_id: int


@dataclass(frozen=True)
class Approval:
    """One approval of the present round."""

    step: int
    actor_id: int
    digest: str


@dataclass(frozen=True)
class TextFacts:
    """What is on record about one text since it was last submitted."""

    digest: str
    steps: tuple[Step, ...]
    approvals: tuple[Approval, ...] = ()
    contributors: frozenset[int] = field(default_factory=frozenset)
    is_under_way: bool = False

    @property
    def next_step(self) -> Step | None:
        """The first step that has not approved the submitted digest; None when all have."""
        done = {approval.step for approval in self.approvals if approval.digest == self.digest}
        return next((step for step in self.steps if step.order not in done), None)


def may_decide(*, actor: Actor, step: Step, facts: TextFacts) -> Verdict:
    """Whether the actor may approve or return the text at the step, by rules 1 to 5."""
    if not actor.is_active:
        return Verdict(Refusal.NOT_ACTIVE)
    if actor.is_superuser:
        return Verdict(Refusal.SUPERUSER)
    if step.group_id not in actor.group_ids:
        return Verdict(Refusal.NOT_IN_GROUP)
    if actor.user_id in facts.contributors:
        return Verdict(Refusal.CONTRIBUTOR)
    if any(approval.actor_id == actor.user_id for approval in facts.approvals):
        return Verdict(Refusal.DECIDED_BEFORE)
    if not facts.is_under_way or facts.next_step != step:
        return Verdict(Refusal.NOT_THE_TURN)
    return ALLOWED


def is_cleared(*, facts: TextFacts, digest: str) -> bool:
    """Whether every step approved exactly this digest, by as many people as there are steps, none a contributor."""
    if not facts.steps or facts.digest != digest or facts.next_step is not None:
        return False
    signers = [approval.actor_id for approval in facts.approvals if approval.digest == digest]
    return len(signers) == len(set(signers)) == len(facts.steps) and not facts.contributors & set(signers)
