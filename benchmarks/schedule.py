"""How late two hundred documents become public that are due in the same second: `make bench-schedule`.

Runs in a PostgreSQL of its own that is thrown away, with two worker processes. JARCHY_SCHEDULE_ITEMS is the number of
documents. Lateness is measured by the database's clock: a reader asks again and again what is public and what time it
is, so each figure is the moment at which a reader had the document, not the moment at which somebody wrote it down.

Three times: all are published for the first time, every second one corrects what is public, and all are in one bundle.

The baseline, in the same run: two workers that publish one document in each transaction, without preparing any.
JARCHY_SCHEDULE_BASELINE=no leaves it out.
"""

import datetime as dt
import os
import statistics
import subprocess
import sys
import time
from urllib.parse import quote

import django
from django.test.runner import DiscoverRunner

django.setup()

from django.db import connection  # noqa: E402
from django.db.models import F, Max  # noqa: E402

from approvals import scheduling  # noqa: E402
from approvals.clock import database_now  # noqa: E402
from approvals.models import DuePublication, TimedPublication  # noqa: E402
from approvals.scheduling import publish_due  # noqa: E402
from frontend_api.models import Publication, PublishedDocument  # noqa: E402
from tests.approvals.bundles.coverage import AT, make  # noqa: E402
from tests.newsroom import edit, lay_out_office, open_newsroom, publish, release  # noqa: E402

ITEMS = int(os.environ.get("JARCHY_SCHEDULE_ITEMS", "200"))
BASELINE = os.environ.get("JARCHY_SCHEDULE_BASELINE", "yes") != "no"
WORKERS = int(os.environ.get("JARCHY_SCHEDULE_WORKERS", "2"))
READING_PAUSE_SECONDS = 0.01
PATIENCE_SECONDS = 300


def main() -> None:
    """Fill an office twice, and let it publish in both ways."""
    if len(sys.argv) > 1:
        return publish_naively() if sys.argv[1] == "naive" else None
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        lay_out_office()
        room = open_newsroom()
        if BASELINE:
            measure(room, name="one by one", command=[sys.executable, "-m", "benchmarks.schedule", "naive"])
        worker = [sys.executable, "manage.py", "worker"]
        measure(room, name="the worker", command=worker)
        measure(room, name="the worker, half of them corrections", command=worker, corrections=ITEMS // 2)
        measure(room, name="the worker, all in one bundle", command=worker, is_bundle=True)
    finally:
        runner.teardown_databases(databases)


def measure(room, *, name: str, command: list[str], corrections: int = 0, is_bundle: bool = False) -> None:
    """Clear the documents, start the workers, and read until all are public; so many of them are public before."""
    public = [publish(release(room.author, title=f"{name} {number}"), room) for number in range(corrections)]
    due_at = when(room, name=name)
    pages = [
        edit(page, by=room.author, title=f"{page.title}: corrected", change_note="Оңдолду.", go_live_at=due_at)
        for page in public
    ]
    count = ITEMS - corrections
    pages += [release(room.author, title=f"{name} {corrections + n}", go_live_at=due_at) for n in range(count)]
    if is_bundle:
        make(room, *pages, when=AT, due_at=due_at)
    # As they come in an office: one beside the other.
    for page in sorted(pages, key=lambda page: (page.pk % ITEMS, page.live)):
        publish(page, room)
    spare = (due_at - database_now()).total_seconds()
    if spare < 0 or DuePublication.objects.count() != ITEMS:
        raise SystemExit("Clearing took longer than was foreseen: run it again on a calmer machine.")
    print(f"{name}: {ITEMS} documents cleared, {spare:.0f} s before their moment; {WORKERS} workers", flush=True)
    environment = {**os.environ, "DATABASE_URL": address(), "ELASTICSEARCH_URL": ""}
    quiet = {"env": environment, "stdout": subprocess.DEVNULL}
    workers = [subprocess.Popen(command, **quiet) for _ in range(WORKERS)]  # noqa: S603 our own commands
    try:
        seen = read_until_public({page.content_id for page in pages}, due_at=due_at)
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(timeout=60)
    say(seen, due_at=due_at)


def when(room, *, name: str) -> dt.datetime:
    """A moment by which all can be cleared and made ready, by what five cost; a whole second."""
    started = time.monotonic()
    for number in range(5):
        publish(release(room.author, title=f"{name}: trial {number}"), room)
    seconds = 20 + ITEMS * (1.3 * (time.monotonic() - started) / 5 + 0.2)
    return (database_now() + dt.timedelta(seconds=seconds)).replace(microsecond=0)


def address() -> str:
    """Of the database that is thrown away, for the workers."""
    known = connection.settings_dict
    login = f"{quote(known['USER'])}:{quote(known['PASSWORD'] or '')}"
    return f"postgres://{login}@{known['HOST']}:{known['PORT']}/{quote(known['NAME'])}"


def read_until_public(wanted: set, *, due_at: dt.datetime) -> dict:
    """When a reader first had each document, by the database's clock at the end of that reading."""
    seen: dict = {}
    until = time.monotonic() + (due_at - database_now()).total_seconds() + PATIENCE_SECONDS
    newest = Publication.objects.aggregate(newest=Max("number"))["newest"] or 0
    while len(seen) < len(wanted) and time.monotonic() < until:
        rows = list(PublishedDocument.objects.filter(version__gt=newest).values_list("content_id", "version"))
        at = database_now()
        for content_id, version in rows:
            newest = max(newest, version)
            if content_id in wanted:
                seen[content_id] = at
        time.sleep(READING_PAUSE_SECONDS)
    return seen


def say(seen: dict, *, due_at: dt.datetime) -> None:
    """Print how late they were, in milliseconds."""
    late = sorted((at - due_at).total_seconds() * 1000 for at in seen.values())
    if not late:
        raise SystemExit("Nothing became public.")
    p99 = late[min(len(late) - 1, int(len(late) * 0.99))]
    print(f"  seen by a reader: {len(late)} of {ITEMS}")
    median = statistics.median(late)
    print(f"  earliest {late[0]:.0f} ms, median {median:.0f} ms, p99 {p99:.0f} ms, last {late[-1]:.0f} ms")
    recorded = TimedPublication.objects.filter(due_at=due_at)
    early = recorded.filter(published_at__lt=F("due_at")).count()
    worst = recorded.aggregate(worst=Max("late_ms"))["worst"]
    print(f"  on record: {recorded.count()}, {early} before their moment, the latest {worst} ms late", flush=True)


def publish_naively() -> None:
    """The baseline: every quarter of a second what is due, one in each transaction, nothing prepared."""
    scheduling.TOGETHER = scheduling.TOGETHER_UNPREPARED = 1
    while True:
        publish_due(now=database_now(), clock=database_now)
        time.sleep(0.25)


if __name__ == "__main__":
    main()
