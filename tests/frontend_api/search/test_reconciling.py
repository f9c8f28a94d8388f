"""What the index lacks, holds too old or holds too much is found and mended, number by number."""

import datetime as dt
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from frontend_api.models import Delivery
from frontend_api.search import mappings
from frontend_api.search.database import DatabaseIndex
from frontend_api.search.full_text import FIELDS, forget_terms, write_terms
from frontend_api.search.port import Outcome
from frontend_api.search.published import from_published
from frontend_api.search.rebuilding import rebuild
from frontend_api.search.reconciling import Difference, compare, mend
from frontend_api.search.tables import SearchTag, SearchText
from tests.frontend_api.search.documents import document, found, ids, stored
from tests.frontend_api.search.publications import publish

LATER = dt.timedelta(minutes=5)


def compared(index, *, after=LATER):
    """The comparison of the Kyrgyz index, as seen that long after the publications."""
    return compare(index, locale="ky", now=timezone.now() + after)


def delivered(index, item):
    """Store a published document in the index."""
    stored(index, from_published(item))


def drifted(index) -> dict[str, Difference]:
    """One document of each kind of drift in the index, and one that agrees."""
    delivered(index, publish())
    missing = publish()
    stale = publish()
    delivered(index, stale)
    stale = publish(content_id=stale.content_id, title="Оңдолгон кабар")
    surplus = document(version=77)
    stored(index, surplus)
    return {
        "missing": Difference(missing.content_id, published=missing.version, held=None),
        "stale": Difference(stale.content_id, published=stale.version, held=stale.version - 1),
        "surplus": Difference(surplus.content_id, published=None, held=77),
    }


def test_an_index_that_agrees_has_no_differences(configured):
    delivered(configured, publish())

    comparison = compared(configured)

    assert (comparison.published, comparison.held, comparison.differences) == (1, 1, ())


def test_missing_stale_and_surplus_are_told_apart(configured):
    drift = drifted(configured)

    comparison = compared(configured)

    assert {difference.kind: difference for difference in comparison.differences} == drift
    assert (comparison.published, comparison.held) == (3, 3)


def test_mending_makes_the_index_agree(configured):
    drift = drifted(configured)

    mending = mend(configured, compared(configured))

    assert {difference.kind for difference in mending.mended} == set(drift)
    assert mending.failed == []
    assert compared(configured).differences == ()
    assert ids(found(configured, "оңдолгон")) == [drift["stale"].content_id]


def test_a_surplus_document_cannot_come_back_after_mending(configured):
    surplus = document(version=77)
    stored(configured, surplus)

    mend(configured, compared(configured))

    assert configured.put(surplus, version=76) is Outcome.HELD_NEWER
    configured.refresh()
    assert configured.numbers("ky") == {}


def test_a_number_that_was_never_published_cannot_be_mended(configured):
    item = publish()
    stored(configured, from_published(item).at(item.version + 100))

    comparison = compared(configured)
    mending = mend(configured, comparison)

    assert [difference.kind for difference in comparison.differences] == ["ahead"]
    assert mending.mended == []
    assert [reason for _, reason in mending.failed] == ["the index holds a higher number; run rebuild_search_index"]


def test_what_was_published_just_now_is_on_its_way(configured):
    publish()

    comparison = compared(configured, after=dt.timedelta())

    assert (comparison.on_their_way, comparison.differences) == (1, ())


def test_a_delivery_that_was_given_up_is_drift_at_once(configured):
    item = publish()
    Delivery.objects.update(dead_at=timezone.now())

    comparison = compared(configured, after=dt.timedelta())

    assert [difference.content_id for difference in comparison.differences] == [item.content_id]


def test_the_database_is_compared_and_mended_the_same_way(open_wall):
    index = DatabaseIndex()
    item = publish()
    index.remove(item.content_id, "ky", version=item.version)

    comparison = compared(index)
    mend(index, comparison)

    assert [difference.kind for difference in comparison.differences] == ["missing"]
    assert compared(index).differences == ()


def in_elasticsearch(change: str):
    """Somebody changes a stored document with the tools of Elasticsearch, whose own number of it grows by that."""

    def alter(index, item) -> None:
        index.client.update(
            index=index.alias("ky"), id=str(item.content_id), script={"source": f"ctx._source.{change}"}, refresh=True
        )

    return alter


@pytest.mark.parametrize(
    "change", ["title = 'Башка'", "remove('summary')", "digest = 'f'", "topics = ['culture']", "listed_at += 1"]
)
def test_what_was_altered_in_elasticsearch_under_the_right_number_is_found(configured, change):
    sound, item = publish(), publish()
    for one in (sound, item):
        delivered(configured, one)
    in_elasticsearch(change)(configured, item)

    (difference,) = compared(configured).differences

    assert (difference.kind, difference.content_id) == ("altered", item.content_id)
    assert compare(configured, locale="ky", now=timezone.now(), contents=False).differences == ()
    # Elasticsearch's own number went up, so storing again is refused: only an index built anew is the old one.
    assert [reason for _, reason in mend(configured, compared(configured)).failed] == [
        "the index holds a higher number; run rebuild_search_index"
    ]
    rebuild(configured, locale="ky", now=timezone.now(), progress=lambda count: None)
    assert compared(configured).differences == ()


