"""The switch, measured beside a worker, a real Elasticsearch and readers who never rest: closed within 5 seconds."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import urlopen

from django.contrib.auth import get_user_model
from django.utils import timezone

from approvals.withdrawal.closing import close_at_once
from frontend_api.search.service import elasticsearch_index
from tests import newsroom
from tests.journeys.public_side import Reader, soon

WITHIN_SECONDS = 5.0
READERS, WORKLOAD = 4, 12


def test_a_document_is_closed_everywhere_within_five_seconds(office, worker, settings, record_property):
    people = {name: get_user_model().objects.get(username=name) for name in ("aigul", "nurlan", "mirlan")}
    reader = Reader(office.public)
    soon(lambda: reader.get("search", q="")[1]["degraded"], expected=False, within_seconds=30)
    pages = [_published(people, title=f"Сабантуй {number}") for number in range(WORKLOAD)]
    page = pages[-1]
    soon(lambda: len(reader.found("сабантуй", locale="ky")), expected=WORKLOAD, within_seconds=30)
    document = reader.get(f"documents/{page.content_id}", locale="ky")[1]
    file = document["image"]["url"].replace(settings.PUBLIC_BASE_URL, office.public)
    assert _status(file) == 200

    with _readers_who_never_rest(reader):
        _published(people, title="Жаңылык")
        began = time.monotonic()
        close_at_once(page_id=page.pk, actor_id=people["mirlan"].pk, reason="Жабылсын.", now=timezone.now())
        soon(lambda: reader.get(f"releases/{page.slug}", locale="ky")[0], expected=410, within_seconds=WITHIN_SECONDS)
        soon(lambda: page.title in reader.titles()["ky"], expected=False, within_seconds=WITHIN_SECONDS)
        soon(lambda: _status(file), expected=404, within_seconds=WITHIN_SECONDS)
        soon(lambda: len(reader.found("сабантуй", locale="ky")), expected=WORKLOAD - 1, within_seconds=WITHIN_SECONDS)
        soon(lambda: _total(reader, "сабантуй"), expected=WORKLOAD - 1, within_seconds=WITHIN_SECONDS)
        # Search leaves out what the index may still hold; the index forgets it a moment later.
        soon(
            lambda: elasticsearch_index().numbers("ky").get(page.content_id),
            expected=None,
            within_seconds=WITHIN_SECONDS,
        )
        seconds = time.monotonic() - began

    record_property("closed_everywhere_seconds", round(seconds, 2))
    assert seconds <= WITHIN_SECONDS
    assert reader.get("search", q="сабантуй", locale="ky")[1]["degraded"] is False


def _published(people: dict, *, title: str):
    picture = newsroom.photo(alt_text_ky="Сүрөт", credit="А. Асанов")
    page = newsroom.release(people["aigul"], title=title, image=picture)
    newsroom.submit(page, by=people["aigul"])
    newsroom.approve(page, by=people["nurlan"])
    newsroom.approve(page, by=people["mirlan"])
    return newsroom.fresh(page)


def _total(reader: Reader, question: str) -> int:
    """What the index itself counts: a document that it still holds would be among them."""
    return reader.get("search", q=question, locale="ky")[1]["total"]


def _status(address: str) -> int:
    try:
        with urlopen(address, timeout=10) as answer:
            return answer.status
    except HTTPError as refusal:
        return refusal.code


@contextmanager
def _readers_who_never_rest(reader: Reader) -> Iterator[None]:
    stopped = threading.Event()

    def read() -> None:
        while not stopped.is_set():
            reader.get("releases", locale="ky")
            reader.get("search", q="сабантуй", locale="ky")

    threads = [threading.Thread(target=read, daemon=True) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopped.set()
        for thread in threads:
            thread.join(timeout=30)
