"""What the worker does, over and over: publish what is due, deliver what was published, watch deadlines."""

import datetime as dt
import gc
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain

from django.db import close_old_connections
from django.utils import timezone

from approvals.at_the_moment import begins_at, next_moment, publish_at
from approvals.cleared_texts import Ahead
from approvals.clock import database_now
from approvals.deadlines import watch_deadlines
from approvals.due_in_order import publish_in_order
from approvals.facts import LONG_AGO
from approvals.looking_ahead import look_ahead
from approvals.notices.delivery import deliver_notices
from approvals.schedule_alarms import warn_of_uncleared
from approvals.scheduling import prepare_one
from approvals.urgency import escalate_overdue
from approvals.withdrawal.overdue import escalate_overdue_closings
from cms.models import Restoration
from frontend_api.closings import mark_due, record_due
from frontend_api.deliveries import deliver_due
from frontend_api.file_guesses import take_note
from frontend_api.purging import purge_due
from frontend_api.search.service import delivery_index, fill_anew, prepare_index
from frontend_api.webhooks.sending import send_due

logger = logging.getLogger(__name__)
BATCH = 50
LONGEST_PAUSE = dt.timedelta(seconds=30)
# After a database was away, what is due must not be later by more than it was.
LONGEST_PAUSE_OF_THE_PUNCTUAL = dt.timedelta(seconds=1)
# Nothing is begun that could not be finished before the next moment.
BREATH = dt.timedelta(seconds=1)


def prepare_search(now: dt.datetime) -> int:
    """Fill the search index of a server that has none; how many documents."""
    return prepare_index(now=now)


def mend(now: dt.datetime) -> int:
    """Fill the search index anew after a restore: it may hold what was published after the backup. How many documents.

    Raises IndexUnavailable: it is tried again.
    """
    unmended = Restoration.objects.filter(index_rebuilt_at=None)
    if not unmended.exists():
        return 0
    filled = fill_anew(now=now)
    unmended.update(index_rebuilt_at=timezone.now())
    return filled


def deliver(now: dt.datetime) -> int:
    """Carry publications to the index; how many."""
    return len(deliver_due(now=now, limit=BATCH, index=delivery_index()).done)


def tell(now: dt.datetime) -> int:
    """Tell other sites of publications; how many messages need nothing more."""
    report = send_due(now=now, limit=BATCH)
    return len(report.done) + len(report.dead)


def purge(now: dt.datetime) -> int:
    """Empty the caches in front of the API; of how many publications they no longer know less."""
    return len(purge_due(now=now, limit=BATCH).done)


def journal(now: dt.datetime) -> int:
    """Write down outside of the database what was taken down; how many."""
    return len(record_due(now=now, limit=BATCH).done)


def mark(now: dt.datetime) -> int:
    """Say in the journal of closings that it is kept; how many lines. Raises JournalUnusable: it is tried again."""
    return mark_due(now=now)


def watch(now: dt.datetime) -> int:
    """Remind of steps that are due soon and escalate those that are overdue; how many."""
    return watch_deadlines(now=now)


def warn(now: dt.datetime) -> int:
    """Warn of what is due soon and not ready, by the clock by which it is due; how many warnings."""
    return warn_of_uncleared(now=database_now())


def notify(now: dt.datetime) -> int:
    """Send notices by e-mail; how many need nothing more."""
    report = deliver_notices(now=now, limit=BATCH)
    return len(report.sent) + len(report.closed)


def escalate(now: dt.datetime) -> int:
    """Put overdue confirmations, of urgent publications and of closings, on record; how many."""
    return escalate_overdue_closings(now=now) + escalate_overdue(now=now)


def report_guesses(now: dt.datetime) -> int:
    """Take note of those who guessed at the addresses of files; how many."""
    return len(take_note(now=now))


@dataclass
class Part:
    """One kind of work. A part that fails rests for a while and never stops the others. every: how often at most.

    longest_rest: after any number of failures. A clock that is set back ends every rest: none was to last so long.
    """

    work: Callable[[dt.datetime], int]
    every: dt.timedelta = dt.timedelta(0)
    longest_rest: dt.timedelta = LONGEST_PAUSE
    failures: int = 0
    rested_at: dt.datetime = LONG_AGO
    rests_until: dt.datetime = LONG_AGO

    def run(self, now: dt.datetime) -> int:
        """Do the work once: how much was done, 0 while it rests or when it failed."""
        if self.rested_at <= now < self.rests_until:
            return 0
        self.rested_at = now
        try:
            done = self.work(now)
        except Exception:
            self.failures += 1
            self.rests_until = now + min(self.longest_rest, dt.timedelta(seconds=2 ** min(self.failures, 6)))
            logger.exception("%s failed", self.work.__name__)
            return 0
        self.failures = 0
        self.rests_until = now + self.every if self.every else self.rests_until
        return done


