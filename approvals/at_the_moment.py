"""What is ready is begun a little before its moment, in one transaction that ends at the moment.

Until then nobody else sees anything of it, and whoever would change what was checked waits. What is not ready, is in
somebody's hands or is refused here is left for the moment as if nothing had been tried: approvals.due_in_order.
"""

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.db.models import Min

from approvals import gate
from approvals.cleared_texts import Ahead
from approvals.clock import database_now, ending_at
from approvals.due_rows import alone, free, is_prepared, locked, named_by
from approvals.models import Bundle, DuePublication, FailedPublication, LedgerEntry

# Of how many texts it is begun, and how long before. Meanwhile whoever decides, waits.
BEGUN_TOGETHER = 200
BEGUN_BEFORE = dt.timedelta(milliseconds=100)
BEGUN_BEFORE_FOR_EACH = dt.timedelta(milliseconds=6)


def next_moment(*, after: dt.datetime) -> dt.datetime | None:
    """When something is due next, alone or in a bundle; None when nothing is."""
    due = DuePublication.objects.filter(due_at__gt=after, held_at=None, bundle=None).aggregate(at=Min("due_at"))
    bundles = Bundle.objects.open().filter(when=Bundle.When.AT, due_at__gt=after, held_at=None, failed_at=None)
    moments = [due["at"], bundles.aggregate(at=Min("due_at"))["at"]]
    return min((moment for moment in moments if moment is not None), default=None)


def begins_at(moment: dt.datetime) -> dt.datetime:
    """When to begin what is due alone at a moment, so that it is done by then; the moment itself when nothing is."""
    count = min(BEGUN_TOGETHER, alone(at=moment).filter(due_at=moment).count())
    return moment - BEGUN_BEFORE - count * BEGUN_BEFORE_FOR_EACH if count else moment


def publish_at(moment: dt.datetime, *, ahead: Ahead, clock: Callable[[], dt.datetime] = database_now) -> list[int]:
    """Do all that the publication of what is due at a moment takes, and end the transaction at that moment.

    Until then nobody else sees anything of it; and whoever would change what was checked waits as well, so it holds at
    the moment. Only what this worker has made ready, and nobody else has in hand. What is refused here is left for the
    moment as if nothing had been tried. Gives the keys of the pages that are public.
    Raises ClockSetBack, and whatever fails: nothing is public then, and everything is left for the moment.
    """
    with transaction.atomic():
        due = alone(at=moment).filter(due_at=moment, entry_number__in=list(ahead.texts))
        rows = [row for row in locked(due, most=BEGUN_TOGETHER) if is_prepared(row, ahead)]
        known = LedgerEntry.objects.in_bulk([row.entry_number for row in rows])
        entries = named_by(free(rows), known)
        if not entries:
            return []
        with ending_at(moment, clock=clock) as then:
            refused = gate.publish_all(entries=entries, now=moment, ahead=ahead, clock=then, counts_waiting=True)
            passed = [entry for entry in entries if entry.page_id not in refused]
            FailedPublication.objects.filter(entry_number__in=[entry.number for entry in passed]).delete()
    for entry in passed:
        ahead.texts.pop(entry.number, None)
    return [entry.page_id for entry in passed]
