"""The scenarios, one after the other, in the database and index that the environment names; started by `__main__`."""

import argparse
import sys
from collections.abc import Iterator

import django

django.setup()

from django.conf import settings  # noqa: E402 the settings come first
from django.db import connection  # noqa: E402

from frontend_api.search import service  # noqa: E402
from tests.faults import scenarios  # noqa: E402
from tests.faults.office import Office  # noqa: E402
from tests.faults.points import POINTS, WITHDRAWAL_POINTS  # noqa: E402
from tests.faults.scenarios import Row  # noqa: E402
from tests.services.proxy import FaultProxy  # noqa: E402

HEADINGS = ("fault", "made", "lost", "early", "double", "drift", "faults", "seconds")
LINE = "{:<52} {:>9} {:>5} {:>6} {:>7} {:>6} {:>7} {:>8}"


def rows(office: Office, proxy: FaultProxy | None, options: argparse.Namespace) -> Iterator[Row]:
    """Every fault that can be made here."""
    for point in POINTS:
        yield scenarios.killed(office, point, runs=options.runs)
    for point in WITHDRAWAL_POINTS:
        yield scenarios.killed_while_closing(office, point, runs=options.runs)
    if connection.vendor == "postgresql":
        yield scenarios.crashed(office, runs=options.runs)
    yield scenarios.two_workers(office, documents=options.documents, kills=options.kills)
    if proxy:
        yield scenarios.index_down(office, proxy, publications=options.publications)


def show(row: Row) -> None:
    """One line, as soon as it is known."""
    found = row.count
    cells = (f"{row.happened}/{row.runs}", found.lost, found.early, found.double, found.drift, found.faults)
    print(LINE.format(row.fault, *map(str, cells), f"{row.seconds:.1f}"), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser()
    for name in ("runs", "documents", "kills", "publications"):
        parser.add_argument(f"--{name}", type=int, required=True)
    options = parser.parse_args()
    print(LINE.format(*HEADINGS), flush=True)
    if not settings.ELASTICSEARCH_URL:
        return _all_clean(Office(), None, options)
    with FaultProxy(settings.ELASTICSEARCH_URL) as proxy:
        settings.ELASTICSEARCH_URL = proxy.url
        service.forget_connections()
        return _all_clean(Office(), proxy, options)


def _all_clean(office: Office, proxy: FaultProxy | None, options: argparse.Namespace) -> int:
    are_clean = []
    for row in rows(office, proxy, options):
        show(row)
        are_clean.append(row.is_clean)
    print(f"{sum(are_clean)} of {len(are_clean)} faults did no harm")
    return 0 if all(are_clean) else 1


if __name__ == "__main__":
    sys.exit(main())
