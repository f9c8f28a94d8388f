"""Row 27 and its kin in the editor: a NUL or an immense number is refused with a word, never with a 5xx."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.users.models import UserProfile

from site_pages.models import DocumentPage
from tests.attacks.houses import everything, signed_in
from tests.attacks.test_admin_doors import RICH_TEXT, edit_form
from tests.newsroom import fresh, release

pytestmark = pytest.mark.django_db
IMMENSE = "9" * 40


@pytest.mark.parametrize(
    "path",
    [
        "/admin/login/?next=%00", "/admin/%00", "/media/a%00b.jpg", "/documents/1/a%00.pdf", "/-/live?x=%00",
        f"/documents/{IMMENSE}/x.pdf", f"/admin/login/?next={IMMENSE}",
    ],
)  # fmt: skip
def test_who_has_not_signed_in_gets_no_failure(path):
    response = Client(raise_request_exception=False).get(path)

    assert response.status_code < 500


@pytest.mark.parametrize("field", ["username", "password"])
def test_signing_in_with_a_nul_is_a_wrong_name(room, field):
    values = {"username": "author", "password": "x" * 12, field: "a\x00b"}

    response = Client(raise_request_exception=False).post(reverse("wagtailadmin_login"), values)

    assert response.status_code == 200
    assert response.context["form"].errors


@pytest.mark.parametrize(
    "path",
    [
        "/admin/pages/search/?q=a%00b", "/admin/pages/search/?content_type=%00", "/admin/choose-page/search/?q=%00",
        "/admin/images/?q=%00", "/admin/images/?tag=%00", "/admin/documents/?q=%00", "/admin/users/?q=%00",
        "/admin/api/main/pages/?search=%00", "/admin/api/main/pages/?child_of=%00", "/admin/approvals/?page=%00",
        "/admin/reports/site-history/?label=%00", "/admin/snippets/site_pages/topic/?q=%00", "/admin/pages/%00/",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("language", "words"),
    [("ky", "Даректи окуу мүмкүн эмес"), ("ru", "Адрес нельзя прочитать"), ("en", "The address cannot be read")],
)
def test_an_address_with_a_nul_is_refused_in_the_reader_s_language(room, path, language, words):
    UserProfile.objects.create(user=room.boss, preferred_language=language)
    before = everything()

    response = signed_in(room.boss).get(path)

    assert (response.status_code, words in response.content.decode()) == (400, True)
    assert everything() == before


@pytest.mark.parametrize(
    "path",
    [
        f"/admin/pages/{IMMENSE}/", f"/admin/pages/{IMMENSE}/edit/", f"/admin/approvals/{IMMENSE}/",
        f"/admin/choose-page/{IMMENSE}/", f"/admin/images/?p={IMMENSE}", f"/admin/pages/search/?p={IMMENSE}&q=a",
        f"/admin/api/main/pages/?child_of={IMMENSE}", f"/admin/api/main/pages/?offset={IMMENSE}",
        f"/admin/api/main/pages/{IMMENSE}/", f"/admin/images/{IMMENSE}/", f"/admin/documents/edit/{IMMENSE}/",
    ],
)  # fmt: skip
def test_an_immense_number_is_not_found(room, path):
    response = signed_in(room.boss).get(path)

    assert response.status_code in (200, 302, 400, 404)


@pytest.mark.parametrize("field", ["title", "summary", "lead", "change_note"])
def test_a_nul_in_a_field_is_said_beside_it_and_nothing_is_lost(room, field):
    page = release(room.author)
    versions = page.revisions.count()

    response = signed_in(room.author).post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]), edit_form(page, **{field: "А\x00Б"})
    )

    assert list(response.context["form"].errors) == [field]
    assert "Биринчи" not in response.context["form"].errors
    assert fresh(page).revisions.count() == versions


def test_a_nul_in_the_text_is_said_beside_it_and_nothing_is_lost(room):
    page = release(room.author)
    versions = page.revisions.count()
    text = json.dumps({"blocks": [{**RICH_TEXT, "text": "А\x00Б"}], "entityMap": {}})

    response = signed_in(room.author).post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]), edit_form(page, **{"body-0-value": text})
    )

    assert (response.status_code, list(response.context["form"].errors)) == (200, ["body"])
    assert fresh(page).revisions.count() == versions
    assert DocumentPage.objects.count() == 1
