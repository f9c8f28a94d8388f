"""Deadlines of steps: opened and closed with the ledger, counted in working hours, watched by the worker."""

import datetime as dt
import logging
from collections.abc import Callable, Iterable

from django.contrib.auth import get_user_model
from django.db import transaction
from wagtail.models import Revision

from approvals.facts import actor_of, entries_of, facts_from, facts_of
from approvals.models import (
    AlertKind,
    CalendarDay,
    Deadline,
    DeadlineAlert,
    EntryKind,
    LedgerEntry,
    LedgerHead,
    StepTime,
    Withdrawal,
)
from approvals.notices.writing import tell_deadline
from approvals.policy import Step, TextFacts, may_decide
from approvals.withdrawal.facts import facts_from as withdrawal_facts
from approvals.withdrawal.facts import facts_since
from approvals.working_time import WorkingCalendar, add_working, subtract_working
from site_pages.access.rules import named_people
from site_pages.models import DocumentPage, Urgency

logger = logging.getLogger(__name__)

# (working minutes, reminder so many working minutes before), where nobody set another time for a step.
DEFAULT_TIMES = {Urgency.NORMAL: (8 * 60, 2 * 60), Urgency.URGENT: (60, 20)}
BEGIN_A_STEP = {EntryKind.SUBMITTED, EntryKind.APPROVED, EntryKind.RETURNED}
END_A_STEP = BEGIN_A_STEP | {
    EntryKind.RECALLED,
    EntryKind.STOPPED,
    EntryKind.CLEARED,
    EntryKind.CLEARED_URGENTLY,
    EntryKind.PUBLISHED,
    EntryKind.WITHDRAWN,
}
# The same of the clearance of a withdrawal, and of what confirms a closing.
BEGIN_A_STEP_DOWN = {EntryKind.WITHDRAWAL_PROPOSED, EntryKind.WITHDRAWAL_APPROVED, EntryKind.CLOSED_AT_ONCE}
END_A_STEP_DOWN = BEGIN_A_STEP_DOWN | {
    EntryKind.WITHDRAWAL_REFUSED,
    EntryKind.WITHDRAWAL_RECALLED,
    EntryKind.WITHDRAWAL_VOID,
    EntryKind.WITHDRAWAL_CLEARED,
    EntryKind.CLOSING_CONFIRMED,
}

# Set when the apps are ready: who acts for somebody in a group. (group_id=…, now=…) -> accounts.
_deputies_of: Callable | None = None


def deputies_from(deputies_of: Callable) -> None:
    """Name the function that knows who acts for somebody in a group: (group_id, now) -> accounts."""
    global _deputies_of
    _deputies_of = deputies_of


def calendar_now() -> WorkingCalendar:
    """The law's calendar with the days that were moved."""
    return WorkingCalendar(moved=dict(CalendarDay.objects.values_list("day", "is_working")))


# Opening and closing


def entries_appended(sender, entries: tuple[LedgerEntry, ...], **kwargs) -> None:
    """Ledger entries may end steps and begin others; runs inside the transaction of the entries."""
    about = [entry for entry in entries if entry.content_id is not None and entry.kind in END_A_STEP | END_A_STEP_DOWN]
    running = set(
        Deadline.objects.open()
        .filter(content_id__in={entry.content_id for entry in about})
        .values_list("content_id", "locale")
    )
    for entry in about:
        _follow(entry, is_running=(entry.content_id, entry.locale) in running)


def _follow(entry: LedgerEntry, *, is_running: bool) -> None:
    is_down = entry.kind in END_A_STEP_DOWN
    if is_running:
        of_text = Deadline.objects.about(content_id=entry.content_id, locale=entry.locale)
        of_text.open().filter(about_withdrawal=is_down).update(closed_at=entry.recorded_at)
    if entry.kind not in BEGIN_A_STEP | BEGIN_A_STEP_DOWN:
        return
    entries = entries_of(content_id=entry.content_id, locale=entry.locale)
    begun = entry.details.get("proposal", entry.number)
    facts = facts_since(begun, entries, is_under_way=True) if is_down else facts_from(entries, contributors=frozenset())
    if facts.is_under_way and facts.next_step is not None:
        _open(entry=entry, step=facts.next_step, urgency=_urgency_of(entry, entries, begun=begun))


def _urgency_of(entry: LedgerEntry, entries: Iterable[LedgerEntry], *, begun: int) -> Urgency:
    """How much a step is in a hurry: as much as its text; a withdrawal is not, what was closed at once is."""
    if entry.kind not in BEGIN_A_STEP_DOWN:
        return urgency_of(revision_id=entry.revision_id)
    is_closing = any(e.number == begun and e.kind == EntryKind.CLOSED_AT_ONCE for e in entries)
    return Urgency.URGENT if is_closing else Urgency.NORMAL


def _open(*, entry: LedgerEntry, step: Step, urgency: Urgency) -> Deadline:
    minutes, before = time_for(document_type=entry.document_type, step_order=step.order, urgency=urgency)
    deadline = Deadline(
        page_id=entry.page_id,
        content_id=entry.content_id,
        locale=entry.locale,
        entry_number=entry.number,
        step=step.order,
        about_withdrawal=entry.kind in BEGIN_A_STEP_DOWN,
        group_id=step.group_id,
        urgency=urgency,
        working_minutes=minutes,
        remind_before_minutes=before,
        began_at=entry.recorded_at,
    )
    _set_times(deadline, calendar=calendar_now())
    deadline.save(force_insert=True)
    return deadline


def urgency_of(*, revision_id: int | None) -> Urgency:
    """How much the text of a revision is in a hurry; normal when there is no such revision any more."""
    content = Revision.objects.filter(pk=revision_id).values_list("content", flat=True).first()
    return Urgency((content or {}).get("urgency", Urgency.NORMAL))


