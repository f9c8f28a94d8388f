"""With a worker and a real Elasticsearch beside the two processes: what the last leader approves is found at once."""

import threading
from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.db import connections

from cms.working import parts, run_once
from tests import newsroom
from tests.journeys.public_side import Reader, soon

IDLE_SECONDS = 0.25


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
        all_parts = parts()
        while not stopped.is_set():
            if not run_once(all_parts):
                stopped.wait(IDLE_SECONDS)
        connections.close_all()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    stopped.set()
    thread.join(timeout=30)


def test_a_cleared_release_is_read_and_found_within_two_seconds(office, worker):
    """In Elasticsearch, by other forms of the words of its title."""
    people = {name: get_user_model().objects.get(username=name) for name in ("aigul", "nurlan", "mirlan")}
    reader = Reader(office.public)
    # The first answer waits for the indices, which the worker makes when it begins.
    soon(lambda: reader.get("search", q="")[1]["degraded"], expected=False, within_seconds=30)
    page = newsroom.release(people["aigul"], title="Нарын шаарында жаңы мектеп ачылды")
    newsroom.submit(page, by=people["aigul"])
    newsroom.approve(page, by=people["nurlan"])
    assert reader.titles() == {}

    newsroom.approve(page, by=people["mirlan"])

    soon(lambda: reader.get(f"releases/{page.slug}", locale="ky")[0], expected=200)
    soon(lambda: reader.found("мектептердин", locale="ky"), expected=[page.title])
    assert reader.get("search", q="шаарынын мектеби", locale="ky")[1]["degraded"] is False
    assert reader.found("шаарынын мектеби", locale="ky") == [page.title]
