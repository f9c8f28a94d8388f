"""What the tests of sending share: two notices that wait, a run, and how each notice stands."""

import datetime as dt

from django.utils import timezone

from approvals.models import Notice
from approvals.notices.delivery import NoticeReport, deliver_notices
from tests.newsroom import Newsroom, open_newsroom, release, submit

HOUR = dt.timedelta(hours=2)
BOTH = ["head@office.example", "deputy-head@office.example"]


def two_notices() -> Newsroom:
    """One submission, told to two people: the head first, then the deputy."""
    room = open_newsroom()
    for person in (room.head, room.deputy_head):
        type(person).objects.filter(pk=person.pk).update(email=f"{person.username}@office.example")
    submit(release(room.author), by=room.author)
    return room


def deliver(*, after: dt.timedelta = dt.timedelta(), limit: int = 50) -> NoticeReport:
    """One run of the worker, so much later."""
    return deliver_notices(now=timezone.now() + after, limit=limit)


def states() -> list[tuple[str, int]]:
    """State and counted attempts of every notice, in the order in which they were written."""
    return [
        (str(state), attempts) for state, attempts in Notice.objects.order_by("pk").values_list("state", "attempts")
    ]
