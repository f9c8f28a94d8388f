"""The urgent lane: one of the leadership publishes at once, for a reason, and the skipped steps confirm afterwards.

1. Who publishes urgently could decide at the last step: in office, no contributor, no administrator, no program.
2. There is a reason, and it is on record. What is left for the last step alone is not urgent.
3. Who owes a confirmation publishes nothing else urgently. What was closed comes back by its whole route alone.
4. Every skipped step confirms within CONFIRM_WITHIN: by somebody of its group who did not contribute, did not approve
   the text and did not publish it. An objection is on record and leaves the debt; overdue debts are escalated once.
5. A debt is about what the ledger says was cleared: it is answered whatever became of the page.
"""

import datetime as dt
import logging
from dataclasses import dataclass
from itertools import groupby

from django.db import transaction
from django.db.models import Q
from wagtail.models import TaskState, WorkflowState

from approvals import gate, ledger
from approvals.decisions import Decision, DecisionRefused, locked_turn, record
from approvals.facts import actor_of, entries_of, facts_of
from approvals.models import EntryKind, LedgerEntry, UrgentPublication
from approvals.policy import Actor, Approval, Refusal, Step, TextFacts, Verdict, may_decide, may_publish_urgently

logger = logging.getLogger(__name__)
CONFIRM_WITHIN = dt.timedelta(hours=24)


def has_debt(user_id: int) -> bool:
    """Whether the person owes a confirmation."""
    return UrgentPublication.objects.filter(leader_id=user_id, confirmed_at__isnull=True).exists()


def verdict_for(*, page, actor_id: int, now: dt.datetime) -> Verdict:
    """Whether the person may publish the document urgently at this moment, for screens; the verb asks again."""
    actor = actor_of(actor_id, now=now)
    return may_publish_urgently(actor=actor, facts=facts_of(page), has_debt=has_debt(actor_id))


@transaction.atomic
def publish_urgently(*, page_id: int, actor_id: int, seen_digest: str, reason: str, now: dt.datetime) -> LedgerEntry:
    """Publish the text under clearance on one leader's decision. Raises DecisionRefused, GateClosed."""
    if not reason.strip():
        raise DecisionRefused(Refusal.REASON_MISSING)
    turn, page, form = locked_turn(page_id=page_id)
    actor, facts = actor_of(actor_id, now=now), facts_of(page)
    verdict = may_publish_urgently(actor=actor, facts=facts, has_debt=has_debt(actor_id))
    if not verdict:
        raise DecisionRefused(verdict.refusal)
    if not seen_digest == form.digest == facts.digest:
        raise DecisionRefused(Refusal.TEXT_CHANGED)
    decision = Decision(actor=actor, step=facts.steps[-1], facts=facts, acting=verdict.acting)
    record(EntryKind.APPROVED, page=page, decision=decision, remark=reason, now=now, urgent={"reason": reason.strip()})
    # The route ends here for Wagtail, without a recall: its own signals would record one.
    WorkflowState.objects.filter(pk=turn.workflow_state_id).update(status=WorkflowState.STATUS_CANCELLED)
    TaskState.objects.filter(pk=turn.pk).update(status=TaskState.STATUS_CANCELLED, finished_at=now)
    cleared = gate.clear_urgently(
        page_id=page_id,
        revision_id=turn.revision_id,
        actor_id=actor.user_id,
        actor_name=actor.name,
        reason=reason.strip(),
        now=now,
    )
    steps = {step.order: step for step in facts.steps}
    UrgentPublication.objects.bulk_create(
        _debt(page, cleared=cleared, step=steps[order], now=now) for order in cleared.details["skipped"]
    )
    return cleared


def _debt(page, *, cleared: LedgerEntry, step: Step, now: dt.datetime) -> UrgentPublication:
    return UrgentPublication(
        page_id=page.pk,
        content_id=cleared.content_id,
        locale=cleared.locale,
        digest=cleared.digest,
        entry_number=cleared.number,
        step=step.order,
        group_id=step.group_id,
        leader_id=cleared.actor_id,
        leader_name=cleared.actor_name,
        reason=cleared.remark,
        published_at=now,
        confirm_by=now + CONFIRM_WITHIN,
    )


def facts_for(debt: UrgentPublication) -> tuple[TextFacts, Step]:
    """What is on record about an urgent publication, as if it were the turn of the skipped step; and that step."""
    entries = [e for e in entries_of(content_id=debt.content_id, locale=debt.locale) if e.number <= debt.entry_number]
    cleared = entries[-1]
    submitted = next(e for e in reversed(entries) if e.kind == EntryKind.SUBMITTED)
    approved = [e for e in entries if e.number > submitted.number and e.kind == EntryKind.APPROVED]
    step = next(Step(**step) for step in submitted.details["steps"] if step["order"] == debt.step)
    people = frozenset(cleared.details["contributors"])
    approvals = tuple(
        Approval(e.step, e.actor_id, e.digest, e.details.get("acting_for", {}).get("person_id")) for e in approved
    )
    facts = TextFacts(
        digest=cleared.digest,
        steps=(step,),
        approvals=approvals,
        contributors=people,
        is_under_way=True,
        document_type=cleared.document_type,
    )
    return facts, step


def may_confirm(*, debt: UrgentPublication, actor: Actor) -> Verdict:
    """Whether the actor may confirm or object in the name of the skipped step."""
    if debt.confirmed_at is not None:
        return Verdict(Refusal.NOTHING_TO_DECIDE)
    facts, step = facts_for(debt)
    return may_decide(actor=actor, step=step, facts=facts)


