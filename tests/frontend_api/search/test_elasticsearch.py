"""What only the Elasticsearch adapter has: a server that fails, a mapping that refuses, indices that are swapped."""

import datetime as dt
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest
from elasticsearch import Elasticsearch

from frontend_api.search import mappings
from frontend_api.search.elasticsearch import ElasticsearchIndex
from frontend_api.search.port import DocumentRejected, IndexUnavailable, Outcome, SearchQuery, Tombstone
from tests.frontend_api.search.documents import decree, document, found, ids, stored

NOW = dt.datetime(2026, 7, 17, 12, tzinfo=dt.UTC)


@pytest.fixture
def through_proxy(elasticsearch_index, elasticsearch_proxy) -> ElasticsearchIndex:
    """The same indices, asked through a proxy that can fail, with half a second of patience."""
    return ElasticsearchIndex(url=elasticsearch_proxy.url, prefix=elasticsearch_index.prefix, timeout_seconds=0.5)


@pytest.fixture
def failing(elasticsearch_proxy) -> ElasticsearchIndex:
    """An index behind the proxy; nothing of it is there, because no call may come through."""
    return ElasticsearchIndex(url=elasticsearch_proxy.url, prefix="test-failing", timeout_seconds=0.5)


FAULTS = {
    "stopped": lambda proxy: proxy.stop(),
    "slow": lambda proxy: proxy.delay(seconds=2),
    "429": lambda proxy: proxy.answer(status=429),
    "500": lambda proxy: proxy.answer(status=500),
    "503": lambda proxy: proxy.answer(status=503),
    "dropping": lambda proxy: proxy.drop(),
}
CALLS = {
    "ensure": lambda index: index.ensure(),
    "put": lambda index: index.put(document(), version=1),
    "put_many": lambda index: index.put_many([document()]),
    "remove": lambda index: index.remove(uuid4(), "ky", version=1),
    "search": lambda index: found(index, "президент"),
    "numbers": lambda index: index.numbers("ky"),
    "refresh": lambda index: index.refresh(),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_server_that_fails_is_unavailable(failing, elasticsearch_proxy, fault, call):
    fault(elasticsearch_proxy)

    with pytest.raises(IndexUnavailable):
        call(failing)

    assert not failing.is_alive()
    elasticsearch_proxy.work()
    assert failing.is_alive()


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_failing_server_is_asked_once_and_not_again(failing, elasticsearch_proxy, fault):
    fault(elasticsearch_proxy)

    with pytest.raises(IndexUnavailable):
        failing.put(document(), version=1)

    assert len(elasticsearch_proxy.seen) <= 1


def test_what_was_refused_with_429_can_be_put_later(through_proxy, elasticsearch_proxy):
    item = document()
    elasticsearch_proxy.answer(status=429)
    with pytest.raises(IndexUnavailable):
        through_proxy.put(item, version=1)

    elasticsearch_proxy.work()
    stored(through_proxy, item)

    assert ids(found(through_proxy, "президент")) == [item.content_id]


def test_half_a_bulk_is_told_item_by_item(through_proxy, elasticsearch_proxy):
    batch = [document(version=number) for number in range(1, 5)]
    elasticsearch_proxy.refuse_in_bulk(share=0.5)

    outcomes = through_proxy.put_many(batch)
    through_proxy.refresh()

    kinds = [item.outcome for item in outcomes]
    assert kinds == [Outcome.STORED, Outcome.UNAVAILABLE] * 2
    assert all(item.reason for item in outcomes if item.outcome is Outcome.UNAVAILABLE)
    wanted = {item.content_id for item, kind in zip(batch, kinds, strict=True) if kind is Outcome.STORED}
    assert set(through_proxy.numbers("ky")) == wanted


@pytest.fixture
def narrow_index(elasticsearch_url) -> ElasticsearchIndex:
    """An index that was made before acts had numbers: its strict mapping does not know the field."""
    index = ElasticsearchIndex(url=elasticsearch_url, prefix=f"test-{uuid4().hex[:16]}", timeout_seconds=30)
    body = mappings.index_body("ky")
    body["mappings"] = {**body["mappings"], "properties": dict(mappings.PROPERTIES)}
    del body["mappings"]["properties"]["act_number"]
    index.client.indices.create(index=f"{index.prefix}-ky-old", aliases={index.alias("ky"): {}}, **body)
    yield index
    index.drop(index.client.indices.get(index=f"{index.prefix}-*"))


def test_a_field_outside_the_mapping_is_a_final_refusal(narrow_index):
    with pytest.raises(DocumentRejected, match="act_number"):
        narrow_index.put(decree(), version=1)

    assert narrow_index.numbers("ky") == {}
    properties = narrow_index.client.indices.get_mapping(index=narrow_index.alias("ky")).body
    assert "act_number" not in str(properties)


def test_a_refused_document_does_not_stop_its_batch(narrow_index):
    batch = [document(version=1), decree(version=2), document(version=3)]

    outcomes = narrow_index.put_many(batch)
    narrow_index.client.indices.refresh(index=narrow_index.alias("ky"))

    assert [item.outcome for item in outcomes] == [Outcome.STORED, Outcome.REJECTED, Outcome.STORED]
    assert "act_number" in outcomes[1].reason
    assert set(narrow_index.numbers("ky").values()) == {1, 3}


@pytest.mark.parametrize("call", [CALLS[name] for name in CALLS if name not in {"ensure", "put_many"}])
def test_without_an_index_everything_is_unavailable_and_nothing_is_made(elasticsearch_url, call):
    index = ElasticsearchIndex(url=elasticsearch_url, prefix=f"test-{uuid4().hex[:16]}", timeout_seconds=30)

    with pytest.raises(IndexUnavailable):
        call(index)

    assert index.missing() == list(mappings.LOCALES)
    assert dict(index.client.indices.get(index=f"{index.prefix}-*")) == {}


def test_without_an_index_each_of_a_batch_waits_and_nothing_is_made(elasticsearch_url):
    index = ElasticsearchIndex(url=elasticsearch_url, prefix=f"test-{uuid4().hex[:16]}", timeout_seconds=30)

    outcomes = index.put_many([document(), document(locale="en")])

    assert [item.outcome for item in outcomes] == [Outcome.UNAVAILABLE, Outcome.UNAVAILABLE]
    assert dict(index.client.indices.get(index=f"{index.prefix}-*")) == {}


def test_ensure_makes_the_indices_and_no_other(own_index):
    assert own_index.missing() == []
    assert not own_index.outdated("ky")
    names = own_index.client.indices.get(index=f"{own_index.prefix}-*")
    assert sorted(names) == [f"{own_index.prefix}-{locale}-first" for locale in sorted(mappings.LOCALES)]


def test_ensure_gives_a_lost_alias_back(own_index):
    item = document()
    stored(own_index, item)
    alias = own_index.alias("ky")
    own_index.client.indices.delete_alias(index=f"{alias}-first", name=alias)

    own_index.ensure()

    assert own_index.numbers("ky") == {item.content_id: 1}


def test_no_field_of_an_index_is_open(elasticsearch_index):
    for locale in mappings.LOCALES:
        (index,) = elasticsearch_index.client.indices.get_mapping(index=elasticsearch_index.alias(locale)).values()
        assert index["mappings"]["dynamic"] == "strict"
        assert set(index["mappings"]["properties"]) == set(mappings.PROPERTIES)


def test_a_tombstone_holds_no_word_of_the_document(elasticsearch_index):
    item = document(title="Жашыруун сөз")
    stored(elasticsearch_index, item)

    elasticsearch_index.remove(item.content_id, "ky", version=2)

    held = elasticsearch_index.client.get(index=elasticsearch_index.alias("ky"), id=str(item.content_id))
    assert held["_source"] == {"content_id": str(item.content_id), "version": 2, "gone": True}
    assert held["_version"] == 2


def test_an_index_of_another_analysis_is_outdated(elasticsearch_index, monkeypatch):
    assert not elasticsearch_index.outdated("ky")

    monkeypatch.setitem(mappings.STOP_WORDS, "ky", ("жана",))

    assert elasticsearch_index.outdated("ky")


def test_a_swap_changes_what_readers_see_at_once(own_index):
    old, new = document(title="Эски"), document(title="Жаңы")
    stored(own_index, old)
    name = own_index.create_beside("ky", now=NOW)
    own_index.store_many([new, Tombstone(old.content_id, "ky", 9)], into={"ky": name})
    assert set(own_index.numbers("ky")) == {old.content_id}

    left = own_index.swap("ky", to=name)

    assert left == [f"{own_index.alias('ky')}-first"]
    assert own_index.behind("ky") == [name]
    assert set(own_index.numbers("ky")) == {new.content_id}
    assert own_index.put(old, version=8) is Outcome.HELD_NEWER


def test_numbers_reach_beyond_one_page_of_answers(elasticsearch_index):
    batch = [document(version=number, body_text="") for number in range(1, 2_302)]

    outcomes = elasticsearch_index.put_many(batch)
    elasticsearch_index.refresh()

    assert {item.outcome for item in outcomes} == {Outcome.STORED}
    assert elasticsearch_index.numbers("ky") == {item.content_id: item.version for item in batch}


class _AnotherServer(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *arguments) -> None:
        pass


def test_a_server_that_is_not_elasticsearch_is_unavailable():
    with ThreadingHTTPServer(("127.0.0.1", 0), _AnotherServer) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        index = ElasticsearchIndex(url=f"http://127.0.0.1:{server.server_port}", prefix="other", timeout_seconds=5)

        with pytest.raises(IndexUnavailable):
            index.search(SearchQuery(text="", locale="ky"))

        index.client.close()
        server.shutdown()


def test_the_client_is_of_the_servers_major_version(elasticsearch_url):
    with Elasticsearch(elasticsearch_url) as client:
        assert client.info()["version"]["number"].split(".")[0] == "9"
