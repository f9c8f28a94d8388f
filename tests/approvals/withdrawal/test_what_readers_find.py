"""What readers find where a document was: 410, 301 or a notice, in every place that showed it."""

import datetime as dt
from itertools import pairwise

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from frontend_api import tombstones
from frontend_api.corrections import history_from
from frontend_api.models import Publication, PublishedDocument, PublishedFile, WithheldText
from site_pages.corrections import NOTICE_LIFTED
from site_pages.models import RelatedDocument
from tests.approvals.withdrawal.taking_down import NO_LONGER_CURRENT, REASON, SUPERSEDED, take_down
from tests.newsroom import DAY, decree, edit, fresh, photo, publish, release

pytestmark = [pytest.mark.django_db, pytest.mark.urls("cms.urls.public")]


def get(address: str, **headers):
    return Client().get(address, headers=headers)


def by_id(page, tail: str = "") -> str:
    return f"/api/v1/documents/{page.content_id}{tail}?locale={page.locale_code}"


def test_in_error_is_gone_under_every_address_and_says_why(room):
    page = publish(decree(room.author, number=261), room)

    take_down(page, room)

    for address in (
        by_id(page), by_id(page, "/cleared"), f"/api/v1/decrees/{page.slug}", "/api/v1/decrees/jarlyk/2026/261",
    ):  # fmt: skip
        answer = get(address)
        body = answer.json()
        assert (answer.status_code, body["code"], body["detail"]) == (410, "withdrawn", REASON), address
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["Cache-Control"] == "public, max-age=4"
        assert body["withdrawal"]["class"] == "in_error"
        assert (body["withdrawal"]["content_id"], body["withdrawal"]["version"]) == (str(page.content_id), 2)
        assert page.title not in answer.content.decode()
    assert get("/api/v1/decrees/jarlyk/2026/262").status_code == 404


def test_the_superseded_leads_to_its_successor(room):
    page, successor = (publish(release(room.author, title=title), room) for title in ("Эски", "Жаңы"))

    take_down(page, room, as_=SUPERSEDED, successor=successor.content_id)

    answer = get(f"/api/v1/releases/{page.slug}")
    assert (answer.status_code, answer.json()["code"]) == (301, "superseded")
    assert answer["Location"].endswith(f"/api/v1/documents/{successor.content_id}?locale=ky")
    assert answer.json()["withdrawal"]["successor"] == str(successor.content_id)
    assert get(answer["Location"].removeprefix("http://localhost:8001")).json()["title"] == "Жаңы"
    assert get(by_id(page, "/cleared"))["Location"].endswith(f"/{successor.content_id}/cleared?locale=ky")


@pytest.mark.parametrize("how", ["ended", "withdrawn", "under a successor", "withheld"])
def test_nobody_is_led_to_a_successor_that_is_not_there(room, how, django_assert_num_queries):
    end = timezone.now() + dt.timedelta(hours=1)
    page, last = (publish(release(room.author, title=title), room) for title in ("Эски", "Акыркы"))
    successor = release(room.author, title="Жаңы")
    successor = publish(edit(successor, by=room.author, expire_at=end if how == "ended" else None), room)
    take_down(page, room, as_=SUPERSEDED, successor=successor.content_id)
    get(by_id(page))  # what a process asks once only
    with CaptureQueriesContext(connection) as asked:
        assert get(by_id(page)).status_code == 301
    if how == "withdrawn":
        take_down(successor, room)
    if how == "under a successor":
        take_down(successor, room, as_=SUPERSEDED, successor=last.content_id)
    if how == "withheld":
        WithheldText.objects.create(
            content_id=successor.content_id, locale="ky", up_to=100, withheld_at=timezone.now(), reason=REASON
        )

    with time_machine.travel(end), django_assert_num_queries(len(asked)):
        answer = get(by_id(page))
    with time_machine.travel(end):
        versions = get(by_id(page, "/versions"))

    body = answer.json()
    if how == "under a successor":
        assert (answer.status_code, "Location" in answer) == (301, True)
        assert get(by_id(successor))["Location"].endswith(f"/{last.content_id}?locale=ky")
        return
    assert (answer.status_code, body["code"], body["detail"], "Location" in answer) == (410, "withdrawn", REASON, False)
    assert body["withdrawal"]["class"] == "superseded"
    assert versions.status_code == 410


