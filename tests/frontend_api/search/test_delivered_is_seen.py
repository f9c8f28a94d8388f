"""What is delivered to a real Elasticsearch that shows nothing by itself: done means that readers meet it."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from frontend_api.deliveries import deliver_due
from frontend_api.models import Delivery
from frontend_api.search import service
from frontend_api.search.elasticsearch import ElasticsearchIndex
from frontend_api.search.making_good import TO_THE_INDEX
from frontend_api.search.port import IndexUnavailable
from frontend_api.search.reconciling import compare, mend
from tests.approvals.withdrawal.taking_down import close
from tests.newsroom import edit, publish, release

NOTHING = {"items": 0, "total": 0, "type": 0, "year": 0}
ONE = {"items": 1, "total": 1, "type": 1, "year": 1}


class Unshown(ElasticsearchIndex):
    """The same indices; they take everything and give no answer when they are to show it."""

    def refresh(self, *, locale: str | None = None) -> None:
        raise IndexUnavailable("Elasticsearch refreshed in part")


@pytest.fixture
def index(own_index, settings, elasticsearch_url):
    """The settings name a real Elasticsearch; nobody is in time by chance, because it waits to be asked to show."""
    settings.ELASTICSEARCH_URL, settings.SEARCH_INDEX_PREFIX = elasticsearch_url, own_index.prefix
    settings.SEARCH_TIMEOUT_SECONDS = 30
    every = [own_index.alias(locale) for locale in ("ky", "ru", "en")]
    own_index.client.indices.put_settings(index=every, settings={"index.refresh_interval": "-1"})
    service.forget_connections()
    yield own_index
    service.forget_connections()


@pytest.fixture
def unshown(index, elasticsearch_url):
    found = Unshown(url=elasticsearch_url, prefix=index.prefix, timeout_seconds=30)
    yield found
    found.client.close()


@pytest.fixture
def end():
    return (timezone.now() + dt.timedelta(hours=1)).replace(microsecond=0)


def at(moment: dt.datetime):
    return time_machine.travel(moment, tick=False)


def deliver() -> int:
    report = deliver_due(now=timezone.now(), limit=50, index=service.delivery_index())
    assert (report.retried, report.dead) == ([], [])
    return len(report.done)


def counted(api, word: str) -> dict[str, int]:
    answer = api.get(f"/api/v1/search?locale=ky&facets=all&q={word}").json()
    assert answer["degraded"] is False
    facets = {name: sum(one["count"] for one in answer["facets"][name]) for name in ("type", "year")}
    return {"items": len(answer["items"]), "total": answer["total"], **facets}


def test_what_was_published_is_found_as_soon_as_its_delivery_is_done(api, room, index):
    publish(release(room.author, title="Тулпар"), room)

    assert counted(api, "тулпар") == NOTHING
    assert deliver() == 1
    assert counted(api, "тулпар") == ONE


def test_what_was_closed_is_counted_nowhere_before_its_delivery_and_after(api, room, index):
    page = publish(release(room.author, title="Тулпар"), room)
    deliver()
    index.refresh()
    close(page, by=room.leader)

    assert counted(api, "тулпар") == NOTHING
    assert deliver() == 1
    assert counted(api, "тулпар") == NOTHING
    assert list(index.numbers("ky")) == []


def test_what_has_ended_is_counted_nowhere_before_its_delivery_and_after(api, room, index, end):
    publish(release(room.author, title="Бүркүт", expire_at=end), room)
    deliver()
    index.refresh()

    with at(end):
        assert counted(api, "бүркүт") == NOTHING
        assert deliver() == 1
        assert counted(api, "бүркүт") == NOTHING
        assert list(index.numbers("ky")) == []


def test_a_word_that_was_corrected_away_is_counted_nowhere_before_its_delivery_and_after(api, room, index):
    page = publish(release(room.author, title="Жыйын", lead="Купуясөз деген ат аталды."), room)
    deliver()
    index.refresh()
    publish(edit(page, by=room.author, lead="Ат аталган жок.", change_note="Ат алынып салынды."), room)

    assert counted(api, "купуясөз") == NOTHING
    assert deliver() == 1
    assert (counted(api, "купуясөз"), counted(api, "жыйын")) == (NOTHING, ONE)


def test_what_the_index_took_and_does_not_show_is_not_done_and_stays_left_out(api, room, index, unshown, end):
    page = publish(release(room.author, title="Тулпар"), room)
    publish(release(room.author, title="Бүркүт", expire_at=end), room)
    deliver()
    index.refresh()
    close(page, by=room.leader)

    with at(end):
        failed = deliver_due(now=timezone.now(), limit=50, index=unshown)

        assert (failed.done, len(failed.retried)) == ([], 2)
        waiting = Delivery.objects.filter(channel__in=TO_THE_INDEX, done_at=None)
        assert {row.last_error for row in waiting} == {"Elasticsearch refreshed in part"}
        assert all(row.next_attempt_at > end for row in waiting)
        assert (counted(api, "тулпар"), counted(api, "бүркүт")) == (NOTHING, NOTHING)
    with at(end + dt.timedelta(minutes=1)):
        assert deliver() == 2
        assert (counted(api, "тулпар"), counted(api, "бүркүт")) == (NOTHING, NOTHING)


def test_what_a_comparison_mended_is_shown_when_it_is_done(api, room, index):
    publish(release(room.author, title="Тулпар"), room)
    Delivery.objects.update(done_at=timezone.now())
    assert counted(api, "тулпар") == NOTHING

    found = compare(index, locale="ky", now=timezone.now() + dt.timedelta(minutes=1))
    mended = mend(index, found)

    assert len(mended.mended) == 1
    assert counted(api, "тулпар") == ONE
