"""An office of its own for the faults: its database, its files, its index, and documents that wait for their time."""

import datetime as dt
from itertools import count

import time_machine
from django.core.management import call_command
from django.utils import timezone

from approvals.withdrawal.closing import close_at_once
from tests.newsroom import Newsroom, lay_out_office, open_newsroom, publish, release


class Office:
    """Documents that were cleared: `expected` have to be public, `waiting` must not be, `gone` not any more."""

    def __init__(self):
        call_command("migrate", verbosity=0)
        lay_out_office()
        self.room: Newsroom = open_newsroom()
        self.expected: set[int] = set()
        self.gone: set[int] = set()
        self._titles = (f"Жаңылык {number}" for number in count(1))
        tomorrow = timezone.now() + dt.timedelta(days=1)
        self.waiting = {publish(self._draft(go_live_at=tomorrow), self.room).pk}

    def _draft(self, **fields):
        return release(self.room.author, title=next(self._titles), **fields)

    def due(self, *, documents: int) -> None:
        """So many documents, cleared two hours ago and due since half an hour."""
        now = timezone.now()
        with time_machine.travel(now - dt.timedelta(hours=2)):
            for _ in range(documents):
                page = publish(self._draft(go_live_at=now - dt.timedelta(minutes=30)), self.room)
                self.expected.add(page.pk)

    def published(self, *, documents: int) -> list:
        """So many documents, published at once by the last approval."""
        pages = [publish(self._draft(), self.room) for _ in range(documents)]
        self.expected |= {page.pk for page in pages}
        return pages

    def close(self, page) -> None:
        """Close one document at once, as one of the leadership does."""
        close_at_once(page_id=page.pk, actor_id=self.room.leader.pk, reason="Жаңылыш жарыяланды.", now=timezone.now())

    def closed(self, pages: list) -> None:
        """Close these, and expect them to be gone."""
        for page in pages:
            self.close(page)
        self.gone |= {page.pk for page in pages}
        self.expected -= self.gone
