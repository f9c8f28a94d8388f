"""What is not done by itself after a restore, because it may have been done after the backup was taken."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce

from approvals.models import (
    Bundle,
    Deadline,
    DuePublication,
    EarlyAccessFloor,
    Notice,
    NoticeState,
    Subscriber,
    SubscriberState,
    Withdrawal,
)


def quietings(*, now: dt.datetime, taken_at: dt.datetime) -> list[tuple[QuerySet, dict[str, Any]]]:
    """Rows and what they become. They are executed in the transaction that puts the rows back.

    Notices that were still to be sent are perhaps sent; people decide. Whatever waits for publication is held: it was
    perhaps published meanwhile, or stopped, returned or withdrawn, and what was decided last counts, not what is known.
    Deadlines and closings that became overdue meanwhile are not told of: the screens show them as overdue. Early
    access that was given before opens nothing any more: it may have been revoked, or the embargo broken, after the
    backup. No subscriber counts as having said yes: whoever left after the backup would get letters again.
    """
    reason = f"Restored from the backup of {taken_at:%Y-%m-%d %H:%M} UTC: perhaps it was sent after that."
    return [
        (
            Notice.objects.filter(state=NoticeState.DUE),
            {
                "state": NoticeState.UNKNOWN,
                "settled_at": now,
                "handed_over_at": Coalesce("handed_over_at", Value(taken_at)),
                "lease": None,
                "leased_until": None,
                "last_error": reason,
            },
        ),
        (DuePublication.objects.filter(held_at=None, bundle=None), {"held_at": now}),
        (Bundle.objects.going_by_themselves(), {"held_at": now}),
        (EarlyAccessFloor.objects.filter(pk=1), {"given_after": now}),
        (
            Subscriber.objects.filter(state=SubscriberState.CONFIRMED),
            {"state": SubscriberState.ASKED, "confirmed_at": None},
        ),
        (Deadline.objects.open().filter(remind_at__lte=now, reminded_at=None), {"reminded_at": now}),
        (Deadline.objects.open().filter(due_at__lte=now, escalated_at=None), {"escalated_at": now}),
        (Withdrawal.objects.overdue(now), {"escalated_at": now}),
    ]
