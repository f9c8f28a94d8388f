"""Lists, documents, errors and caches of the read API."""

import datetime as dt
import hashlib
import json
from itertools import pairwise

import pytest
import time_machine
from django.utils import timezone, translation

from frontend_api.models import PublishedDocument
from site_pages.models import Topic
from tests.newsroom import DAY, approve, decree, edit, photo, publish, release, speech, submit

BASE = "/api/v1"


def published(room, number: int, **fields):
    return [
        publish(release(room.author, title=f"Жаңылык {i}", release_date=DAY + dt.timedelta(days=i % 7), **fields), room)
        for i in range(number)
    ]


def read(api, path: str) -> dict:
    response = api.get(path.removeprefix("http://127.0.0.1:8001"))
    assert response.status_code == 200, response.content
    return response.json()


def test_a_document_is_served_with_its_envelope(api, room):
    page = publish(release(room.author, image=photo(alt_text_ky="Сүрөт", credit="А. Асанов")), room)
    stored = PublishedDocument.objects.get()

    body = read(api, f"{BASE}/releases/{page.slug}?locale=ky")

    cleared = json.loads(stored.cleared)
    assert {name: body[name] for name in cleared if name != "image"} == {
        k: v for k, v in cleared.items() if k != "image"
    }
    assert (body["version"], body["digest"], body["path"]) == (1, stored.digest, f"/ky/releases/{page.slug}")
    assert body["first_published_at"].endswith("+06:00")
    assert [t["locale"] for t in body["available_translations"]] == ["ky"]


def test_the_cleared_bytes_hash_to_the_digest(api, room):
    page = publish(release(room.author), room)

    response = api.get(f"{BASE}/documents/{page.content_id}/cleared?locale=ky")

    assert hashlib.sha256(response.content).hexdigest() == PublishedDocument.objects.get().digest
    assert response.headers["X-Jarchy-Digest"] == PublishedDocument.objects.get().digest


def test_a_file_is_served_only_when_a_published_document_uses_it(api, room):
    picture = photo(alt_text_ky="Сүрөт", credit="А. Асанов")
    page = release(room.author, image=picture)
    address = f"{BASE}/files/{picture.public_id}/photo.jpg"
    assert api.get(address).status_code == 404

    publish(page, room)
    response = api.get(address)

    assert hashlib.sha256(b"".join(response.streaming_content)).hexdigest() == response["ETag"].strip('"')
    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert api.get(address.replace("photo.jpg", "other.jpg")).status_code == 404


def test_an_act_is_found_by_type_year_and_number(api, room):
    publish(decree(room.author, number_suffix="а"), room)

    body = read(api, f"{BASE}/decrees/jarlyk/2026/261-а?fields=citation,number")

    assert body == {
        "citation": "Кыргыз Республикасынын Президентинин 2026-жылдын 17-июлундагы № 261-а Жарлыгы",
        "number": 261,
    }
    for wrong in ("jarlyk/2026/261", "jarlyk/2025/261-а", "buyruk/2026/261-а", "jarlyk/2026/x", "jarlyk/99999/1"):
        assert api.get(f"{BASE}/decrees/{wrong}").status_code == 404


@pytest.mark.parametrize("sort", ["-listed_at", "listed_at"])
def test_pages_neither_skip_nor_repeat_while_documents_are_published(api, room, sort):
    published(room, 7)
    seen, url, pages = [], f"{BASE}/releases?page_size=3&sort={sort}", 0

    while url:
        body = read(api, url)
        seen += [item["title"] for item in body["items"]]
        url, pages = body["links"]["next"], pages + 1
        if pages == 1:
            publish(release(room.author, title="Арада чыкты", release_date=DAY), room)

    old = [title for title in seen if title != "Арада чыкты"]
    assert sorted(old) == sorted(f"Жаңылык {i}" for i in range(7))
    assert len(seen) == len(set(seen))


def test_prev_leads_back_over_the_same_pages(api, room):
    published(room, 5)
    first = read(api, f"{BASE}/releases?page_size=2")
    second = read(api, first["links"]["next"])
    third = read(api, second["links"]["next"])

    assert third["links"]["next"] is None
    assert read(api, third["links"]["prev"])["items"] == second["items"]
    assert read(api, read(api, third["links"]["prev"])["links"]["prev"])["items"] == first["items"]
    assert first["links"]["prev"] is None


