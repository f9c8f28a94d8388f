"""Every version that was public stays to be read, with what it changed; corrections only grow."""

import datetime as dt
import hashlib
import json

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from cms import public_record
from frontend_api import triggers, versions
from frontend_api.models import Publication, PublicationKind, PublishedDocument, PublishedVersion
from frontend_api.webhooks.messages import body_of
from site_pages.corrections import STANDING_NOTES
from site_pages.models import RelatedDocument
from site_pages.public_form.builders import build
from tests.newsroom import edit, publish, release, speech, submit

BASE = "/api/v1"
WRONG = [
    ("/0", 404, "not_found"),
    ("/4", 404, "not_found"),
    ("/9" + "0" * 40, 404, "not_found"),
    ("/x", 404, "not_found"),
    ("/4/cleared", 404, "not_found"),
    ("/1/difference", 404, "not_found"),
    ("/4/difference", 404, "not_found"),
    ("/3/difference?from=3", 400, "invalid_parameter"),
    ("/3/difference?from=9", 400, "invalid_parameter"),
    ("/3/difference?from=0", 400, "invalid_parameter"),
    ("/3/difference?from=1" + "0" * 30, 400, "invalid_parameter"),
    ("/3/difference?from=%00", 400, "invalid_parameter"),
    ("/3/difference?from=1&from=2", 400, "invalid_parameter"),
    ("/3/difference?to=1", 400, "invalid_parameter"),
    ("?page=2", 400, "invalid_parameter"),
    ("?locale=de", 400, "invalid_parameter"),
    ("?locale=ru", 404, "translation_missing"),
    ("/1?locale=ru", 404, "translation_missing"),
    ("/1?fields=title", 400, "invalid_parameter"),
]


def path_of(page, rest: str = "") -> str:
    return f"{BASE}/documents/{page.content_id}/versions{rest}"


def read(api, path: str) -> dict:
    response = api.get(path.removeprefix("http://127.0.0.1:8001"))
    assert response.status_code == 200, response.content
    return response.json()


@pytest.fixture
def corrected(room):
    """A release with three versions: published, corrected with a note, corrected without one."""
    page = publish(release(room.author), room)
    edit(page, by=room.author, title="Өкмөттүн кеңешмеси өттү", change_note="Аталышы такталды.")
    publish(page, room)
    edit(page, by=room.author, summary="Кыскача мазмуну.", update_type="minor", change_note="")
    return publish(page, room)


def test_corrections_say_what_readers_are_told(api, corrected):
    body = read(api, f"{BASE}/documents/{corrected.content_id}")

    first, second = body["corrections"]
    assert {name: first[name] for name in ("version", "previous_version", "update_type", "note")} == {
        "version": 2, "previous_version": 1, "update_type": "major", "note": "Аталышы такталды.",
    }  # fmt: skip
    assert (second["version"], second["previous_version"], second["update_type"]) == (3, 2, "minor")
    assert second["note"] == STANDING_NOTES["minor"]["ky"]
    assert [change["note"] for change in body["change_history"]] == ["Аталышы такталды."]
    assert first["at"] == body["public_updated_at"]
    assert second["at"] == body["updated_at"]
    assert [change["name"] for change in read(api, first["difference"])["changes"]] == ["title"]
    assert [change["name"] for change in read(api, second["difference"])["changes"]] == ["summary"]


@pytest.mark.parametrize("locale", ["ky", "ru", "en"])
def test_a_minor_correction_without_a_note_is_told_in_the_language_of_the_document(api, room, locale):
    page = publish(release(room.author, locale=locale), room)
    edit(page, by=room.author, summary="—", update_type="minor")
    publish(page, room)

    body = read(api, f"{BASE}/documents/{page.content_id}?locale={locale}")

    assert [one["note"] for one in body["corrections"]] == [STANDING_NOTES["minor"][locale]]


@pytest.mark.parametrize("note", ["\u200b\u2060", "…", "  "])
def test_a_note_in_which_nothing_can_be_read_is_none(api, room, note):
    page = publish(release(room.author), room)
    edit(page, by=room.author, summary="—", update_type="minor", change_note=note)
    publish(page, room)

    body = read(api, f"{BASE}/documents/{page.content_id}")

    assert body["change_history"] == []
    assert [one["note"] for one in body["corrections"]] == [STANDING_NOTES["minor"]["ky"]]
    assert json.loads(body_of(Publication.objects.latest("number")))["data"]["change_note"] == ""
    assert list(public_record.faults()) == []


