"""What stands on a sign-off sheet: every decision, in the office's order of steps, in official words."""

import hashlib
import io
import json
import os
import subprocess
import sys

import pikepdf
import pypdf
import pytest
import rfc8785
from django.utils import timezone

from approvals import decisions
from approvals.models import RouteStep
from approvals.sheets import pdf as drawing
from approvals.sheets.contents import EDITION, NoSheet
from approvals.sheets.face import html_of
from approvals.sheets.pdf import NothingOutside, PdfUnavailable
from tests.approvals import sheets
from tests.newsroom import approve, decree, digest, edit, open_newsroom, release, send_back, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return sheets.give_names(open_newsroom())


def told(rows: list[dict], language: str = "ru") -> list[tuple]:
    """Post, name and kind of each row."""
    return [
        (row["post"] and row["post"][language], *((row["entry"]["name"], row["entry"]["kind"]) if row["entry"] else ()))
        for row in rows
    ]


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def test_an_ordinary_clearance_in_the_order_of_steps(room):
    page = sheets.cleared(decree(room.author), room)

    found = sheets.contents(page)

    assert told(found["lines"]) == [
        ("Руководитель отдела", "Нурлан Өмүрбеков", "approved"),
        ("Руководство Аппарата", "Жылдыз Мамбетова", "approved"),
    ]
    assert told(found["lines"], "ky")[0][0] == "Бөлүм башчысы"
    assert [row["entry"]["kind"] for row in found["course"]] == ["submitted", "cleared", "published"]
    about = found["document"]
    assert (about["title"], about["number"], about["day"]) == ("Суу ресурстары жөнүндө", "261", "2026-07-17")
    assert (found["digest"], found["state"]["hash"]) == (digest(page), sheets.last_entry().hash)
    assert found["lines"][0]["entry"]["at"] == "2026-07-17T14:15:00.000000+06:00"


def test_before_it_is_cleared_there_is_no_sheet_and_from_then_on_there_is(room):
    with sheets.at(0):
        page = release(room.author, go_live_at=timezone.now() + timezone.timedelta(hours=2))
        submit(page, by=room.author)
        approve(page, by=room.head)
    with pytest.raises(NoSheet):
        sheets.contents(page)

    with sheets.at(5):
        approve(page, by=room.leader)

    found = sheets.contents(page)
    assert found["state"] == {key: found["clearing"][key] for key in ("number", "hash")}


def test_what_was_returned_and_what_no_longer_counted_is_told_in_the_course(room):
    page = sheets.returned_and_cleared(release(room.author), room, send_back)

    found = sheets.contents(page)

    assert [line["entry"]["kind"] for line in found["lines"]] == ["approved", "approved"]
    assert [(row["entry"]["kind"], row["is_void"]) for row in found["course"]] == [
        ("submitted", False), ("approved", True), ("returned", False), ("submitted", False), ("cleared", False),
        ("published", False),
    ]  # fmt: skip
    assert found["course"][2]["entry"]["remark"] == "Экинчи абзацты тактаңыз."
    russian = sheets.html(page, "ru").decode()
    assert "утратило силу" in russian and f"Другой текст: {found['course'][0]['entry']['digest'][:12]}…" in russian


def test_a_return_to_an_earlier_step_keeps_what_stood_before_it(room):
    page = release(room.author)
    with sheets.at(0):
        submit(page, by=room.author)
        approve(page, by=room.head)
        decisions.return_for_changes(
            page_id=page.pk, actor_id=room.leader.pk, seen_digest=digest(page), remark="Дагы бир жолу караңыз.",
            to_step=1, now=timezone.now(),
        )  # fmt: skip
    with sheets.at(5):
        approve(page, by=room.deputy_head)
        approve(page, by=room.leader)

    found = sheets.contents(page)

    assert told(found["lines"])[0] == ("Руководитель отдела", "Асель Ибраимова", "approved")
    assert [(r["entry"]["kind"], r["is_void"]) for r in found["course"]][1:3] == [
        ("approved", True),
        ("returned", False),
    ]
    assert "на этап Руководитель отдела" in sheets.html(page, "ru").decode()


