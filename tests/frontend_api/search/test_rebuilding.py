"""A rebuild loses nothing that is published meanwhile, and no reader meets an empty index."""

import contextlib
import threading
import time

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from frontend_api.models import PublishedDocument
from frontend_api.search import log_reading, service
from frontend_api.search.database import DatabaseIndex
from frontend_api.search.port import IndexUnavailable, Outcome, SearchQuery
from frontend_api.search.published import from_published
from frontend_api.search.rebuilding import rebuild, rebuild_in_database
from frontend_api.search.tables import SearchText
from tests.frontend_api.search.documents import document, found, ids, stored
from tests.frontend_api.search.publications import publish, withdraw


def rebuilt(index, *, progress=lambda count: None):
    """Rebuild the Kyrgyz index now."""
    return rebuild(index, locale="ky", now=timezone.now(), progress=progress)


def versions() -> dict:
    """What the index should hold."""
    return dict(PublishedDocument.objects.filter(locale="ky").values_list("content_id", "version"))


def test_a_rebuild_fills_a_new_index_from_what_is_published(configured):
    wanted = [publish(), publish(), publish(locale="ru")]
    stored(configured, document(title="Эч качан жарыяланбаган"))

    built = rebuilt(configured)

    assert configured.numbers("ky") == {item.content_id: item.version for item in wanted[:2]}
    assert (built.stored, built.caught_up, built.rejected) == (2, 0, [])
    assert configured.behind("ky") == [built.name]
    assert ids(found(configured, "өкмөт")) == sorted(item.content_id for item in wanted[:2])


def test_the_old_index_is_gone_afterwards(configured):
    publish()
    first = rebuilt(configured).name

    second = rebuilt(configured).name

    names = configured.client.indices.get(index=f"{configured.alias('ky')}-*")
    assert list(names) == [second] != [first]


def test_what_is_published_while_the_index_fills_is_caught_up(configured, monkeypatch):
    monkeypatch.setattr(log_reading, "BATCH_SIZE", 2)
    documents = [publish() for _ in range(5)]
    late = []

    def publish_meanwhile(count):
        if not late:
            late.append(publish(title="Кечиккен кабар"))
            late.append(publish(title="Оңдолгон", content_id=documents[0].content_id))

    built = rebuilt(configured, progress=publish_meanwhile)

    assert configured.numbers("ky") == versions()
    assert built.caught_up == 2
    assert ids(found(configured, "кечиккен")) == [late[0].content_id]
    assert ids(found(configured, "оңдолгон")) == [documents[0].content_id]


def test_what_is_delivered_to_the_old_index_just_before_the_swap_is_caught_up(configured, monkeypatch):
    publish()
    swap, late = configured.swap, []

    def deliver_then_swap(locale, *, to):
        late.append(publish(title="Акыркы кабар"))
        configured.put(from_published(late[0]), version=late[0].version)
        return swap(locale, to=to)

    monkeypatch.setattr(configured, "swap", deliver_then_swap)

    rebuilt(configured)
    configured.refresh()

    assert configured.numbers("ky") == versions()
    assert ids(found(configured, "акыркы")) == [late[0].content_id]


def test_a_withdrawn_document_stays_hidden_and_its_late_message_is_refused(configured):
    gone = publish()
    late_message = from_published(gone)
    withdraw(gone)

    rebuilt(configured)

    assert configured.put(late_message.at(0), version=0) is Outcome.HELD_NEWER
    assert configured.numbers("ky") == {}


def test_a_document_withdrawn_during_the_rebuild_is_hidden(configured):
    kept, gone = publish(), publish()
    again = []

    def withdraw_meanwhile(count):
        if not again:
            again.append(publish(content_id=gone.content_id, title="Оңдолгон"))
            withdraw(again[0])

    rebuilt(configured, progress=withdraw_meanwhile)

    assert configured.numbers("ky") == {kept.content_id: kept.version}


def test_a_rebuild_that_fails_leaves_the_old_index_and_no_other(configured, monkeypatch):
    item = publish()
    stored(configured, from_published(item))
    before = configured.behind("ky")

    def fail(count):
        raise IndexUnavailable("the server went away")

    with pytest.raises(IndexUnavailable):
        rebuilt(configured, progress=fail)

    assert list(configured.client.indices.get(index=f"{configured.alias('ky')}-*")) == before
    assert configured.numbers("ky") == {item.content_id: item.version}


