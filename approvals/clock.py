"""What time it is where the records are kept. Nothing is published before its time by this clock."""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.utils import timezone

# A clock that is set back in between: nobody is kept waiting for it.
LONGEST_WAIT = dt.timedelta(seconds=3)


def database_now() -> dt.datetime:
    """The database's clock; on SQLite the machine's, which is the same."""
    return asked() if connection.vendor == "postgresql" else timezone.now()


def asked() -> dt.datetime:
    """What PostgreSQL's clock says at this instant, however long the transaction has been open."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


class ClockSetBack(Exception):
    """The moment that was near is far."""


@contextmanager
def ending_at(moment: dt.datetime, *, clock: Callable[[], dt.datetime]) -> Iterator[Callable[[], dt.datetime]]:
    """A clock by which it is that moment already; what is done by it ends only when it is, by the one that is given.

    The two belong together: the block stands inside a transaction, so nobody sees what was done by the one before it is
    true by the other.
    Raises ClockSetBack: more is left than anybody waits for.
    """
    yield lambda: max(moment, clock())
    longest = time.monotonic() + LONGEST_WAIT.total_seconds()
    while (left := (moment - clock()).total_seconds()) > 0:
        if left > longest - time.monotonic():
            raise ClockSetBack(f"{left:.1f} s are left until what was begun may end")
        time.sleep(left)