def test_a_document_that_was_never_corrected_says_so(api, room):
    page = publish(release(room.author), room)

    assert read(api, f"{BASE}/documents/{page.content_id}")["corrections"] == []
    (item,) = read(api, path_of(page))["items"]
    assert (item["version"], item["previous_version"], item["is_current"], item["kind"]) == (1, None, True, "published")
    assert (item["note"], item["links"]["difference"]) == ("", None)


def test_every_version_is_listed_and_read_as_it_was(api, corrected):
    items = read(api, path_of(corrected))["items"]

    assert [(i["version"], i["kind"], i["is_current"]) for i in items] == [
        (3, "corrected", True), (2, "corrected", False), (1, "published", False),
    ]  # fmt: skip
    first = read(api, items[-1]["links"]["self"])
    assert (first["title"], first["summary"]) == ("Өкмөттүн жыйыны өттү", "Жыйындын кыскача мазмуну.")
    assert (first["version"], first["next_version"], first["current_version"]) == (1, 2, 3)
    assert set(json.loads(PublishedVersion.objects.get(pk=1).cleared)) < set(first)


def test_the_bytes_of_every_version_hash_to_its_digest(api, corrected):
    for item in read(api, path_of(corrected))["items"]:
        answer = api.get(item["links"]["cleared"].removeprefix("http://127.0.0.1:8001"))

        assert hashlib.sha256(answer.content).hexdigest() == item["digest"] == answer["X-Jarchy-Digest"]
    assert answer.content != PublishedDocument.objects.get().cleared.encode()


def test_a_difference_tells_the_words(api, room):
    page = publish(release(room.author, lead="Мектеп 300 окуучуга ылайыкталган."), room)
    edit(page, by=room.author, lead="Мектеп 400 окуучуга ылайыкталган.", change_note="Саны такталды.")
    publish(page, room)

    body = read(api, path_of(page, "/2/difference"))

    assert (body["from"], body["to"], body["note"], body["is_same"]) == (1, 2, "Саны такталды.", False)
    (change,) = body["changes"]
    assert (change["place"], change["name"], change["kind"], change["label"]) == ("field", "lead", "changed", "Лид")
    assert [(piece["kind"], piece["text"]) for piece in change["pieces"]] == [
        ("same", "Мектеп "), ("removed", "300"), ("added", "400"), ("same", " окуучуга ылайыкталган."),
    ]  # fmt: skip


def test_a_difference_knows_blocks_that_came_went_and_moved(api, room):
    page = publish(release(room.author), room)
    draft = page.get_latest_revision_as_object()
    draft.body.append(("paragraph", "<p>Үчүнчү абзац.</p>"))
    draft.body.insert(0, draft.body.pop(1))
    draft.change_note = "Абзац кошулду."
    draft.save_revision(user=room.author)
    publish(page, room)
    edit(page, by=room.author, body=[("heading", {"text": "Баш сөз", "level": "h2"})], change_note="Кыскарды.")

    added = read(api, path_of(page, "/2/difference"))["changes"]

    assert [(c["place"], c["kind"], c["block_type"], c["after"]) for c in added] == [
        ("block", "added", "paragraph", "Үчүнчү абзац."), ("order", "moved", "", ""),
    ]  # fmt: skip


def test_a_difference_in_which_nothing_can_be_read_shows_what_is_stored(api, room):
    page = publish(release(room.author), room)
    publish(edit(page, by=room.author, notes_to_editors="<p></p>", change_note="Такталды."), room)

    (change,) = read(api, path_of(page, "/2/difference"))["changes"]

    assert (change["name"], change["kind"]) == ("notes_to_editors", "changed")
    assert (change["before"], change["after"]) == ('{"html": ""}', '{"html": "<p></p>"}')
    assert "".join(piece["text"] for piece in change["pieces"] if piece["kind"] != "removed") == change["after"]


