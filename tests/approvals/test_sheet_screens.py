"""The sheets of a document and the page that checks them: for whom they exist, and what they say to whom."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.users.models import UserProfile

from approvals.models import LedgerEntry
from approvals.offices import ADMINISTRATORS
from approvals.sheets import pdf as drawing
from approvals.sheets.verification import LARGEST
from site_pages.access import rules
from tests.approvals import sheets
from tests.attacks.houses import everything, signed_in
from tests.newsroom import digest, hire, open_newsroom, release, submit

pytestmark = pytest.mark.django_db
TITLE = "Өкмөттүн жыйыны өттү"


@pytest.fixture
def room():
    return sheets.give_names(open_newsroom())


@pytest.fixture
def page(room):
    return sheets.cleared(release(room.author, title=TITLE), room)


def get(client, kind: str, page, **query):
    return client.get(reverse(f"approvals:sheet_{kind}", args=[page.pk]), query)


def ask(client, **query) -> str:
    response = client.get(reverse("approvals:sheet_check"), query)
    assert response.status_code == 200
    return response.content.decode()


def bring(client, sheet: bytes, text: bytes | None = None):
    files = {"sheet": SimpleUploadedFile("sheet.html", sheet)}
    if text is not None:
        files["text"] = SimpleUploadedFile("text.txt", text)
    return client.post(reverse("approvals:sheet_check"), files)


def clearing(page) -> int:
    return LedgerEntry.objects.get(kind="cleared", content_id=page.content_id).number


def in_english(user) -> None:
    UserProfile.objects.create(user=user, preferred_language="en")


def test_those_whose_work_it_is_get_the_very_sheet(room, page):
    client = signed_in(room.leader)

    html, pdf = get(client, "html", page, language="ru"), get(client, "pdf", page, language="ru")

    assert (html.status_code, html.content) == (200, sheets.html(page, "ru"))
    assert (pdf.status_code, pdf.content) == (200, sheets.pdf(page, "ru"))
    assert html.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "no-store" in html.headers["Cache-Control"]
    assert [get(signed_in(u), "html", page).status_code for u in (room.author, room.head, room.boss)] == [200] * 3


def test_the_sheet_comes_in_the_reader_s_language_or_in_kyrgyz(room, page):
    UserProfile.objects.create(user=room.head, preferred_language="ru")
    in_english(room.leader)

    assert get(signed_in(room.head), "html", page).content == sheets.html(page, "ru")
    assert get(signed_in(room.leader), "html", page).content == sheets.html(page, "ky")


@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_for_everybody_else_there_is_none(room, page, kind):
    registrar = hire("registrar", ADMINISTRATORS)
    rules.limit(content_id=page.content_id, owner=room.author, people=[room.head])

    assert get(signed_in(room.head), kind, page).status_code == 200
    assert get(signed_in(room.leader), kind, page).status_code == 404
    assert get(signed_in(room.boss), kind, page).status_code == 404
    assert get(signed_in(registrar), kind, page).status_code == 404
    assert get(signed_in(room.outsider), kind, page).status_code in (302, 403, 404)


@pytest.mark.parametrize("number", ["0", "1", "x", "-1", "9" * 30, "１"])
def test_a_number_that_is_no_clearance_is_not_found(room, page, number):
    assert get(signed_in(room.head), "html", page, number=number).status_code == 404


def test_a_text_under_clearance_has_no_sheet_and_its_screen_no_link(room):
    page = release(room.author)
    submit(page, by=room.author)
    client = signed_in(room.head)

    assert get(client, "pdf", page).status_code == 404
    assert "sheet.pdf" not in client.get(reverse("approvals:document", args=[page.pk])).content.decode()


def test_the_decision_screen_and_the_matrix_lead_to_it(room, page):
    client = signed_in(room.head)
    document = client.get(reverse("approvals:document", args=[page.pk])).content.decode()
    matrix = client.get(reverse("approvals:languages")).content.decode()

    links = re.findall(r'href="([^"]*sheet\.(?:pdf|html)[^"]*)"', document)
    assert len(links) == 4
    assert {client.get(link.replace("&amp;", "&")).status_code for link in links} == {200}
    assert reverse("approvals:sheet_pdf", args=[page.pk]) in matrix
    assert reverse("approvals:sheet_check") in document


def test_a_machine_without_pango_says_so(room, page, monkeypatch):
    monkeypatch.setattr(drawing, "MISSING", "cannot load library 'libpango-1.0-0'")

    response = get(signed_in(room.head), "pdf", page)

    assert response.status_code == 503 and "libpangoft2-1.0-0" in response.content.decode()


def test_the_address_in_the_squares_says_whether_it_is_true(room, page):
    in_english(room.head)
    client = signed_in(room.head)

    true = ask(client, digest=digest(page), number=clearing(page))
    wrong = [
        ask(client, digest="0" * 64, number=clearing(page)),
        ask(client, digest=digest(page), number=clearing(page) - 1),
        ask(client, digest="x", number="y"),
        ask(client, digest=digest(page), number="9" * 30),
        ask(client, number=clearing(page)),
    ]

    assert "True." in true and TITLE in true
    assert all("Unknown." in answer and TITLE not in answer for answer in wrong)


def test_nobody_checks_without_signing_in(client, room, page):
    query = {"digest": digest(page), "number": clearing(page)}

    for somebody in (client, signed_in(room.outsider)):
        response = somebody.get(reverse("approvals:sheet_check"), query)
        assert response.status_code in (302, 403) and TITLE not in response.content.decode()


def test_who_has_no_part_in_a_document_learns_that_a_sheet_is_true_and_no_more(room, page):
    registrar = hire("registrar", ADMINISTRATORS)
    in_english(registrar)
    client = signed_in(registrar)

    asked = ask(client, digest=digest(page), number=clearing(page))
    brought = bring(client, sheets.html(page)).content.decode()

    assert "True." in asked and "True." in brought
    assert TITLE not in asked + brought and "sheet.pdf" not in asked + brought


def test_a_limited_document_is_unknown_to_whoever_is_not_named(room, page):
    sheet = sheets.html(page)
    forged = sheet.replace("Нурлан".encode(), "Нурлам".encode(), 1)
    nowhere = re.sub(rb'("clearing":{[^}]*"number":)\d+', rb"\g<1>999", sheet)
    stateless = re.sub(rb'("state":{[^}]*"number":)\d+', rb"\g<1>999", sheet)
    rules.limit(content_id=page.content_id, owner=room.author, people=[room.head])
    for user in (room.head, room.leader):
        in_english(user)
    query = {"digest": digest(page), "number": clearing(page)}
    leader = signed_in(room.leader)

    brought = [bring(leader, file).content.decode() for file in (sheet, forged, nowhere, stateless)]
    answers = [ask(leader, **query), *brought]

    assert all("Unknown." in answer for answer in answers)
    assert not [
        a for a in answers if TITLE in a or "True." in a or "Not true." in a or "Мамбетова" in a.split("<main")[1]
    ]
    named = ask(signed_in(room.head), **query)
    assert "True." in named and TITLE not in named


def test_what_is_brought_is_compared_and_nothing_is_kept(room, page):
    in_english(room.head)
    client, sheet = signed_in(room.head), sheets.html(page)
    before = everything()

    true = bring(client, sheet).content.decode()
    forged = bring(client, sheet.replace("Нурлан".encode(), "<i>Ну</i>".encode(), 1)).content.decode()
    wrong_text = bring(client, sheet, "Биринчи абзац.".encode()).content.decode()
    rubbish = bring(client, b"\x00\xff" * 50).content.decode()

    assert "True." in true and "sheet.pdf" in true
    assert "Not true." in forged and "&lt;i&gt;Ну" in forged and "<i>Ну" not in forged
    assert "Not true." in wrong_text and "Not true." in rubbish
    assert everything() == before


@pytest.mark.parametrize("sheet", [b"", b"x" * (LARGEST + 1)])
def test_a_file_that_is_empty_or_too_large_is_refused_by_the_form(room, sheet):
    before = everything()

    response = bring(signed_in(room.head), sheet)

    assert (response.status_code, everything()) == (400, before)
    assert response.context["form"].errors["sheet"]


def test_a_true_sheet_says_what_came_since(room):
    in_english(room.head)
    page = release(room.author, title=TITLE)
    debt = sheets.published_urgently(page, room)
    early = sheets.pdf(page)
    sheets.objected(debt, room)

    answer = bring(signed_in(room.head), early).content.decode()

    assert "True." in answer and "Since then" in answer and "Objection" in answer