@pytest.mark.parametrize("how", ["read", "ended", "withdrawn"])
def test_a_way_of_successors_is_followed_to_its_end(room, how):
    end = timezone.now() + dt.timedelta(hours=1)
    pages = [publish(release(room.author, title=title), room) for title in ("Биринчи", "Экинчи", "Үчүнчү")]
    last = publish(edit(release(room.author, title="Акыркы"), by=room.author, expire_at=end), room)
    for page, successor in pairwise([*pages, last]):
        take_down(page, room, as_=SUPERSEDED, successor=successor.content_id, reason=f"{page.title} эскирди")
    if how == "withdrawn":
        take_down(last, room)

    with time_machine.travel(end if how == "ended" else timezone.now()):
        answers = [get(by_id(page)) for page in pages]

    leads_on = how == "read"
    assert [answer.status_code for answer in answers] == [301 if leads_on else 410] * 3
    assert ["Location" in answer for answer in answers] == [leads_on] * 3
    assert [answer.json()["detail"] for answer in answers] == [f"{page.title} эскирди" for page in pages]


def test_a_way_of_very_many_successors_is_not_followed(room, monkeypatch):
    pages = [publish(release(room.author, title=title), room) for title in ("Биринчи", "Экинчи", "Үчүнчү", "Акыркы")]
    for page, successor in pairwise(pages):
        take_down(page, room, as_=SUPERSEDED, successor=successor.content_id)
    monkeypatch.setattr(tombstones, "MOST_STEPS", 1)

    assert [get(by_id(page)).status_code for page in pages] == [410, 301, 301, 200]


def test_what_is_no_longer_current_stays_readable_under_a_notice(room):
    page = publish(release(room.author), room)
    before, cleared = get(by_id(page)), get(by_id(page, "/cleared"))

    take_down(page, room, as_=NO_LONGER_CURRENT)

    after = get(by_id(page)).json()
    notice = {"explanation": REASON, "at": after["updated_at"]}
    assert before.json()["withdrawn_notice"] is None
    assert (after["withdrawn_notice"], after["version"]) == (notice, 2)
    assert get(by_id(page, "/cleared")).content == cleared.content
    assert get("/api/v1/releases").json()["items"][0]["withdrawn_notice"] == notice
    assert get("/api/v1/search?q=жыйын").json()["items"][0]["withdrawn_notice"] == notice
    assert get(by_id(page), **{"If-None-Match": before["ETag"]}).status_code == 200
    assert fresh(page).live


def test_lists_search_and_neighbours_no_longer_show_it(room):
    page = publish(release(room.author, title="Сабантуй"), room)
    neighbour = release(room.author, title="Экинчи")
    draft = neighbour.get_latest_revision_as_object()
    draft.related_documents = [RelatedDocument(document=page.documentpage_ptr)]
    draft.save_revision(user=room.author)
    publish(fresh(neighbour), room)
    before, listed = get(by_id(neighbour)), get("/api/v1/releases")
    assert [one["title"] for one in before.json()["related_documents"]] == ["Сабантуй"]

    take_down(page, room)

    after = get(by_id(neighbour), **{"If-None-Match": before["ETag"]})
    assert after.json()["related_documents"] == []
    assert after["ETag"] != before["ETag"]
    assert [one["title"] for one in get("/api/v1/releases").json()["items"]] == ["Экинчи"]
    assert get("/api/v1/releases")["ETag"] != listed["ETag"]
    assert get("/api/v1/search?q=Сабантуй").json()["total"] == 0
    assert PublishedDocument.objects.get().title == "Экинчи"


def test_a_file_closes_with_the_last_document_that_refers_to_it(room):
    picture = photo(title="Кол коюу", alt_text_ky="Кол коюу", credit="Б. Алымкулов")
    pages = [publish(release(room.author, title=title, image=picture), room) for title in ("Биринчи", "Экинчи")]
    url = get(by_id(pages[0])).json()["image"]["url"].removeprefix("http://localhost:8001")
    assert get(url).status_code == 200

    take_down(pages[0], room)
    assert get(url).status_code == 200

    take_down(pages[1], room)
    assert (get(url).status_code, PublishedFile.objects.count()) == (404, 0)


