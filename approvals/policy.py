"""Who may decide. Plain rules, to be read aloud.

1. Only a person in office decides: an active account that belongs to the group of the step, or that acts for somebody
   who belongs to it, by an appointment in force that covers the type of document.
2. A superuser administers and never decides. A program writes and never decides.
3. Nobody decides on a text that he or she contributed to since it was last published.
4. Nobody decides at two steps of one clearance, in person or through another.
5. A decision counts only at the step whose turn it is, and only on the text that was submitted.
6. On a document that is limited to named people, only they decide.
7. Who decides has a second factor: a password alone is not enough.

Who acts for another has no more right than the other: rules 3 and 4 hold for both.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Refusal(StrEnum):
    """Why somebody may not decide."""

    NOT_ACTIVE = "not_active"
    SUPERUSER = "superuser"
    AGENT = "agent"
    NOT_IN_GROUP = "not_in_group"
    NOT_NAMED = "not_named"
    CONTRIBUTOR = "contributor"
    DECIDED_BEFORE = "decided_before"
    NOT_THE_TURN = "not_the_turn"
    TEXT_CHANGED = "text_changed"
    REMARK_MISSING = "remark_missing"
    NOT_AN_EARLIER_STEP = "not_an_earlier_step"
    REASON_MISSING = "reason_missing"
    NOTHING_TO_DECIDE = "nothing_to_decide"
    NOT_URGENT = "not_urgent"
    URGENT_DEBT = "urgent_debt"
    CLOSED_BEFORE = "closed_before"
    NO_SECOND_FACTOR = "no_second_factor"
    NOT_OF_THE_HOUSE = "not_of_the_house"
    NOT_PUBLIC = "not_public"
    WITHDRAWAL_OPEN = "withdrawal_open"
    PUBLIC_REASON_MISSING = "public_reason_missing"
    PUBLIC_REASON_UNREADABLE = "public_reason_unreadable"
    PUBLIC_REASON_CHARACTERS = "public_reason_characters"
    PUBLIC_REASON_TOO_LONG = "public_reason_too_long"
    SUCCESSOR_WRONG = "successor_wrong"
    SUCCESSOR_MISSING = "successor_missing"
    SUCCESSOR_UNWANTED = "successor_unwanted"
    SUCCESSOR_ENDED = "successor_ended"
    TRANSLATIONS_FIRST = "translations_first"
    REFUSAL_REMARK_MISSING = "refusal_remark_missing"
    NOT_THE_PROPOSER = "not_the_proposer"


REASONS = {
    Refusal.NOT_ACTIVE: _("This account is not active."),
    Refusal.SUPERUSER: _("A system administrator administers and does not decide."),
    Refusal.AGENT: _("A program writes drafts and never decides."),
    Refusal.NOT_IN_GROUP: _("You do not belong to the group that decides at this step."),
    Refusal.NOT_NAMED: _("This document is limited to named people, and you are not one of them."),
    Refusal.CONTRIBUTOR: _("You contributed to this text, so another person must decide on it."),
    Refusal.DECIDED_BEFORE: _("You have already decided on this text at an earlier step."),
    Refusal.NOT_THE_TURN: _("It is not the turn of this step."),
    Refusal.TEXT_CHANGED: _("The text is not the one that you were shown. Please read it again."),
    Refusal.REMARK_MISSING: _("A return needs a remark: say what should be changed."),
    Refusal.NOT_AN_EARLIER_STEP: _("A text is returned to its author or to an earlier step."),
    Refusal.REASON_MISSING: _("An urgent publication needs a reason."),
    Refusal.NOTHING_TO_DECIDE: _("There is nothing to decide on this document now."),
    Refusal.NOT_URGENT: _("All earlier steps have approved the text: approve it in the ordinary way."),
    Refusal.URGENT_DEBT: _(
        "An earlier urgent publication of yours is not confirmed yet. Until then nothing else is urgent."
    ),
    Refusal.CLOSED_BEFORE: _(
        "This document was taken from readers. What brings it back is decided by every step of its route: nobody "
        "publishes it urgently."
    ),
    Refusal.NOT_OF_THE_HOUSE: _("A withdrawal is proposed by those who write documents or decide on them."),
    Refusal.NOT_PUBLIC: _("What you were shown is not what is public now. Please look again."),
    Refusal.WITHDRAWAL_OPEN: _("The withdrawal of this document is proposed already."),
    Refusal.PUBLIC_REASON_MISSING: _("A withdrawal needs a reason that readers will see."),
    Refusal.PUBLIC_REASON_UNREADABLE: _("“Reason for readers” holds nothing that can be read. Say it in words."),
    Refusal.PUBLIC_REASON_CHARACTERS: _("“Reason for readers” holds a character that no text may hold."),
    Refusal.PUBLIC_REASON_TOO_LONG: _("“Reason for readers” is longer than 2,000 characters."),
    Refusal.SUCCESSOR_MISSING: _("“Successor” is empty. Choose the document that replaces this one."),
    Refusal.SUCCESSOR_UNWANTED: _("Only a superseded document has a successor. Leave “Successor” empty."),
    Refusal.SUCCESSOR_ENDED: _("The time until which the successor was shown has passed: readers would find nothing."),
    Refusal.SUCCESSOR_WRONG: _(
        "The successor must be another document that is public in this language and not withdrawn itself."
    ),
    Refusal.TRANSLATIONS_FIRST: _("Translations of this act are public. Withdraw them first: they rest on this text."),
    Refusal.REFUSAL_REMARK_MISSING: _("A refusal needs a remark: say why the document should stay."),
    Refusal.NOT_THE_PROPOSER: _("Only who proposed a withdrawal recalls it."),
    Refusal.NO_SECOND_FACTOR: _("Who decides needs a second factor. Set it up under “Second factor” in the menu."),
}


@dataclass(frozen=True)
class Acting:
    """The right to decide in the place of somebody who is absent. document_types: empty for all."""

    principal_id: int
    principal_name: str
    group_id: int
    legal_basis: str
    document_types: frozenset[str] = frozenset()

    def covers(self, *, group_id: int, document_type: str) -> bool:
        """Whether it reaches this step of this type of document."""
        return self.group_id == group_id and (not self.document_types or document_type in self.document_types)


@dataclass(frozen=True)
class Verdict:
    """The answer to “may he or she?”; refusal is None when it is yes. acting: in whose place, if not in person."""

    refusal: Refusal | None = None
    acting: Acting | None = None

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
    acting: tuple[Acting, ...] = ()
    is_agent: bool = False
    has_second_factor: bool = False


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
    principal_id: int | None = None

    @property
    def people(self) -> frozenset[int]:
        """Who decided, and in whose place."""
        return frozenset({self.actor_id, self.principal_id} - {None})


@dataclass(frozen=True)
class TextFacts:
    """What is on record about one text since it was last submitted.

    named: the only people who know of it, if so. is_closed: whether what was public of it last was taken from readers.
    """

    digest: str
    steps: tuple[Step, ...]
    approvals: tuple[Approval, ...] = ()
    contributors: frozenset[int] = field(default_factory=frozenset)
    is_under_way: bool = False
    document_type: str = ""
    named: frozenset[int] | None = None
    is_closed: bool = False

    @property
    def next_step(self) -> Step | None:
        """The first step that has not approved the submitted digest; None when all have."""
        done = {approval.step for approval in self.approvals if approval.digest == self.digest}
        return next((step for step in self.steps if step.order not in done), None)


def may_decide(*, actor: Actor, step: Step, facts: TextFacts) -> Verdict:
    """Whether the actor may approve or return the text at the step, by rules 1 to 7."""
    if not actor.is_active:
        return Verdict(Refusal.NOT_ACTIVE)
    if actor.is_superuser:
        return Verdict(Refusal.SUPERUSER)
    if actor.is_agent:
        return Verdict(Refusal.AGENT)
    capacities = capacities_of(actor=actor, step=step, document_type=facts.document_type)
    if not capacities:
        return Verdict(Refusal.NOT_IN_GROUP)
    if facts.named is not None and actor.user_id not in facts.named:
        return Verdict(Refusal.NOT_NAMED)
    refusals = [_standing(actor=actor, acting=acting, facts=facts) for acting in capacities]
    if None not in refusals:
        return Verdict(refusals[0])
    if not facts.is_under_way or facts.next_step != step:
        return Verdict(Refusal.NOT_THE_TURN)
    if not actor.has_second_factor:
        return Verdict(Refusal.NO_SECOND_FACTOR)
    return Verdict(acting=capacities[refusals.index(None)])


def may_publish_urgently(*, actor: Actor, facts: TextFacts, has_debt: bool) -> Verdict:
    """Whether the actor may publish on his or her decision alone, by rules 1 to 4, 6 and 7 at the last step.

    Only what an earlier step still has to approve, nothing that was closed and would return, and nobody who owes a
    confirmation of an earlier urgent publication.
    """
    if not facts.is_under_way or facts.next_step is None:
        return Verdict(Refusal.NOTHING_TO_DECIDE)
    last = facts.steps[-1]
    # To policy it is the turn of the last step: that is what urgency means.
    others = replace(facts, approvals=tuple(a for a in facts.approvals if a.step != last.order))
    verdict = may_decide(actor=actor, step=last, facts=replace(others, steps=(last,)))
    if not verdict:
        return verdict
    if facts.next_step == last:
        return Verdict(Refusal.NOT_URGENT)
    if facts.is_closed:
        return Verdict(Refusal.CLOSED_BEFORE)
    return Verdict(Refusal.URGENT_DEBT) if has_debt else verdict


def is_cleared_urgently(*, facts: TextFacts, digest: str) -> bool:
    """Whether one of the last step, who did not contribute, approved exactly this digest; of what is closed, never."""
    if not facts.steps or facts.digest != digest or facts.is_closed:
        return False
    decided = [a for a in facts.approvals if a.digest == digest and a.step == facts.steps[-1].order]
    return len(decided) == 1 and not facts.contributors & decided[0].people


def skipped_steps(facts: TextFacts, *, digest: str) -> list[int]:
    """The steps that have not approved the digest: after an urgent publication each has to confirm it."""
    done = {approval.step for approval in facts.approvals if approval.digest == digest}
    return [step.order for step in facts.steps if step.order not in done]


def capacities_of(*, actor: Actor, step: Step, document_type: str) -> list[Acting | None]:
    """In what capacities the actor could decide at the step by rule 1: None in person, which comes first."""
    in_person: list[Acting | None] = [None] if step.group_id in actor.group_ids else []
    return in_person + [
        acting for acting in actor.acting if acting.covers(group_id=step.group_id, document_type=document_type)
    ]


def _standing(*, actor: Actor, acting: Acting | None, facts: TextFacts) -> Refusal | None:
    """Why rules 3 and 4 keep the actor from deciding in this capacity; None when they do not."""
    people = {actor.user_id, *([acting.principal_id] if acting else [])}
    if people & facts.contributors:
        return Refusal.CONTRIBUTOR
    if any(people & approval.people for approval in facts.approvals):
        return Refusal.DECIDED_BEFORE
    return None


def is_cleared(*, facts: TextFacts, digest: str) -> bool:
    """Whether every step approved exactly this digest, each by other people, none of them a contributor."""
    if not facts.steps or facts.digest != digest or facts.next_step is not None:
        return False
    approvals = [approval for approval in facts.approvals if approval.digest == digest]
    people = [person for approval in approvals for person in approval.people]
    each_once = len(people) == len(set(people)) and len(approvals) == len(facts.steps)
    return each_once and not facts.contributors & set(people)
