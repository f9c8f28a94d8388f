"""Two clients at one link at the same moment, and a revocation between them, on PostgreSQL with real connections."""

import pytest
from django.core.cache import cache
from django.utils import timezone

from approvals.models import OutsideReading, OutsideRemark, OutsideRevocation
from approvals.outside import links
from approvals.outside.links import LinkDead, TooManyRemarks
from approvals.outside.rules import MOST_REMARKS
from tests.approvals.consultation import address, make, somebody
from tests.approvals.test_races import at_once
from tests.newsroom import open_newsroom, release
from tests.thoroughness import times

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
ROUNDS = times(6, thorough=20)


@pytest.fixture
def room():
    cache.clear()
    return open_newsroom()


@pytest.fixture
def page(room):
    return release(room.author)


def say(token: str, text: str):
    return lambda: links.say(token=token, text=text, address="", now=timezone.now())


def test_two_readers_at_once_are_two_readings(room, page):
    _link, token = make(page, by=room.author)

    answers = at_once(*[lambda: somebody().get(address(token)).status_code] * 2)

    assert answers == [200, 200]
    assert OutsideReading.objects.count() == 2


def test_of_two_last_remarks_at_once_one_is_stored(room, page):
    for _ in range(ROUNDS):
        link, token = make(page, by=room.author)
        for number in range(MOST_REMARKS - 1):
            say(token, f"№ {number}")()

        results = at_once(say(token, "а"), say(token, "б"))

        assert sorted(map(repr, results)) == ["None", repr(TooManyRemarks())]
        assert link.remarks.count() == MOST_REMARKS


def test_the_same_remark_twice_at_once_is_stored_once(room, page):
    for _ in range(ROUNDS):
        link, token = make(page, by=room.author)

        assert at_once(say(token, "а"), say(token, "а")) == [None, None]
        assert link.remarks.count() == 1


def test_of_a_revocation_and_a_remark_one_comes_first_and_nothing_follows_the_revocation(room, page):
    outcomes = set()
    for _ in range(ROUNDS):
        link, token = make(page, by=room.author)

        said, revoked = at_once(
            say(token, "а"), lambda link=link: links.revoke(link=link, by=room.head, now=timezone.now())
        )

        assert revoked is None and (said is None or isinstance(said, LinkDead))
        assert link.remarks.count() == (said is None)
        outcomes.add(said is None)
        with pytest.raises(LinkDead):
            say(token, "б")()
    assert OutsideRevocation.objects.count() == ROUNDS
    assert OutsideRemark.objects.filter(text="б").count() == 0


def test_two_revocations_at_once_are_one(room, page):
    for _ in range(ROUNDS):
        link, _token = make(page, by=room.author)

        results = at_once(*[lambda link=link: links.revoke(link=link, by=room.head, now=timezone.now())] * 2)

        assert results == [None, None]
    assert OutsideRevocation.objects.count() == ROUNDS
