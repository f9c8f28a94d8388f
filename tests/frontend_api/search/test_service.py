"""Which index answers, and that readers get an answer whatever happens to Elasticsearch."""

import time

import pytest
from django.utils import timezone

from frontend_api.search import service
from frontend_api.search.database import DatabaseIndex
from frontend_api.search.port import SearchQuery
from tests.frontend_api.search.documents import document, ids, stored

QUERY = SearchQuery(text="президент", locale="ky", page_size=2, want_facets=True)


@pytest.fixture
def both(elasticsearch_index, elasticsearch_proxy, db, settings):
    """The same three documents in both indices; Elasticsearch is reached through a proxy that can fail."""
    settings.ELASTICSEARCH_URL = elasticsearch_proxy.url
    settings.SEARCH_INDEX_PREFIX = elasticsearch_index.prefix
    settings.SEARCH_TIMEOUT_SECONDS = 1
    service.forget_connections()
    documents = [document(version=number) for number in (1, 2, 3)]
    stored(elasticsearch_index, *documents)
    stored(DatabaseIndex(), *documents)
    yield documents
    service.forget_connections()


def test_without_elasticsearch_the_database_answers_and_nothing_is_degraded(db, settings):
    settings.ELASTICSEARCH_URL = ""
    item = document()
    stored(DatabaseIndex(), item)

    result = service.search(QUERY)

    assert (ids(result), result.degraded) == ([item.content_id], False)
    assert service.delivery_index() is None


def test_elasticsearch_answers_after_one_query_for_what_it_may_hold_in_an_older_state(both, django_assert_num_queries):
    with django_assert_num_queries(1):
        result = service.search(QUERY)

    assert (result.total, result.degraded) == (3, False)


def test_the_database_answers_in_two_queries_and_four_with_facets(db, settings, django_assert_num_queries):
    settings.ELASTICSEARCH_URL = ""
    stored(DatabaseIndex(), document())

    with django_assert_num_queries(2):
        service.search(SearchQuery(text="президент", locale="ky"))
    with django_assert_num_queries(4):
        service.search(QUERY)


@pytest.mark.parametrize("fault", ["stop", "drop", "answer"])
def test_with_elasticsearch_down_the_database_gives_the_same_page(both, elasticsearch_proxy, fault):
    before = service.search(QUERY)
    getattr(elasticsearch_proxy, fault)()

    result = service.search(QUERY)

    assert result.degraded
    assert ids(result) == ids(before)
    assert (result.total, result.facets, result.next_cursor) == (before.total, before.facets, before.next_cursor)


def test_a_page_turned_during_an_outage_goes_on_where_it_was(both, elasticsearch_proxy):
    first = service.search(QUERY)
    elasticsearch_proxy.stop()

    second = service.search(SearchQuery(text=QUERY.text, locale="ky", page_size=2, cursor=first.next_cursor))

    assert second.degraded
    assert sorted(ids(first) + ids(second)) == sorted(item.content_id for item in both)


def test_a_slow_server_costs_its_time_out_once(both, elasticsearch_proxy):
    elasticsearch_proxy.delay(seconds=4)
    started = time.monotonic()

    results = [service.search(QUERY) for _ in range(20)]

    assert time.monotonic() - started < 4
    assert all(result.degraded for result in results)
    assert len(elasticsearch_proxy.seen) == 1


def test_when_the_server_is_back_it_answers_again_after_the_pause(both, elasticsearch_proxy, monkeypatch):
    monkeypatch.setattr(service, "PAUSE_SECONDS", 0.2)
    service.forget_connections()
    elasticsearch_proxy.stop()
    assert service.search(QUERY).degraded
    elasticsearch_proxy.work()
    assert service.search(QUERY).degraded

    time.sleep(0.3)

    assert not service.search(QUERY).degraded
    assert not service.search(QUERY).degraded


def test_an_index_that_was_never_made_degrades_the_search(both, settings):
    settings.SEARCH_INDEX_PREFIX = "test-never-made"

    result = service.search(QUERY)

    assert (result.total, result.degraded) == (3, True)


def test_readers_who_ask_for_an_index_that_is_not_there_do_not_keep_the_worker_from_making_it(
    elasticsearch_url, db, settings
):
    settings.ELASTICSEARCH_URL = elasticsearch_url
    settings.SEARCH_INDEX_PREFIX = f"{settings.SEARCH_INDEX_PREFIX}-new"
    service.forget_connections()
    assert service.search(QUERY).degraded

    service.prepare_index(now=timezone.now())

    assert service.elasticsearch_index().missing() == []
    service.forget_connections()
    assert not service.search(QUERY).degraded
