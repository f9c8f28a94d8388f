"""The contract of the port: an older message never wins; held by both adapters."""

from uuid import uuid4

from frontend_api.search.port import Facets, Outcome
from tests.frontend_api.search.documents import CULTURE, ECONOMY, document, found, ids, stored


def test_an_older_put_does_not_overwrite(index):
    content_id = uuid4()
    stored(index, document(content_id=content_id, title="Жаңы текст", version=7))

    outcome = index.put(document(content_id=content_id, title="Эски текст"), version=6)
    index.refresh()

    assert outcome is Outcome.HELD_NEWER
    assert ids(found(index, "эски")) == []
    assert [hit.version for hit in found(index, "текст").hits] == [7]


def test_the_same_version_may_be_put_again(index):
    item = document(version=7)

    assert index.put(item, version=7) is Outcome.STORED
    assert index.put(item, version=7) is Outcome.STORED


def test_a_newer_put_replaces_everything(index):
    content_id = uuid4()
    stored(index, document(content_id=content_id, title="Эски текст", topics=(ECONOMY,)))

    stored(index, document(content_id=content_id, title="Жаңы текст", topics=(CULTURE,), version=2))

    assert ids(found(index, "эски")) == []
    assert ids(found(index, "", topic=("economy",))) == []
    assert ids(found(index, "текст", topic=("culture",))) == [content_id]


def test_a_tombstone_hides_the_document_and_keeps_late_messages_out(index):
    item = document(version=3)
    stored(index, item)

    assert index.remove(item.content_id, "ky", version=5) is Outcome.STORED
    assert index.put(item, version=4) is Outcome.HELD_NEWER
    index.refresh()

    assert ids(found(index, "")) == []
    assert index.numbers("ky") == {}
    assert found(index, "", want_facets=True).facets == Facets()


def test_a_newer_put_brings_a_removed_document_back(index):
    item = document(version=3)
    stored(index, item)
    index.remove(item.content_id, "ky", version=5)

    stored(index, item.at(6))

    assert ids(found(index, "президент")) == [item.content_id]


def test_a_late_removal_is_ignored(index):
    item = document(version=5)
    stored(index, item)

    assert index.remove(item.content_id, "ky", version=4) is Outcome.HELD_NEWER
    index.refresh()

    assert ids(found(index, "")) == [item.content_id]


def test_removing_what_was_never_there_is_remembered(index):
    item = document(version=3)

    assert index.remove(item.content_id, "ky", version=4) is Outcome.STORED

    assert index.put(item, version=3) is Outcome.HELD_NEWER


def test_put_many_says_what_became_of_each(index):
    held = document(version=9)
    stored(index, held)
    batch = [document(version=1), held.at(8), document(version=2)]

    outcomes = index.put_many(batch)
    index.refresh()

    assert [item.outcome for item in outcomes] == [Outcome.STORED, Outcome.HELD_NEWER, Outcome.STORED]
    assert [item.content_id for item in outcomes] == [item.content_id for item in batch]
    assert index.numbers("ky") == {batch[0].content_id: 1, held.content_id: 9, batch[2].content_id: 2}


def test_nothing_to_put_is_no_error(index):
    assert index.put_many([]) == []


def test_numbers_are_of_one_language(index):
    content_id = uuid4()
    stored(index, document(content_id=content_id, version=1), document(content_id=content_id, locale="en", version=2))

    assert (index.numbers("ky"), index.numbers("en"), index.numbers("ru")) == ({content_id: 1}, {content_id: 2}, {})


def test_ensure_may_be_repeated(index):
    stored(index, document())

    index.ensure()

    assert found(index, "").total == 1
