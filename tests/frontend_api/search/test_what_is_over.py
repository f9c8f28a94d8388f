"""What has ended or was taken down, in a real Elasticsearch: gone by the clock, and no rebuild brings it back."""

import datetime as dt

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from frontend_api.deliveries import deliver_due
from frontend_api.models import Delivery, PublishedDocument
from frontend_api.search import service
from frontend_api.search.reconciling import compare
from tests.approvals.withdrawal.taking_down import NO_LONGER_CURRENT, SUPERSEDED, close, take_down
from tests.newsroom import edit, publish, release

SEARCH = "/api/v1/search?locale=ky&q=жыйын&facets=all"


@pytest.fixture
def index(own_index, settings, elasticsearch_url):
    """The settings name a real Elasticsearch with empty indices; the gate and its triggers stand."""
    settings.ELASTICSEARCH_URL, settings.SEARCH_INDEX_PREFIX = elasticsearch_url, own_index.prefix
    settings.SEARCH_TIMEOUT_SECONDS = 30
    service.forget_connections()
    yield own_index
    service.forget_connections()


@pytest.fixture
def end():
    return (timezone.now() + dt.timedelta(hours=1)).replace(microsecond=0)


@pytest.fixture
def two(room, end, index):
    """Two releases, both in the index; the first has an end."""
    pages = [
        publish(release(room.author, title="Жыйын", expire_at=end), room),
        publish(release(room.author, title="Кийинки жыйын"), room),
    ]
    work(index)
    return pages


def at(moment: dt.datetime):
    return time_machine.travel(moment, tick=False)


def work(index) -> None:
    """The worker comes, and the index shows what it brought."""
    deliver_due(now=timezone.now(), limit=50, index=service.delivery_index())
    index.refresh()


def searched(api) -> dict:
    """What a reader is told: what is found, how often, and what is counted."""
    answer = api.get(SEARCH).json()
    assert answer["degraded"] is False
    return {
        "found": sorted(item["title"] for item in answer["items"]),
        "total": answer["total"],
        **{name: sum(one["count"] for one in answer["facets"][name]) for name in ("type", "year")},
    }


def held(index) -> set[str]:
    """The titles of what the index itself holds."""
    titles = dict(PublishedDocument.objects.values_list("content_id", "title"))
    return {titles.get(content_id, "?") for content_id in index.numbers("ky")}


def drift(index) -> tuple:
    return compare(index, locale="ky", now=timezone.now()).differences


BOTH = {"found": ["Жыйын", "Кийинки жыйын"], "total": 2, "type": 2, "year": 2}
ONE = {"found": ["Кийинки жыйын"], "total": 1, "type": 1, "year": 1}


def test_from_its_end_on_nobody_finds_or_counts_it_though_the_index_still_holds_it(api, two, end, index):
    with at(end - dt.timedelta(seconds=1)):
        assert searched(api) == BOTH
    with at(end):
        assert searched(api) == ONE
        assert api.get(f"/api/v1/documents/{two[0].content_id}?locale=ky").status_code == 404

    assert held(index) == {"Жыйын", "Кийинки жыйын"}


def test_then_the_worker_takes_it_out_and_nothing_differs_before_or_after(api, two, end, index):
    with at(end - dt.timedelta(seconds=1)):
        work(index)
        assert (held(index), drift(index)) == ({"Жыйын", "Кийинки жыйын"}, ())
    with at(end):
        assert drift(index) == ()
        work(index)

        assert (held(index), searched(api), drift(index)) == ({"Кийинки жыйын"}, ONE, ())
    assert Delivery.objects.filter(channel__in=("index", "expiry"), done_at=None).count() == 0


def test_an_end_that_nobody_delivers_is_drift_after_half_a_minute(two, end, index):
    with at(end + dt.timedelta(seconds=29)):
        assert drift(index) == ()
    with at(end + dt.timedelta(seconds=31)):
        assert [(one.content_id, one.kind) for one in drift(index)] == [(two[0].content_id, "surplus")]


def test_an_index_that_is_filled_anew_after_the_end_has_it_not(api, two, end, index):
    with at(end):
        call_command("rebuild_search_index", verbosity=0)
        index.refresh()

        assert (held(index), searched(api), drift(index)) == ({"Кийинки жыйын"}, ONE, ())


@pytest.mark.parametrize("is_delivered", [True, False], ids=["after the worker", "before the worker"])
def test_no_rebuild_brings_back_what_was_taken_down(api, room, index, is_delivered):
    names = ("Жыйын: жабылды", "Жыйын: ката", "Жыйын: орду басылды", "Жыйын: эскирди", "Жыйын")
    closed, in_error, superseded, old, stays = (publish(release(room.author, title=name), room) for name in names)
    work(index)
    close(closed, by=room.leader)
    take_down(in_error, room)
    take_down(superseded, room, as_=SUPERSEDED, successor=stays.content_id)
    take_down(old, room, as_=NO_LONGER_CURRENT)
    if is_delivered:
        work(index)
    expected = {"found": ["Жыйын", "Жыйын: эскирди"], "total": 2, "type": 2, "year": 2}

    call_command("rebuild_search_index", verbosity=0)
    call_command("rebuild_search_index", "--database", verbosity=0)
    index.refresh()

    assert (held(index), drift(index)) == ({"Жыйын", "Жыйын: эскирди"}, ())
    assert searched(api) == expected
    assert sorted(service.database_index().numbers("ky").values()) == sorted(index.numbers("ky").values())
    work(index)
    assert (held(index), searched(api)) == ({"Жыйын", "Жыйын: эскирди"}, expected)


def only_read(index, *, is_only_read: bool) -> None:
    """As when the disk of the server is full: it answers questions and takes nothing."""
    index.client.indices.put_settings(index="_all", settings={"index.blocks.read_only_allow_delete": is_only_read})


@pytest.fixture
def full(index):
    yield lambda: only_read(index, is_only_read=True)
    only_read(index, is_only_read=False)


def test_a_word_that_was_corrected_away_is_found_nowhere_though_the_index_takes_nothing(api, room, index, full):
    page = publish(release(room.author, title="Жыйын", lead="Купуясөз деген ат аталды."), room)
    stays = publish(release(room.author, title="Кийинки жыйын"), room)
    work(index)
    full()

    publish(edit(page, by=room.author, lead="Ат аталган жок.", change_note="Ат алынып салынды."), room)
    work(index)

    answers = [api.get(f"/api/v1/search?locale=ky&facets=all&q={word}").json() for word in ("Купуясөз", "жыйын")]
    assert [answer["total"] for answer in answers] == [0, 1]
    assert [item["content_id"] for item in answers[1]["items"]] == [str(stays.content_id)]
    assert "Купуясөз" not in str(answers)


def test_a_closed_text_is_found_and_counted_nowhere_though_the_index_takes_nothing(api, room, index, full):
    page = publish(release(room.author, title="Жабыксөз катасы"), room)
    work(index)
    full()
    close(page, by=room.leader)
    work(index)

    answer = api.get("/api/v1/search?locale=ky&facets=all&q=Жабыксөз").json()

    assert (answer["total"], answer["items"], answer["facets"]["type"]) == (0, [], [])


def test_when_much_is_not_delivered_the_database_answers(api, room, index, monkeypatch):
    monkeypatch.setattr("frontend_api.search.service.MOST_LEFT_OUT", 1)
    for title in ("Жыйын: бир", "Жыйын: эки"):
        publish(release(room.author, title=title), room)

    answer = api.get("/api/v1/search?locale=ky&q=жыйын").json()

    assert (answer["total"], answer["degraded"]) == (2, True)