def test_a_difference_tells_the_titles_of_public_documents_and_of_no_others(api, room):
    page = publish(release(room.author), room)
    public, draft = publish(speech(room.author, title="Ачык сөз"), room), speech(room.author, title="Жашыруун сөз")
    named = [RelatedDocument(document=document) for document in (public, draft)]
    edit(page, by=room.author, change_note="Такталды.", related_documents=named)
    publish(page, room)

    (change,) = read(api, path_of(page, "/3/difference"))["changes"]

    assert (change["name"], change["label"]) == ("related", "Байланыштуу документтер")
    assert (change["before"], change["after"]) == ("", f"Ачык сөз\n{draft.content_id}")

    publish(draft, room)
    (change,) = read(api, path_of(page, "/3/difference"))["changes"]
    assert change["after"] == "Ачык сөз\nЖашыруун сөз"


def test_a_difference_tells_no_title_of_what_will_end(api, room):
    end = timezone.now() + dt.timedelta(days=1)
    page, ending = publish(release(room.author), room), publish(speech(room.author, expire_at=end), room)
    edit(page, by=room.author, change_note="Такталды.", related_documents=[RelatedDocument(document=ending)])
    publish(page, room)

    (change,) = read(api, path_of(page, "/3/difference"))["changes"]

    assert change["after"] == str(ending.content_id)


def test_a_difference_tells_where_links_lead_and_what_is_raised(api, room):
    other = publish(speech(room.author, title="Ачык сөз"), room)
    page = release(room.author)
    for number, (link, power) in enumerate([('href="https://a.example/"', "10<sup>2</sup>"),
                                            ('href="https://b.example/"', "102"),
                                            (f'linktype="page" id="{other.pk}"', "102")]):  # fmt: skip
        draft = page.get_latest_revision_as_object()
        draft.body[0].value.source = f"<p><a {link}>шарт</a> {power}</p>"
        draft.change_note, draft.update_type = f"Түзөтүү {number}", "minor"
        draft.save_revision(user=room.author)
        page = publish(page, room)

    told = [read(api, path_of(page, f"/{number}/difference"))["changes"] for number in (3, 4)]

    assert [(one["before"], one["after"]) for (one,) in told] == [
        ("шарт (https://a.example/) 10^(2)", "шарт (https://b.example/) 102"),
        ("шарт (https://b.example/) 102", "шарт (Ачык сөз) 102"),
    ]
    assert [(piece["kind"], piece["text"]) for piece in told[1][0]["pieces"]] == [
        ("same", "шарт "), ("removed", "(https://b.example/)"), ("added", "(Ачык сөз)"), ("same", " 102"),
    ]  # fmt: skip


def test_a_difference_to_any_earlier_version(api, corrected):
    body = read(api, path_of(corrected, "/3/difference?from=1"))

    assert (body["from"], [change["name"] for change in body["changes"]]) == (1, ["title", "summary"])


def test_the_label_of_a_change_is_in_the_language_asked_for(api, room):
    page = publish(release(room.author, locale="en", title="The cabinet met"), room)
    edit(page, by=room.author, lead="Another lead.", change_note="Lead corrected.")
    publish(page, room)

    (change,) = read(api, path_of(page, "/2/difference?locale=en"))["changes"]

    assert change["label"] == "Lead"


def test_what_is_not_there_or_malformed_is_a_problem(api, corrected):
    answers = {rest: api.get(path_of(corrected, rest)) for rest, _status, _code in WRONG}

    assert [(rest, one.status_code, one.json()["code"]) for rest, one in answers.items()] == WRONG
    assert {one["Content-Type"] for one in answers.values()} == {"application/problem+json"}


def test_the_version_of_another_document_or_language_is_not_there(api, room, corrected):
    russian = publish(release(room.author, locale="ru", translation_key=corrected.translation_key), room)
    other = publish(release(room.author, title="Башка"), room)

    for address in (path_of(corrected, "/4"), path_of(corrected, "/5"), path_of(other, "/1")):
        assert api.get(address).status_code == 404
    assert api.get(path_of(russian, "/4?locale=ru")).status_code == 200
    assert api.get(path_of(other, "/5/difference?from=1")).status_code == 404


def test_drafts_and_corrections_under_clearance_leave_no_trace(api, room, corrected):
    draft = release(room.author, title="Жашыруун")
    before = [api.get(path_of(corrected, rest)).content for rest in ("", "/3")]

    edit(corrected, by=room.author, title="Жашыруун түзөтүү", change_note="Жашыруун.")
    submit(corrected, by=room.author)

    assert api.get(path_of(draft)).status_code == 404
    assert [api.get(path_of(corrected, rest)).content for rest in ("", "/3")] == before


