"""Filling an index anew while readers go on reading and the gate goes on publishing."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from frontend_api.search import log_reading, making_good
from frontend_api.search.database import DatabaseIndex
from frontend_api.search.elasticsearch import ElasticsearchIndex
from frontend_api.search.port import IndexedDocument, IndexUnavailable, ItemOutcome, Outcome, Tombstone

# Told how many more items were stored.
Progress = Callable[[int], None]


class NotCaughtUp(IndexUnavailable):
    """Readers have the new index, which lacks what was brought to the old one meanwhile; the worker brings it again."""


@dataclass
class Rebuilt:
    """What a rebuild of one language did. caught_up: stored again because of publications during the rebuild.

    left_alone: indices behind the alias that were not made here; readers no longer see them, and they are kept.
    """

    locale: str
    name: str
    stored: int = 0
    caught_up: int = 0
    rejected: list[ItemOutcome] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)

    def count(self, outcomes: list[ItemOutcome]) -> None:
        """Add a batch. Raises IndexUnavailable if the index could not take one of its items now."""
        for item in outcomes:
            if item.outcome is Outcome.UNAVAILABLE:
                raise IndexUnavailable(item.reason)
            if item.outcome is Outcome.REJECTED:
                self.rejected.append(item)
        self.stored += sum(item.outcome is Outcome.STORED for item in outcomes)


def rebuild(index: ElasticsearchIndex, *, locale: str, now: dt.datetime, progress: Progress) -> Rebuilt:
    """Fill a new index beside the old one, catch up with the log, swap the alias, catch up again, drop the old one.

    Readers see the old index, then the new one, never an empty one. What cannot be stored is listed in `rejected`.
    Raises IndexUnavailable: nothing changed for readers; the new index is dropped again. NotCaughtUp: see there.
    """
    begun = timezone.now()
    built = Rebuilt(locale=locale, name=index.create_beside(locale, now=now))
    beside = {locale: built.name}

    def store(items: Sequence[IndexedDocument | Tombstone]) -> int:
        built.count(index.store_many(items, into=beside))
        progress(len(items))
        return len(items)

    try:
        covered = log_reading.last_number()
        for batch in log_reading.all_published(locale):
            store(batch)
        store(log_reading.all_withdrawn(locale))
        while True:
            newer, covered = log_reading.newer_than(covered, locale=locale)
            if not newer:
                break
            built.caught_up += store(newer)
        left = index.swap(locale, to=built.name)
    except BaseException:
        _drop_quietly(index, built.name)
        raise
    # Only what we made: an alias can be pointed at what belongs to others.
    built.left_alone = [name for name in left if not name.startswith(f"{index.alias(locale)}-")]
    try:
        last = _catch_up(index, built, covered=covered, begun=begun)
        index.drop(name for name in left if name not in built.left_alone)
    except IndexUnavailable as failure:
        making_good.reopen(locale=locale, after=covered, since=begun, now=timezone.now())
        raise NotCaughtUp(str(failure)) from failure
    refused = {item.content_id for item in built.rejected}
    making_good.settle(locale=locale, up_to=last, but=refused, now=timezone.now())
    return built


def _catch_up(index: ElasticsearchIndex, built: Rebuilt, *, covered: int, begun: dt.datetime) -> int:
    """Bring what was delivered to the old index since the last look at the log, and what has ended since the first:
    an end has no number. The newest number that is covered.
    """
    newer, covered = log_reading.newer_than(covered, locale=built.locale)
    built.count(index.store_many([*newer, *log_reading.ended_since(begun, locale=built.locale)]))
    index.refresh(locale=built.locale)
    built.caught_up += len(newer)
    return covered


def rebuild_in_database(index: DatabaseIndex, *, locale: str, progress: Progress) -> Rebuilt:
    """Write the search texts of one language again, in place; a reader finds each document throughout."""
    built = Rebuilt(locale=locale, name=index.name)
    for batch in log_reading.all_published(locale):
        built.count(index.put_many(batch))
        progress(len(batch))
    for tombstone in log_reading.all_withdrawn(locale):
        index.remove(tombstone.content_id, locale, version=tombstone.version)
    return built


def _drop_quietly(index: ElasticsearchIndex, name: str) -> None:
    """Drop what no reader saw; if the server is gone, the next operator finds the name in `_cat/indices`."""
    try:
        index.drop([name])
    except IndexUnavailable:
        return