@transaction.atomic
def confirm(*, debt_id: int, actor_id: int, now: dt.datetime, remark: str = "") -> LedgerEntry:
    """Pay the debt of one skipped step. Raises DecisionRefused."""
    entry = _answer(EntryKind.CONFIRMED, debt_id=debt_id, actor_id=actor_id, remark=remark, now=now)
    UrgentPublication.objects.filter(pk=debt_id).update(confirmed_at=now)
    return entry


@transaction.atomic
def object_to(*, debt_id: int, actor_id: int, remark: str, now: dt.datetime) -> LedgerEntry:
    """Say why the text should not have been published so; the debt stays, and is escalated. Raises DecisionRefused."""
    if not remark.strip():
        raise DecisionRefused(Refusal.REMARK_MISSING)
    entry = _answer(EntryKind.OBJECTED, debt_id=debt_id, actor_id=actor_id, remark=remark, now=now)
    UrgentPublication.objects.filter(pk=debt_id).update(objected_at=now)
    return entry


def _answer(kind: EntryKind, *, debt_id: int, actor_id: int, remark: str, now: dt.datetime) -> LedgerEntry:
    debt = UrgentPublication.objects.select_for_update().filter(pk=debt_id).first()
    if debt is None:
        raise DecisionRefused(Refusal.NOTHING_TO_DECIDE)
    actor = actor_of(actor_id, now=now)
    verdict = may_confirm(debt=debt, actor=actor)
    if not verdict:
        raise DecisionRefused(verdict.refusal)
    facts, step = facts_for(debt)
    decision = Decision(actor=actor, step=step, facts=facts, acting=verdict.acting)
    return ledger.append(
        kind=kind,
        now=now,
        subject=ledger.subject_from(LedgerEntry.objects.get(number=debt.entry_number)),
        actor_id=actor.user_id,
        actor_name=actor.name,
        step=step.order,
        steps_total=len(facts.steps),
        remark=remark.strip(),
        details={**decision.as_details(), "cleared_by_entry": debt.entry_number},
    )


def debts_of(*, user_id: int, now: dt.datetime) -> list[UrgentPublication]:
    """The urgent publications that the person may confirm now, the one due first first."""
    actor = actor_of(user_id, now=now)
    groups = actor.group_ids | {acting.group_id for acting in actor.acting}
    open_debts = UrgentPublication.objects.filter(confirmed_at__isnull=True, group_id__in=groups)
    return [debt for debt in open_debts if may_confirm(debt=debt, actor=actor)]


def escalate_overdue(*, now: dt.datetime) -> int:
    """Enter every debt that is overdue, or objected to, into the ledger once; how many. Two workers never both do; one
    that fails never stops the next."""
    late = UrgentPublication.objects.filter(
        Q(confirm_by__lte=now) | Q(objected_at__isnull=False), confirmed_at__isnull=True, escalated_at__isnull=True
    )
    done = 0
    for debt_id in list(late.values_list("pk", flat=True)):
        try:
            done += _escalate(debt_id, now=now)
        except Exception:
            logger.exception("An overdue confirmation could not be told of: %s", debt_id)
    return done


@transaction.atomic
def _escalate(debt_id: int, *, now: dt.datetime) -> bool:
    debt = UrgentPublication.objects.select_for_update().get(pk=debt_id)
    if debt.escalated_at is not None or debt.confirmed_at is not None:
        return False
    cleared = LedgerEntry.objects.get(number=debt.entry_number)
    ledger.append(
        kind=EntryKind.ESCALATED,
        now=now,
        subject=ledger.subject_from(cleared),
        step=debt.step,
        steps_total=cleared.steps_total,
        details={"cleared_by_entry": debt.entry_number, "leader_id": debt.leader_id, "leader": debt.leader_name},
    )
    UrgentPublication.objects.filter(pk=debt_id).update(escalated_at=now)
    return True


@dataclass(frozen=True)
class MonthOfOne:
    """The urgent publications of one leader in one month (year, month in Bishkek)."""

    leader: str
    month: dt.date
    published: int
    confirmed_in_time: int
    confirmed_late: int
    waiting: int


def report(*, zone: dt.tzinfo) -> list[MonthOfOne]:
    """Urgent publications by month, the latest first, and by leader. Counted by publication, not by skipped step."""

    def month_of(debt: UrgentPublication) -> dt.date:
        return debt.published_at.astimezone(zone).date().replace(day=1)

    def key(debt: UrgentPublication):
        return -month_of(debt).toordinal(), debt.leader_name, debt.leader_id

    debts = sorted(UrgentPublication.objects.all(), key=lambda debt: (*key(debt), debt.entry_number, debt.step))
    months = []
    for _key, of_one in groupby(debts, key=key):
        publications = [list(steps) for _number, steps in groupby(of_one, key=lambda debt: debt.entry_number)]
        months.append(_month(publications, month=month_of(publications[0][0])))
    return months


def _month(publications: list[list[UrgentPublication]], *, month: dt.date) -> MonthOfOne:
    waiting = sum(any(debt.confirmed_at is None for debt in steps) for steps in publications)
    in_time = sum(
        all(debt.confirmed_at is not None and debt.confirmed_at <= debt.confirm_by for debt in steps)
        for steps in publications
    )
    return MonthOfOne(
        leader=publications[0][0].leader_name,
        month=month,
        published=len(publications),
        confirmed_in_time=in_time,
        confirmed_late=len(publications) - waiting - in_time,
        waiting=waiting,
    )
