"""A sheet is true or it is refused: one letter, seen or unseen, of the sheet or of the text."""

import io
import json
import re

import pikepdf
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation

from approvals import triggers
from approvals.models import TextOnRecord
from approvals.sheets.verification import LARGEST, verify
from tests.approvals import sheets
from tests.attacks.houses import everything
from tests.newsroom import digest, open_newsroom, release, send_back

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    """Faults are told in the language of whoever checks."""
    with translation.override("en"):
        yield


SCRIPT = b'<script type="application/json" id="record">'


@pytest.fixture
def room():
    return sheets.give_names(open_newsroom())


@pytest.fixture
def page(room):
    return sheets.cleared(release(room.author), room)


@pytest.fixture
def without_triggers():
    triggers.remove(using="default")
    yield
    triggers.install(using="default")


def words(text: str) -> bytes:
    return text.encode()


def in_record(sheet: bytes, old: str, new: str) -> bytes:
    face, script, record = sheet.partition(SCRIPT)
    assert words(old) in record
    return face + script + record.replace(words(old), words(new), 1)


def on_face(sheet: bytes, old: str, new: str) -> bytes:
    face, script, record = sheet.partition(SCRIPT)
    assert words(old) in face
    return face.replace(words(old), words(new), 1) + script + record


def with_rows(sheet: bytes, change) -> bytes:
    rows = re.findall(rb"<tr><td>.*?</tr>\n", sheet, re.DOTALL)
    first, second = rows[0], rows[1]
    return sheet.replace(first + second, change(first, second), 1)


HTML_FORGERIES = {
    "a letter of a name": lambda s: on_face(s, "Нурлан", "Нурлам"),
    "a Latin letter that looks the same": lambda s: on_face(s, "Айгүл", "Aйгүл"),
    "a letter of a name in the record": lambda s: in_record(s, "Нурлан", "Нурлам"),
    "both": lambda s: s.replace(words("Нурлан"), words("Нурлам")),
    "a figure of the time": lambda s: on_face(s, "14:15", "14:16"),
    "a digit of the digest": lambda s: s.replace(digest_in(s), digest_in(s)[:-1] + b"z"),
    "swapped lines": lambda s: with_rows(s, lambda one, two: two + one),
    "an added line": lambda s: with_rows(s, lambda one, two: one + one + two),
    "a missing line": lambda s: with_rows(s, lambda one, two: one),
    "lines hidden by a style": lambda s: on_face(s, "</style>", ".decisions{display:none}</style>"),
    "white words": lambda s: on_face(s, "<h1>", '<h1 style="color:#fff">'),
    "words over it": lambda s: on_face(s, "</h1>", '</h1><p style="position:absolute">Текст</p>'),
    "a script": lambda s: on_face(s, "</h1>", "</h1><script>document.title='x'</script>"),
    "a second record": lambda s: on_face(s, "</h1>", '</h1><script type="application/json" id="record">{}</script>'),
    "no record": lambda s: s.replace(SCRIPT, b"<script>"),
    "a record that is no JSON": lambda s: s.replace(SCRIPT, SCRIPT + b"{"),
    "a record nested without end": lambda s: s.replace(SCRIPT, SCRIPT + b"[" * 200_000),
    "another language": lambda s: in_record(s, '"language":"ky"', '"language":"ru"'),
    "another edition": lambda s: in_record(s, '"edition":1', '"edition":2'),
    "another check address": lambda s: on_face(s, "http://127.0.0.1:8000", "http://127.0.0.2:8000"),
    "a squares' code of elsewhere": lambda s: on_face(s, "M4 4h1v1h-1z", ""),
    "no number": lambda s: in_record(s, '"number":', '"nr":'),
    "a number beyond all": lambda s: re.sub(rb'("number":)\d+', rb"\g<1>99999999999999999999999", s),
    "a number that is true": lambda s: re.sub(rb'("number":)\d+', rb"\g<1>true", s),
    "other ends of lines": lambda s: s.replace(b"\n", b"\r\n"),
    "a space at the end": lambda s: s + b" ",
    "a mark of bytes at the beginning": lambda s: b"\xef\xbb\xbf" + s,
    "a byte that is no letter": lambda s: s.replace(b"<h1>", b"<h1>\xff", 1),
    "nothing": lambda s: b"",
    "too much": lambda s: s + b" " * LARGEST,
}


def digest_in(sheet: bytes) -> bytes:
    return re.search(rb"digest=([0-9a-f]{64})", sheet)[1]