@dataclass
class Punctual:
    """What one worker does about publications: makes ready what is due soon, and publishes at the moment.

    begun: the moment whose texts were begun before it.
    """

    ahead: Ahead = field(default_factory=Ahead)
    is_at_rest: threading.Event = field(default_factory=threading.Event)
    begun: dt.datetime | None = None

    def publish(self, now: dt.datetime) -> int:
        """Publish texts and bundles whose time has come; how many."""
        with self._undisturbed():
            return publish_in_order(now=database_now(), ahead=self.ahead, clock=database_now)

    def begin(self, now: dt.datetime) -> int:
        """Begin what is due next, a little before its moment and once for each: it is public at it. How many texts."""
        moment = database_now()
        upcoming = next_moment(after=moment)
        if upcoming is None or upcoming == self.begun or begins_at(upcoming) > moment:
            return 0
        self.begun = upcoming
        with self._undisturbed():
            return len(publish_at(upcoming, ahead=self.ahead))

    @contextmanager
    def _undisturbed(self) -> Iterator[None]:
        """Meanwhile other work of this process holds off.

        So does the collector of garbage: one walk over all that a worker has made ready takes a fifth of a second.
        """
        self.is_at_rest.clear()
        gc.disable()
        try:
            yield
        finally:
            gc.enable()
            self.is_at_rest.set()

    def make_ready(self, now: dt.datetime) -> int:
        """Make ready one text that is due soon, unless something else is due at once; how many."""
        moment = database_now()
        upcoming = next_moment(after=moment)
        if upcoming is not None and begins_at(upcoming) - moment < BREATH:
            return 0
        return int(prepare_one(now=moment, ahead=self.ahead))

    def seconds_to_wait(self, *, at_most: float) -> float:
        """How long to rest: to the very moment at which something is begun or due, by the database's clock."""
        now = database_now()
        upcoming = next_moment(after=now)
        if upcoming is None:
            return at_most
        wanted = upcoming if upcoming == self.begun else begins_at(upcoming)
        return max(0.0, min(at_most, (wanted - now).total_seconds()))

    def parts(self) -> list["Part"]:
        """In the order of their haste."""
        works = (self.publish, self.begin, self.make_ready)
        return [Part(one, longest_rest=LONGEST_PAUSE_OF_THE_PUNCTUAL) for one in works]


@dataclass
class Lookout:
    """What one worker knows of what is due soon. looked: see approvals.looking_ahead."""

    looked: dict[int, int] = field(default_factory=dict)

    def look(self, now: dt.datetime) -> int:
        """Find what is cleared and not as it was, by the clock by which it is due; how many. Of that, `warn` warns."""
        return look_ahead(now=database_now(), looked=self.looked)


def apart() -> dict[str, list[Part]]:
    """What waits for servers that may be slow, and what waits for nothing: each in a thread of its own.

    The journal of closings is kept beside all of them: what it does not know yet, a restore would make public again.
    """
    return {
        "teller": [Part(tell)],
        "mailer": [Part(notify)],
        "purger": [Part(purge)],
        "keeper": [Part(journal), Part(mark, every=dt.timedelta(minutes=5))],
    }


def indexing() -> list[Part]:
    """What is asked of the search server, in a thread that holds off while texts are published."""
    return [Part(mend), Part(prepare_search), Part(deliver)]


def parts() -> list[Part]:
    """Everything else that a worker does. Publications have a thread of their own, so that nothing makes them late."""
    return [
        Part(Lookout().look, every=dt.timedelta(seconds=2)),
        Part(warn, every=dt.timedelta(seconds=2)),
        Part(watch),
        Part(escalate),
        Part(report_guesses),
    ]


def everything() -> list[Part]:
    """All that a worker does, the punctual first, to be done in one thread."""
    return [*Punctual().parts(), *parts(), *indexing(), *chain(*apart().values())]


def run_once(all_parts: list[Part]) -> int:
    """One round of every part; how much was done."""
    close_old_connections()
    return sum(part.run(timezone.now()) for part in all_parts)