ALTERED_ROWS = {
    "text": lambda row: SearchText.objects.filter(pk=row.pk).update(title="Башка"),
    "day": lambda row: SearchText.objects.filter(pk=row.pk).update(listed_at_millis=1),
    "tag": lambda row: SearchTag.objects.filter(search_text=row).update(label="Маданият"),
    "tags": lambda row: SearchTag.objects.filter(search_text=row).delete(),
    "words": lambda row: write_terms({row.pk: {field: ["башка"] for field in FIELDS}}),
    "no words": lambda row: forget_terms(row.pk),
}


@pytest.mark.parametrize("alter", ALTERED_ROWS.values(), ids=ALTERED_ROWS)
def test_what_was_altered_in_the_tables_is_found_and_mended(open_wall, alter):
    index, _sound, item = DatabaseIndex(), publish(), publish()
    assert compared(index).differences == ()
    alter(SearchText.objects.get(content_id=item.content_id))

    comparison = compared(index)

    assert comparison.differences == (Difference(item.content_id, published=item.version, held=item.version),)
    assert len(mend(index, comparison).mended) == 1
    assert compared(index).differences == ()


def test_more_documents_than_one_look_takes_are_looked_into(open_wall, monkeypatch):
    monkeypatch.setattr("frontend_api.search.reconciling.BATCH_SIZE", 2)
    items = [publish() for _ in range(5)]
    SearchText.objects.update(summary="Башка")

    found = compared(DatabaseIndex()).differences

    assert {difference.content_id for difference in found} == {item.content_id for item in items}


class TestCommand:
    """`reconcile_index`."""

    @pytest.fixture(autouse=True)
    def _no_publication_is_fresh(self, monkeypatch):
        monkeypatch.setattr("frontend_api.search.reconciling.DELIVERY_TIME", dt.timedelta(seconds=-60))

    def run(self, *arguments) -> tuple[str, CommandError | None]:
        out = io.StringIO()
        try:
            call_command("reconcile_index", *arguments, stdout=out)
        except CommandError as refusal:
            return out.getvalue(), refusal
        return out.getvalue(), None

    def test_agreement_is_told_and_is_no_error(self, configured):
        delivered(configured, publish())

        out, refusal = self.run()

        assert refusal is None
        assert "elasticsearch ky: 1 published, 1 in the index, 0 differ, 0 on their way, 0 mended." in out
        assert "database ky: 1 published, 1 in the index, 0 differ, 0 on their way, 0 mended." in out

    def test_drift_is_told_in_words_and_changes_nothing(self, configured):
        drift = drifted(configured)

        out, refusal = self.run()

        assert refusal.returncode == 1
        assert str(refusal) == "3 documents differ. Run with --fix."
        missing, stale, surplus = drift["missing"], drift["stale"], drift["surplus"]
        place = "elasticsearch ky:"
        assert f"{place} {missing.content_id} is published as {missing.published} and not in the index." in out
        assert f"{place} {stale.content_id} is published as {stale.published}, the index holds {stale.held}." in out
        assert f"{place} {surplus.content_id} is not published, the index holds 77." in out
        assert len(compared(configured).differences) == 3

    def test_fix_mends_and_is_no_error(self, configured):
        drifted(configured)

        out, refusal = self.run("--fix")

        assert refusal is None
        assert "3 differ, 0 on their way, 3 mended." in out
        assert compared(configured).differences == ()

    def test_what_cannot_be_mended_is_an_error(self, configured):
        item = publish()
        stored(configured, from_published(item).at(item.version + 100))

        out, refusal = self.run("--fix")

        assert refusal.returncode == 1
        assert "not mended: the index holds a higher number; run rebuild_search_index." in out

    def test_json_is_one_object(self, configured):
        drift = drifted(configured)

        out, refusal = self.run("--json")

        first = json.loads(out)["indexes"][0]
        assert refusal.returncode == 1
        assert (first["index"], first["locale"], first["published"], first["held"]) == ("elasticsearch", "ky", 3, 3)
        assert {item["kind"]: item["content_id"] for item in first["differences"]} == {
            kind: str(difference.content_id) for kind, difference in drift.items()
        }

    def test_fix_makes_the_indices_that_are_not_there(self, configured):
        item = publish()
        for locale in ("ky", "ru", "en"):
            configured.drop(configured.behind(locale))

        _out, refusal = self.run("--fix")

        assert refusal is None
        configured.refresh()
        assert configured.numbers("ky") == {item.content_id: item.version}

    def test_an_index_of_another_version_is_told(self, configured, monkeypatch):
        monkeypatch.setitem(mappings.STOP_WORDS, "ky", ("жана",))

        out, refusal = self.run("--json")

        assert json.loads(out)["outdated"] == ["ky"]
        assert refusal.returncode == 1
        assert str(refusal) == "Built by another version: ky. Run rebuild_search_index."

    def test_a_dead_server_is_status_two(self, configured, settings):
        settings.ELASTICSEARCH_URL = "http://127.0.0.1:9"

        _out, refusal = self.run()

        assert refusal.returncode == 2
        assert str(refusal).startswith("The index gave no answer")

    def test_without_elasticsearch_the_database_alone_is_compared(self, open_wall, settings):
        settings.ELASTICSEARCH_URL = ""
        publish()

        out, refusal = self.run()

        assert refusal is None
        assert [line.split(":")[0] for line in out.splitlines()] == ["database ky", "database ru", "database en"]