def test_lists_filter_alone_and_together(api, room):
    topic = Topic.objects.create(key="water", label_ky="Суу", label_ru="Вода", label_en="Water")
    published(room, 2)
    publish(release(room.author, title="Суу", topics=[topic], release_date=dt.date(2027, 1, 5)), room)

    def titles(query: str) -> list[str]:
        return [item["title"] for item in read(api, f"{BASE}/releases?{query}")["items"]]

    assert titles("topic=water") == ["Суу"]
    assert titles("topic=water&topic=none") == []
    assert titles("year=2027") == ["Суу"]
    assert titles("from=2026-07-18&to=2026-07-18") == ["Жаңылык 1"]
    assert titles("topic=water&year=2026") == []
    assert read(api, f"{BASE}/releases?count=exact&page_size=1")["count"] == 3


def test_each_type_has_its_own_list(api, room):
    publish(release(room.author), room)
    publish(speech(room.author), room)
    publish(decree(room.author), room)

    counts = {name: len(read(api, f"{BASE}/{name}")["items"]) for name in ("releases", "speeches", "decrees")}

    assert counts == {"releases": 1, "speeches": 1, "decrees": 1}


def test_sparse_fields_give_these_only(api, room):
    page = publish(release(room.author), room)

    assert set(read(api, f"{BASE}/releases/{page.slug}?fields=title,path")) == {"title", "path"}
    assert set(read(api, f"{BASE}/releases?fields=title")["items"][0]) == {"title"}


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("foo=1", "foo"),
        ("offset=1" + "0" * 30, "offset"),
        ("page_size=0", "page_size"),
        ("page_size=101", "page_size"),
        ("page_size=1" + "0" * 30, "page_size"),
        ("locale=de", "locale"),
        ("locale=ky&locale=ru", "locale"),
        ("locale=", "locale"),
        ("from=2026-02-30", "from"),
        ("from=2026-02-02&to=2026-01-01", "from"),
        ("year=20000", "year"),
        ("topic=%00", "topic"),
        ("cursor=%00", "cursor"),
        ("cursor=abc", "cursor"),
        ("cursor=" + "A" * 5000, "cursor"),
        ("cursor=WyIyMDI2IiwiIiwwXQ", "cursor"),
        ("fields=nope", "fields"),
        ("fields=title,,path", "fields"),
        ("sort=title", "sort"),
        ("act_number=-1", "act_number"),
    ],
)
def test_what_is_unknown_or_malformed_is_named(api, query, parameter):
    response = api.get(f"{BASE}/releases?{query}")

    body = response.json()
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert body["code"] == "invalid_parameter"
    assert [error["parameter"] for error in body["errors"]] == [parameter]


@pytest.mark.parametrize(
    ("locale", "title"),
    [
        ("ky", "Мындай документ же дарек жок."),
        ("ru", "Такого документа или адреса нет."),
        ("en", "There is no such document or address."),
    ],
)
def test_errors_are_in_the_language_of_the_reader(api, locale, title):
    by_parameter = api.get(f"{BASE}/releases/none?locale={locale}").json()
    by_header = api.get("/nowhere", headers={"Accept-Language": locale}).json()

    assert (by_parameter["title"], by_header["title"]) == (title, title)
    assert translation.get_language() == "ky"


def test_a_missing_translation_names_those_that_exist(api, room):
    page = publish(release(room.author), room)

    response = api.get(f"{BASE}/documents/{page.content_id}?locale=ru")

    body = response.json()
    assert (response.status_code, body["code"]) == (404, "translation_missing")
    assert [t["path"] for t in body["available_translations"]] == [f"/ky/releases/{page.slug}"]


def test_translations_are_separate_and_know_each_other(api, room):
    page = publish(release(room.author), room)
    russian = release(room.author, title="Заседание прошло", locale="ru", translation_key=page.translation_key)
    assert api.get(f"{BASE}/releases/{russian.slug}?locale=ru").status_code == 404

    publish(russian, room)

    body = read(api, f"{BASE}/releases/{russian.slug}?locale=ru")
    assert [t["locale"] for t in body["available_translations"]] == ["ky", "ru"]
    assert len(read(api, f"{BASE}/releases?locale=ky")["items"]) == 1


def test_a_related_act_is_expanded_and_knows_it_back(api, room):
    old = publish(decree(room.author, number=1, title="Эски"), room)
    new = decree(room.author, number=2, title="Жаңы")
    draft = new.get_latest_revision_as_object()
    draft.relations.add(draft.relations.model(kind="repeals", target=old))
    draft.save_revision(user=room.author)

    publish(new, room)

    assert read(api, f"{BASE}/decrees/{new.slug}")["related_documents"][0]["title"] == "Эски"
    assert [(r["kind"], r["title"]) for r in read(api, f"{BASE}/decrees/{old.slug}")["inverse_relations"]] == [
        ("repealed_by", "Жаңы")
    ]


