"""Texts that are due at a moment, and what a worker does before it and at it."""

import datetime as dt
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import time_machine
from django.db import connection, connections
from django.utils import timezone
from wagtail.models import Revision
from wagtail.signals import page_published

from approvals import decisions
from approvals.cleared_texts import Ahead
from approvals.scheduling import prepare_one, publish_due
from frontend_api.models import PublishedDocument
from tests.newsroom import edit, publish, release


def due(room, *, at: dt.datetime, count: int = 1, **fields) -> list:
    """Cleared releases that wait for the moment; the text was written after the page was made."""
    pages = []
    for number in range(count):
        page = edit(release(room.author, title=f"Черновик {number}"), by=room.author, title=f"Кабар {number}", **fields)
        pages.append(publish(edit(page, by=room.author, go_live_at=at), room))
    return pages


def corrected(page, room, *, at: dt.datetime, **changes):
    """A cleared correction of what is public, due at the moment."""
    changes = {"change_note": "Саны такталды.", **changes}
    return publish(edit(page, by=room.author, go_live_at=at, **changes), room)


def ready(*, at: dt.datetime) -> Ahead:
    """What a worker has made ready before the moment."""
    ahead = Ahead()
    while prepare_one(now=at, ahead=ahead):
        pass
    return ahead


def let_go(noon: dt.datetime, *, ahead: Ahead | None = None, after: float = 0):
    """What the worker does so many seconds after the moment."""
    at = noon + dt.timedelta(seconds=after)
    with time_machine.travel(at, tick=False):
        return publish_due(now=at, ahead=ahead)


@contextmanager
def failing_for(bad) -> Iterator[None]:
    """Whatever is told of the publication of this one page fails in a way that nobody foresaw."""

    def fails(sender, instance, **kwargs):
        if instance.pk == bad.pk:
            raise OSError("no space left")

    page_published.connect(fails)
    try:
        yield
    finally:
        page_published.disconnect(fails)


def rewrite(page, room) -> None:
    """Below every door, the bytes of the version that was cleared are other ones."""
    content = {**Revision.objects.get(pk=page.latest_revision_id).content, "summary": "Башка"}
    Revision.objects.filter(pk=page.latest_revision_id).update(content=content)


def stop(page, room) -> None:
    decisions.stop_scheduled(page_id=page.pk, actor_id=room.leader.pk, remark="Күнү өзгөрдү", now=timezone.now())


def clock_from(at: dt.datetime):
    """A clock that shows this moment now, and goes on."""
    began = time.monotonic()
    return lambda: at + dt.timedelta(seconds=time.monotonic() - began)


def before(noon: dt.datetime, *, seconds: float = 10) -> dt.datetime:
    return noon - dt.timedelta(seconds=seconds)


def wait_until_begun() -> None:
    """Until somebody holds the ledger."""
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_class ON pg_class.oid = relation"
                " WHERE relname = 'approvals_ledgerhead' AND mode = 'RowShareLock' AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.005)
    raise AssertionError("Nobody has begun.")


@contextmanager
def reading(clock) -> Iterator[list]:
    """A reader who counts what is public as fast as possible, until the end of the block: the counts, and when."""
    seen, over = [], threading.Event()

    def read():
        try:
            while not over.is_set():
                # The clock is asked after the rows: what was there then was there by that moment.
                seen.append((PublishedDocument.objects.count(), clock()))
                time.sleep(0.002)
        finally:
            connections.close_all()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield seen
        time.sleep(0.05)
    finally:
        over.set()
        reader.join()