def time_for(*, document_type: str, step_order: int, urgency: Urgency) -> tuple[int, int]:
    """How long a step may take, and how long before its end its people are reminded; both in working minutes."""
    row = StepTime.objects.filter(document_type=document_type, step_order=step_order, urgency=urgency).first()
    return (row.working_minutes, row.remind_before_minutes) if row else DEFAULT_TIMES[urgency]


def _set_times(deadline: Deadline, *, calendar: WorkingCalendar) -> None:
    time, before = (
        dt.timedelta(minutes=minutes) for minutes in (deadline.working_minutes, deadline.remind_before_minutes)
    )
    deadline.due_at = add_working(start=deadline.began_at, duration=time, calendar=calendar)
    deadline.remind_at = subtract_working(end=deadline.due_at, duration=before, calendar=calendar)


# A calendar that changes


def calendar_changed(sender, **kwargs) -> None:
    """A day was moved, or moved back."""
    recompute_open()


@transaction.atomic
def recompute_open() -> int:
    """Count the open deadlines that are not escalated anew, by the calendar as it is now; how many moved."""
    # No step begins meanwhile, so none is left with the calendar as it was.
    LedgerHead.objects.select_for_update().get(pk=1)
    calendar, moved = calendar_now(), 0
    waiting = Deadline.objects.open().filter(escalated_at__isnull=True)
    for deadline in waiting.select_for_update().order_by("pk"):
        before = deadline.due_at, deadline.remind_at
        _set_times(deadline, calendar=calendar)
        if (deadline.due_at, deadline.remind_at) != before:
            deadline.save(update_fields=["due_at", "remind_at"])
            moved += 1
    return moved


# Watching


def watch_deadlines(*, now: dt.datetime) -> int:
    """Remind of what is due soon and escalate what is overdue, each once; how many deadlines.

    What is overdue when nobody had been reminded of it is escalated only. One bad deadline never stops the next.
    """
    done = 0
    for deadline_id in list(Deadline.objects.ripe(now).order_by("due_at", "pk").values_list("pk", flat=True)):
        try:
            done += _alert(deadline_id=deadline_id, now=now)
        except Exception:
            logger.exception("A deadline could not be told of: %s", deadline_id)
    return done


@transaction.atomic
def _alert(*, deadline_id: int, now: dt.datetime) -> bool:
    """Tell of one deadline; False when another worker does, or there is nothing to tell any more."""
    deadline = Deadline.objects.ripe(now).select_for_update(skip_locked=True).filter(pk=deadline_id).first()
    if deadline is None:
        return False
    facts = _facts_at(deadline)
    if facts is None:
        deadline.closed_at = now
        deadline.save(update_fields=["closed_at"])
        return False
    if deadline.due_at <= now:
        kind, deadline.escalated_at = AlertKind.ESCALATION, now
        recipients = escalation_recipients(deadline=deadline, facts=facts, now=now)
    else:
        kind, deadline.reminded_at = AlertKind.REMINDER, now
        recipients = members_who_may_decide(deadline=deadline, facts=facts, now=now)
    deadline.save(update_fields=["escalated_at", "reminded_at"])
    alerts = DeadlineAlert.objects.bulk_create(
        DeadlineAlert(deadline=deadline, kind=kind, recipient_id=recipient_id, at=now)
        for recipient_id in sorted(recipients)
    )
    tell_deadline(alerts=alerts, now=now)
    return True


def _facts_at(deadline: Deadline) -> TextFacts | None:
    """What is on record of the text; None when its page is gone or the step is no longer the one whose turn it is."""
    page = DocumentPage.objects.select_related("locale").filter(pk=deadline.page_id).first()
    facts = _facts_of(deadline, page) if page else None
    is_its_turn = facts and facts.is_under_way and facts.next_step and facts.next_step.order == deadline.step
    return facts if is_its_turn else None


def _facts_of(deadline: Deadline, page: DocumentPage) -> TextFacts | None:
    if not deadline.about_withdrawal:
        return facts_of(page)
    withdrawal = Withdrawal.objects.open().about(content_id=deadline.content_id, locale=deadline.locale).first()
    if withdrawal is None:
        return None
    entries = entries_of(content_id=deadline.content_id, locale=deadline.locale)
    return withdrawal_facts(withdrawal, entries, named=named_people(page.content_id))


def members_who_may_decide(*, deadline: Deadline, facts: TextFacts, now: dt.datetime) -> set[int]:
    """The members of the step's group who may decide on the text now."""
    members = get_user_model().objects.filter(groups=deadline.group_id, is_active=True)
    return _those_who_may_decide(members, facts=facts, now=now)


def escalation_recipients(*, deadline: Deadline, facts: TextFacts, now: dt.datetime) -> set[int]:
    """Members and deputies who may decide, and all administrators where no member may."""
    members = members_who_may_decide(deadline=deadline, facts=facts, now=now)
    deputies = _deputies_of(group_id=deadline.group_id, now=now) if _deputies_of else ()
    others = set() if members else administrators()
    return members | _those_who_may_decide(deputies, facts=facts, now=now) | others


def _those_who_may_decide(users: Iterable, *, facts: TextFacts, now: dt.datetime) -> set[int]:
    return {
        user.pk for user in users if may_decide(actor=actor_of(user.pk, now=now), step=facts.next_step, facts=facts)
    }


def administrators() -> set[int]:
    """The accounts that administer the system."""
    users = get_user_model().objects.filter(is_superuser=True, is_active=True)
    return set(users.values_list("pk", flat=True))
