"""Which worker holds which notices."""

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, Min, QuerySet, Value, When

from approvals.models import Notice, NoticeState

SLACK_SECONDS = 60
OFFICE_FIRST = Case(When(subscriber=None, then=Value(0)), default=Value(1))


@dataclass(frozen=True)
class Parcel:
    """What goes out in one mail: one notice, or all of one person's daily mail; held by one worker."""

    notices: list[Notice]
    lease: uuid.UUID

    @property
    def ids(self) -> list[int]:
        """The notices in it."""
        return [notice.pk for notice in self.notices]

    def rows(self, **state) -> QuerySet:
        """Its rows, as far as this worker still holds them."""
        return Notice.objects.filter(pk__in=self.ids, lease=self.lease, **state)


def lease_seconds() -> float:
    """Longer than any mail can take."""
    return SLACK_SECONDS + 4 * settings.NOTICE_TIMEOUT_SECONDS


def lease(*, now: dt.datetime, limit: int) -> list[Parcel]:
    """Take due notices for this worker alone: at most `limit` single ones, and as many persons' daily mails, whole.

    The office goes first: a correction that is told to hundreds of subscribers holds up nobody's decision.
    """
    token = uuid.uuid4()
    with transaction.atomic():
        singles = list(
            _locked(Notice.objects.free(now=now).filter(is_for_digest=False).order_by(OFFICE_FIRST, "pk"))[:limit]
        )
        digests = _digests(now=now, limit=limit)
        taken = [notice.pk for notices in (singles, *digests) for notice in notices]
        until = now + dt.timedelta(seconds=lease_seconds())
        Notice.objects.filter(pk__in=taken).update(lease=token, leased_until=until)
    return [Parcel(notices=[notice], lease=token) for notice in singles] + [
        Parcel(notices=notices, lease=token) for notices in digests
    ]


def _digests(*, now: dt.datetime, limit: int) -> list[list[Notice]]:
    """All that is due for the daily mail, by person. Who locks a person's first notice takes all of them."""
    due = Notice.objects.free(now=now).filter(is_for_digest=True)
    firsts = due.values("recipient_id").annotate(first=Min("pk")).order_by("first").values_list("first", flat=True)
    holders = [first.recipient_id for first in _locked(due.filter(pk__in=list(firsts[:limit])))]
    parcels = defaultdict(list)
    for notice in due.filter(recipient_id__in=holders).select_for_update().order_by("pk"):
        parcels[notice.recipient_id].append(notice)
    return list(parcels.values())


def _locked(notices: QuerySet) -> QuerySet:
    return notices.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)


def give_back(parcels: list[Parcel], **changes) -> None:
    """Free what was held and not tried: it is due and has lost no attempt."""
    for parcel in parcels:
        parcel.rows(state=NoticeState.DUE).update(lease=None, leased_until=None, **changes)


def settle_abandoned(*, now: dt.datetime) -> list[int]:
    """Mails whose worker was lost after it had handed them over: nobody knows. The notices that became unknown."""
    lost = Notice.objects.filter(state=NoticeState.DUE, handed_over_at__isnull=False, leased_until__lte=now)
    with transaction.atomic():
        ids = list(lost.select_for_update().order_by("pk").values_list("pk", flat=True))
        Notice.objects.filter(pk__in=ids).update(
            state=NoticeState.UNKNOWN,
            settled_at=now,
            last_error="The worker was lost after it had handed the mail over.",
        )
    return ids
