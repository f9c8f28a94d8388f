"""What a monitor draws and watches, in Prometheus' text format: how late publications were, what waits, who guessed.

Everything is read from the database at each question: all processes give the same answer, and a restart loses nothing.
Nothing names a document: what waits for its moment is under embargo, and a monitor has many readers.
"""

import datetime as dt
from collections.abc import Iterator

from django.db import DatabaseError
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from approvals.models import DuePublication, FailedPublication, Notice, NoticeState, TimedPublication
from approvals.punctuality import punctuality
from frontend_api.file_guesses import recent_alarms
from frontend_api.models import Publication, PublicationKind
from frontend_api.undelivered import channels

# Seconds. One is promised; what is above an hour was a worker that was down.
BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0, 600.0, 3600.0)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """All numbers as they are now; text/plain or OpenMetrics, as the monitor asks. 503 without a database."""
    registry = CollectorRegistry()
    registry.register(Numbers(timezone.now()))
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    try:
        return HttpResponse(encode(registry), headers={"Content-Type": content_type})
    except DatabaseError:
        return HttpResponse("The database cannot be reached.\n", status=503, content_type="text/plain")


class Numbers(Collector):
    """The numbers of one moment."""

    def __init__(self, now: dt.datetime):
        self.now = now

    def describe(self) -> list[Metric]:
        """Nothing: the registry need not ask the database to learn the names."""
        return []

    def collect(self) -> Iterator[Metric]:
        """One metric after the other."""
        yield _delay()
        yield _publications()
        yield from _schedule(self.now)
        yield from _deliveries(self.now)
        yield _notices()
        yield _alarms(self.now)


def _delay() -> Metric:
    within = {f"within_{place}": Count("pk", filter=Q(late_ms__lte=most * 1000)) for place, most in enumerate(BUCKETS)}
    found = TimedPublication.objects.aggregate(all=Count("pk"), milliseconds=Sum("late_ms"), **within)
    buckets = [(str(most), found[f"within_{place}"]) for place, most in enumerate(BUCKETS)]
    return HistogramMetricFamily(
        "jarchy_publication_delay_seconds",
        "How much later than its time each timed publication went through the gate, by the clock of the database.",
        buckets=[*buckets, ("+Inf", found["all"])],
        sum_value=(found["milliseconds"] or 0) / 1000,
    )


def _publications() -> Metric:
    metric = CounterMetricFamily("jarchy_publications", "Entries of the log of publications.", labels=["kind"])
    counted = dict(Publication.objects.values_list("kind").annotate(count=Count("pk")))
    for kind in PublicationKind.values:
        metric.add_metric([kind], counted.get(kind, 0))
    return metric


def _schedule(now: dt.datetime) -> Iterator[Metric]:
    due = DuePublication.objects.aggregate(
        waiting=Count("pk", filter=Q(held_at=None)), held=Count("pk", filter=Q(held_at__isnull=False))
    )
    waiting = GaugeMetricFamily(
        "jarchy_schedule_texts", "Cleared texts whose publication is to come.", labels=["state"]
    )
    waiting.add_metric(["waiting"], due["waiting"])
    waiting.add_metric(["held"], due["held"])
    # What was stopped keeps the row that says why it failed, and is not to come any more.
    failed = FailedPublication.objects.filter(entry_number__in=DuePublication.objects.values("entry_number"))
    waiting.add_metric(["failed"], failed.count())
    yield waiting
    yield GaugeMetricFamily(
        "jarchy_schedule_overdue_seconds",
        "How long the oldest text that should be public and is not has been waiting.",
        value=punctuality(now=now).oldest_overdue_seconds,
    )


def _deliveries(now: dt.datetime) -> Iterator[Metric]:
    waiting = GaugeMetricFamily(
        "jarchy_deliveries_waiting", "What was published and has not arrived.", labels=["channel"]
    )
    oldest = GaugeMetricFamily("jarchy_deliveries_oldest_seconds", "For how long the oldest waits.", labels=["channel"])
    aside = GaugeMetricFamily("jarchy_deliveries_put_aside", "What the worker has given up.", labels=["channel"])
    for channel in channels(now=now):
        waiting.add_metric([channel.channel], channel.waiting)
        oldest.add_metric([channel.channel], _seconds(channel.oldest_at, now))
        aside.add_metric([channel.channel], channel.put_aside)
    yield from (waiting, oldest, aside)


def _notices() -> Metric:
    metric = GaugeMetricFamily("jarchy_notices", "Mails that were not sent, or perhaps not.", labels=["state"])
    counted = dict(Notice.objects.values_list("state").annotate(count=Count("pk")))
    for state in (NoticeState.DUE, NoticeState.UNKNOWN, NoticeState.DEAD):
        metric.add_metric([state.value], counted.get(state.value, 0))
    return metric


def _alarms(now: dt.datetime) -> Metric:
    metric = GaugeMetricFamily("jarchy_file_alarms", "Who guessed at files in the last hour.", labels=["kind"])
    alarms = recent_alarms(now=now)
    metric.add_metric(["guessing"], sum(not alarm.is_canary for alarm in alarms))
    metric.add_metric(["canary"], sum(alarm.is_canary for alarm in alarms))
    return metric


def _seconds(since: dt.datetime | None, now: dt.datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