def test_acting_for_another_shows_both_names_and_the_legal_basis(room):
    page = sheets.cleared_by_a_deputy(release(room.author), room)

    russian, kyrgyz = sheets.html(page, "ru").decode(), sheets.html(page, "ky").decode()

    assert "Үсөн Жээнбеков<p>за Нурлан Өмүрбеков, и. о.</p>" in russian
    assert "Үсөн Жээнбеков<p>Нурлан Өмүрбеков үчүн, м. а.</p>" in kyrgyz
    assert f"Основание: {sheets.BASIS}" in russian and f"Негизи: {sheets.BASIS}" in kyrgyz


def test_an_urgent_publication_waits_is_objected_to_and_is_confirmed(room):
    page = release(room.author)
    debt = sheets.published_urgently(page, room)
    due = sheets.contents(page)
    early = due["state"]["number"]
    sheets.objected(debt, room)
    sheets.confirmed(debt, room)

    found = sheets.contents(page)

    assert due["urgent"] == {"reason": sheets.REASON, "by": "Жылдыз Мамбетова"}
    assert told(due["lines"]) == [
        ("Руководитель отдела",),
        ("Руководство Аппарата", "Жылдыз Мамбетова", "approved"),
    ]
    assert [row["entry"]["kind"] for row in found["lines"]] == ["objected", "confirmed", "approved"]
    assert sheets.contents(page, state=early) == due
    kyrgyz = sheets.html(page).decode()
    assert "Шашылыш жарыяланды" in kyrgyz and "Шашылыш жарыялоого макулдашылды" in kyrgyz and sheets.REASON in kyrgyz


def test_every_clearance_has_its_own_sheet_and_the_latest_is_the_usual_one(room):
    page = sheets.cleared(release(room.author), room)
    first = sheets.contents(page)
    page = edit(page, by=room.author, lead="Оңдолгон.", change_note="Так сан.")
    page = sheets.cleared(page, room)

    second = sheets.contents(page)

    assert second["clearing"]["number"] > first["clearing"]["number"]
    assert sheets.contents(page, clearing=first["clearing"]["number"]) == first
    assert len(second["lines"]) == 2 and second["course"][0]["entry"]["kind"] == "submitted"


@pytest.mark.parametrize("which", [{"clearing": 1}, {"clearing": 10**12}, {"state": 1}, {"state": 10**12}])
def test_a_number_that_is_none_gives_no_sheet(room, which):
    page = sheets.cleared(release(room.author), room)

    with pytest.raises(NoSheet):
        sheets.contents(page, **which)


def test_a_route_that_is_renamed_later_changes_no_sheet(room):
    page = sheets.cleared(release(room.author), room)
    before = sheets.html(page, "ru")

    RouteStep.objects.update(label_ru="Начальник", label_ky="Начальник")

    assert sheets.html(page, "ru") == before


def test_a_text_in_another_language_is_named_as_it_is(room):
    page = sheets.cleared(release(room.author, title="A school opened in Naryn", locale="en"), room)

    assert '<td lang="en">A school opened in Naryn</td>' in sheets.html(page, "ky").decode()
    assert '<td lang="ru">английский</td>' in sheets.html(page, "ru").decode()


def test_what_looks_like_markup_stays_text(room):
    page = sheets.cleared(release(room.author, title="</script><b>Жаңылык & 'сөз'</b>"), room)

    html = sheets.html(page).decode()

    assert html.count("</script>") == 1 and "<b>" not in html
    assert "&lt;/script&gt;&lt;b&gt;Жаңылык &amp; &#x27;сөз&#x27;&lt;/b&gt;" in html


def test_the_pdf_has_kyrgyz_letters_and_the_record_and_embeds_its_font(room):
    page = sheets.cleared_by_a_deputy(release(room.author, title="Өзгөчө кырдаалда үңкүр"), room)

    for language in ("ky", "ru"):
        drawn = sheets.pdf(page, language)
        record = rfc8785.dumps({**sheets.contents(page), "language": language})

        assert "Өзгөчө кырдаалда үңкүр" in text_of(drawn) and "Өмүрбеков" in text_of(drawn)
        assert hashlib.sha256(record).hexdigest() in text_of(drawn)
        with pikepdf.open(io.BytesIO(drawn)) as pdf:
            assert pdf.attachments["record.json"].get_file().read_bytes() == record
            for font in pdf.pages[0].Resources.Font.values():
                assert "DejaVu" in str(font.BaseFont) and "/FontFile2" in font.DescendantFonts[0].FontDescriptor


