"""The worker as a process: it wakes at the moment, follows after a stop, and dies in the middle without harm."""

import datetime as dt
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from approvals import ledger
from approvals.clock import database_now
from approvals.models import Bundle, DuePublication, LedgerEntry, TimedPublication
from frontend_api.models import Publication, PublishedDocument
from site_pages.models import DocumentPage, PublicationPermit
from tests.approvals.bundles.coverage import AT, make
from tests.cms.places import first_place
from tests.newsroom import open_newsroom, publish, release

KILLED = -9

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def worker(*command: str):
    """A worker that runs, until the end of the block; it has said so. command: of Python, where it is not ours."""
    process = subprocess.Popen(
        [sys.executable, "-u", *(command or ("manage.py", "worker"))],
        cwd=django_settings.BASE_DIR, env=first_place().environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert "running" in process.stdout.readline()
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)


def public_within(page, *, seconds: float) -> float:
    """How many seconds it took until the document was public."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        if PublishedDocument.objects.filter(content_id=page.content_id).exists():
            return time.monotonic() - started
        time.sleep(0.05)
    raise AssertionError(f"It did not become public within {seconds} s.")


@pytest.fixture
def room(settings):
    settings.CACHE_SECONDS = 0
    return open_newsroom()


def soon(room, *, count: int = 1) -> dt.datetime:
    """A moment by which so many documents can be cleared, by what one costs here and now."""
    started = time.monotonic()
    publish(release(room.author, title=f"Сыноо {timezone.now().timestamp()}"), room)
    left = dt.timedelta(seconds=2 + 2 * count * (time.monotonic() - started))
    return (timezone.now() + left).replace(microsecond=0)


def cleared(room, *, at: dt.datetime, title: str):
    """A document that waits for the moment."""
    page = publish(release(room.author, title=title, go_live_at=at), room)
    assert DuePublication.objects.filter(page_id=page.pk).exists()
    return page


def wait_for(moment: dt.datetime) -> None:
    """Until the moment is over by the database's clock."""
    while (left := (moment - database_now()).total_seconds()) > 0:
        time.sleep(left)


def test_it_wakes_at_the_moment_and_after_a_stop_it_follows_at_once(room):
    missed = soon(room)
    first = cleared(room, at=missed, title="Өткөн")
    wait_for(missed)

    with worker():
        assert public_within(first, seconds=5) < 5
        moment = soon(room) + dt.timedelta(seconds=2)
        second = cleared(room, at=moment, title="Түш")
        wait_for(moment)
        assert public_within(second, seconds=5) < 5

    kept = {row.page_id: row for row in TimedPublication.objects.all()}
    assert (kept[first.pk].due_at, kept[second.pk].due_at) == (missed, moment)
    assert PublishedDocument.objects.get(content_id=second.content_id).first_published_at >= moment
    assert 0 <= kept[second.pk].late_ms < 1000


KILL = """
import os, signal, django
django.setup()
from django.core.management import call_command
from approvals import gate, scheduling
scheduling.TOGETHER = scheduling.TOGETHER_UNPREPARED = 2
honest, portions = gate.keep_delays, []
def dies(*arguments, **named):
    portions.append(1)
    if len(portions) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    honest(*arguments, **named)
gate.keep_delays = dies
call_command("worker", "--once")
"""


def test_killed_in_the_middle_it_leaves_only_whole_documents_and_none_twice(room):
    moment = soon(room, count=6)
    pages = [cleared(room, at=moment, title=f"Кабар {number}") for number in range(6)]
    wait_for(moment)
    before = counted()

    killed = first_place().run("-c", KILL).returncode
    after_death = counted()
    finished = first_place().manage("worker", "--once").returncode

    # One document was public before; the portions are of two.
    assert before == (1, 1, 1, 0, 6, 0)
    assert (killed, after_death) == (KILLED, (5, 5, 5, 4, 2, 0))
    assert (finished, counted()) == (0, (7, 7, 7, 6, 0, 0))
    public = PublishedDocument.objects.filter(content_id__in=[page.content_id for page in pages])
    assert public.count() == 6
    assert list(Publication.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 8))
    assert list(ledger.faults()) == []


KILLED_WAITING = """
import contextlib, datetime, os, signal, django
django.setup()
from django.core.management import call_command
from approvals import at_the_moment
# Where a machine has much else to do, it is awake in time all the same: who wakes late begins nothing beforehand.
at_the_moment.BEGUN_BEFORE = datetime.timedelta(seconds=2)
@contextlib.contextmanager
def dies(moment, *, clock):
    yield lambda: max(moment, clock())
    os.kill(os.getpid(), signal.SIGKILL)
at_the_moment.ending_at = dies
call_command("worker")
"""


def test_killed_while_it_waits_for_the_moment_it_leaves_everything_to_the_next_one(room):
    # It runs already: how long it takes to start is no matter of the moment.
    with worker("-c", KILLED_WAITING) as waits:
        moment = soon(room, count=12) + dt.timedelta(seconds=5)
        pages = [cleared(room, at=moment, title=f"Кабар {number}") for number in range(4)]
        together = [release(room.author, title=f"Топтом {number}") for number in range(2)]
        bundle = make(room, *together, when=AT, due_at=moment)
        pages += [publish(page, room) for page in together]
        before = counted()
        killed = death_of(waits)
    after_death = counted()
    with worker():
        for page in pages:
            public_within(page, seconds=30)

    assert (killed, after_death) == (KILLED, before)
    assert counted() == (7, 7, 7, 6, 0, 0)
    assert Bundle.objects.get(pk=bundle.pk).published_at >= moment
    public = PublishedDocument.objects.filter(content_id__in=[page.content_id for page in pages])
    assert min(public.values_list("first_published_at", flat=True)) >= moment
    assert list(ledger.faults()) == []


def death_of(process: subprocess.Popen) -> int:
    """The status of a worker that is to die by itself, soon after the moment at the latest."""
    try:
        return process.wait(timeout=90)
    except subprocess.TimeoutExpired:
        pytest.fail(f"It lives, and leaves {counted()}")


def counted() -> tuple[int, ...]:
    """Documents that readers have, pages that are live, entries, delays on record, what waits, and open gates."""
    return (
        PublishedDocument.objects.count(),
        DocumentPage.objects.filter(live=True).count(),
        LedgerEntry.objects.filter(kind="published").count(),
        TimedPublication.objects.count(),
        DuePublication.objects.count(),
        PublicationPermit.objects.count(),
    )
