"""Rows 21, 22, 24, 25, 29: what plain Wagtail shows of drafts to people who should not know of them."""

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from approvals.offices import ADMINISTRATORS
from site_pages.models import PressFile
from tests.attacks.addresses import content_of, everywhere, in_turn
from tests.attacks.houses import everything, signed_in
from tests.newsroom import approve, edit, fresh, hire, photo, publish, release, submit

pytestmark = pytest.mark.django_db
SECRET = "Купуясөз"
SECRET_SLUG = "kupuyasoz"


@pytest.fixture
def api(settings) -> Client:
    """A reader at the public process."""
    settings.ROOT_URLCONF = "cms.urls.public"
    settings.MIDDLEWARE = settings.PUBLIC_MIDDLEWARE
    return Client(raise_request_exception=False)


@pytest.fixture
def draft(room):
    """A draft with a picture and a file, under clearance."""
    picture = photo(title=f"{SECRET} сүрөт", alt_text_ky="Сүрөт", credit="А. Асанов")
    page = release(room.author, title=f"{SECRET} чыгат", image=picture)
    edit(page, by=room.author, title=f"{SECRET} кайра чыгат")
    submit(fresh(page), by=room.author)
    return fresh(page)


# --- Row 21: the files of drafts


def test_row_21_a_file_of_a_draft_is_served_to_nobody(room, draft, settings):
    file = PressFile(title=SECRET, file=ContentFile(b"%PDF-1.4 budget", name="budget.pdf"))
    file.save()
    stranger, before = Client(raise_request_exception=False), everything()
    addresses = [
        f"/media/{draft.image.file.name}", f"/media/{file.file.name}", f"/documents/{file.pk}/budget.pdf",
        f"/documents/{file.pk}/", f"/admin/images/{draft.image.pk}/", f"/images/{draft.image.pk}/width-100/",
    ]  # fmt: skip

    answers = [stranger.get(address) for address in addresses]

    assert all(answer.status_code in (302, 404) for answer in answers)
    assert not any(b"JFIF" in answer.content or b"budget" in answer.content for answer in answers)
    assert everything() == before


def test_row_21_the_public_process_knows_only_files_of_public_documents(api, room, draft):
    name = "photo.jpg"
    by_id, by_number = f"/api/v1/files/{draft.image.public_id}/{name}", f"/api/v1/files/{draft.image.pk}/{name}"
    assert {api.get(path).status_code for path in (by_id, by_number, f"/media/{draft.image.file.name}")} == {404}

    approve(draft, by=room.head)
    approve(draft, by=room.leader)

    assert (api.get(by_id).status_code, api.get(by_number).status_code) == (200, 404)


# --- Row 22 and 29: no other API and no page made for people to click through it


@pytest.mark.parametrize(
    "path",
    [
        "/api/v2/pages/", "/api/v2/images/", "/api/v2/documents/", "/api/v2/redirects/", "/api/v3/pages/",
        "/api/v2/pages/find/?html_path=/", "/api/v3/images/", "/api/main/pages/", "/admin/", "/pages/",
    ],
)  # fmt: skip
def test_row_22_no_other_api_is_there(api, draft, path):
    response = api.get(path)

    assert response.status_code == 404
    assert SECRET_SLUG not in content_of(response) and SECRET not in content_of(response)


@pytest.mark.parametrize("path", ["/api/v2/pages/", "/api/v2/images/", "/api/v3/pages/", "/api/v2/redirects/"])
def test_row_22_the_editorial_process_has_none_either(room, draft, path):
    assert Client(raise_request_exception=False).get(path).status_code == 404
    assert signed_in(room.boss).get(path).status_code == 404


@pytest.mark.parametrize("accept", ["text/html", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "*/*"])
@pytest.mark.parametrize("path", ["", "releases", "speeches", "decrees", "search?q=x", "releases/none", "documents/x"])
def test_row_29_a_browser_gets_json(api, path, accept):
    response = api.get(f"/api/v1/{path}", headers={"Accept": accept})

    assert response["Content-Type"] in ("application/json", "application/problem+json")
    assert "<form" not in content_of(response)


@pytest.mark.parametrize("path", ["releases?format=api", "releases?format=json", "releases.api", "search?format=api"])
def test_row_29_no_other_form_is_asked_for(api, path):
    assert api.get(f"/api/v1/{path}").status_code in (400, 404)


# --- Row 24: titles of drafts


@pytest.mark.parametrize("who", ["clerk", "leader"])
def test_row_24_who_has_no_part_in_a_draft_learns_nothing_of_it(room, draft, who):
    """The leadership reads what is on its way to it, where it decides and where each language is."""
    person = hire("clerk", ADMINISTRATORS) if who == "clerk" else room.leader
    client, before = signed_in(person), everything()
    addresses_of_it = everywhere(draft, word=SECRET)
    assert len(addresses_of_it) > 500

    its_own = (f"/admin/approvals/{draft.pk}/", reverse("approvals:languages"))
    told = []
    for address in in_turn(addresses_of_it):
        if who == "leader" and address.startswith(its_own):
            continue
        text = content_of(client.get(address))
        if SECRET in text or SECRET_SLUG in text.lower():
            told.append(address)

    assert told == []
    assert everything() == before


def test_row_24_the_author_and_everybody_who_reads_public_texts_still_choose(room, draft):
    section = draft.get_parent().pk
    public = publish(release(room.author, title="Ачык жаңылык"), room)
    clerk = hire("clerk", ADMINISTRATORS)

    for_author = content_of(signed_in(room.author).get(f"/admin/choose-page/{section}/"))
    for_clerk = content_of(signed_in(clerk).get(f"/admin/choose-page/{section}/"))

    assert SECRET in for_author and "Ачык жаңылык" in for_author
    assert SECRET not in for_clerk and "Ачык жаңылык" in for_clerk
    chosen = signed_in(clerk).get(f"/admin/choose-page/chosen-multiple/?id={public.pk}")
    assert [page["id"] for page in chosen.json()["result"]] == [public.pk]
    for wanted in (f"id={draft.pk}", f"id={public.pk}&id={draft.pk}", "id=x", "id=99999999999999999999999"):
        assert signed_in(clerk).get(f"/admin/choose-page/chosen-multiple/?{wanted}").status_code == 404


# --- Row 25: what a script or an import wrote


def test_row_25_rich_text_that_was_written_below_the_editor_is_cleaned(api, room):
    evil = (
        '<p onclick="x()">Биринчи <a href="javascript:alert(1)">шилтеме</a><script>alert(2)</script>'
        '<img src=x onerror="alert(3)"><iframe src="https://evil.example"></iframe></p>'
    )
    page = release(
        room.author, body=[("paragraph", evil), ("quote", {"text": "<script>4</script>А", "attribution": ""})]
    )

    publish(page, room)

    answer = content_of(api.get(f"/api/v1/releases/{page.slug}"))
    for word in ("<script", "javascript:", "onclick", "onerror", "<iframe", "alert("):
        assert word not in answer, word
    assert "Биринчи" in answer and "шилтеме" in answer
