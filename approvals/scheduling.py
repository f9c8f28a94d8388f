"""Publication of cleared texts whose time has come. Wagtail's own scheduler is not used: it asks nobody.

Prepared early, checked again at the instant, in one transaction for many. What is ready by then is begun before it:
approvals.at_the_moment. A worker that dies in the middle has published nothing of its portion; what another has in
hand, or an editor, is passed over until it is let go.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision

from approvals import gate, ledger
from approvals.cleared_texts import DATABASE_FAILED, Ahead, correcting, read, write
from approvals.clock import database_now
from approvals.due_rows import alone, free, is_prepared, locked, named_by
from approvals.following import ready_to_follow
from approvals.models import DuePublication, EntryKind, FailedPublication, LedgerEntry
from approvals.originals import followers
from approvals.reasons import REFUSALS, reason_of
from site_pages.gatekeeping import GateClosed
from site_pages.models import DocumentPage
from site_pages.signals import document_ahead

logger = logging.getLogger(__name__)
# How many become public in one transaction: enough to share its cost, few enough not to keep the first one waiting.
TOGETHER = 100
# What was not prepared costs fifty times as much.
TOGETHER_UNPREPARED = 5
PREPARED_BEFORE = dt.timedelta(seconds=120)
TRIED_AGAIN_AFTER = dt.timedelta(seconds=30)
# Whoever has a text in hand lets it go soon; until then the others are made ready.
LOOKED_AT_AGAIN_AFTER = dt.timedelta(seconds=2)
# Where the database fails with so many texts by themselves, it is the database, and the next round goes on.
MOST_LOST = 3


@dataclass
class DueReport:
    """What one run did: pages published, and pages that could not be, with the reason."""

    published: list[int] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)


def publish_due(
    *,
    now: dt.datetime,
    until: dt.datetime | None = None,
    ahead: Ahead | None = None,
    clock: Callable[[], dt.datetime] = database_now,
) -> DueReport:
    """Publish everything that is due at `now` and not held, oldest first; one bad document never stops the next.

    What belongs to a bundle is left to approvals.bundles.publishing. Translations of acts have their turn where their
    originals are public; those whose originals become public only now come after all else, and the others go on
    waiting. What has ended before it was published is taken off the schedule. Of several workers exactly one publishes
    each document. ahead: what this worker has made ready. clock: by which nothing is early; `now` comes from the same.
    until: leave what was due after this moment.
    """
    report, ahead = DueReport(), ahead or Ahead()
    due = alone(at=now).filter(due_at__lte=min(now, until or now))
    ready = list(ready_to_follow(due).values_list("page_id", flat=True))
    waiting = followers().exclude(pk__in=ready)
    _publish_portions(due.exclude(page_id__in=waiting.values("pk")), report, ahead=ahead, clock=clock, now=now)
    _publish_portions(ready_to_follow(due), report, ahead=ahead, clock=clock, now=now)
    return report


def _publish_portions(
    due: QuerySet[DuePublication],
    report: DueReport,
    *,
    ahead: Ahead,
    clock: Callable[[], dt.datetime],
    now: dt.datetime,
) -> None:
    """Portion after portion, until nothing is left that was not tried.

    Where the database gives a portion up, the texts go one by one: the one with which it fails keeps no other back.
    """
    tried, most, lost = set[int](), TOGETHER, 0
    while True:
        # What waits for its moment while the portions before it are published is late by as much, and says so.
        at, taken = max(now, clock()) if tried else now, list[DuePublication]()
        left = due.exclude(pk__in=tried)
        if not left.exists():
            return
        try:
            refused = _publish_portion(left, taken, most=most, now=at, ahead=ahead, clock=clock)
        except DATABASE_FAILED as failure:
            logger.exception("Due publications are tried again")
            if most == 1:
                lost += 1
                tried |= {row.pk for row in taken}
                _let_rest(taken, failure, now=at)
            if not taken or lost == MOST_LOST:
                return
            most = 1
            continue
        except Exception:
            # Nobody knows what it was: what was made ready is not relied on a second time.
            ahead.texts.clear()
            raise
        if not taken:
            return
        tried |= {row.pk for row in taken}
        report.published += [row.page_id for row in taken if row.page_id not in refused]
        report.failed |= {page_id: reason_of(refusal) for page_id, refusal in refused.items()}


@transaction.atomic
def _publish_portion(
    due: QuerySet[DuePublication],
    taken: list[DuePublication],
    *,
    most: int,
    now: dt.datetime,
    ahead: Ahead,
    clock: Callable[[], dt.datetime],
) -> dict[int, Exception]:
    """What was refused of the next portion, by page, with the reason. taken: filled with the portion first."""
    taken += free(_taken(due, ahead=ahead, most=most))
    if not taken:
        return {}
    known = LedgerEntry.objects.in_bulk([row.entry_number for row in taken])
    entries = named_by(taken, known)
    refused = gate.publish_all(entries=entries, now=now, ahead=ahead, clock=clock, counts_waiting=True)
    for page_id in {row.page_id for row in taken} - {entry.page_id for entry in entries}:
        refused[page_id] = GateClosed(_("The text is not the one that was cleared."))
    ended = {page_id: refusal for page_id, refusal in refused.items() if isinstance(refusal, gate.EndPassed)}
    _end([row for row in taken if row.page_id in ended], known, ended, now=now)
    _remember_failures(taken, {page_id: refused[page_id] for page_id in refused.keys() - ended.keys()}, now=now)
    for row in taken:
        ahead.texts.pop(row.entry_number, None)
    return refused


def _taken(due: QuerySet[DuePublication], *, ahead: Ahead, most: int) -> list[DuePublication]:
    """The next portion, locked for this worker; in the order in which it was due."""
    rows = locked(due, most=most)
    slow = next((row for row in rows if not is_prepared(row, ahead)), None)
    if slow is None:
        return rows
    # What is ready goes before what is slow and due in the same instant, and never before what was due earlier.
    ready = [row for row in rows if row.due_at <= slow.due_at and is_prepared(row, ahead)]
    return ready or rows[:TOGETHER_UNPREPARED]


def _end(
    rows: list[DuePublication], known: dict[int, LedgerEntry], ended: dict[int, gate.EndPassed], *, now: dt.datetime
) -> None:
    """Take what is over off the schedule, once, as if somebody had stopped it: it is submitted again, or not."""
    ledger.append_all(
        [
            ledger.Draft(
                kind=EntryKind.STOPPED,
                subject=ledger.subject_from(known[row.entry_number]),
                remark=reason_of(ended[row.page_id]),
                details={"ended_unpublished": True},
            )
            for row in rows
        ],
        now=now,
    )
    DuePublication.objects.filter(pk__in=[row.pk for row in rows]).delete()


@transaction.atomic
def _let_rest(taken: Iterable[DuePublication], failure: Exception, *, now: dt.datetime) -> None:
    """Pass over for a little while the text with which the database fails: else every round would begin with it."""
    _remember_failures(taken, {row.page_id: failure for row in taken}, now=now, again_at=now + LOOKED_AT_AGAIN_AFTER)


def _remember_failures(
    taken: Iterable[DuePublication],
    refused: dict[int, Exception],
    *,
    now: dt.datetime,
    again_at: dt.datetime | None = None,
) -> None:
    numbers = {row.page_id: row.entry_number for row in taken}
    FailedPublication.objects.filter(
        entry_number__in=[number for page_id, number in numbers.items() if page_id not in refused]
    ).delete()
    for page_id, refusal in refused.items():
        is_foreseen = isinstance(refusal, REFUSALS)
        logger.error("A due publication failed: page %s", page_id, exc_info=None if is_foreseen else refusal)
        said = {
            "page_id": page_id,
            "reason": reason_of(refusal)[:2000],
            "failed_at": now,
            "try_again_at": again_at or now + TRIED_AGAIN_AFTER,
        }
        row, is_new = FailedPublication.objects.get_or_create(entry_number=numbers[page_id], defaults=said)
        if not is_new:
            FailedPublication.objects.filter(pk=row.pk).update(**said, attempts=F("attempts") + 1)


def prepare_one(*, now: dt.datetime, ahead: Ahead) -> bool:
    """Make the next text ready that this worker has not: what it did. False when all that is due soon is ready.

    Its public form is built and held against the digest, its files are read, its images stand ready to be served, its
    words are analysed, and its text stands in the rows of its page, which is not live. Of a correction its notice is
    looked at beside what is public, and what it changes in the rows is worked out; they are not touched. A text that
    cannot be made ready is tried again half a minute later, and is else left for its moment, which says why. What
    somebody has in hand is passed over for a little while: nothing waits for it here.
    """
    soon = DuePublication.objects.filter(due_at__lte=now + PREPARED_BEFORE, held_at=None)
    waiting = list(soon.order_by("due_at", "pk").values_list("pk", "entry_number"))
    for forgotten in ahead.texts.keys() - {number for _pk, number in waiting}:
        del ahead.texts[forgotten]
    for over in {number for number, again_at in ahead.given_up.items() if again_at <= now}:
        del ahead.given_up[over]
    for due_id, number in waiting:
        if number in ahead.texts or number in ahead.given_up:
            continue
        try:
            with transaction.atomic():
                is_free = _prepare(due_id=due_id, now=now, ahead=ahead)
            if not is_free:
                ahead.given_up[number] = now + LOOKED_AT_AGAIN_AFTER
        except DATABASE_FAILED:
            # If it is this text with which it fails, the others are made ready meanwhile.
            ahead.given_up[number] = now + LOOKED_AT_AGAIN_AFTER
            raise
        except Exception as refusal:
            # The reason may quote the text, which is under embargo: it stands on the screen of those who may read it.
            logger.warning("A due publication could not be prepared: %s (%s)", due_id, type(refusal).__name__)
            foresee_failure(due_id, refusal, now=now)
            ahead.given_up[number] = now + TRIED_AGAIN_AFTER
        return True
    return False


def foresee_failure(due_id: int, refusal: Exception, *, now: dt.datetime) -> None:
    """Put on record why the text will not become public, while there is time to mend it. It is tried all the same."""
    row = DuePublication.objects.filter(pk=due_id).first()
    if row is not None:
        said = {"page_id": row.page_id, "reason": reason_of(refusal)[:2000], "failed_at": now, "try_again_at": now}
        FailedPublication.objects.get_or_create(entry_number=row.entry_number, defaults=said)


def _prepare(*, due_id: int, now: dt.datetime, ahead: Ahead) -> bool:
    """Whether nobody else has the text in hand; what is off the schedule is nobody's."""
    skip_locked = connection.features.has_select_for_update_skip_locked
    rows = DuePublication.objects.filter(pk=due_id)
    due = rows.select_for_update(skip_locked=skip_locked).first()
    if due is None:
        return not rows.exists()
    entry = LedgerEntry.objects.get(pk=due.entry_number)
    page = Page.objects.select_for_update(skip_locked=skip_locked).filter(pk=due.page_id).first()
    if page is None:
        # Raises where there is none at all.
        Page.objects.get(pk=due.page_id)
        return False
    text = read(entry, stored=page, revision=Revision.objects.get(pk=due.revision_id))
    if entry.kind not in gate.CLEARING or text.form.digest != entry.digest:
        raise GateClosed(_("The text is not the one that was cleared."))
    if page.live:
        # What is public is not touched before its moment.
        gate.check_notice(text.page, text.form)
        text = correcting(text, stored=page.specific)
        if text is None:
            ahead.given_up[entry.number] = due.due_at
            return True
    else:
        text = replace(text, is_written=True)
        if due.prepared_at is None:
            # As in the gate: who writes pages, holds the ledger.
            ledger.hold()
            write(entry)
            due.prepared_at = now
            due.save(update_fields=["prepared_at"])
    document_ahead.send(sender=DocumentPage, form=text.form)
    FailedPublication.objects.filter(entry_number=entry.number, failed_at__lt=due.due_at).delete()
    ahead.texts[entry.number] = text
    return True
