"""Everything whose time has come, texts and bundles, in the order in which it was due: also after a long stop."""

import datetime as dt
from collections.abc import Callable

from approvals.bundles.publishing import publish_due_bundles
from approvals.cleared_texts import Ahead
from approvals.clock import database_now
from approvals.models import Bundle
from approvals.scheduling import publish_due


def publish_in_order(*, now: dt.datetime, ahead: Ahead, clock: Callable[[], dt.datetime] = database_now) -> int:
    """Publish what is due, the oldest first; how many texts and bundles.

    Single texts and bundles are done by turns: before each bundle what was due no later than it. What becomes due while
    others are published has its turn among them. Bundles without a time come last. What fails in one turn does not stop
    the next; an ExceptionGroup says at the end what nobody foresaw.
    """
    done, errors, passed = 0, [], set()
    while True:
        at = max(now, clock())
        upcoming = next((moment for moment in _moments_of_bundles(at) if moment not in passed), None)
        passed.add(upcoming)
        for work in (publish_due, publish_due_bundles):
            try:
                done += len(work(now=at, until=upcoming, ahead=ahead, clock=clock).published)
            except Exception as error:
                errors.append(error)
        if upcoming is None:
            break
    if errors:
        raise ExceptionGroup("What is due is tried again", errors)
    return done


def _moments_of_bundles(now: dt.datetime) -> list[dt.datetime]:
    due = Bundle.objects.due(now).exclude(due_at=None)
    return list(due.order_by("due_at").values_list("due_at", flat=True).distinct())
