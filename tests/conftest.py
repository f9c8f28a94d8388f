"""What every test stands on: the database, the servers, and which tests run where.

**Databases.** DATABASE_URL chooses; without it the suite runs on a SQLite file (WAL, IMMEDIATE), one per worker. Tests
marked `postgresql` are not collected on SQLite; `tests.run_report` fails a PostgreSQL run that has fewer of them. In
`make test` the two kinds share the work (`tests.sharing`).

**Real transactions.** After a test with `transaction=True` (or `live_server`) all tables are emptied. Three things make
that work here, in every order of tests: the triggers that refuse to empty the ledger are off meanwhile; the
rows that the migrations had made are put back with their keys (`tests.migrated_rows`, instead of Django's
`serialized_rollback`, which writes them one by one and only before the next test that asks for it); and `post_migrate`
is not sent, so content types and permissions keep their keys as well.

**Servers.** `elasticsearch_url` and `redis_url` are real servers: those that the environment names (`make test` starts
them and names them), else started on demand and shared by the workers. With JARCHY_REQUIRE_ELASTICSEARCH=1 a missing
address is a failure.

**Signing in.** `Client.login` and `force_login` take a short way in; whoever has a second factor gives it there
as well. The screens of signing in have tests of their own (tests/cms/test_sign_in.py), and journeys pass through them.

**Network.** Connections go to loopback and Unix sockets only (pytest-socket, see pyproject.toml).
"""

import datetime as dt
import gc
import os
from collections.abc import Callable, Iterator

import pytest
import time_machine
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.conf import settings as django_settings
from django.contrib.auth.signals import user_logged_in
from django.core.cache import cache
from django.db import connections
from django.test import TransactionTestCase, override_settings
from django.utils import timezone, translation
from playwright.sync_api import Browser
from wagtail.search.models import IndexEntry

from approvals import clock
from cms import catalogues
from tests import migrated_rows
from tests.journeys.chromium import launched
from tests.newsroom import Newsroom, lay_out_office, open_newsroom
from tests.services.elasticsearch_indexes import remove_indexes
from tests.services.proxy import FaultProxy
from tests.services.servers import VARIABLES
from tests.services.shared import shared_url
from tests.sharing import runs_elsewhere

# A test that uses the fixture gets the marker, so that the report can count it.
MARKED_BY_FIXTURE = {"elasticsearch_url": "elasticsearch", "browser": "browser", "chromium": "browser"}
COUNTED = ("postgresql", "elasticsearch", "browser")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        catalogues.compile_stale()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in MARKED_BY_FIXTURE:
                item.add_marker(MARKED_BY_FIXTURE[fixture])
        item.user_properties += [("needs", name) for name in COUNTED if item.get_closest_marker(name)]
    elsewhere = {item for item in items if runs_elsewhere(item)}
    if elsewhere:
        config.hook.pytest_deselected(items=list(elsewhere))
        items[:] = [item for item in items if item not in elsewhere]


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is imported and collected lives as long as the run: the collector of garbage need not walk it again and
    again, which takes a tenth of the time of the whole suite."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The migrated databases with an office laid out, emptied to just that after each test with real transactions."""

    def restore_migrated_rows(test: TransactionTestCase) -> None:
        for alias in test._databases_names(include_mirrors=False):
            migrated_rows.restore(using=alias)

    with django_db_blocker.unblock():
        # Once for all tests: laying out three trees again for each would take most of the suite's time. Wagtail's
        # search entries fill a table of their own by triggers and cannot be put back row by row: none are kept.
        lay_out_office()
        IndexEntry.objects.all().delete()
        for alias in connections:
            migrated_rows.keep(using=alias)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", restore_migrated_rows)
        yield


@pytest.fixture(scope="session", autouse=True)
def _files_of_tests(tmp_path_factory) -> Iterator[None]:
    """Uploaded files go to a folder of the run, and so do the counts of guesses at them."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"), ALARMS_ROOT=tmp_path_factory.mktemp("alarms")):
        yield


@pytest.fixture(scope="session", autouse=True)
def one_clock() -> Iterator[Callable[[], dt.datetime]]:
    """Who travels in time takes the database's clock along; gives the one that stays behind."""
    asked = clock.asked

    def asked_on_the_way() -> dt.datetime:
        return timezone.now() if time_machine.escape_hatch.is_travelling() else asked()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "asked", asked_on_the_way)
        yield asked


@pytest.fixture
def two_clocks(one_clock, monkeypatch) -> None:
    """The database's clock stays where it is: a machine that is ahead or behind."""
    monkeypatch.setattr(clock, "asked", one_clock)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """No test remembers the codes and attempts of another: people and secrets are the same in all. Nor its language."""
    cache.clear()
    translation.activate(django_settings.LANGUAGE_CODE)


@pytest.fixture
def room(db) -> Newsroom:
    """The people of a newsroom. A test whose people differ lays out a room of its own."""
    return open_newsroom()


def _give_second_factor(sender, request, user, **kwargs) -> None:
    # Only the test client's short way in has a request without an address.
    factor = Authenticator.objects.filter(user=user).first() if request.path == "" else None
    if factor is not None:
        record_authentication(request, user, "mfa", id=factor.pk, type=factor.type)


user_logged_in.connect(_give_second_factor, dispatch_uid="tests.give_second_factor")


def _server_url(name: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    variable = VARIABLES[name]
    if os.environ.get(variable):
        return os.environ[variable]
    if os.environ.get(f"JARCHY_REQUIRE_{name.upper()}") == "1":
        pytest.fail(f"{variable} is not set, and this run must not go without {name}")
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        return shared_url(name, folder=folder.parent, owner=os.getppid())
    return shared_url(name, folder=folder, owner=os.getpid())


@pytest.fixture(scope="session")
def elasticsearch_url(tmp_path_factory) -> Iterator[str]:
    """The address of a real Elasticsearch 9; indexes under this run's SEARCH_INDEX_PREFIX are removed at the end."""
    url = _server_url("elasticsearch", tmp_path_factory)
    yield url
    remove_indexes(url, prefix=django_settings.SEARCH_INDEX_PREFIX)


@pytest.fixture
def elasticsearch_proxy(elasticsearch_url) -> Iterator[FaultProxy]:
    """A proxy in front of the real Elasticsearch that passes everything on until the test asks for a fault."""
    with FaultProxy(elasticsearch_url) as proxy:
        yield proxy


@pytest.fixture
def chromium(monkeypatch) -> Iterator[Browser]:
    """A real browser. Its driver runs an event loop in this thread, which Django would take for asynchronous code."""
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory) -> str:
    """The address of a real Redis."""
    return _server_url("redis", tmp_path_factory)
