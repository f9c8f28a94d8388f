"""How late two hundred documents become public that are due in the same second: `make bench-schedule`.

Runs in a PostgreSQL of its own that is thrown away, with two worker processes. JARCHY_SCHEDULE_ITEMS is the number of
documents. Lateness is measured by the database's clock: a reader asks again and again what is public and what time it
is, so each figure is the moment at which a reader had the document, not the moment at which somebody wrote it down.

The baseline, in the same run: two workers that publish one document in each transaction, without preparing any.
"""

import datetime as dt
import os
import subprocess
import sys
import time

import django
from django.test.runner import DiscoverRunner

django.setup()

from django.db import connection  # noqa: E402

from approvals import scheduling  # noqa: E402
from approvals.clock import database_now  # noqa: E402
from approvals.models import DuePublication, TimedPublication  # noqa: E402
from approvals.scheduling import publish_due  # noqa: E402
from frontend_api.models import PublishedDocument  # noqa: E402
from tests.newsroom import lay_out_office, open_newsroom, publish, release  # noqa: E402

ITEMS = int(os.environ.get("JARCHY_SCHEDULE_ITEMS", "200"))
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
        measure(room, name="one by one", command=[sys.executable, "-m", "benchmarks.schedule", "naive"])
        measure(room, name="the worker", command=[sys.executable, "manage.py", "worker"])
    finally:
        runner.teardown_databases(databases)


def measure(room, *, name: str, command: list[str]) -> None:
    """Clear the documents, start the workers, and read until all are public."""
    started = time.monotonic()
    due_at = database_now() + dt.timedelta(days=1)
    pages = [release(room.author, title=f"{name} {number}", go_live_at=due_at) for number in range(ITEMS)]
    for page in pages:
        publish(page, room)
    print(f"{connection.vendor}: {ITEMS} documents cleared in {time.monotonic() - started:.0f} s", flush=True)
    # The time stands in the text, so it is given now, as if all had been cleared with it.
    due_at = move(by=due_at - database_now() - dt.timedelta(seconds=preparation()), of=pages)
    environment = {**os.environ, "DATABASE_URL": address()}
    workers = [subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) for _ in range(WORKERS)]
    try:
        late = read_until_public({page.content_id for page in pages}, due_at=due_at)
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(timeout=60)
    say(name, late, due_at=due_at)


def preparation() -> float:
    """Seconds between the start of the workers and the moment."""
    return 15 + ITEMS * 0.3


if __name__ == "__main__":
    main()
