"""What comes to the index at odd moments: an end under a notice, or during a rebuild; what was put aside and mended."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from frontend_api.deliveries import deliver_due
from frontend_api.models import Delivery
from frontend_api.search import service
from frontend_api.search.elasticsearch import ElasticsearchIndex
from frontend_api.search.port import DocumentRejected, IndexUnavailable
from tests.approvals.withdrawal.taking_down import NO_LONGER_CURRENT, close, take_down
from tests.frontend_api.search.test_what_is_over import (  # noqa: F401 what is set up there serves here
    ONE,
    at,
    drift,
    end,
    held,
    index,
    searched,
    two,
    work,
)
from tests.newsroom import edit, publish, release

SECOND = dt.timedelta(seconds=1)
pytestmark = pytest.mark.django_db


def waiting() -> int:
    return Delivery.objects.filter(channel__in=("index", "expiry"), done_at=None).count()


def test_what_ends_under_a_notice_leaves_the_index(api, room, two, end, index):  # noqa: F811
    take_down(two[0], room, as_=NO_LONGER_CURRENT)
    work(index)

    with at(end + SECOND):
        work(index)

        assert (held(index), searched(api), drift(index)) == ({"Кийинки жыйын"}, ONE, ())


def test_what_ends_under_a_notice_leaves_the_search_of_the_database(api, room):
    ends_at = (timezone.now() + dt.timedelta(hours=1)).replace(microsecond=0)
    take_down(publish(release(room.author, title="Жыйын", expire_at=ends_at), room), room, as_=NO_LONGER_CURRENT)
    publish(release(room.author, title="Кийинки жыйын"), room)

    with at(ends_at + SECOND):
        deliver_due(now=timezone.now(), limit=50, index=None)

        assert searched(api) == ONE


def test_what_ends_while_the_index_is_filled_anew_is_not_brought_back(api, two, end, index, monkeypatch):  # noqa: F811
    swap, now = ElasticsearchIndex.swap, []

    def late(self, locale, *, to):
        if locale == "ky":
            now.append(at(end + SECOND))
            now[0].start()
            work(index)
        return swap(self, locale, to=to)

    monkeypatch.setattr(ElasticsearchIndex, "swap", late)
    try:
        call_command("rebuild_search_index", verbosity=0, locale="ky", stdout=StringIO())
        index.refresh()

        assert (held(index), searched(api), drift(index), waiting()) == ({"Кийинки жыйын"}, ONE, (), 0)
    finally:
        now[0].stop()


def test_what_is_closed_just_before_the_swap_follows_though_the_server_fails_then(api, room, index, monkeypatch):  # noqa: F811
    page = publish(release(room.author, title="Жыйын"), room)
    publish(release(room.author, title="Кийинки жыйын"), room)
    work(index)
    swap, store_many = ElasticsearchIndex.swap, ElasticsearchIndex.store_many

    def closed_before(self, locale, *, to):
        close(page, by=room.leader)
        work(index)
        return swap(self, locale, to=to)

    def busy(self, items, *, into=None):
        if into is None:
            raise IndexUnavailable("429")
        return store_many(self, items, into=into)

    with monkeypatch.context() as patch:
        patch.setattr(ElasticsearchIndex, "swap", closed_before)
        patch.setattr(ElasticsearchIndex, "store_many", busy)
        with pytest.raises(CommandError, match="Readers have the new index"):
            call_command("rebuild_search_index", verbosity=0, locale="ky", stdout=StringIO())
    index.refresh()
    assert searched(api) == ONE

    work(index)

    assert (held(index), searched(api), drift(index), waiting()) == ({"Кийинки жыйын"}, ONE, (), 0)


@pytest.mark.parametrize("mended_by", ["a correction", "reconcile_index", "rebuild_search_index"])
def test_what_was_put_aside_and_mended_is_found_again(api, room, index, monkeypatch, mended_by):  # noqa: F811
    page = publish(release(room.author, title="Кийинки жыйын"), room)

    def refuses(self, document, *, version):
        raise DocumentRejected("400 mapper_parsing_exception")

    with monkeypatch.context() as patch:
        patch.setattr(ElasticsearchIndex, "put", refuses)
        assert len(deliver_due(now=timezone.now(), limit=9, index=service.delivery_index()).dead) == 1

    if mended_by == "a correction":
        publish(edit(page, by=room.author, lead="Саны такталды.", change_note="Саны такталды."), room)
        work(index)
    elif mended_by == "reconcile_index":
        call_command("reconcile_index", "--fix", stdout=StringIO())
    else:
        call_command("rebuild_search_index", verbosity=0, stdout=StringIO())
    index.refresh()

    assert searched(api) == ONE
    assert waiting() == (1 if mended_by == "a correction" else 0)
