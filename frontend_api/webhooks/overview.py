"""The receivers for the eye, in three queries, however many there are. Never a secret."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, Q

from frontend_api.models import Delivery, DeliveryChannel, WebhookEndpoint


@dataclass(frozen=True)
class Receiver:
    """One receiver, and how the telling goes. waiting: not delivered yet; put_aside: those given up among them.

    last_error, attempts: of the last message that did not arrive; empty and 0 while all arrive.
    """

    key: str
    name: str
    url: str
    locales: list[str]
    types: list[str]
    off_since: dt.datetime | None
    waiting: int
    put_aside: int
    last_done_at: dt.datetime | None
    last_error: str
    attempts: int

    @property
    def is_off(self) -> bool:
        """Whether it is left alone."""
        return self.off_since is not None


def receivers() -> list[Receiver]:
    """All that were not removed, by name."""
    endpoints = list(WebhookEndpoint.objects.filter(removed_at=None).order_by("name").defer("secret"))
    targets = [str(endpoint.key) for endpoint in endpoints]
    messages = Delivery.objects.filter(channel=DeliveryChannel.WEBHOOK, target__in=targets)
    missing = Q(done_at=None)
    counted = messages.values("target").annotate(
        waiting=Count("pk", filter=missing),
        put_aside=Count("pk", filter=missing & Q(dead_at__isnull=False)),
        last_done_at=Max("done_at"),
        last_failed=Max("pk", filter=missing & ~Q(last_error="")),
    )
    by_target = {row["target"]: row for row in counted}
    failed = Delivery.objects.in_bulk([row["last_failed"] for row in by_target.values() if row["last_failed"]])
    return [_receiver(one, by_target.get(str(one.key), {}), failed) for one in endpoints]


def _receiver(endpoint: WebhookEndpoint, counted: dict, failed: dict[int, Delivery]) -> Receiver:
    last = failed.get(counted.get("last_failed"))
    return Receiver(
        key=str(endpoint.key),
        name=endpoint.name,
        url=endpoint.url,
        locales=endpoint.locales,
        types=endpoint.types,
        off_since=endpoint.parked_at,
        waiting=counted.get("waiting", 0),
        put_aside=counted.get("put_aside", 0),
        last_done_at=counted.get("last_done_at"),
        last_error=last.last_error if last else "",
        attempts=last.attempts if last else 0,
    )
