"""Sending messages from delivery rows: in order for each endpoint, and none waits for another that does not answer."""

import datetime as dt
import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from frontend_api.deliveries import DeliveryReport, close, give_back, lease, retry_later
from frontend_api.models import Delivery, DeliveryChannel, WebhookEndpoint
from frontend_api.outgoing import Gone, Unreachable, send, session
from frontend_api.webhooks.messages import body_of, headers_of

logger = logging.getLogger(__name__)
# With the pauses between them some nine hours: then the endpoint is left alone until an operator releases it.
MOST_ATTEMPTS = 20
LONGEST_PAUSE_SECONDS = 3600.0
# Well below the lease: what was not tried by then is given back.
LONGEST_RUN_SECONDS = 20.0
AT_ONCE = 8


@dataclass(frozen=True)
class Message:
    """What is sent of one delivery; written before the network is touched, and sent without the database."""

    delivery: Delivery
    url: str
    headers: dict[str, str]
    body: str


@dataclass
class Answers:
    """What became of the messages of one endpoint: how many were taken, and why the next was not."""

    endpoint: WebhookEndpoint
    messages: list[Message]
    taken: int = 0
    failure: Exception | None = None


def send_due(*, now: dt.datetime, limit: int) -> DeliveryReport:
    """Send what is due; at most `limit` messages, and no new one after LONGEST_RUN_SECONDS.

    Each endpoint gets its messages one after the other, several endpoints at once. A worker that dies after sending and
    before writing it down sends again under the same `webhook-id`.
    """
    report, until = DeliveryReport(), time.monotonic() + LONGEST_RUN_SECONDS
    endpoints = {str(one.key): one for one in WebhookEndpoint.objects.filter(removed_at=None)}
    parked = [key for key, one in endpoints.items() if one.parked_at]
    waiting = lease(now=now, limit=limit, channels=[DeliveryChannel.WEBHOOK], but_for=parked, is_in_order=True)
    for delivery in [one for one in waiting if one.target not in endpoints]:
        close(delivery, dead_at=now, last_error="The endpoint was removed.")
        report.dead.append(delivery.pk)
    by_target = {key: [one for one in waiting if one.target == key] for key in endpoints}
    groups = [_written(endpoints[key], rows, now=now) for key, rows in by_target.items() if rows]
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        running = [pool.submit(_send_all, group, until=until) for group in groups]
        for done in as_completed(running):
            _write_down(done.result(), waiting, now=now, report=report)
    return report


def _written(endpoint: WebhookEndpoint, deliveries: Sequence[Delivery], *, now: dt.datetime) -> Answers:
    """The messages for one endpoint, up to the first that cannot be written."""
    answers = Answers(endpoint, messages=[])
    try:
        for delivery in deliveries:
            body = body_of(delivery.publication)
            headers = headers_of(delivery.publication, body=body, secret=endpoint.secret, now=now)
            answers.messages.append(Message(delivery, endpoint.url, headers, body))
    except Exception as failure:
        # One endpoint that nobody can write to must not keep the others from their messages.
        logger.exception("webhook_unwritable", extra={"endpoint": endpoint.name})
        answers.failure = failure
    return answers


def _send_all(answers: Answers, *, until: float) -> Answers:
    """Send until one is not taken or the time is over. Runs beside the others: rows are neither read nor written."""
    with session() as opened:
        for message in answers.messages:
            if time.monotonic() > until:
                answers.failure = None
                break
            try:
                send(opened, "POST", message.url, headers=message.headers, body=message.body)
            except Unreachable as failure:
                answers.failure = failure
                break
            except Exception as failure:
                logger.exception("webhook_failed", extra={"endpoint": answers.endpoint.name})
                answers.failure = failure
                break
            answers.taken += 1
    return answers


def _write_down(answers: Answers, waiting: Sequence[Delivery], *, now: dt.datetime, report: DeliveryReport) -> None:
    """What was taken is done, what was not is tried later, what was not tried is given back."""
    rows = [one for one in waiting if one.target == str(answers.endpoint.key)]
    for delivery in rows[: answers.taken]:
        close(delivery, done_at=now, last_error="")
        report.done.append(delivery.pk)
    rest = rows[answers.taken :]
    if rest and answers.failure is not None:
        _not_taken(rest.pop(0), answers.endpoint, failure=answers.failure, now=now, report=report)
    give_back(rest)


def _not_taken(
    delivery: Delivery, endpoint: WebhookEndpoint, *, failure: Exception, now: dt.datetime, report: DeliveryReport
) -> None:
    reason = str(failure) if isinstance(failure, Unreachable) else repr(failure)
    if isinstance(failure, Gone) or delivery.attempts >= MOST_ATTEMPTS:
        close(delivery, dead_at=now, last_error=reason)
        _park(endpoint, now=now)
        report.dead.append(delivery.pk)
    else:
        retry_later(delivery, now=now, reason=reason, longest_seconds=LONGEST_PAUSE_SECONDS)
        report.retried.append(delivery.pk)


def _park(endpoint: WebhookEndpoint, *, now: dt.datetime) -> None:
    logger.error("webhook_endpoint_parked", extra={"endpoint": endpoint.name})
    WebhookEndpoint.objects.filter(pk=endpoint.pk, parked_at=None).update(parked_at=now)
