"""Sending messages from delivery rows: in order for each endpoint, and none waits for another that does not answer."""

import datetime as dt
import logging
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import Min

from frontend_api.deliveries import DeliveryReport, close, due_at, give_back, lease, retry_later
from frontend_api.models import Delivery, DeliveryChannel, WebhookEndpoint
from frontend_api.outgoing import Gone, Unreachable, send, session
from frontend_api.webhooks.messages import body_of, headers_of

logger = logging.getLogger(__name__)
# With the pauses between them some nine hours: then the endpoint is left alone until an operator releases it.
MOST_ATTEMPTS = 20
LONGEST_PAUSE_SECONDS = 3600.0
# Well below the lease: what was not tried by then is given back.
LONGEST_RUN_SECONDS = 10.0
AT_ONCE = 8
# Of one endpoint, before another has its turn.
MESSAGES_A_TURN = 4
# While one is slow, so soon is what is new for the others found.
LOOK_AGAIN_SECONDS = 0.5
FORGOTTEN_AT_ONCE = 50


@dataclass(frozen=True)
class Message:
    """What is sent of one delivery; written before the network is touched, and sent without the database."""

    url: str
    headers: dict[str, str]
    body: str


@dataclass
class Answers:
    """What became of the messages of one endpoint: how many were taken, and why the next was not."""

    endpoint: WebhookEndpoint
    deliveries: Sequence[Delivery]
    messages: list[Message]
    taken: int = 0
    failure: Exception | None = None


@dataclass
class Run:
    """One run over all endpoints. turns: how many each had; failed: who did not take a message, and rests until the
    next run. limit: of one endpoint at a time.
    """

    now: dt.datetime
    limit: int
    began: float = field(default_factory=time.monotonic)
    turns: Counter[str] = field(default_factory=Counter)
    failed: set[str] = field(default_factory=set)
    report: DeliveryReport = field(default_factory=DeliveryReport)

    @property
    def until(self) -> float:
        """After which second nothing is begun."""
        return self.began + LONGEST_RUN_SECONDS

    def moment(self) -> dt.datetime:
        """The moment of the run, and what has passed of it."""
        return self.now + dt.timedelta(seconds=time.monotonic() - self.began)

    def take(self, *, but: set[str], room: int) -> list["Answers"]:
        """The next messages of at most `room` endpoints, of those first that had the fewest turns."""
        due = due_at(self.moment()).filter(channel=DeliveryChannel.WEBHOOK).exclude(target__in=but | self.failed)
        oldest = dict(due.order_by().values_list("target").annotate(Min("publication_id")))
        # Read after the messages: who has one is there, however lately he was added.
        endpoints = {str(one.key): one for one in WebhookEndpoint.objects.filter(removed_at=None)}
        for target in oldest.keys() - endpoints.keys():
            self._forget(target)
        taken: list[Answers] = []
        on = [target for target in oldest if target in endpoints and endpoints[target].parked_at is None]
        for target in sorted(on, key=lambda one: (self.turns[one], oldest[one])):
            if len(taken) == room:
                break
            endpoint, deliveries = _leased(endpoints[target].pk, now=self.moment(), limit=self.limit)
            if endpoint is not None and deliveries:
                self.turns[target] += 1
                taken.append(_written(endpoint, deliveries, now=self.moment()))
        return taken

    def write_down(self, answers: "Answers") -> None:
        """What was taken is done, what was not is tried later, what was not tried is given back."""
        for delivery in answers.deliveries[: answers.taken]:
            close(delivery, done_at=self.moment(), last_error="")
            self.report.done.append(delivery.pk)
        rest = list(answers.deliveries[answers.taken :])
        if rest and answers.failure is not None:
            self.failed.add(str(answers.endpoint.key))
            _not_taken(rest.pop(0), answers.endpoint, failure=answers.failure, now=self.moment(), report=self.report)
        give_back(rest)

    def _forget(self, target: str) -> None:
        for delivery in lease(
            now=self.moment(), limit=FORGOTTEN_AT_ONCE, channels=[DeliveryChannel.WEBHOOK], target=target
        ):
            close(delivery, dead_at=self.moment(), last_error="The endpoint was removed.")
            self.report.dead.append(delivery.pk)


def send_due(*, now: dt.datetime, limit: int) -> DeliveryReport:
    """Send what is due, and no new message after LONGEST_RUN_SECONDS; at most `limit` of one endpoint in one turn.

    Each endpoint gets its messages one after the other, several endpoints at once and in turns, so that one that is
    slow, or has missed many, costs the others nothing. A worker that dies after sending and before writing it down
    sends again under the same `webhook-id`.
    """
    run = Run(now=now, limit=min(limit, MESSAGES_A_TURN))
    running: dict[Future[Answers], str] = {}
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        while True:
            if len(running) < AT_ONCE and time.monotonic() < run.until:
                for group in run.take(but=set(running.values()), room=AT_ONCE - len(running)):
                    running[pool.submit(_send_all, group, until=run.until)] = str(group.endpoint.key)
            if not running:
                return run.report
            done, _others = wait(running, timeout=LOOK_AGAIN_SECONDS, return_when=FIRST_COMPLETED)
            for one in done:
                del running[one]
                run.write_down(one.result())


@transaction.atomic
def _leased(pk: int, *, now: dt.datetime, limit: int) -> tuple[WebhookEndpoint | None, list[Delivery]]:
    """The endpoint as it is now, and its next messages. Nothing of one that is off, or that another worker asks about.

    Two workers that took of one endpoint at once would each hold a part, and the later part could be sent first.
    """
    skip_locked = connection.features.has_select_for_update_skip_locked
    known = WebhookEndpoint.objects.select_for_update(skip_locked=skip_locked).filter(pk=pk)
    endpoint = known.filter(removed_at=None, parked_at=None).first()
    if endpoint is None:
        return None, []
    return endpoint, lease(now=now, limit=limit, channels=[DeliveryChannel.WEBHOOK], target=str(endpoint.key))


def _written(endpoint: WebhookEndpoint, deliveries: Sequence[Delivery], *, now: dt.datetime) -> Answers:
    """The messages for one endpoint, up to the first that cannot be written."""
    answers = Answers(endpoint, deliveries, messages=[])
    try:
        for delivery in deliveries:
            body = body_of(delivery.publication)
            headers = headers_of(delivery.publication, body=body, secret=endpoint.secret, now=now)
            answers.messages.append(Message(endpoint.url, headers, body))
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


def _not_taken(
    delivery: Delivery, endpoint: WebhookEndpoint, *, failure: Exception, now: dt.datetime, report: DeliveryReport
) -> None:
    reason = str(failure) if isinstance(failure, Unreachable) else repr(failure)
    if isinstance(failure, Gone) or delivery.attempts >= MOST_ATTEMPTS:
        # First: what is put aside holds up no longer what comes after it.
        _park(endpoint, now=now)
        close(delivery, dead_at=now, last_error=reason)
        report.dead.append(delivery.pk)
    else:
        retry_later(delivery, now=now, reason=reason, longest_seconds=LONGEST_PAUSE_SECONDS)
        report.retried.append(delivery.pk)


def _park(endpoint: WebhookEndpoint, *, now: dt.datetime) -> None:
    logger.error("webhook_endpoint_parked", extra={"endpoint": endpoint.name})
    WebhookEndpoint.objects.filter(pk=endpoint.pk, parked_at=None).update(parked_at=now)
