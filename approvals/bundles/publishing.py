"""Publishing a bundle: every document of it in one transaction, through the gate, or none.

Locks, always in this order: the bundle, what is due of it, its pages by number, and in the gate the ledger's head. A
decision takes page, workflow and head, so none of them waits for another in a circle. A worker that finds the bundle
locked, or one of its pages in somebody's hands, goes on with its other work.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision

from approvals import gate, ledger
from approvals.bundles.members import keep_pages, members_today
from approvals.bundles.moments import content_of, has_time_of
from approvals.cleared_texts import DATABASE_FAILED, Ahead
from approvals.clock import database_now
from approvals.models import Bundle, BundleMember, DuePublication, EntryKind, FailedPublication, LedgerEntry
from approvals.reasons import reason_of
from site_pages.languages import KYRGYZ

logger = logging.getLogger(__name__)
# With so many rounds in a row it is not the database that was away for a while.
MOST_LOST = 5


class BundleStuck(Exception):
    """One document cannot be published, so none is. page_id: which; None when the bundle as a whole cannot."""

    def __init__(self, reason: str, *, page_id: int | None = None):
        super().__init__(reason)
        self.reason, self.page_id = reason, page_id


class MovedMeanwhile(Exception):
    """A document of the bundle was decided on at this very moment, or is in somebody's hands; nothing was done, and it
    can be done again."""


@dataclass
class BundleReport:
    """What one run did: bundles published, and bundles of which nothing was, with the cause."""

    published: list[int] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)


def publish_due_bundles(
    *,
    now: dt.datetime,
    until: dt.datetime | None = None,
    ahead: Ahead | None = None,
    clock: Callable[[], dt.datetime] = database_now,
) -> BundleReport:
    """Publish every bundle whose moment has come, the one due first first; one that fails never stops the next.

    A bundle that fails while others become public is tried once more after them: it may hold the translation of an act
    whose original is in another. One that then fails says why and is tried again when somebody says so. One that only
    met a silent database is tried again in the next round, as long as ahead, the worker's memory, does not know better.
    until: leave what was due after this moment, or has none.
    """
    report = BundleReport()
    due = Bundle.objects.due(now).order_by("due_at", "pk")
    if until is not None:
        due = due.filter(due_at__lte=until)
    waiting, in_hand = list(due.values_list("pk", "version")), set()
    while waiting:
        known = len(report.published)
        stuck = _publish_each(waiting, report, in_hand, now=now, ahead=ahead, clock=clock)
        waiting = [(bundle_id, version) for bundle_id, version in waiting if bundle_id in stuck]
        if len(report.published) == known:
            break
    if in_hand:
        return report
    for bundle_id, version in waiting:
        why = stuck[bundle_id]
        logger.error("A bundle was not published: %s: page %s: %s", bundle_id, why.page_id, why.reason)
        _fail(bundle_id, version=version, stuck=why, now=now)
        report.failed[bundle_id] = why.reason
        # Let go again, it begins anew.
        if ahead is not None:
            ahead.lost.pop(bundle_id, None)
    return report


def _publish_each(
    bundles: Iterable[tuple[int, int]],
    report: BundleReport,
    in_hand: set[int],
    *,
    now: dt.datetime,
    ahead: Ahead | None,
    clock: Callable[[], dt.datetime],
) -> dict[int, BundleStuck]:
    """Try each; those of which nothing was published, with the cause, are left to the caller.

    in_hand: filled with those that are in somebody's hands; one may hold the original for which another waits.
    """
    left: dict[int, BundleStuck] = {}
    for bundle_id, _version in bundles:
        try:
            if publish_bundle(bundle_id=bundle_id, now=now, ahead=ahead, clock=clock):
                report.published.append(bundle_id)
            if ahead is not None:
                ahead.lost.pop(bundle_id, None)
        except BundleStuck as stuck:
            left[bundle_id] = stuck
        except MovedMeanwhile:
            logger.warning("A bundle is in somebody's hands and is tried again: %s", bundle_id)
            in_hand.add(bundle_id)
        except DATABASE_FAILED as failure:
            logger.exception("A bundle is tried again: %s", bundle_id)
            if ahead is not None and ahead.lose(bundle_id) >= MOST_LOST:
                left[bundle_id] = BundleStuck(reason_of(failure))
        except Exception as error:
            # Whatever nobody foresaw with one bundle must not keep the others from their time.
            logger.exception("A bundle failed: %s", bundle_id)
            left[bundle_id] = BundleStuck(repr(error))
    return left


@transaction.atomic
def publish_bundle(
    *,
    bundle_id: int,
    now: dt.datetime,
    ahead: Ahead | None = None,
    clock: Callable[[], dt.datetime] = database_now,
) -> bool:
    """Publish one bundle that is due; False when it is not, or somebody else has it in hand. Raises BundleStuck."""
    skip_locked = connection.features.has_select_for_update_skip_locked
    found = Bundle.objects.select_for_update(skip_locked=skip_locked, no_key=True).filter(pk=bundle_id).first()
    if found is None or not Bundle.objects.due(now).filter(pk=bundle_id).exists():
        return False
    members, now = publish_members(found, now=now, ahead=ahead, clock=clock, skip_locked=skip_locked)
    found.published_at = now
    found.save(update_fields=["published_at"])
    found.members.update(is_open=False)
    hold_the_rest(found, now=now)
    record(EntryKind.BUNDLE_PUBLISHED, found, members=members, now=now)
    return True


def publish_members(
    bundle: Bundle,
    *,
    now: dt.datetime,
    ahead: Ahead | None = None,
    clock: Callable[[], dt.datetime] = database_now,
    skip_locked: bool = False,
) -> tuple[list[BundleMember], dt.datetime]:
    """Lock every document of the bundle and pass each through the gate. Raises BundleStuck, MovedMeanwhile.

    Those published, in order, and when: what waited for another bundle or for a lock is late by as much, and says so.
    Inside the transaction of the bundle, whose row is locked. skip_locked: see below.
    """
    members = in_order(members_today(bundle.members.all()))
    due, pages = locked([member.page_id for member in members], skip_locked=skip_locked)
    now = max(now, clock())
    keep_pages(members)
    if not members:
        raise BundleStuck(_("The bundle has no documents."))
    # First whether all can be published at all: a refusal then costs nobody else the ledger.
    wanted = _texts_of(bundle, members, due=due, pages=pages, now=now)
    ledger.hold()
    now = max(now, clock())
    refused = gate.publish_all(entries=wanted, now=now, bundle_id=bundle.pk, ahead=ahead, clock=clock)
    for member in members:
        if refusal := refused.get(member.page_id):
            raise BundleStuck(reason_of(refusal), page_id=member.page_id) from refusal
    FailedPublication.objects.filter(entry_number__in=[entry.number for entry in wanted]).delete()
    return members, now


def _texts_of(
    bundle: Bundle,
    members: Iterable[BundleMember],
    *,
    due: dict[int, DuePublication],
    pages: dict[int, Page],
    now: dt.datetime,
) -> list[LedgerEntry]:
    """The entries that cleared the texts of a bundle. Raises BundleStuck: one is not cleared, or not for it."""
    revisions = Revision.objects.in_bulk([row.revision_id for row in due.values()])
    for member in members:
        waiting = due.get(member.page_id)
        if waiting is None or waiting.bundle_id != bundle.pk:
            raise BundleStuck(_("It is not cleared."), page_id=member.page_id)
        content = content_of(revisions.get(waiting.revision_id))
        if not has_time_of(bundle, content, is_live=pages[member.page_id].live, now=now):
            raise BundleStuck(_("It has a time of its own that is not the bundle's."), page_id=member.page_id)
    entries = LedgerEntry.objects.in_bulk([row.entry_number for row in due.values()])
    wanted = [entries[due[member.page_id].entry_number] for member in members]
    for entry in wanted:
        # Stopped and cleared anew, it is another text than the one that was let go.
        if bundle.released_at is not None and entry.recorded_at > bundle.released_at:
            raise BundleStuck(changed_since(), page_id=entry.page_id)
    return wanted


def hold_the_rest(bundle: Bundle, *, now: dt.datetime) -> None:
    """Of a bundle that is over nothing goes on waiting: what is cleared for it and is none of its texts waits for a
    person, on the schedule."""
    DuePublication.objects.filter(bundle=bundle).update(bundle=None, held_at=now)


def in_order(members: Iterable[BundleMember]) -> list[BundleMember]:
    """Originals first: a translation of an act is refused before its original is public."""
    return sorted(members, key=lambda member: (member.locale != KYRGYZ, member.pk))


def changed_since() -> str:
    """Why a bundle that was let go waits for a hand again."""
    return _("Its documents are no longer those with which it was let go. Look at it, and let it go again.")


def locked(page_ids: Iterable[int], *, skip_locked: bool = False) -> tuple[dict[int, DuePublication], dict[int, Page]]:
    """What waits of these pages, and the pages, both by page; locked to the transaction's end.

    Raises MovedMeanwhile: a text was cleared between the two. What waits is locked first by everybody, and so cannot
    be locked now; the caller begins again. skip_locked: so does who would wait for somebody, and all is had or nothing.
    """
    numbers = list(page_ids)
    rows = DuePublication.objects.filter(page_id__in=numbers).order_by("page_id")
    due = {row.page_id: row for row in rows.select_for_update(skip_locked=skip_locked)}
    stored = Page.objects.filter(pk__in=numbers).order_by("pk")
    pages = {page.pk: page for page in stored.select_for_update(skip_locked=skip_locked)}
    if set(rows.values_list("pk", flat=True)) != {row.pk for row in due.values()}:
        raise MovedMeanwhile
    if skip_locked and set(stored.values_list("pk", flat=True)) != pages.keys():
        raise MovedMeanwhile
    return due, pages


def record(
    kind: EntryKind,
    bundle: Bundle,
    *,
    members: Iterable[BundleMember],
    now: dt.datetime,
    actor_id: int | None = None,
    actor_name: str = "",
    remark: str = "",
    **details,
) -> LedgerEntry:
    """Enter what happened to a bundle into the ledger. It is about no single document, so it voids no clearance."""
    return ledger.append(
        kind=kind,
        now=now,
        actor_id=actor_id,
        actor_name=actor_name,
        remark=remark,
        details={
            "bundle": bundle.pk,
            "title": bundle.title,
            "when": str(bundle.when),
            "due_at": bundle.due_at.isoformat() if bundle.due_at else None,
            "documents": [f"{member.content_id} {member.locale}" for member in members],
            **details,
        },
    )


@transaction.atomic
def _fail(bundle_id: int, *, version: int, stuck: BundleStuck, now: dt.datetime) -> None:
    """Write the cause down, unless somebody has changed or published the bundle since."""
    Bundle.objects.open().filter(pk=bundle_id, version=version, failed_at=None).update(
        failed_at=now, failed_page_id=stuck.page_id, failure=stuck.reason[:2000]
    )
