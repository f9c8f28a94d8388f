"""What waits for its moment by itself: the rows that a worker takes in hand, and passes over where another has them."""

import datetime as dt

from django.db import connection
from django.db.models import QuerySet
from wagtail.models import Page

from approvals.cleared_texts import Ahead
from approvals.models import DuePublication, FailedPublication, LedgerEntry


def alone(*, at: dt.datetime) -> QuerySet[DuePublication]:
    """What waits in no bundle, and is not left in peace after a failure."""
    resting = FailedPublication.objects.filter(try_again_at__gt=at)
    return DuePublication.objects.filter(held_at=None, bundle=None).exclude(
        entry_number__in=resting.values("entry_number")
    )


def locked(due: QuerySet[DuePublication], *, most: int) -> list[DuePublication]:
    """So many of these rows that nobody else has locked, in the order in which they are due; they are locked now."""
    skip_locked = connection.features.has_select_for_update_skip_locked
    return list(due.order_by("due_at", "pk").select_for_update(skip_locked=skip_locked, of=("self",))[:most])


def free(rows: list[DuePublication]) -> list[DuePublication]:
    """Those whose pages nobody else has locked; they are locked now. An open hand on one keeps no other waiting."""
    skip_locked = connection.features.has_select_for_update_skip_locked
    pages = Page.objects.select_for_update(skip_locked=skip_locked).filter(pk__in=[row.page_id for row in rows])
    ours = set(pages.order_by("pk").values_list("pk", flat=True))
    busy = {row.page_id for row in rows} - ours
    # What has no page at all is not waited for: it fails, and says so.
    busy &= set(Page.objects.filter(pk__in=busy).values_list("pk", flat=True)) if busy else busy
    return [row for row in rows if row.page_id not in busy]


def named_by(rows: list[DuePublication], known: dict[int, LedgerEntry]) -> list[LedgerEntry]:
    """The entries that cleared what waits, of those that are about the same page. known: entries by their numbers."""
    return [entry for row in rows if (entry := known.get(row.entry_number)) and entry.page_id == row.page_id]


def is_prepared(row: DuePublication, ahead: Ahead) -> bool:
    """Whether a worker has made ready all that can be done before the moment. ahead: what it has made ready."""
    text = ahead.texts.get(row.entry_number)
    return text is not None and (row.prepared_at is not None or text.changes is not None)
