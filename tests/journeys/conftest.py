"""What a journey needs: an office with people, both processes, a browser."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser

from approvals.offices import grant_permissions
from approvals.routes import install_default_routes
from cms.demo import office as demo_office
from site_pages.tree import install_tree
from tests.journeys import chromium, servers

CORPUS = Path(os.environ.get("JARCHY_CORPUS", settings.BASE_DIR.parent / "shared" / "corpus"))
collect_ignore = [] if CORPUS.is_dir() else ["test_corpus.py"]


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
def browser(office, monkeypatch) -> Iterator[Browser]:
    """A browser. Its driver runs an event loop in this thread, which Django would take for asynchronous code."""
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with chromium.launched() as launched:
        yield launched