def test_drafts_and_documents_under_clearance_leave_no_trace(api, room):
    page = release(room.author, title="Жашыруун")
    submit(page, by=room.author)
    approve(page, by=room.head)

    for path in (f"releases/{page.slug}", f"documents/{page.content_id}", f"documents/{page.content_id}/cleared"):
        assert api.get(f"{BASE}/{path}").status_code == 404
    assert read(api, f"{BASE}/releases?count=exact")["count"] == 0
    assert read(api, f"{BASE}/search?q=Жашыруун")["total"] == 0


def test_what_has_not_changed_is_answered_with_304(api, room):
    page = publish(release(room.author), room)
    url = f"{BASE}/releases/{page.slug}"
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=2)):
        first = api.get(url)
        by_etag = api.get(url, headers={"If-None-Match": first["ETag"]})
        by_time = api.get(url, headers={"If-Modified-Since": first["Last-Modified"]})
        both = api.get(url, headers={"If-None-Match": '"other"', "If-Modified-Since": first["Last-Modified"]})

    assert (by_etag.status_code, by_etag.content) == (304, b"")
    assert (by_time.status_code, both.status_code) == (304, 200)
    assert first["Cache-Control"] == "public, max-age=4"
    assert "Accept-Encoding" in first["Vary"]


def test_what_is_published_in_the_same_second_is_not_hidden_by_304(api, room):
    second = (timezone.now() + dt.timedelta(hours=1)).replace(microsecond=0)
    with time_machine.travel(second + dt.timedelta(milliseconds=100), tick=False):
        published(room, 1)
    with time_machine.travel(second + dt.timedelta(milliseconds=200), tick=False):
        first = api.get(f"{BASE}/releases")
    # Dated in that second, committed after it.
    with time_machine.travel(second + dt.timedelta(milliseconds=1200), tick=False):
        meanwhile = api.get(f"{BASE}/releases")
    with time_machine.travel(second + dt.timedelta(milliseconds=900), tick=False):
        published(room, 1)

    with time_machine.travel(second + dt.timedelta(minutes=10)):
        for before in (first, meanwhile):
            since = before.headers.get("Last-Modified", "")
            assert api.get(f"{BASE}/releases", headers={"If-None-Match": before["ETag"]}).status_code == 200
            assert api.get(f"{BASE}/releases", headers={"If-Modified-Since": since}).status_code == 200


def test_a_new_version_has_a_new_etag(api, room):
    page = publish(release(room.author), room)
    url = f"{BASE}/documents/{page.content_id}"
    before = api.get(url)["ETag"]
    edit(page, by=room.author, summary="Башка мазмун.", change_note="Мазмуну такталды.")

    publish(page, room)

    assert api.get(url)["ETag"] != before
    assert api.get(url, headers={"If-None-Match": before}).status_code == 200


def test_any_site_may_read_and_nobody_may_write(api):
    assert api.get(f"{BASE}/releases")["Access-Control-Allow-Origin"] == "*"
    assert (api.options(f"{BASE}/releases").status_code, api.head(f"{BASE}/releases").content) == (204, b"")
    for verb in (api.post, api.put, api.patch, api.delete):
        response = verb(f"{BASE}/releases")
        assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize("accept", ["text/html", "*/*", "application/xml", "nonsense"])
def test_the_answer_is_json_whatever_is_asked_for(api, accept):
    response = api.get(f"{BASE}/releases", headers={"Accept": accept})

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")


def test_the_public_process_sets_no_cookie_and_has_no_admin(api):
    assert dict(api.get(f"{BASE}/releases").cookies) == {}
    for path in ("/admin/", "/admin/login/", "/media/x.jpg", "/documents/1/x.pdf", "/api/v2/pages/", "/api/v3/pages/"):
        assert api.get(path).status_code == 404


def test_every_error_code_explains_itself(api):
    for code in ("invalid_parameter", "not_found", "translation_missing", "method_not_allowed", "internal"):
        assert read(api, f"{BASE}/problems/{code}?locale=en")["type"] == f"/api/v1/problems/{code}"


def test_no_next_page_repeats_a_cursor(api, room):
    published(room, 6)
    cursors, url = [], f"{BASE}/releases?page_size=1"

    while url:
        url = read(api, url)["links"]["next"]
        cursors.append(url)

    assert all(a != b for a, b in pairwise(cursors))
    assert len(cursors) == 6
