"""“View draft”, the view of a version, the live preview: of every type and language, for those who may see them."""

from html import unescape

import pytest
from django.urls import reverse

from site_pages.access import rules
from tests.attacks.houses import signed_in
from tests.newsroom import decree, edit, fresh, photo, publish, release, speech
from tests.site_pages.test_concurrent_edits import form_of

pytestmark = pytest.mark.django_db
TYPES = {"release": release, "speech": speech, "decree": decree}


def of(page, name: str, *more) -> str:
    return reverse(f"wagtailadmin_pages:{name}", args=[page.pk, *more])


@pytest.mark.parametrize("locale", ["ky", "ru", "en"])
@pytest.mark.parametrize("kind", sorted(TYPES))
def test_a_draft_and_its_versions_are_shown_as_readers_will_read_them(room, kind, locale):
    original = TYPES[kind](room.author)
    page = original
    if locale != "ky":
        page = TYPES[kind](room.author, locale=locale, translation_key=original.translation_key)
    first = page.latest_revision_id
    edit(page, by=room.author, title="Кийинки аталыш")
    client = signed_in(room.author)

    draft, version = client.get(of(page, "view_draft")), client.get(of(page, "revisions_view", first))

    assert (draft.status_code, version.status_code) == (200, 200)
    assert "Кийинки аталыш" in draft.text and "Биринчи абзац." in draft.text
    assert page.title in version.text and "Кийинки аталыш" not in version.text
    assert of(page, "view_draft") in client.get(reverse("wagtailadmin_explore", args=[page.get_parent().pk])).text


def test_what_is_not_complete_says_what_is_missing(room):
    page = release(room.author, summary="", image=photo())

    shown = signed_in(room.author).get(of(page, "view_draft"))

    assert shown.status_code == 200
    for issue in fresh(page).requirements():
        assert str(issue.message) in unescape(shown.text)


def test_a_correction_is_shown_and_not_what_is_public(room):
    page = publish(release(room.author), room)
    edit(page, by=room.author, title="Оңдолгон аталыш", change_note="Аталышы оңдолду.")

    assert "Оңдолгон аталыш" in signed_in(room.author).get(of(page, "view_draft")).text


@pytest.mark.parametrize("day, is_valid", [("2026-07-18", True), ("кечээ", False)])
def test_the_live_preview_follows_the_form(room, day, is_valid):
    page, client = release(room.author), signed_in(room.author)

    sent = client.post(of(page, "preview_on_edit"), form_of(page, title="Жаңы аталыш", release_date=day))
    shown = client.get(of(page, "preview_on_edit"))

    assert sent.json()["is_valid"] == is_valid
    assert shown.status_code == 200
    assert ("Жаңы аталыш" in shown.text) == is_valid
    assert fresh(page).get_latest_revision_as_object().title == page.title


def test_the_live_preview_shows_a_text_that_was_never_saved(room):
    page, client = release(room.author), signed_in(room.author)
    address = reverse(
        "wagtailadmin_pages:preview_on_add", args=["site_pages", "pressreleasepage", page.get_parent().pk]
    )

    sent = client.post(address, form_of(page, title="Башталган", slug="bashtalgan"))
    shown = client.get(address)

    assert (sent.json()["is_valid"], shown.status_code) == (True, 200)
    assert "Башталган" in shown.text


def test_who_may_not_open_it_gets_what_they_got_before(room):
    open_one, limited = release(room.author), release(room.author, title="Купуя")
    rules.limit(content_id=limited.content_id, owner=room.author)

    for name, more in (("view_draft", ()), ("revisions_view", (limited.latest_revision_id,)), ("preview_on_edit", ())):
        for person in (room.colleague, room.head, room.boss):
            assert signed_in(person).get(of(limited, name, *more)).status_code == 404
    assert signed_in(room.outsider).get(of(open_one, "view_draft")).status_code == 302
    assert "Купуя" in signed_in(room.author).get(of(limited, "view_draft")).text