def test_other_languages_stay_and_are_named(room):
    page = publish(release(room.author, slug="jyiyn"), room)
    russian = keep_translation(page, room)

    take_down(page, room)

    answer = get(by_id(page))
    assert answer.status_code == 410
    assert [one["locale"] for one in answer.json()["available_translations"]] == ["ru"]
    assert get(by_id(russian)).status_code == 200
    assert get(f"/api/v1/documents/{page.content_id}?locale=en").json()["code"] == "translation_missing"


def keep_translation(page, room):
    draft = release(room.author, title="Заседание", locale="ru", translation_key=page.content_id)
    return publish(draft, room)


def test_undoing_is_a_new_publication_that_keeps_the_first_date_and_tells_of_the_gap(room):
    page = publish(release(room.author), room)
    first = get(by_id(page)).json()["first_published_at"]
    take_down(page, room)

    publish(edit(page, by=room.author, title="Кайрадан"), room)

    again = get(by_id(page)).json()
    assert (again["title"], again["version"], again["first_published_at"]) == ("Кайрадан", 3, first)
    assert [change["note"] for change in again["change_history"]] == [REASON]
    assert list(Publication.objects.order_by("number").values_list("kind", flat=True)) == [
        "published", "withdrawn", "published"
    ]  # fmt: skip


def test_a_new_version_lifts_the_notice(room):
    page = publish(release(room.author), room)
    take_down(page, room, as_=NO_LONGER_CURRENT)

    publish(edit(page, by=room.author, title="Жаңыланды", change_note="Жаңыланды."), room)

    body = get(by_id(page)).json()
    assert (body["withdrawn_notice"], body["title"]) == (None, "Жаңыланды")
    assert [change["note"] for change in body["change_history"]] == [REASON, NOTICE_LIFTED["ky"], "Жаңыланды."]


@pytest.mark.parametrize("changes", [{}, {"summary": "Башка.", "update_type": "minor", "change_note": ""}])
def test_readers_are_told_that_a_notice_was_lifted_though_nothing_else_changed(room, changes):
    page = publish(release(room.author, locale="ru", title="О заседании"), room)
    take_down(page, room, as_=NO_LONGER_CURRENT)

    publish(edit(page, by=room.author, **changes) if changes else page, room)

    body = get(by_id(page)).json()
    history = [change["note"] for change in body["change_history"]]
    assert (body["withdrawn_notice"], history) == (None, [REASON, NOTICE_LIFTED["ru"]])
    assert body["change_history"][-1]["at"] == body["updated_at"]
    log = Publication.objects.select_related("tombstone").order_by("number")
    assert history_from(log) == body["change_history"]

    take_down(page, room)
    publish(page, room)

    assert [change["note"] for change in get(by_id(page)).json()["change_history"]] == [*history, REASON]


@pytest.mark.parametrize("is_superseded", [False, True])
def test_what_took_the_address_in_another_language_is_no_translation_of_what_is_gone(room, is_superseded):
    gone = publish(release(room.author, title="Ошибка", slug="same", locale="ru"), room)
    english = publish(release(room.author, locale="en", slug="own", translation_key=gone.translation_key), room)
    successor = publish(release(room.author, title="Новое", locale="ru"), room) if is_superseded else None
    words = {"as_": SUPERSEDED, "successor": successor.content_id} if successor else {}
    take_down(gone, room, **words)
    publish(release(room.author, title="Башка документ", slug="same"), room)

    answer = get("/api/v1/releases/same?locale=ru")

    assert answer.status_code == (301 if is_superseded else 410)
    assert [(one["locale"], one["title"]) for one in answer.json()["available_translations"]] == [
        ("en", english.title)
    ]  # fmt: skip


def test_of_documents_that_share_an_address_one_is_named_with_its_own_languages(room):
    later = DAY + dt.timedelta(days=1)
    publish(release(room.author, title="Own", locale="en", slug="same", release_date=later), room)
    page = publish(release(room.author, title="Башка документ", slug="same"), room)
    publish(
        release(room.author, title="Another", locale="en", slug="other", translation_key=page.translation_key), room
    )

    answer = get("/api/v1/releases/same?locale=ru")

    assert (answer.status_code, answer.json()["code"]) == (404, "translation_missing")
    assert [one["title"] for one in answer.json()["available_translations"]] == ["Башка документ", "Another"]
