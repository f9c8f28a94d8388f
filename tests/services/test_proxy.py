"""The proxy makes each fault on a real Elasticsearch, and nothing else."""

import time

import pytest
from elasticsearch import ApiError, ConnectionError, ConnectionTimeout, Elasticsearch
from elasticsearch.helpers import bulk

INDEX = "proxied"
ITEMS = 10


@pytest.fixture
def index(settings) -> str:
    return f"{settings.SEARCH_INDEX_PREFIX}-{INDEX}"


@pytest.fixture
def direct(elasticsearch_url, index):
    with Elasticsearch(elasticsearch_url) as client:
        client.options(ignore_status=404).indices.delete(index=index)
        yield client


@pytest.fixture
def proxied(elasticsearch_proxy):
    with Elasticsearch(elasticsearch_proxy.url, request_timeout=5, max_retries=0) as client:
        yield client


def actions(index: str) -> list[dict]:
    return [{"_index": index, "_id": str(number), "title": f"Жарлык {number}"} for number in range(ITEMS)]


def stored(direct: Elasticsearch, index: str) -> list[str]:
    direct.indices.refresh(index=index)
    return sorted((hit["_id"] for hit in direct.search(index=index, size=ITEMS)["hits"]["hits"]), key=int)


def test_everything_passes(direct, proxied, index, elasticsearch_proxy):
    done, errors = bulk(proxied, actions(index))

    assert (done, errors) == (ITEMS, [])
    assert stored(direct, index) == [str(number) for number in range(ITEMS)]
    assert elasticsearch_proxy.seen == ["PUT /_bulk"]


def test_half_a_bulk_is_refused_and_the_other_half_is_stored(direct, proxied, index, elasticsearch_proxy):
    elasticsearch_proxy.refuse_in_bulk(share=0.5)

    done, errors = bulk(proxied, actions(index), raise_on_error=False)

    assert done == 5
    assert [error["index"]["status"] for error in errors] == [429] * 5
    assert [error["index"]["_id"] for error in errors] == ["1", "3", "5", "7", "9"]
    assert stored(direct, index) == ["0", "2", "4", "6", "8"]


def test_a_whole_bulk_is_refused(direct, proxied, index, elasticsearch_proxy):
    elasticsearch_proxy.refuse_in_bulk(share=1)

    done, errors = bulk(proxied, actions(index), raise_on_error=False)

    assert (done, len(errors)) == (0, ITEMS)
    assert not direct.indices.exists(index=index)


def test_too_many_requests_is_answered_and_the_server_sees_nothing(direct, proxied, index, elasticsearch_proxy):
    elasticsearch_proxy.answer(status=429)

    with pytest.raises(ApiError) as refusal:
        proxied.index(index=index, id="1", document={"title": "Жарлык"})

    assert refusal.value.status_code == 429
    assert not direct.indices.exists(index=index)


def test_a_stopped_server_refuses_and_comes_back_at_the_same_address(direct, proxied, index, elasticsearch_proxy):
    address = elasticsearch_proxy.url
    proxied.info()

    elasticsearch_proxy.stop()
    with pytest.raises(ConnectionError):
        proxied.info()
    elasticsearch_proxy.work()

    assert elasticsearch_proxy.url == address
    assert proxied.info()["version"]["number"].startswith("9.")


def test_a_dropped_connection_has_no_answer_and_does_nothing(direct, proxied, index, elasticsearch_proxy):
    elasticsearch_proxy.drop()

    with pytest.raises(ConnectionError):
        proxied.index(index=index, id="1", document={"title": "Жарлык"})

    assert not direct.indices.exists(index=index)


def test_a_slow_server_runs_into_the_time_limit_of_the_client(proxied, elasticsearch_proxy):
    elasticsearch_proxy.delay(seconds=0.5)

    with pytest.raises(ConnectionTimeout):
        proxied.options(request_timeout=0.1).info()
    begin = time.monotonic()
    proxied.info()

    assert 0.5 <= time.monotonic() - begin < 5