def test_a_remark_longer_than_a_page_is_printed_to_its_end(room):
    page = release(room.author)
    with sheets.at(-30):
        submit(page, by=room.author)
        send_back(page, by=room.head, remark="Эскертүү. " * 390 + "Аягы ушул.")

    drawn = sheets.pdf(sheets.cleared(page, room))

    assert len(pypdf.PdfReader(io.BytesIO(drawn)).pages) > 1
    assert text_of(drawn).count("Эскертүү.") == 390 and "Аягы" in text_of(drawn)


RENDER = """
import django, hashlib, json, sys
django.setup()
from approvals.sheets.face import html_of
from approvals.sheets.pdf import pdf_of
contents = json.load(sys.stdin)
print(*(hashlib.sha256(f(contents, language="ky")).hexdigest() for f in (html_of, pdf_of)))
"""


def test_another_process_at_another_time_draws_the_same_bytes(room):
    found = sheets.contents(sheets.cleared_by_a_deputy(decree(room.author), room))
    ours = [hashlib.sha256(draw(found, language="ky")).hexdigest() for draw in (html_of, drawing.pdf_of)]

    other = subprocess.run(
        [sys.executable, "-c", RENDER], input=json.dumps(found), capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONHASHSEED": "4711", "LANG": "C", "TZ": "America/Lima"},
    )  # fmt: skip

    assert other.stdout.split() == ours


def test_no_pdf_without_what_it_needs(room, monkeypatch):
    page = sheets.cleared(release(room.author), room)
    monkeypatch.setattr(drawing, "MISSING", "cannot load library 'libpango-1.0-0'")

    with pytest.raises(PdfUnavailable, match=r"libpango-1\.0-0 libpangoft2"):
        sheets.pdf(page)


@pytest.mark.parametrize("address", ["http://127.0.0.1/x", "https://a.kg/", "file:///etc/hostname", "//a.kg", "x.css"])
def test_nothing_is_fetched_while_it_is_drawn(address):
    with pytest.raises(ValueError, match="fetches nothing"):
        NothingOutside().fetch(address)

    assert NothingOutside().fetch("data:text/plain,ok").read() == b"ok"


def test_the_face_of_this_edition_never_changes(settings):
    """Whoever changes words, template or record raises the edition: sheets that were given out are compared with it."""
    settings.WAGTAILADMIN_BASE_URL = "https://newsroom.example"
    entry = {
        "number": 2, "hash": "b" * 64, "kind": "approved", "digest": "d" * 64, "name": "Нурлан Өмүрбеков",
        "acting_for": {"name": "Асель Ибраимова", "legal_basis": "№ 45 буйрук"}, "is_urgent": False,
        "remark": "Макул.\nЭскертүү жок.", "to_step": 0, "at": "2026-07-17T14:15:00.000000+06:00",
    }  # fmt: skip
    post = {"ky": "Бөлүм башчысы", "ru": "Руководитель отдела"}
    contents = {
        "edition": EDITION,
        "document": {
            "content_id": "0" * 8, "locale": "ky", "type": "decree", "kind": "Жарлык", "title": "Суу жөнүндө",
            "number": "261", "citation": "№ 261 Жарлыгы", "day": "2026-07-17",
        },
        "digest": "d" * 64,
        "clearing": {"number": 3, "hash": "c" * 64, "kind": "cleared_urgently", "at": entry["at"]},
        "state": {"number": 3, "hash": "c" * 64},
        "urgent": {"reason": "Жер титирөө", "by": "Жылдыз Мамбетова"},
        "lines": [{"post": post, "step": 1, "entry": entry}, {"post": post, "step": 2, "entry": None}],
        "course": [
            {"post": None, "is_void": False, "entry": {**entry, "kind": "submitted", "acting_for": None}},
            {"post": post, "is_void": True, "entry": {**entry, "digest": "e" * 64, "to_step": 1, "kind": "returned"}},
        ],
    }  # fmt: skip

    faces = {language: hashlib.sha256(html_of(contents, language=language)).hexdigest() for language in ("ky", "ru")}

    assert (EDITION, faces) == (
        1,
        {
            "ky": "d9c6ded7dae916bdf584fd05f2a6f729f3dbb6e9c9af59c5839844387828c594",
            "ru": "b0b0b0278607cb34e7aa4bca5470cc5b2a22f6e51778558efdd5369bc57b25f1",
        },
    )