def test_what_the_office_gave_out_is_true_in_every_shape(room):
    page = sheets.returned_and_cleared(release(room.author), room, send_back)
    before = everything()

    findings = [verify(sheet=draw(page, language)) for language in ("ky", "ru") for draw in (sheets.html, sheets.pdf)]

    assert [(f.faults, f.content_id, f.since) for f in findings] == [((), page.content_id, ())] * 4
    assert everything() == before


def test_every_forgery_of_the_html_is_refused(page):
    sheet, before = sheets.html(page), everything()
    forged = {name: forge(sheet) for name, forge in HTML_FORGERIES.items()}

    faults = {name: verify(sheet=file).faults for name, file in forged.items()}

    assert [name for name in forged if forged[name] == sheet] == []
    assert [name for name, found in faults.items() if not found] == []
    assert everything() == before


def test_the_refusal_names_what_differs_and_tells_nothing_new(page):
    sheet = sheets.html(page)

    seen = verify(sheet=HTML_FORGERIES["a letter of a name"](sheet)).faults
    unseen = verify(sheet=HTML_FORGERIES["a letter of a name in the record"](sheet)).faults

    assert len(seen) == 1 and "Нурлам" in seen[0] and "Нурлан" not in seen[0]
    assert "lines 1.entry.name" in unseen[0]


def test_the_sheet_of_one_document_is_not_that_of_another(room, page):
    other = sheets.cleared(release(room.author, title="Башка документ"), room)
    mine, theirs = sheets.html(page), sheets.html(other)
    ours = theirs.partition(SCRIPT)[2]

    finding = verify(sheet=mine.partition(SCRIPT)[0] + SCRIPT + ours)

    assert not finding.is_true
    assert verify(sheet=theirs).content_id == other.content_id


def test_a_sheet_from_before_a_confirmation_stays_true_and_says_what_came_since(room):
    page = release(room.author)
    debt = sheets.published_urgently(page, room)
    early = [sheets.html(page), sheets.pdf(page)]
    sheets.objected(debt, room)

    findings = [verify(sheet=sheet) for sheet in early]

    assert [f.is_true for f in findings] == [True, True]
    assert [[entry.kind for entry in f.since] for f in findings] == [["objected"]] * 2
    now = sheets.html(page)
    assert not verify(sheet=in_record(early[0], '"state":', '"statE":')).is_true
    assert verify(sheet=now).is_true and now != early[0]


def forged_pdf(content: bytes, change) -> bytes:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        change(pdf)
        saved = io.BytesIO()
        pdf.save(saved)
    return saved.getvalue()


def another_letter(pdf) -> None:
    """The first glyph that is drawn becomes the second."""
    stream = pdf.pages[0].Contents
    glyphs = re.findall(rb"<([0-9a-f]{4})", stream.read_bytes())
    other = next(glyph for glyph in glyphs if glyph != glyphs[0])
    stream.write(stream.read_bytes().replace(b"<" + glyphs[0], b"<" + other, 1))


def white_words(pdf) -> None:
    stream = pdf.pages[0].Contents
    assert b"0 0 0 rg" in stream.read_bytes()
    stream.write(stream.read_bytes().replace(b"0 0 0 rg", b"1 1 1 rg"))


def words_over_it(pdf) -> None:
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FreeText, Rect=[50, 500, 300, 520], Contents="Макул"
    )
    pdf.pages[0].obj["/Annots"] = pdf.make_indirect([pdf.make_indirect(note)])


def another_record(pdf) -> None:
    stream = pdf.attachments["record.json"].obj.EF.F
    record = json.loads(stream.read_bytes())
    record["lines"][0]["entry"]["name"] = "Башка Адам"
    stream.write(json.dumps(record).encode())


def the_record_in_other_spaces(pdf) -> None:
    stream = pdf.attachments["record.json"].obj.EF.F
    stream.write(json.dumps(json.loads(stream.read_bytes()), indent=1).encode())


def no_record(pdf) -> None:
    del pdf.attachments["record.json"]


def one_more_attachment(pdf) -> None:
    pdf.attachments["a.txt"] = b"a"


def one_more_page(pdf) -> None:
    pdf.add_blank_page(page_size=(595, 842))


def another_meaning_of_letters(pdf) -> None:
    font = next(iter(pdf.pages[0].Resources.Font.values()))
    font.ToUnicode.write(font.ToUnicode.read_bytes() + b" ")


