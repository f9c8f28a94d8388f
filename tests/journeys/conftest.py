"""What a journey needs: an office with people, both processes, a browser."""

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from playwright.sync_api import Browser

from approvals.offices import grant_permissions
from approvals.routes import install_default_routes
from cms.demo import office as demo_office
from cms.working import everything, run_once
from site_pages.tree import install_tree
from tests.journeys import chromium, servers

CORPUS = Path(os.environ.get("JARCHY_CORPUS", settings.BASE_DIR.parent / "shared" / "corpus"))
collect_ignore = [] if CORPUS.is_dir() else ["test_corpus.py"]


IDLE_SECONDS = 0.25


@dataclass(frozen=True)
class Office:
    """The addresses of a running office."""

    editorial: str
    public: str


@pytest.fixture
def office(transactional_db) -> Iterator[Office]:
    """The demo office's people and registers, no documents, both processes running."""
    install_tree()
    grant_permissions()
    install_default_routes()
    demo_office.hire()
    demo_office.fill_registers()
    with servers.serving(servers.editorial()) as editorial, servers.serving(servers.public()) as public:
        yield Office(editorial=editorial, public=public)


@pytest.fixture
def real_search(settings, elasticsearch_url) -> None:
    """The processes of this test ask the real Elasticsearch, in indices of their own."""
    settings.ELASTICSEARCH_URL = elasticsearch_url
    settings.SEARCH_INDEX_PREFIX = f"{settings.SEARCH_INDEX_PREFIX}-journey"


@pytest.fixture
def worker(real_search, office) -> Iterator[None]:
    """A worker with a connection of its own, as the command of this name runs it."""
    stopped = threading.Event()

    def work() -> None:
        all_parts = everything()
        while not stopped.is_set():
            if not run_once(all_parts):
                stopped.wait(IDLE_SECONDS)
        connections.close_all()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    stopped.set()
    thread.join(timeout=30)


@pytest.fixture
def browser(office, monkeypatch) -> Iterator[Browser]:
    """A browser. Its driver runs an event loop in this thread, which Django would take for asynchronous code."""
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with chromium.launched() as launched:
        yield launched
