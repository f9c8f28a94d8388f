"""How long a bundle of two hundred documents takes to become public: `make bench-bundle`.

Runs in a database of its own that is thrown away. JARCHY_BUNDLE_ITEMS is the number of documents.
"""

import os
import threading
import time

import django
from django.test.runner import DiscoverRunner

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from approvals.bundles.rehearsal import rehearse  # noqa: E402
from frontend_api.models import PublishedDocument  # noqa: E402
from tests.approvals.bundles.coverage import CLEARED, HAND, change, clear, make, run  # noqa: E402
from tests.newsroom import lay_out_office, open_newsroom, release  # noqa: E402

ITEMS = int(os.environ.get("JARCHY_BUNDLE_ITEMS", "200"))


def poll(seen: set[int], readings: list[float], over: threading.Event) -> None:
    """A reader that counts what is public as fast as it can."""
    while not over.is_set():
        seen.add(PublishedDocument.objects.count())
        readings.append(time.monotonic())
    connection.close()


def main() -> None:
    """Fill an office, rehearse and publish."""
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        measure()
    finally:
        runner.teardown_databases(databases)


def measure() -> None:
    """Print what was measured."""
    lay_out_office()
    room = open_newsroom()
    pages = [release(room.author, title=f"Кабар {number}") for number in range(ITEMS)]
    bundle = make(room, *pages, when=HAND)
    started = time.monotonic()
    for page in pages:
        clear(page, room)
    print(f"{connection.vendor}: {ITEMS} documents; cleared in {time.monotonic() - started:.1f} s")
    started = time.monotonic()
    result = rehearse(bundle=bundle, now=timezone.now())
    print(f"rehearsal: {time.monotonic() - started:.1f} s, would succeed: {result.would_succeed}")
    change(bundle, by=room.leader, when=CLEARED)
    seen, readings, over = set(), [], threading.Event()
    reader = threading.Thread(target=poll, args=(seen, readings, over))
    reader.start()
    started = time.monotonic()
    report = run()
    seconds = time.monotonic() - started
    over.set()
    reader.join()
    print(f"publication in one transaction: {seconds:.2f} s, {1000 * seconds / ITEMS:.0f} ms a document")
    print(f"published: {report.published}, failed: {report.failed}")
    print(f"a reader counted {len(readings)} times and saw: {sorted(seen | {PublishedDocument.objects.count()})}")


if __name__ == "__main__":
    main()