def something_that_runs(pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


PDF_FORGERIES = {
    another_letter: "page 1", white_words: "page 1", words_over_it: "page 1", another_meaning_of_letters: "page 1",
    another_record: "lines 1.entry.name", the_record_in_other_spaces: "attachments", one_more_attachment: "attachments",
    no_record: "no record", one_more_page: "page 2", something_that_runs: "properties of the file",
}  # fmt: skip


def test_every_forgery_of_the_pdf_is_refused_and_named(page):
    sheet, before = sheets.pdf(page), everything()

    faults = {change: verify(sheet=forged_pdf(sheet, change)).faults for change in PDF_FORGERIES}

    assert {
        change.__name__: found
        for change, found in faults.items()
        if not any(PDF_FORGERIES[change] in fault for fault in found)
    } == {}
    assert everything() == before


def test_a_pdf_that_only_looks_the_same_is_refused_too(page):
    sheet, before = sheets.pdf(page), everything()

    assert not verify(sheet=forged_pdf(sheet, lambda pdf: None)).is_true
    assert not verify(sheet=sheet + b"\n").is_true
    assert not verify(sheet=sheet[:-40]).is_true
    assert not verify(sheet=b"%PDF-1.7\n").is_true
    assert everything() == before


def test_another_version_of_the_renderer_is_named(page):
    def older(pdf):
        pdf.docinfo["/Producer"] = "WeasyPrint 1.0"

    faults = verify(sheet=forged_pdf(sheets.pdf(page), older)).faults

    assert any("WeasyPrint 1.0" in fault for fault in faults)


def test_the_cleared_text_goes_with_the_sheet_and_one_letter_more_does_not(page):
    sheet = sheets.html(page)
    canonical = TextOnRecord.objects.get(digest=digest(page)).canonical
    payload = json.loads(canonical)
    body = payload["body"]["text"]
    whole = f"{payload['title']}\r\n\r\n{payload['lead']}\n\n{body}\n"
    before = everything()

    good = [verify(sheet=sheet, text=text.encode()).faults for text in (canonical, f"{canonical}\n", body, whole)]
    changed = [
        canonical.replace("абзац", "абзаc"), canonical.replace("Биринчи", "биринчи"), f" {canonical}",
        body.replace("абзац", "абзаc", 1), whole.replace("жыйыны", "жыйны", 1), whole.replace(payload["lead"], ""),
        f"{whole}Дагы бир сүйлөм.", whole.replace("Биринчи", "Бири\u200bнчи"), "",
    ]  # fmt: skip
    bad = [verify(sheet=sheet, text=text.encode()).faults for text in changed]

    assert good == [()] * 4
    assert [text for text, faults in zip(changed, bad, strict=True) if len(faults) != 1] == []
    assert "line 1, letter 13" in bad[3][0] and "line 1" in bad[4][0]
    assert everything() == before


def test_the_text_of_another_document_is_refused(room, page):
    other = sheets.cleared(release(room.author, title="Башка документ"), room)
    text = TextOnRecord.objects.get(digest=digest(other)).canonical.encode()

    assert not verify(sheet=sheets.html(page), text=text).is_true


def test_a_ledger_that_is_broken_vouches_for_nothing(page, without_triggers):
    sheet = sheets.html(page)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE approvals_ledgerentry SET remark = 'x' WHERE number = 1")

    assert "entry 1" in verify(sheet=sheet).faults[0]


def test_a_text_on_record_that_was_changed_vouches_for_nothing(page, without_triggers):
    sheet = sheets.html(page)
    TextOnRecord.objects.filter(digest=digest(page)).update(canonical="{}")

    assert not verify(sheet=sheet).is_true


def test_the_command_says_it_and_its_status_too(page, tmp_path, capsys):
    sheet, forged, text = tmp_path / "sheet.pdf", tmp_path / "forged.html", tmp_path / "text.txt"
    sheet.write_bytes(sheets.pdf(page))
    forged.write_bytes(on_face(sheets.html(page), "Нурлан", "Нурлам"))
    text.write_text("Биринчи абзац.\nҮчүнчү абзац.")
    before = everything()

    call_command("verify_sheet", sheet)
    said = capsys.readouterr().out
    for arguments in ([forged], [sheet, "--text", text], [tmp_path / "nothing"]):
        with pytest.raises(CommandError) as refusal:
            call_command("verify_sheet", *arguments)
        assert refusal.value.returncode == 1

    assert "The sheet is true" in said and str(page.content_id) in said
    assert everything() == before
