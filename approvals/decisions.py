"""The verbs of clearance: submit, approve, return, recall, stop. Each reads: lock, check, record, change."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page, TaskState, WorkflowState

from approvals import ledger, texts_on_record
from approvals.bundles.moments import bundle_issues
from approvals.facts import actor_of, facts_of, labels_of, name_of, steps_of
from approvals.foreseen import waiting_issues
from approvals.gate import subject_of
from approvals.models import DuePublication, EntryKind, LedgerEntry, RouteStep, SignOffTask
from approvals.originals import original_digest_for
from approvals.policy import REASONS, Acting, Actor, Refusal, Step, TextFacts, Verdict, may_decide
from approvals.remarks import in_words, keep, tied
from site_pages.gatekeeping import TextLocked
from site_pages.languages import KYRGYZ
from site_pages.models import DocumentPage
from site_pages.public_form.builders import build
from site_pages.public_form.canonical import PublicForm
from site_pages.requirements import Issue
from site_pages.times import time_issues


class DecisionRefused(PermissionDenied):
    """The person may not decide, or not on this text; `refusal` says why. Nothing was recorded."""

    def __init__(self, refusal: Refusal):
        super().__init__(str(REASONS[refusal]))
        self.refusal = refusal


class RequirementsUnmet(PermissionDenied):
    """The document lacks something; `issues` says what. Nothing was submitted."""

    def __init__(self, issues: list[Issue]):
        super().__init__(" ".join(issue.message for issue in issues))
        self.issues = issues


def begin_step(*, workflow_state: WorkflowState, user) -> SignOffTask:
    """The task whose turn it is. A text that is not under way is hereby submitted, and the first step begins.

    Raises RequirementsUnmet; PermissionDenied: nobody submits, the type has no route, the text waits for its time, or
    it is no longer the one that was submitted.
    """
    page = workflow_state.content_object.specific.get_latest_revision_as_object()
    facts = facts_of(page)
    if workflow_state.current_task_state_id is None or not facts.is_under_way:
        facts = _submit(page=page, user=user, now=timezone.now())
    elif facts.next_step is None or build(page).digest != facts.digest:
        raise TextLocked(_("The text was changed while it was under clearance. It can only be returned."))
    step = RouteStep.objects.select_related("task").get(
        route__document_type=page.document_type, order=facts.next_step.order
    )
    return step.task


def _submit(*, page: DocumentPage, user, now: dt.datetime) -> TextFacts:
    steps = steps_of(page.document_type)
    if user is None or not steps:
        raise PermissionDenied(_("This document cannot be submitted: it has no route of clearance."))
    issues = [*page.requirements(), *time_issues(page, now=now), *bundle_issues(page, now=now)]
    # What a document lacks is told first: what is not there is not compared.
    if issues := issues or waiting_issues(page):
        raise RequirementsUnmet(issues)
    if DuePublication.objects.filter(page_id=page.pk).exists():
        raise TextLocked(_("This text is cleared and waits for its time."))
    form = build(page)
    with transaction.atomic():
        texts_on_record.keep(form)
        ledger.append(
            kind=EntryKind.SUBMITTED,
            now=now,
            subject=subject_of(page, revision_id=page.latest_revision_id, digest=form.digest),
            actor_id=user.pk,
            actor_name=name_of(user),
            steps_total=len(steps),
            details={
                "steps": [vars(step) for step in steps],
                "labels": labels_of(page.document_type),
                **_origin_of(page),
            },
        )
    return TextFacts(digest=form.digest, steps=steps, is_under_way=True)


def _origin_of(page: DocumentPage) -> dict[str, str]:
    return {} if page.locale_code == KYRGYZ else {"original_digest": original_digest_for(page)}


@transaction.atomic
def submit(*, page_id: int, user) -> None:
    """Submit the latest revision of a document, as the editor's button does, or resume one that was returned.

    Raises RequirementsUnmet; TextLocked: it is under way already; PermissionDenied.
    """
    page = Page.objects.select_for_update().get(pk=page_id).specific
    state = page.current_workflow_state
    if state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        state.resume(user)
    elif state is not None:
        raise TextLocked(_("This text is under clearance already."))
    else:
        workflow = page.get_workflow()
        if workflow is None:
            raise PermissionDenied(_("This document cannot be submitted: it has no route of clearance."))
        workflow.start(page, user)


@transaction.atomic
def approve(*, page_id: int, actor_id: int, seen_digest: str, now: dt.datetime, remark: str = "") -> LedgerEntry:
    """Record that the actor approves exactly the text with `seen_digest`; the last approval clears it.

    Of two simultaneous decisions exactly one counts. Raises DecisionRefused.
    """
    task_state, page, form = locked_turn(page_id=page_id)
    decision = _check(page=page, form=form, actor_id=actor_id, seen_digest=seen_digest, now=now)
    entry = record(EntryKind.APPROVED, page=page, decision=decision, remark=remark, now=now)
    task_state.approve(user=get_user_model().objects.get(pk=actor_id), comment=remark)
    return entry


@transaction.atomic
def return_for_changes(
    *,
    page_id: int,
    actor_id: int,
    seen_digest: str,
    now: dt.datetime,
    remark: str = "",
    remarks: Mapping[str, str] = MappingProxyType({}),
    to_step: int = 0,
) -> LedgerEntry:
    """Send the text back with a remark, to its author or to an earlier step; approvals from there on are void.

    remarks: by place (approvals.remarks); one remark, general or on a place, is needed. to_step: 0 for the author.
    Raises DecisionRefused, RemarkRefused.
    """
    turn, page, form = locked_turn(page_id=page_id)
    on_places = tied(form, given=remarks, locale=page.locale_code)
    words = in_words(remark, on_places)
    if not words:
        raise DecisionRefused(Refusal.REMARK_MISSING)
    decision = _check(page=page, form=form, actor_id=actor_id, seen_digest=seen_digest, now=now, returning=True)
    if not 0 <= to_step < decision.step.order:
        raise DecisionRefused(Refusal.NOT_AN_EARLIER_STEP)
    # A text that changed under the reviewers' hands must be submitted anew: no step approves it as it is.
    if to_step and form.digest != decision.facts.digest:
        raise DecisionRefused(Refusal.TEXT_CHANGED)
    said = [{"anchor": place.anchor, "label": place.label, "text": text} for place, text in on_places]
    details = {**({"remarks": said} if said else {}), **({"to_step": to_step} if to_step else {})}
    entry = record(EntryKind.RETURNED, page=page, decision=decision, remark=words, now=now, **details)
    keep(entry, on_places)
    user = get_user_model().objects.get(pk=actor_id)
    if to_step:
        _turn_back(turn, page=page, to_step=to_step, user=user, now=now)
    else:
        turn.reject(user=user, comment=words)
    return entry


def _turn_back(turn: TaskState, *, page: DocumentPage, to_step: int, user, now: dt.datetime) -> None:
    task = RouteStep.objects.get(route__document_type=page.document_type, order=to_step).task
    turn.status, turn.finished_at, turn.finished_by = TaskState.STATUS_CANCELLED, now, user
    turn.save()
    state = turn.workflow_state
    state.current_task_state = turn
    state.update(user=user, next_task=task)


def locked_turn(*, page_id: int) -> tuple[TaskState, DocumentPage, PublicForm]:
    """Lock page, workflow state and task state, in this order; give the task state and the text that it is about."""
    page = Page.objects.select_for_update().filter(pk=page_id).first()
    if page is None:
        raise DecisionRefused(Refusal.NOTHING_TO_DECIDE)
    state = (
        WorkflowState.objects.select_for_update()
        .filter(
            base_content_type=page.get_base_content_type(),
            object_id=str(page_id),
            status=WorkflowState.STATUS_IN_PROGRESS,
        )
        .first()
    )
    if state is None or state.current_task_state_id is None:
        raise DecisionRefused(Refusal.NOTHING_TO_DECIDE)
    task_state = TaskState.objects.select_for_update().get(pk=state.current_task_state_id)
    if task_state.status != TaskState.STATUS_IN_PROGRESS:
        raise DecisionRefused(Refusal.NOTHING_TO_DECIDE)
    document = task_state.revision.as_object()
    return task_state.specific, document, build(document)


@dataclass(frozen=True)
class Decision:
    """Who decides, where, on what, and in whose place."""

    actor: Actor
    step: Step
    facts: TextFacts
    acting: Acting | None

    def as_details(self) -> dict:
        """What the ledger says of it besides its columns."""
        if self.acting is None:
            return {"step": self.step.key}
        principal = {
            "person_id": self.acting.principal_id,
            "person": self.acting.principal_name,
            "legal_basis": self.acting.legal_basis,
        }
        return {"step": self.step.key, "acting_for": principal}


def _check(
    *,
    page: DocumentPage,
    form: PublicForm,
    actor_id: int,
    seen_digest: str,
    now: dt.datetime,
    returning: bool = False,
) -> Decision:
    facts, actor = facts_of(page), actor_of(actor_id, now=now)
    step = facts.next_step
    if not facts.is_under_way or step is None:
        raise DecisionRefused(Refusal.NOTHING_TO_DECIDE)
    verdict = may_decide(actor=actor, step=step, facts=facts)
    if not verdict:
        raise DecisionRefused(verdict.refusal)
    # A text that changed under the reviewers' hands can only be returned; what was seen must be what is there.
    if seen_digest != form.digest or (form.digest != facts.digest and not returning):
        raise DecisionRefused(Refusal.TEXT_CHANGED)
    return Decision(actor=actor, step=step, facts=facts, acting=verdict.acting)


def record(
    kind: EntryKind, *, page: DocumentPage, decision: Decision, remark: str, now: dt.datetime, **details
) -> LedgerEntry:
    """Enter a decision into the ledger. details: what it says besides."""
    return ledger.append(
        kind=kind,
        now=now,
        subject=subject_of(page, revision_id=page.latest_revision_id, digest=decision.facts.digest),
        actor_id=decision.actor.user_id,
        actor_name=decision.actor.name,
        step=decision.step.order,
        steps_total=len(decision.facts.steps),
        remark=remark.strip(),
        details={**decision.as_details(), **details},
    )


def verdict_for(*, page: DocumentPage, actor_id: int, now: dt.datetime) -> Verdict:
    """Whether the person may decide on the document at this moment, for screens; the verbs ask again."""
    facts = facts_of(page)
    if not facts.is_under_way or facts.next_step is None:
        return Verdict(Refusal.NOTHING_TO_DECIDE)
    return may_decide(actor=actor_of(actor_id, now=now), step=facts.next_step, facts=facts)


@transaction.atomic
def stop_scheduled(*, page_id: int, actor_id: int, remark: str, now: dt.datetime) -> LedgerEntry:
    """Take a cleared text that waits for its time off the queue; it must be submitted again.

    Anybody in a group of its route, and anybody who contributed, may stop it: not publishing is the safe side.
    Raises DecisionRefused.
    """
    due = DuePublication.objects.select_for_update().filter(page_id=page_id).first()
    if due is None:
        raise DecisionRefused(Refusal.NOTHING_TO_DECIDE)
    if not remark.strip():
        raise DecisionRefused(Refusal.REMARK_MISSING)
    page = Page.objects.select_for_update().get(pk=page_id).specific
    facts, actor = facts_of(page), actor_of(actor_id, now=now)
    groups = {step.group_id for step in facts.steps}
    if not actor.is_active or not (groups & actor.group_ids or actor.user_id in facts.contributors):
        raise DecisionRefused(Refusal.NOT_IN_GROUP)
    entry = ledger.append(
        kind=EntryKind.STOPPED,
        now=now,
        subject=subject_of(page, revision_id=due.revision_id, digest=due.digest),
        actor_id=actor.user_id,
        actor_name=actor.name,
        remark=remark.strip(),
    )
    due.delete()
    return entry


def record_recall(sender, instance: WorkflowState, user=None, **kwargs) -> None:
    """Wagtail cancelled a workflow: the text is no longer under way, and the ledger says by whom."""
    page = instance.content_object.specific if instance.content_object else None
    if not isinstance(page, DocumentPage):
        return
    with transaction.atomic():
        facts = facts_of(page)
        if facts.is_under_way:
            ledger.append(
                kind=EntryKind.RECALLED,
                now=timezone.now(),
                subject=subject_of(page, revision_id=page.latest_revision_id, digest=facts.digest),
                actor_id=getattr(user, "pk", None),
                actor_name=name_of(user) if user else "",
            )
