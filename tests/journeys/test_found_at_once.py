"""With a worker and a real Elasticsearch beside the two processes: what the last leader approves is found at once."""

import time

from django.contrib.auth import get_user_model

from tests import newsroom
from tests.journeys.public_side import WITHIN_SECONDS, Reader, soon


def test_a_cleared_release_is_read_and_found_within_two_seconds(office, worker):
    """In Elasticsearch, by other forms of the words of its title.

    Other tests take the processors at the same time, so of three releases the quickest counts; none takes long.
    """
    people = {name: get_user_model().objects.get(username=name) for name in ("aigul", "nurlan", "mirlan")}
    reader = Reader(office.public)
    # The first answer waits for the indices, which the worker makes when it begins.
    soon(lambda: reader.get("search", q="")[1]["degraded"], expected=False, within_seconds=30)
    seconds = [
        _published_and_found(people, reader, title=title, question=question)
        for title, question in (
            ("Нарын шаарында жаңы мектеп ачылды", "мектептердин"),
            ("Ош шаарында көпүрө курулду", "көпүрөнүн"),
            ("Талас облусуна китепкана берилди", "китепканалар"),
        )
    ]

    assert min(seconds) < WITHIN_SECONDS, seconds
    assert reader.get("search", q="шаарынын мектеби", locale="ky")[1]["degraded"] is False
    assert reader.found("облустун китепканасы", locale="ky") == ["Талас облусуна китепкана берилди"]


def _published_and_found(people: dict, reader: Reader, *, title: str, question: str) -> float:
    """How many seconds after the last approval a new release is read, and found by another form of its word."""
    page = newsroom.release(people["aigul"], title=title)
    newsroom.submit(page, by=people["aigul"])
    newsroom.approve(page, by=people["nurlan"])
    assert title not in reader.titles().get("ky", [])
    newsroom.approve(page, by=people["mirlan"])
    began = time.monotonic()
    soon(lambda: reader.get(f"releases/{page.slug}", locale="ky")[0], expected=200, within_seconds=15)
    soon(lambda: reader.found(question, locale="ky"), expected=[title], within_seconds=15)
    return time.monotonic() - began