@pytest.mark.django_db(transaction=True)
def test_under_load_readers_always_see_everything_and_nothing_is_lost(configured, monkeypatch):
    monkeypatch.setattr(log_reading, "BATCH_SIZE", 5)
    for number in range(40):
        item = publish(title=f"Кабар {number}")
        configured.put(from_published(item), version=item.version)
    configured.refresh()
    is_over, totals, failures = threading.Event(), [], []

    def read():
        while not is_over.is_set():
            try:
                totals.append(configured.search(SearchQuery(text="кабар", locale="ky")).total)
            except IndexUnavailable as failure:
                failures.append(failure)

    def write():
        number = 40
        while not is_over.is_set():
            item = publish(title=f"Кабар {number}")
            configured.put(from_published(item), version=item.version)
            number += 1
        connections.close_all()

    threads = [threading.Thread(target=read), threading.Thread(target=write)]
    for thread in threads:
        thread.start()
    with _ended(threads, is_over):
        built = [rebuilt(configured, progress=lambda count: time.sleep(0.01)) for _ in range(2)]
    configured.refresh()

    assert failures == []
    assert len(totals) > 5
    assert min(totals) >= 40
    assert built[0].caught_up > 0
    assert configured.numbers("ky") == versions()
    assert len(versions()) > 40


@contextlib.contextmanager
def _ended(threads, is_over):
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def test_the_search_texts_in_the_database_are_written_again(open_wall):
    item = publish()
    SearchText.objects.all().delete()

    built = rebuild_in_database(DatabaseIndex(), locale="ky", progress=lambda count: None)

    assert built.stored == 1
    assert DatabaseIndex().numbers("ky") == {item.content_id: item.version}
    assert ids(found(DatabaseIndex(), "өкмөт")) == [item.content_id]


def test_publishing_writes_the_search_text_in_the_same_transaction(open_wall, settings):
    settings.ELASTICSEARCH_URL = ""

    item = publish(title="Жаңы жарлык чыкты")

    result = service.search(SearchQuery(text="жарлыгы", locale="ky"))
    assert ids(result) == [item.content_id]
    assert result.hits[0].version == item.version


def test_a_server_that_lost_its_data_is_filled_before_anything_is_delivered(configured):
    documents = [publish(), publish(locale="ru")]
    for locale in ("ky", "ru", "en"):
        configured.drop(configured.behind(locale))
    with pytest.raises(IndexUnavailable):
        configured.put(from_published(documents[0]), version=1)

    filled = service.prepare_index(now=timezone.now())

    assert filled == 2
    assert configured.missing() == []
    assert configured.numbers("ky") == {documents[0].content_id: documents[0].version}
    assert not service.search(SearchQuery(text="", locale="en")).degraded


def test_an_index_that_is_there_is_left_alone(configured):
    publish()
    before = configured.behind("ky")

    assert service.prepare_index(now=timezone.now()) == 0

    assert configured.behind("ky") == before
    assert configured.numbers("ky") == {}


def test_without_a_server_there_is_nothing_to_prepare(open_wall, settings):
    publish()
    settings.ELASTICSEARCH_URL = ""
    assert service.prepare_index(now=timezone.now()) == 0

    settings.ELASTICSEARCH_URL = "http://127.0.0.1:9"
    assert service.prepare_index(now=timezone.now()) == 0
    service.forget_connections()


class TestCommand:
    """`rebuild_search_index`."""

    def test_it_says_what_it_did_for_each_language(self, configured, capsys):
        publish()
        publish(locale="en")

        call_command("rebuild_search_index", verbosity=0)

        lines = capsys.readouterr().out.splitlines()
        assert [line.split(" in ")[0] for line in lines] == ["ky: 1 stored", "ru: 0 stored", "en: 1 stored"]
        assert all(line.endswith("0 of them published during the rebuild, 0 refused.") for line in lines)

    def test_one_language_leaves_the_others_alone(self, configured, capsys):
        call_command("rebuild_search_index", "--locale", "ru", verbosity=0)

        assert configured.behind("ky") == [f"{configured.alias('ky')}-first"]
        assert configured.behind("ru") != [f"{configured.alias('ru')}-first"]
        assert len(capsys.readouterr().out.splitlines()) == 1

    def test_a_dead_server_is_said_in_words(self, configured, settings):
        settings.ELASTICSEARCH_URL = "http://127.0.0.1:9"

        with pytest.raises(CommandError, match="Readers still have the old index") as refusal:
            call_command("rebuild_search_index", verbosity=0)

        assert refusal.value.returncode == 2

    def test_without_elasticsearch_the_database_is_written_again(self, open_wall, settings, capsys):
        settings.ELASTICSEARCH_URL = ""
        publish()
        SearchText.objects.all().delete()

        call_command("rebuild_search_index", verbosity=0)

        assert capsys.readouterr().out.splitlines()[0].startswith("ky: 1 stored in database")
        assert SearchText.objects.count() == 1
