"""What is ready is begun a little before its moment, texts and bundles, in one transaction that ends at the moment.

Until then nobody else sees anything of it, and whoever would change what was checked waits. What is not ready, is in
somebody's hands or is refused here is left for the moment as if nothing had been tried: approvals.due_in_order.
"""

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Callable

from django.db import connection, transaction
from django.db.models import Min, QuerySet

from approvals import gate
from approvals.bundles.publishing import publish_bundle
from approvals.cleared_texts import DATABASE_FAILED, Ahead
from approvals.clock import database_now, ending_at
from approvals.due_rows import alone, free, is_prepared, locked, named_by
from approvals.models import Bundle, DuePublication, FailedPublication, LedgerEntry

logger = logging.getLogger(__name__)
# Of how many texts it is begun, and how long before. Meanwhile whoever decides, waits.
BEGUN_TOGETHER = 200
BEGUN_BEFORE = dt.timedelta(milliseconds=100)
BEGUN_BEFORE_FOR_EACH = dt.timedelta(milliseconds=6)
# Each bundle asks the gate by itself.
BEGUN_BEFORE_FOR_A_BUNDLE = dt.timedelta(milliseconds=80)
LONGEST_BEFORE = BEGUN_TOGETHER * BEGUN_BEFORE_FOR_EACH + BEGUN_BEFORE_FOR_A_BUNDLE


def next_moment(*, after: dt.datetime) -> dt.datetime | None:
    """When something is due next, alone or in a bundle; None when nothing is."""
    due = DuePublication.objects.filter(due_at__gt=after, held_at=None, bundle=None).aggregate(at=Min("due_at"))
    bundles = Bundle.objects.open().filter(when=Bundle.When.AT, due_at__gt=after, held_at=None, failed_at=None)
    moments = [due["at"], bundles.aggregate(at=Min("due_at"))["at"]]
    return min((moment for moment in moments if moment is not None), default=None)


def begins_at(moment: dt.datetime) -> dt.datetime:
    """When to begin what is due at a moment, so that it is done by then; the moment itself when nothing is."""
    bundles = Bundle.objects.whole_at(moment)
    single, members = alone(at=moment).filter(due_at=moment), DuePublication.objects.filter(bundle__in=bundles)
    needed = _time_for(texts=single.count() + members.count(), bundles=bundles.count())
    return moment - BEGUN_BEFORE - min(LONGEST_BEFORE, needed) if needed else moment


def _time_for(*, texts: int, bundles: int = 0) -> dt.timedelta:
    return texts * BEGUN_BEFORE_FOR_EACH + bundles * BEGUN_BEFORE_FOR_A_BUNDLE


def publish_at(moment: dt.datetime, *, ahead: Ahead, clock: Callable[[], dt.datetime] = database_now) -> list[int]:
    """Do all that the publication of what is due at a moment takes, and end the transaction at that moment.

    Only what this worker has made ready, and nobody else has in hand; of bundles those that are ready as a whole, as
    many as can be done in time. A bundle of which one document is refused leaves nothing. What is refused is asked once
    more after others: it may follow one of them. Gives the keys of the pages that are public.
    Raises ClockSetBack, and whatever fails: nothing is public then, and everything is left for the moment.
    """
    passed: list[DuePublication] = []
    with transaction.atomic():
        due = alone(at=moment).filter(due_at=moment, entry_number__in=list(ahead.texts))
        left = LONGEST_BEFORE - _time_for(texts=min(BEGUN_TOGETHER, due.count()))
        # Bundles first, as everybody locks them.
        bundles = _whole_bundles(moment, ahead=ahead, left=left)
        rows = free([row for row in locked(due, most=BEGUN_TOGETHER) if is_prepared(row, ahead)])
        if not rows and not bundles:
            return []
        with ending_at(moment, clock=clock) as then:
            is_time_left = True
            while is_time_left and (done := _pass(rows, bundles, moment=moment, ahead=ahead, clock=clock, then=then)):
                passed += done
                is_time_left = clock() < moment
    for row in passed:
        ahead.texts.pop(row.entry_number, None)
    return [row.page_id for row in passed]


def _pass(
    rows: list[DuePublication],
    bundles: dict[int, list[DuePublication]],
    *,
    moment: dt.datetime,
    ahead: Ahead,
    clock: Callable[[], dt.datetime],
    then: Callable[[], dt.datetime],
) -> list[DuePublication]:
    """What the gate let through; it is taken out of both. Once the moment has come no bundle is begun: what is done
    would have to wait for it."""
    passed = _pass_texts(rows, moment=moment, ahead=ahead, clock=then) if rows else []
    for row in passed:
        rows.remove(row)
    for bundle_id in list(bundles):
        if clock() < moment and _passes(bundle_id, moment=moment, ahead=ahead, clock=then):
            passed += bundles.pop(bundle_id)
    return passed


def _whole_bundles(moment: dt.datetime, *, ahead: Ahead, left: dt.timedelta) -> dict[int, list[DuePublication]]:
    """The bundles due at the moment of which every document is ready, with what waits of them; locked now.

    As many as are done in the time that is left. Those that are left to another worker are not locked.
    """
    whole = Bundle.objects.whole_at(moment)
    chosen = _ready(whole, ahead=ahead, left=left)
    skip_locked = connection.features.has_select_for_update_skip_locked
    ours = whole.filter(pk__in=chosen).select_for_update(skip_locked=skip_locked, no_key=True, of=("self",))
    # Asked once more: until now anybody could change them.
    return _ready(whole.filter(pk__in=[bundle.pk for bundle in ours]), ahead=ahead, left=left) if chosen else {}


def _ready(bundles: QuerySet[Bundle], *, ahead: Ahead, left: dt.timedelta) -> dict[int, list[DuePublication]]:
    members: dict[int, list[DuePublication]] = defaultdict(list)
    for row in DuePublication.objects.filter(bundle__in=bundles).order_by("bundle", "pk"):
        members[row.bundle_id].append(row)
    ready = {}
    for bundle_id, rows in members.items():
        needed = _time_for(texts=len(rows), bundles=1)
        if needed <= left and all(is_prepared(row, ahead) for row in rows):
            ready[bundle_id] = rows
            left -= needed
    return ready


def _pass_texts(
    rows: list[DuePublication], *, moment: dt.datetime, ahead: Ahead, clock: Callable[[], dt.datetime]
) -> list[DuePublication]:
    """What the gate let through of them."""
    entries = named_by(rows, LedgerEntry.objects.in_bulk([row.entry_number for row in rows]))
    refused = gate.publish_all(entries=entries, now=moment, ahead=ahead, clock=clock, counts_waiting=True)
    public = {entry.number for entry in entries if entry.page_id not in refused}
    FailedPublication.objects.filter(entry_number__in=public).delete()
    return [row for row in rows if row.entry_number in public]


def _passes(bundle_id: int, *, moment: dt.datetime, ahead: Ahead, clock: Callable[[], dt.datetime]) -> bool:
    """Whether the gate let every document of a bundle through; nothing of it stays where it did not."""
    try:
        return publish_bundle(bundle_id=bundle_id, now=moment, ahead=ahead, clock=clock)
    except DATABASE_FAILED:
        raise
    except Exception as refusal:
        # The reason may quote the text, which is under embargo. The bundle itself says it, once its moment has come.
        logger.warning("A bundle is left for its moment: %s (%s)", bundle_id, type(refusal).__name__)
        return False
