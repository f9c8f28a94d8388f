"""The other leaf of the gate: what is public ceases to be, or stands under a notice, by one cleared statement.

As when it opens: the gate believes nobody, reads the ledger again, and does everything in one transaction or nothing.
"""

import datetime as dt

from django.db import connection, transaction
from django.utils.translation import gettext as _
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Page, TaskState, WorkflowState

from approvals import ledger
from approvals.facts import entries_of, facts_of
from approvals.gate import subject_of
from approvals.models import DuePublication, EntryKind, LedgerEntry, Withdrawal
from approvals.originals import resting_on
from approvals.policy import REASONS, is_cleared
from approvals.withdrawal.facts import facts_from, fault_of
from site_pages.gatekeeping import GateClosed, opened
from site_pages.models import DocumentPage, PublicationPermit
from site_pages.signals import document_withdrawn
from site_pages.withdrawal import Purpose, Statement


def take_down(*, entry: LedgerEntry, now: dt.datetime) -> None:
    """Carry out what a `withdrawal_cleared` or `closed_at_once` entry says: page, public tables and log together.

    What is under clearance or waits for its time ends with it, and so do the translations of an act that is closed. The
    caller has locked what waits, then the pages.
    Raises GateClosed: not every step has approved exactly this statement, it is no longer true, or nobody carried it
    out on the public side.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A withdrawal happens inside a transaction.")
    page = Page.objects.select_for_update().get(pk=entry.page_id).specific
    # Before the number of the publication, as everybody takes them.
    ledger.hold()
    statement = Statement.from_json(entry.details["statement"])
    _check(entry=entry, page=page, statement=statement, now=now)
    permit = PublicationPermit.objects.create(
        content_id=page.content_id,
        locale=page.locale_code,
        page_id=page.pk,
        revision_id=page.live_revision_id,
        digest=statement.digest,
        entry_number=entry.number,
        purpose=Purpose.WITHDRAW,
    )
    subject = subject_of(page, revision_id=page.live_revision_id, digest=statement.digest)
    ended = _end_what_is_under_way(page, now=now)
    if statement.closes:
        with opened(page_id=page.pk, revision_id=None):
            UnpublishPageAction(page, user=None).execute(skip_permission_checks=True)
    _carry_out(statement, now=now, entry_number=entry.number)
    ledger.append(
        kind=EntryKind.WITHDRAWN,
        now=now,
        subject=subject,
        steps_total=entry.steps_total,
        details={"cleared_by_entry": entry.number, "statement": statement.as_json(), "ended": ended},
    )
    permit.delete()
    if statement.closes:
        _end_what_rests_on(page, reason=statement.reason, now=now)


def _check(*, entry: LedgerEntry, page: DocumentPage, statement: Statement, now: dt.datetime) -> None:
    is_its_own = (entry.content_id, entry.locale, entry.digest) == (
        page.content_id, page.locale_code, statement.own_digest
    )  # fmt: skip
    is_of_the_page = (statement.content_id, statement.locale) == (page.content_id, page.locale_code)
    if not (is_its_own and is_of_the_page and page.live and page.live_revision_id == entry.revision_id):
        raise GateClosed(_("The withdrawal is about another text than the one that is public."))
    if fault := fault_of(statement, now=now):
        raise GateClosed(_("The withdrawal cannot be carried out: %(why)s") % {"why": REASONS[fault]})
    entries = entries_of(content_id=page.content_id, locale=page.locale_code)
    if entries[-1].number != entry.number:
        raise GateClosed(_("Something was decided on this document after it was cleared."))
    if entry.kind == EntryKind.CLOSED_AT_ONCE:
        is_decided = bool(entry.remark and entry.actor_id and entry.steps_total and entry.step == entry.steps_total)
    else:
        is_decided = entry.kind == EntryKind.WITHDRAWAL_CLEARED and _is_cleared(entry, entries, statement=statement)
    if not is_decided:
        raise GateClosed(_("Not every step of the route has approved exactly this withdrawal."))


def _is_cleared(entry: LedgerEntry, entries: list[LedgerEntry], *, statement: Statement) -> bool:
    withdrawal = Withdrawal.objects.open().filter(entry_number=entry.details["proposal"], is_closing=False).first()
    return withdrawal is not None and is_cleared(
        facts=facts_from(withdrawal, entries), digest=statement.own_digest
    )  # fmt: skip


def _end_what_is_under_way(page: DocumentPage, *, now: dt.datetime) -> bool:
    """End the clearance of another version, and take it off the queue. Whether there was one."""
    states = WorkflowState.objects.filter(
        base_content_type=page.get_base_content_type(),
        object_id=str(page.pk),
        status=WorkflowState.STATUS_IN_PROGRESS,
    )
    turns = TaskState.objects.filter(workflow_state__in=states, status=TaskState.STATUS_IN_PROGRESS)
    # Without a recall: Wagtail's own signals would record one.
    turns.update(status=TaskState.STATUS_CANCELLED, finished_at=now)
    ended = states.update(status=WorkflowState.STATUS_CANCELLED)
    waiting, _rows = DuePublication.objects.filter(page_id=page.pk).delete()
    return bool(ended or waiting)


def _end_what_rests_on(original: DocumentPage, *, reason: str, now: dt.datetime) -> None:
    """What was made from a text that is closed, and is on its way to readers, stops: it says the same."""
    for page in resting_on(original).specific():
        facts = facts_of(page)
        if facts.is_under_way:
            ledger.append(
                kind=EntryKind.STOPPED,
                now=now,
                subject=subject_of(page, revision_id=page.latest_revision_id, digest=facts.digest),
                steps_total=len(facts.steps),
                remark=_("Its Kyrgyz text was closed: %(reason)s") % {"reason": reason},
                details={"original_closed": True},
            )
            _end_what_is_under_way(page, now=now)


def _carry_out(statement: Statement, *, now: dt.datetime, entry_number: int) -> None:
    answers = document_withdrawn.send(
        sender=DocumentPage, statement=statement, withdrawn_at=now, entry_number=entry_number
    )
    if not any(answer == statement.own_digest for _receiver, answer in answers):
        raise GateClosed(_("Nobody took the document out of what readers find."))
