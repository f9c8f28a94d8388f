"""Whoever decides while a long publication holds the ledger is told so, and nothing is half done."""

import threading

import pytest
from django.db import connection, transaction

from approvals import ledger
from tests.approvals.test_screens import desk, verb
from tests.attacks.houses import everything
from tests.newsroom import digest, fresh, open_newsroom, release, submit


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_decision_that_cannot_wait_longer_is_not_taken_and_says_so():
    room = open_newsroom()
    page = release(room.author)
    submit(page, by=room.author)
    client, seen, before = desk(room.head), digest(page), everything()
    is_held, may_end = threading.Event(), threading.Event()

    def publishes_for_long() -> None:
        with transaction.atomic():
            ledger.hold()
            is_held.set()
            may_end.wait(timeout=60)
        connection.close()

    publication = threading.Thread(target=publishes_for_long)
    publication.start()
    assert is_held.wait(timeout=30)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '300ms'")
    try:
        answer = client.post(verb("approve", page), {"digest": seen})
    finally:
        may_end.set()
        publication.join(timeout=30)
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "try again in a minute" in answer.text
    assert everything() == before
    assert desk(room.head).post(verb("approve", page), {"digest": digest(fresh(page))}).status_code == 302
