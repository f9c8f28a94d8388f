"""Each fault, made many times over, and the count after it."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import OperationalError, connection, connections

from approvals.models import DuePublication
from frontend_api.models import Delivery, DeliveryChannel, PublishedDocument
from site_pages.models import DocumentPage
from tests.faults.counting import Count, count, deliver_the_rest
from tests.faults.office import Office
from tests.faults.points import POINTS, Point, at, die
from tests.faults.processes import Child, work_on, work_once
from tests.services.proxy import FaultProxy

PATIENCE_SECONDS = 120
# So soon after its server is back, an index holds what is public.
DRIFT_SECONDS = 60


@dataclass(frozen=True)
class Row:
    """One line of the table. happened: how many of `runs` times the fault was really made."""

    fault: str
    runs: int
    happened: int
    count: Count
    seconds: float

    @property
    def is_clean(self) -> bool:
        """Whether the fault was made each time and nothing went wrong."""
        return self.happened == self.runs and self.count.is_clean


def killed(office: Office, point: Point, *, runs: int) -> Row:
    """A worker is killed at the point, so many times; after each, another worker comes."""
    began, happened, halves = time.monotonic(), 0, 0
    for _ in range(runs):
        office.due(documents=1)
        happened += Child(lambda: (at(point, die), work_once())).wait() == -signal.SIGKILL
        halves += len(half_done(office))
        assert Child(work_once).wait() == 0
        deliver_the_rest()
    result = count(office.expected, waiting=office.waiting, gone=office.gone)
    result = Count(**{**vars(result), "faults": result.faults + halves})
    return Row(f"worker killed: {point.name}", runs, happened, result, time.monotonic() - began)


def killed_while_closing(office: Office, point: Point, *, runs: int) -> Row:
    """Whoever closes a document is killed at the point, so many times; after each, it is closed again."""
    began, happened, halves = time.monotonic(), 0, 0
    for _ in range(runs):
        (page,) = office.published(documents=1)
        deliver_the_rest()
        happened += Child(lambda one=page: (at(point, die), office.close(one))).wait() == -signal.SIGKILL
        halves += len(half_done(office))
        office.closed([page])
        deliver_the_rest()
    result = count(office.expected, waiting=office.waiting, gone=office.gone)
    result = Count(**{**vars(result), "faults": result.faults + halves})
    return Row(f"killed while closing: {point.name}", runs, happened, result, time.monotonic() - began)


def half_done(office: Office) -> set[int]:
    """The pages that are live without being stored for readers, or the other way round."""
    stored = set(PublishedDocument.objects.values_list("content_id", "locale"))
    pages = DocumentPage.objects.filter(pk__in=office.expected).select_related("locale")
    return {page.pk for page in pages if page.live != ((page.content_id, page.locale_code) in stored)}


def crashed(office: Office, *, runs: int) -> Row:
    """PostgreSQL crashes while a worker is in the middle of a publication; the same worker goes on."""
    began, happened = time.monotonic(), 0
    for _ in range(runs):
        office.due(documents=1)
        reached, says_reached = os.pipe()
        may_go_on, says_go_on = os.pipe()

        def pause(says=says_reached, waits=may_go_on) -> None:
            os.write(says, b".")
            os.read(waits, 1)

        worker = Child(lambda act=pause: (at(STORED, act), work_on()))
        os.read(reached, 1)
        happened += crash_postgresql()
        os.write(says_go_on, b".")
        wait_until(lambda: not DuePublication.objects.filter(page_id__in=office.expected).exists())
        worker.kill()
        for pipe in (reached, says_reached, may_go_on, says_go_on):
            os.close(pipe)
        deliver_the_rest()
    result = count(office.expected, waiting=office.waiting, gone=office.gone)
    return Row("PostgreSQL crashed in mid-transaction", runs, happened, result, time.monotonic() - began)


STORED = next(point for point in POINTS if point.name == "the document is stored")


def crash_postgresql() -> bool:
    """Ask the process above, which keeps the server, for a crash; whether it is another server that answers now."""
    before = _started_at()
    connections.close_all()
    os.kill(os.getppid(), signal.SIGUSR1)
    wait_until(lambda: _started_at() not in (None, before))
    return True


def _started_at() -> object | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_postmaster_start_time()")
            return cursor.fetchone()[0]
    except OperationalError:
        connections.close_all()
        return None


def two_workers(office: Office, *, documents: int, kills: int) -> Row:
    """Two workers publish at once; now and then one of them is killed and another takes its place."""
    began, happened = time.monotonic(), 0
    office.due(documents=documents)
    workers = [Child(work_on), Child(work_on)]
    for number in range(kills):
        left = documents * (kills - number) // (kills + 1)
        wait_until(lambda most=left: _still_due(office) <= most)
        happened += workers.pop(0).kill() == -signal.SIGKILL
        workers.append(Child(work_on))
    wait_until(lambda: not _still_due(office))
    for worker in workers:
        worker.kill()
    deliver_the_rest()
    result = count(office.expected, waiting=office.waiting, gone=office.gone)
    return Row(f"two workers at {documents} documents, one killed", kills, happened, result, time.monotonic() - began)


def _still_due(office: Office) -> int:
    return DuePublication.objects.filter(page_id__in=office.expected).count()


def index_down(office: Office, proxy: FaultProxy, *, publications: int) -> Row:
    """Elasticsearch is down while so much is published, and a fifth of it closed; the time is that from its return
    until nothing differs."""
    closings = publications // 5
    proxy.stop()  # before the fork: a worker that has the proxy's socket would keep its port
    with working():
        pages = office.published(documents=publications)
        office.closed(pages[:closings])
        undelivered = Delivery.objects.filter(channel=DeliveryChannel.INDEX, done_at=None).count()
        proxy.work()
        began = time.monotonic()
        wait_until(lambda: not Delivery.objects.filter(done_at=None).exists())
        seconds = time.monotonic() - began
    result = count(office.expected, waiting=office.waiting, gone=office.gone)
    happened = publications if undelivered == publications + closings and seconds < DRIFT_SECONDS else 0
    return Row(
        f"Elasticsearch down: {publications} published, {closings} closed", publications, happened, result, seconds
    )


@contextmanager
def working():
    """A worker beside the block."""
    worker = Child(work_on)
    try:
        yield
    finally:
        worker.kill()


def wait_until(is_so: Callable[[], bool]) -> None:
    """Raises TimeoutError."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > PATIENCE_SECONDS:
            raise TimeoutError(f"after {PATIENCE_SECONDS} s still not so")
        time.sleep(0.05)
