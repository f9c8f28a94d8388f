"""Whatever breaks while a document is taken down: it is wholly public still, and can be taken down afterwards."""

import re

import pytest
from django.db import connection, transaction

from frontend_api.models import PublishedDocument, Tombstone
from tests.approvals.withdrawal.taking_down import NO_LONGER_CURRENT, agree, all_of_it, close, propose
from tests.newsroom import fresh, open_newsroom, publish, release

pytestmark = pytest.mark.django_db
POINTS = (
    'INSERT INTO "site_pages_publicationpermit"',
    'UPDATE "wagtailcore_page" SET .*"live"',
    'UPDATE "frontend_api_publicationcounter"',
    'INSERT INTO "frontend_api_publication"',
    'INSERT INTO "frontend_api_tombstone"',
    'DELETE FROM "frontend_api_publishedfile"',
    'DELETE FROM "frontend_api_publisheddocument"',
    'UPDATE "frontend_api_searchtext"',
    'INSERT INTO "frontend_api_delivery"',
    'DELETE FROM "site_pages_publicationpermit"',
)


class PowerCut(Exception):
    """The fault that the test makes."""


def breaking_at(pattern: str):
    """Let the statement be executed, then break."""

    def watch(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if re.search(pattern, sql):
            raise PowerCut(pattern)
        return answer

    return connection.execute_wrapper(watch)


def broken(action, pattern: str) -> None:
    before = all_of_it()
    with pytest.raises(PowerCut), transaction.atomic(), breaking_at(pattern):
        action()
    assert all_of_it() == before


def test_a_withdrawal_is_whole_or_not_at_all():
    room = open_newsroom()
    page = publish(release(room.author), room)
    withdrawal = propose(page, by=room.author)
    agree(withdrawal, by=room.head)

    for pattern in POINTS:
        broken(lambda: agree(withdrawal, by=room.leader), pattern)
        broken(lambda: close(page, by=room.leader), pattern)

    agree(withdrawal, by=room.leader)
    assert (fresh(page).live, PublishedDocument.objects.count(), Tombstone.objects.count()) == (False, 0, 1)


def test_a_notice_is_whole_or_not_at_all():
    room = open_newsroom()
    page = publish(release(room.author), room)
    withdrawal = propose(page, by=room.author, as_=NO_LONGER_CURRENT)
    agree(withdrawal, by=room.head)

    for pattern in ('INSERT INTO "frontend_api_tombstone"', 'UPDATE "frontend_api_publisheddocument"'):
        broken(lambda pattern=pattern: agree(withdrawal, by=room.leader), pattern)

    agree(withdrawal, by=room.leader)
    assert PublishedDocument.objects.get().notice_at is not None
