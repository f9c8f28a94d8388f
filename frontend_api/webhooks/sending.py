"""Sending messages from delivery rows: in order for each endpoint, and none waits for another that does not answer."""

import datetime as dt
import logging
import time

from frontend_api.deliveries import DeliveryReport, close, give_back, lease, retry_later
from frontend_api.models import Delivery, DeliveryChannel, WebhookEndpoint
from frontend_api.outgoing import Gone, HTTPSession, Unreachable, send, session
from frontend_api.webhooks.messages import body_of, headers_of

logger = logging.getLogger(__name__)
# With the pauses between them some nine hours: then the endpoint is left alone until an operator releases it.
MOST_ATTEMPTS = 20
LONGEST_PAUSE_SECONDS = 3600.0
# Well below the lease: what was not tried by then is given back.
LONGEST_RUN_SECONDS = 20.0


def send_due(*, now: dt.datetime, limit: int) -> DeliveryReport:
    """Send what is due, oldest first; at most `limit` messages, and no new one after LONGEST_RUN_SECONDS.

    A worker that dies after sending and before writing it down sends again under the same `webhook-id`.
    """
    report, began, silent = DeliveryReport(), time.monotonic(), set()
    endpoints = {str(one.key): one for one in WebhookEndpoint.objects.filter(removed_at=None)}
    parked = [key for key, one in endpoints.items() if one.parked_at]
    waiting = lease(now=now, limit=limit, channels=[DeliveryChannel.WEBHOOK], but_for=parked)
    untried: list[Delivery] = []
    with session() as opened:
        for delivery in waiting:
            endpoint = endpoints.get(delivery.target)
            if endpoint is None:
                close(delivery, dead_at=now, last_error="The endpoint was removed.")
                report.dead.append(delivery.pk)
            elif delivery.target in silent or time.monotonic() - began > LONGEST_RUN_SECONDS:
                untried.append(delivery)
            elif not _sent(delivery, endpoint, opened, now=now, report=report):
                silent.add(delivery.target)
    give_back(untried)
    return report


def _sent(
    delivery: Delivery, endpoint: WebhookEndpoint, opened: HTTPSession, *, now: dt.datetime, report: DeliveryReport
) -> bool:
    publication = delivery.publication
    body = body_of(publication)
    try:
        send(
            opened,
            "POST",
            endpoint.url,
            headers=headers_of(publication, body=body, secret=endpoint.secret, now=now),
            body=body,
        )
    except Unreachable as failure:
        if isinstance(failure, Gone) or delivery.attempts >= MOST_ATTEMPTS:
            close(delivery, dead_at=now, last_error=str(failure))
            _park(endpoint, now=now)
            report.dead.append(delivery.pk)
        else:
            retry_later(delivery, now=now, reason=str(failure), longest_seconds=LONGEST_PAUSE_SECONDS)
            report.retried.append(delivery.pk)
        return False
    close(delivery, done_at=now, last_error="")
    report.done.append(delivery.pk)
    return True


def _park(endpoint: WebhookEndpoint, *, now: dt.datetime) -> None:
    logger.error("webhook_endpoint_parked", extra={"endpoint": endpoint.name})
    WebhookEndpoint.objects.filter(pk=endpoint.pk, parked_at=None).update(parked_at=now)
