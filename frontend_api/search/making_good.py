"""Deliveries to the index that something else has done, or undone: a rebuild, or a comparison that mended."""

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from frontend_api.models import Delivery, DeliveryChannel

TO_THE_INDEX = (DeliveryChannel.INDEX, DeliveryChannel.EXPIRY)
# Of the clocks of two workers.
DIFFERENCE = dt.timedelta(minutes=1)


def settle(*, locale: str, up_to: int, but: Collection[UUID], now: dt.datetime) -> int:
    """What was put aside is done: the index holds what it was to bring, but of these documents. How many.

    up_to: the newest publication that was looked at.
    """
    aside = Delivery.objects.filter(channel__in=TO_THE_INDEX, done_at=None, dead_at__isnull=False)
    aside = aside.filter(publication__locale=locale, publication_id__lte=up_to)
    return aside.exclude(publication__content_id__in=list(but)).update(dead_at=None, leased_until=None, done_at=now)


def reopen(*, locale: str, after: int, since: dt.datetime, now: dt.datetime) -> int:
    """What went to an index that nobody reads now is to be brought again: how many.

    after: the last publication that the new index has. since: the ends that came later, which have no number.
    """
    ends = Q(channel=DeliveryChannel.EXPIRY, done_at__gte=since - DIFFERENCE)
    lost = Delivery.objects.filter(ends | Q(channel=DeliveryChannel.INDEX, publication_id__gt=after))
    lost = lost.filter(publication__locale=locale, done_at__isnull=False)
    return lost.update(done_at=None, leased_until=None, next_attempt_at=now)