def test_versions_of_a_document_that_is_not_public_are_not_served(api, corrected, without_triggers):
    PublishedDocument.objects.all().delete()

    for rest in ("", "/1", "/1/cleared", "/2/difference"):
        answer = api.get(path_of(corrected, rest))
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.fixture
def without_triggers(db):
    triggers.remove(using="default")
    yield
    triggers.install(using="default")


def test_what_has_not_changed_is_answered_with_304(api, room, corrected):
    for rest in ("", "/1", "/1/cleared", "/2/difference"):
        with time_machine.travel(timezone.now() + dt.timedelta(minutes=2)):
            first = api.get(path_of(corrected, rest))
            again = api.get(path_of(corrected, rest), headers={"If-None-Match": first["ETag"]})
            by_time = api.get(path_of(corrected, rest), headers={"If-Modified-Since": first["Last-Modified"]})

        assert (again.status_code, again.content, by_time.status_code) == (304, b"", 304)
        assert first["Cache-Control"] == "public, max-age=4"
        assert api.head(path_of(corrected, rest)).content == b""


def test_a_text_that_becomes_public_again_unchanged_is_confirmed_and_not_corrected(api, room):
    page = publish(release(room.author), room)
    edit(page, by=room.author, title="Башка аталыш", change_note="Такталды.")
    publish(page, room)
    before = PublishedDocument.objects.get()

    publish(page, room)

    after, last = PublishedDocument.objects.get(), Publication.objects.latest("number")
    assert (last.number, last.kind, last.change_note) == (3, PublicationKind.CONFIRMED, "")
    assert (after.public_updated_at, after.change_history) == (before.public_updated_at, before.change_history)
    assert [one["version"] for one in read(api, f"{BASE}/documents/{page.content_id}")["corrections"]] == [2]
    assert read(api, path_of(page, "/3/difference"))["is_same"] is True
    assert [item["kind"] for item in read(api, path_of(page))["items"]] == ["confirmed", "corrected", "published"]


def test_a_correction_of_the_note_alone_is_one(api, room):
    page = publish(release(room.author), room)
    edit(page, by=room.author, change_note="Эч нерсе өзгөргөн жок, сандар туура.")
    publish(page, room)

    body = read(api, path_of(page, "/2/difference"))

    assert (body["changes"], body["is_same"], body["note"]) == ([], False, "Эч нерсе өзгөргөн жок, сандар туура.")
    assert Publication.objects.get(number=2).kind == PublicationKind.CORRECTED


ATTACKS = [
    "UPDATE frontend_api_publishedversion SET cleared = '{}'",
    "UPDATE frontend_api_publishedversion SET digest = 'x'",
    "DELETE FROM frontend_api_publishedversion",
    "INSERT INTO frontend_api_publishedversion (number, content_id, locale, digest, cleared)"
    " SELECT 77, content_id, locale, digest, cleared FROM frontend_api_publishedversion WHERE number = 1",
]


def test_nobody_changes_what_was_public(room, corrected):
    before = list(PublishedVersion.objects.order_by("pk").values())

    for attack in ATTACKS:
        with pytest.raises(IntegrityError, match="jarchy"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack)

        assert list(PublishedVersion.objects.order_by("pk").values()) == before


@pytest.mark.postgresql
def test_postgresql_holds_the_bytes_against_their_digest(room, monkeypatch):
    page = release(room.author)
    store = PublishedVersion.objects.bulk_create

    def with_other_bytes(rows):
        versions = list(rows)
        for version in versions:
            version.cleared += " "
        return store(versions)

    monkeypatch.setattr(PublishedVersion.objects, "bulk_create", with_other_bytes)

    with pytest.raises(IntegrityError, match="gate"), transaction.atomic():
        publish(page, room)

    assert (PublishedVersion.objects.count(), PublishedDocument.objects.count()) == (0, 0)


def test_a_difference_is_worked_out_once(api, corrected, monkeypatch):
    first = read(api, path_of(corrected, "/3/difference?from=1"))
    monkeypatch.setattr(versions.forms, "differences", None)

    assert read(api, path_of(corrected, "/3/difference?from=1")) == first
    assert api.get(path_of(corrected, "/2/difference")).status_code == 500


def test_stored_versions_are_what_was_cleared(room):
    page = release(room.author)
    cleared = build(page)
    publish(page, room)

    version = PublishedVersion.objects.get()

    assert (version.pk, version.cleared.encode(), version.digest) == (1, cleared.canonical, cleared.digest)
