"""What runs on which kind of database, so that the answer comes while one still remembers the question.

With JARCHY_SHARED=1, as `make test` has it, the two kinds share the work. On PostgreSQL, which the office runs on:
everything that asks a database. On SQLite: what asks none, what depends on the kind of database (real transactions,
settings, attacks, sweeps that are shorter on PostgreSQL), and every fifth of the rest, by name. `make test-sqlite` and
`make test-postgres` run all of it on their kind.
"""

import os
import zlib

import pytest
from django.conf import settings

IS_SHARED = os.environ.get("JARCHY_SHARED") == "1"
OF_A_DATABASE = ("django_db", "postgresql", "own_database")
GIVING_A_DATABASE = {"db", "transactional_db", "live_server"}
# What is tried less often on PostgreSQL (tests.thoroughness) is tried in full on SQLite.
WHOLE_ON_BOTH = ("tests/attacks/", "tests/contracts/")
EVERY = 5


def runs_elsewhere(item: pytest.Item) -> bool:
    """Whether the test is left to the other kind of database."""
    if "postgresql" in settings.DATABASES["default"]["ENGINE"]:
        return IS_SHARED and not _asks_a_database(item)
    if item.get_closest_marker("postgresql"):
        return True
    return IS_SHARED and _asks_a_database(item) and not _depends_on_its_kind(item) and not _is_chosen(item)


def _asks_a_database(item: pytest.Item) -> bool:
    is_marked = any(item.get_closest_marker(name) for name in OF_A_DATABASE)
    return is_marked or bool(GIVING_A_DATABASE & set(getattr(item, "fixturenames", ())))


def _depends_on_its_kind(item: pytest.Item) -> bool:
    if item.nodeid.startswith(WHOLE_ON_BOTH):
        return True
    marker = item.get_closest_marker("django_db")
    is_real = marker is not None and marker.kwargs.get("transaction", False)
    is_story = item.get_closest_marker("browser") is not None
    return (is_real and not is_story) or item.get_closest_marker("own_database") is not None


def _is_chosen(item: pytest.Item) -> bool:
    return zlib.crc32(item.nodeid.encode()) % EVERY == 0
