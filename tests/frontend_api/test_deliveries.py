"""Carrying publications to the index: once, in order, and never lost."""

import datetime as dt

from django.utils import timezone

from frontend_api.deliveries import LEASE, deliver_due, lease
from frontend_api.models import Delivery, PublishedDocument
from frontend_api.search.port import DocumentRejected, IndexUnavailable, Outcome
from tests.newsroom import publish, release


class RecordingIndex:
    """Stands at the port: writes down what arrives, and fails as it is told."""

    def __init__(self, *failures: Exception):
        self.failures = list(failures)
        self.stored: list[tuple[str, int]] = []
        self.removed: list[tuple] = []
        self.refreshed: list[str] = []

    def put(self, document, *, version: int) -> Outcome:
        if self.failures:
            raise self.failures.pop(0)
        self.stored.append((document.title, version))
        return Outcome.STORED

    def remove(self, content_id, locale: str, *, version: int) -> Outcome:
        self.removed.append((content_id, locale, version))
        return Outcome.STORED

    def refresh(self, *, locale: str | None = None) -> None:
        self.refreshed.append(locale)


def test_what_was_published_arrives_once(room):
    publish(release(room.author, title="Бир"), room)
    publish(release(room.author, title="Эки"), room)
    index = RecordingIndex()

    first = deliver_due(now=timezone.now(), limit=10, index=index)
    second = deliver_due(now=timezone.now(), limit=10, index=index)

    assert index.stored == [("Бир", 1), ("Эки", 2)]
    assert (len(first.done), len(second.done)) == (2, 0)


def test_an_index_that_is_down_is_tried_again_later(room):
    publish(release(room.author), room)
    now = timezone.now()

    first = deliver_due(now=now, limit=10, index=RecordingIndex(IndexUnavailable("refused")))
    at_once = deliver_due(now=now, limit=10, index=RecordingIndex())
    later = deliver_due(now=now + dt.timedelta(seconds=5), limit=10, index=RecordingIndex())

    assert (len(first.retried), len(at_once.done), len(later.done)) == (1, 0, 1)
    assert Delivery.objects.get().attempts == 2


def test_an_outage_leaves_attempts_for_what_nobody_foresaw(room):
    publish(release(room.author), room)
    now = timezone.now()

    for minute in range(40):
        at = now + dt.timedelta(minutes=minute)
        assert len(deliver_due(now=at, limit=10, index=RecordingIndex(IndexUnavailable("refused"))).retried) == 1
    later = deliver_due(now=now + dt.timedelta(hours=1), limit=10, index=RecordingIndex(RuntimeError("odd")))

    assert (len(later.retried), later.dead, Delivery.objects.get().attempts) == (1, [], 9)


def test_a_document_that_the_index_refuses_goes_to_the_dead_letters_and_stops_nobody(room):
    publish(release(room.author, title="Бир"), room)
    publish(release(room.author, title="Эки"), room)
    index = RecordingIndex(DocumentRejected("mapping"))

    report = deliver_due(now=timezone.now(), limit=10, index=index)

    assert (len(report.dead), index.stored) == (1, [("Эки", 2)])
    assert Delivery.objects.exclude(dead_at=None).get().last_error == "mapping"


def test_the_lease_of_a_worker_that_died_expires(room):
    publish(release(room.author), room)
    now = timezone.now()
    lease(now=now, limit=10)

    while_leased = deliver_due(now=now, limit=10, index=RecordingIndex())
    after = deliver_due(now=now + LEASE + dt.timedelta(seconds=1), limit=10, index=RecordingIndex())

    assert (len(while_leased.done), len(after.done)) == (0, 1)


def test_without_an_index_the_database_has_it_already(room):
    publish(release(room.author), room)

    report = deliver_due(now=timezone.now(), limit=10, index=None)

    assert len(report.done) == 1
    assert PublishedDocument.objects.count() == 1


class Unshown(RecordingIndex):
    """Takes everything and gives no answer when it is to show what it took in Russian."""

    def refresh(self, *, locale: str | None = None) -> None:
        super().refresh(locale=locale)
        if locale == "ru":
            raise IndexUnavailable("refused")


def test_a_batch_is_shown_once_for_each_language_before_it_is_done(room):
    for title in ("Бир", "Эки", "Үч"):
        publish(release(room.author, title=title), room)
    publish(release(room.author, title="Раз", locale="ru"), room)
    index = RecordingIndex()

    report = deliver_due(now=timezone.now(), limit=10, index=index)

    assert (len(report.done), sorted(index.refreshed)) == (4, ["ky", "ru"])


def test_a_language_that_is_not_shown_is_tried_again_later_and_stops_no_other(room):
    publish(release(room.author, title="Раз", locale="ru"), room)
    publish(release(room.author, title="Бир"), room)
    index = Unshown()

    report = deliver_due(now=timezone.now(), limit=10, index=index)

    waiting = Delivery.objects.get(done_at=None)
    assert (len(report.done), report.retried, report.dead) == (1, [waiting.pk], [])
    assert (waiting.publication.locale, waiting.last_error, waiting.leased_until) == ("ru", "refused", None)
    assert len(index.stored) == 2


def test_a_slow_batch_is_closed_in_parts_within_its_lease(room, monkeypatch):
    monkeypatch.setattr("frontend_api.deliveries.LONGEST_UNCLOSED", dt.timedelta(seconds=-1))
    for title in ("Бир", "Эки"):
        publish(release(room.author, title=title), room)
    index = RecordingIndex()

    report = deliver_due(now=timezone.now(), limit=10, index=index)

    assert (len(report.done), index.refreshed) == (2, ["ky", "ky"])
