"""What was published and has not arrived everywhere, and putting back in line what was put aside."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, F, Min, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from frontend_api.models import Delivery, DeliveryChannel, WebhookEndpoint
from frontend_api.record import Act, check_administrator, note

LABELS = {
    DeliveryChannel.INDEX: _("Search index"),
    DeliveryChannel.EXPIRY: _("End of a document, to the index"),
    DeliveryChannel.CACHE: _("Cache in front of the API"),
    DeliveryChannel.WEBHOOK: _("Webhook"),
    DeliveryChannel.JOURNAL: _("Journal of closings"),
}


def of_removed_receivers() -> Q:
    """The messages that nobody waits for any more."""
    removed = WebhookEndpoint.objects.exclude(removed_at=None).values_list("key", flat=True)
    return Q(channel=DeliveryChannel.WEBHOOK, target__in=[str(key) for key in removed])


def waiting(*, now: dt.datetime) -> QuerySet[Delivery]:
    """What is due and has not arrived, and what failed before. The coming end of a document is neither."""
    begun = Q(next_attempt_at__lte=now) | Q(attempts__gt=0)
    return Delivery.objects.filter(begun, done_at=None, dead_at=None)


def put_aside() -> QuerySet[Delivery]:
    """What the worker has given up, and somebody still waits for."""
    return Delivery.objects.exclude(dead_at=None).filter(done_at=None).exclude(of_removed_receivers())


def undelivered(*, now: dt.datetime) -> QuerySet[Delivery]:
    """Both, what was put aside first, with its publication."""
    numbers = Q(pk__in=put_aside().values("pk")) | Q(pk__in=waiting(now=now).values("pk"))
    rows = Delivery.objects.filter(numbers).select_related("publication")
    return rows.order_by(F("dead_at").desc(nulls_last=True), "pk")


@dataclass(frozen=True)
class ChannelState:
    """How one channel stands. oldest_at: since when the longest waiting has been public; None where nothing waits."""

    channel: str
    waiting: int
    oldest_at: dt.datetime | None
    put_aside: int

    @property
    def label(self) -> str:
        """The channel in the reader's language."""
        return str(LABELS[DeliveryChannel(self.channel)])


def channels(*, now: dt.datetime) -> list[ChannelState]:
    """All channels, those to which everything arrived as well."""
    late = waiting(now=now).values("channel").annotate(count=Count("pk"), oldest=Min("publication__at"))
    counted = {row["channel"]: row for row in late}
    aside = dict(put_aside().values("channel").annotate(count=Count("pk")).values_list("channel", "count"))
    return [
        ChannelState(
            channel=channel.value,
            waiting=counted.get(channel.value, {}).get("count", 0),
            oldest_at=counted.get(channel.value, {}).get("oldest"),
            put_aside=aside.get(channel.value, 0),
        )
        for channel in LABELS
    ]


def names_of(deliveries: list[Delivery]) -> dict[str, str]:
    """The names of the receivers of messages, by target."""
    targets = {row.target for row in deliveries if row.channel == DeliveryChannel.WEBHOOK}
    found = WebhookEndpoint.objects.filter(key__in=targets).values_list("key", "name")
    return {str(key): name for key, name in found}


@transaction.atomic
def retry(*, by, now: dt.datetime, number: int | None = None) -> int:
    """Put back in line what was put aside, everything or one delivery; how many, 0 when there is no such one.

    A message for a receiver that is off goes out when that is switched on.
    """
    check_administrator(by)
    rows = put_aside() if number is None else put_aside().filter(pk=number)
    found = list(rows.select_for_update().order_by("pk"))
    if found:
        changes = {"dead_at": None, "attempts": 0, "next_attempt_at": now, "leased_until": None}
        Delivery.objects.filter(pk__in=[row.pk for row in found]).update(**changes)
        note(found[0], Act.DELIVERIES_RETRIED, by=by, deliveries=[row.pk for row in found])
    return len(found)
