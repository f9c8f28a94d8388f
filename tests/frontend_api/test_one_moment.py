"""An answer that takes several queries tells of one moment, whatever is published between them."""

import threading

import pytest
from django.db import connection

from tests.newsroom import approve, open_newsroom, publish, release, submit

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_list_and_its_count_are_of_the_same_moment(api):
    room = open_newsroom()
    publish(release(room.author), room)
    waiting = release(room.author, title="Экинчи")
    submit(waiting, by=room.author)
    approve(waiting, by=room.head)
    published = []

    def approved_elsewhere() -> None:
        approve(waiting, by=room.leader)
        published.append(waiting.pk)
        connection.close()

    def between(execute, sql, params, many, context):
        if "COUNT(" in sql and not published:
            other = threading.Thread(target=approved_elsewhere)
            other.start()
            other.join(timeout=60)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(between):
        crossed = api.get("/api/v1/releases?count=exact").json()
    after = api.get("/api/v1/releases?count=exact").json()

    assert published == [waiting.pk]
    assert (len(crossed["items"]), crossed["count"]) == (1, 1)
    assert (len(after["items"]), after["count"]) == (2, 2)
