"""What is in an office file and not on the page is refused with its place; what Word hides by itself is taken."""

import pytest
from django.core.exceptions import ValidationError

from site_pages.files.office.cell_formats import blank_formats
from tests.site_pages.office_samples import DRAW, refusal_of, served
from tests.site_pages.refused import code_of
from tests.site_pages.samples import SHEET, SLIDE, WORD, docx, pptx, xlsx


def word(inside: str) -> bytes:
    return docx(f"<w:p>{inside}<w:r><w:t>Жарлык</w:t></w:r></w:p>")


def book(inside: str) -> bytes:
    return xlsx(**{"xl/workbook.xml": f'<workbook xmlns="{SHEET}">{inside}</workbook>'.encode()})


def slide(inside: str, begin: str = "") -> bytes:
    text = f'<p:sld xmlns:p="{SLIDE}" xmlns:a="{DRAW}"{begin}>{inside}</p:sld>'
    return pptx(**{"ppt/slides/slide1.xml": text.encode()})


@pytest.mark.parametrize(
    ("name", "content", "code", "place"),
    [
        ("a.docx", word("<w:r><w:rPr><w:vanish/></w:rPr><w:t>Bakirov</w:t></w:r>"), "hidden_content", "Bakirov"),
        ("a.docx", word('<wp:docPr xmlns:wp="wp" name="Сүрөт 1" hidden="1"/>'), "hidden_content", "Сүрөт 1"),
        ("a.xlsx", book('<sheets><sheet name="Тизме" state="hidden"/></sheets>'), "hidden_sheet", "Тизме"),
        ("a.pptx", slide("", ' show="0"'), "hidden_content", "ppt/slides/slide1.xml"),
        ("a.pptx", slide('<p:cNvPr id="2" name="Текст 2" hidden="true"/>'), "hidden_content", "Текст 2"),
    ],
)
def test_what_hides_is_refused_with_its_place(name, content, code, place):
    error = refusal_of(content, name)

    assert error.code == code
    assert place in error.messages[0]


CHART, CHART_2012 = (
    f"http://schemas.{name}/chart"
    for name in ("openxmlformats.org/drawingml/2006", "microsoft.com/office/drawing/2012")
)
SERIES = (
    "<c:tx><c:v>{}</c:v></c:tx>"
    "<c:val><c:numRef><c:numCache><c:pt><c:v>4711</c:v></c:pt></c:numCache></c:numRef></c:val>"
)


def chart(inside: str) -> bytes:
    """A workbook with a chart of one series, and this in its extension."""
    part = (
        f'<c:chartSpace xmlns:c="{CHART}" xmlns:c15="{CHART_2012}"><c:barChart><c:ser>{SERIES.format("Нарын")}</c:ser>'
        f'<c:extLst><c:ext uri="{{02D57815-91ED-43cb-92C2-25804820EDAC}}">{inside}</c:ext></c:extLst></c:barChart>'
        "</c:chartSpace>"
    )
    return xlsx(**{"xl/charts/chart1.xml": part.encode()})


@pytest.mark.parametrize(
    "inside",
    [
        f"<c15:filtered{kind}Series><c15:ser>{SERIES.format('Bakirov')}</c15:ser></c15:filtered{kind}Series>"
        for kind in ("Bar", "Line", "Pie", "Area", "Scatter", "Radar", "Surface", "Bubble")
    ]
    + [
        f"<c15:filtered{kind}Title><c15:cat>{SERIES.format('Bakirov')}</c15:cat></c15:filtered{kind}Title>"
        for kind in ("Series", "Category")
    ]
    + ['<cx:series xmlns:cx="cx" layoutId="treemap" hidden="1"/>'],
)
def test_what_is_filtered_out_of_a_chart_is_refused(inside):
    error = refusal_of(chart(inside), "a.xlsx")

    assert error.code == "hidden_content"
    assert "xl/charts/chart1.xml" in error.messages[0]


def test_a_chart_of_which_everything_is_seen_is_taken():
    inside = '<c15:fullRef><c15:sqref>S!$A$1:$A$9</c15:sqref></c15:fullRef><cx:series xmlns:cx="cx" hidden="0"/>'

    assert code_of(chart(inside), "a.xlsx") is None


@pytest.mark.parametrize(
    "inside",
    [
        "<w:pPr><w:rPr><w:vanish/><w:specVanish/></w:rPr></w:pPr>",
        "<w:r><w:rPr><w:noProof/><w:webHidden/></w:rPr><w:t>3</w:t></w:r>",
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>3</w:t></w:r>',
        '<w:r><w:rPr><w:vanish/></w:rPr><w:t xml:space="preserve"> </w:t></w:r>',
        '<w:r><w:rPr><w:vanish/></w:rPr><w:fldChar w:fldCharType="begin"/></w:r>',
    ],
)
def test_what_word_hides_by_itself_is_taken(inside):
    assert "Жарлык".encode() in served(word(inside), "a.docx")["word/document.xml"]


def hiding_style(name: str, body: str) -> bytes:
    """A text with this body and a style of this name that hides, `S1`."""
    style = f'<w:style w:styleId="S1"><w:name w:val="{name}"/><w:rPr><w:vanish/></w:rPr></w:style>'
    both = f'<w:styles xmlns:w="{WORD}">{style}<w:style w:styleId="S2"/></w:styles>'
    return docx(body, **{"word/styles.xml": both.encode()})


BY_RUN = '<w:p><w:r><w:rPr><w:rStyle w:val="S{}"/></w:rPr><w:t>жашыруун</w:t></w:r></w:p>'
BY_PARAGRAPH = '<w:p><w:pPr><w:pStyle w:val="S{}"/></w:pPr><w:r>{}<w:t>жашыруун</w:t></w:r></w:p>'


@pytest.mark.parametrize("body", [BY_RUN.format(1), BY_PARAGRAPH.format(1, "")])
def test_words_that_a_style_hides_are_refused(body):
    error = refusal_of(hiding_style("Менин", body), "a.docx")

    assert error.code == "hidden_content"
    assert "жашыруун" in error.messages[0]


@pytest.mark.parametrize("body", [BY_RUN.format(1), BY_PARAGRAPH.format(1, "")])
def test_what_word_makes_of_a_page_that_was_copied_is_taken(body):
    kept = served(hiding_style("HTML Top of Form", body), "a.docx")

    assert "жашыруун".encode() in kept["word/document.xml"]


@pytest.mark.parametrize(
    "body",
    [BY_RUN.format(2), BY_PARAGRAPH.format(2, ""), BY_PARAGRAPH.format(1, '<w:rPr><w:vanish w:val="0"/></w:rPr>'),
     BY_PARAGRAPH.format(1, "").replace("жашыруун", " ") + "<w:p><w:r><w:t>жашыруун</w:t></w:r></w:p>"],
)  # fmt: skip
def test_words_beside_a_style_that_hides_are_taken(body):
    assert "жашыруун".encode() in served(hiding_style("Менин", body), "a.docx")["word/document.xml"]


def sheet(inside: str) -> bytes:
    return xlsx(**{"xl/worksheets/sheet1.xml": f'<worksheet xmlns="{SHEET}">{inside}</worksheet>'.encode()})


COLUMNS = '<cols><col min="1" max="1" width="9"/><col min="3" max="4" {}/></cols>'


@pytest.mark.parametrize(
    ("inside", "place"),
    [
        ('<sheetData><row r="7" hidden="1"><c r="B7"><v>40</v></c></row></sheetData>', "B7"),
        ('<sheetData><row r="6"/><row ht="0"><c/><c><v>40</v></c></row></sheetData>', "B7"),
        ('<sheetData><row r="7" hidden="true"><c r="B7" t="inlineStr"><is><t>Айлык</t></is></c></row></sheetData>',
         "B7"),
        ('<sheetData><row r="7" hidden="1"><c r="B7"><f>SUM(B1:B6)</f></c></row></sheetData>', "B7"),
        (COLUMNS.format('hidden="1"') + '<sheetData><row r="2"><c r="D2"><v>40</v></c></row></sheetData>', "D2"),
        (COLUMNS.format('width="0"') + '<sheetData><row><c/><c/><c><v>40</v></c></row></sheetData>', "C1"),
        ('<cols><col min="27" max="9999999" hidden="1"/></cols>'
         '<sheetData><row r="1"><c r="AB1"><v>4</v></c></row></sheetData>', "AB1"),
    ],
)  # fmt: skip
def test_cells_that_a_sheet_hides_are_refused_with_their_place(inside, place):
    error = refusal_of(sheet(inside), "a.xlsx")

    assert error.code == "hidden_content"
    assert f"({place})" in error.messages[0]


def with_format(code: str, cell: str) -> bytes:
    """A workbook with this cell, `B7`, whose second format has this code."""
    styles = (
        f'<styleSheet xmlns="{SHEET}"><numFmts><numFmt numFmtId="164" formatCode="{code}"/></numFmts><cellStyleXfs>'
        '<xf numFmtId="164"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs>'
        '<dxfs><dxf><numFmt numFmtId="0" formatCode=";;;"/></dxf></dxfs></styleSheet>'
    )
    text = f'<worksheet xmlns="{SHEET}"><sheetData><row r="7">{cell}</row></sheetData></worksheet>'
    return xlsx(**{"xl/styles.xml": styles.encode(), "xl/worksheets/sheet1.xml": text.encode()})


NUMBER, WORDS = '<c r="B7" s="1"><v>4711</v></c>', '<c r="B7" s="1" t="inlineStr"><is><t>Айлык</t></is></c>'


@pytest.mark.parametrize(
    ("code", "cell"),
    [(";;;", NUMBER), (";;;", WORDS), (";;", NUMBER), ("[Red];[Blue] ;_-;", WORDS), ("&quot;&quot;", NUMBER),
     ("0;0;0;", WORDS), (";;;", '<c r="B7" s="1"><f>SUM(A1)</f><v/></c>')],
)  # fmt: skip
def test_cells_that_their_format_hides_are_refused_with_their_place(code, cell):
    error = refusal_of(with_format(code, cell), "a.xlsx")

    assert error.code == "hidden_content"
    assert "(B7)" in error.messages[0]


@pytest.mark.parametrize(
    ("code", "cell"),
    [
        # Noughts that are not shown, numbers that become words, hours of more than a day, money, a date.
        ("#,##0;-#,##0;;@", NUMBER), ("&quot;ооба&quot;;;&quot;жок&quot;", NUMBER), ("[h]", NUMBER),
        ("[$сом]", NUMBER), ("[$-440]d mmmm yyyy;@", NUMBER), (";;", WORDS), (";;;@", WORDS), ("", NUMBER),
        ("0" * 300 + ";;;", NUMBER), (";;;", '<c r="B7" s="1"/>'), (";;;", '<c r="B7"><v>4711</v></c>'),
    ],
)  # fmt: skip
def test_cells_whose_format_shows_something_or_that_are_empty_are_taken(code, cell):
    assert cell.encode() in served(with_format(code, cell), "a.xlsx")["xl/worksheets/sheet1.xml"]


@pytest.mark.parametrize(
    "inside",
    [
        "<numFmts>" + '<numFmt numFmtId="9" formatCode=";"/>' * 10_001 + "</numFmts>",
        "<cellXfs>" + '<xf numFmtId="0"/>' * 100_001 + "</cellXfs>",
    ],
)
def test_more_formats_than_any_program_writes_are_refused(inside):
    with pytest.raises(ValidationError) as caught:
        blank_formats([f'<styleSheet xmlns="{SHEET}">{inside}</styleSheet>'.encode()])

    assert caught.value.code == "zip_bomb"


@pytest.mark.parametrize(
    "inside",
    [
        # What Excel itself hides: the empty columns to the right, and a row that has nothing but a border.
        '<cols><col min="3" max="16384" hidden="1"/></cols>'
        '<sheetData><row r="1"><c r="B1"><v>40</v></c></row></sheetData>',
        '<sheetData><row r="1"><c r="B1"><v>40</v></c></row>'
        '<row r="2" hidden="1"><c r="B2" s="1"/></row></sheetData>'
        '<conditionalFormatting sqref="B1"><cfRule><formula>B1&gt;1</formula></cfRule></conditionalFormatting>'
        '<extLst><ext uri="{1}"><f xmlns="xm">B1</f></ext></extLst>',
        '<sheetData><row r="1" hidden="0"><c r="B1"><v>40</v></c></row></sheetData>',
    ],
)  # fmt: skip
def test_empty_cells_may_hide(inside):
    assert b"<v>40</v>" in served(sheet(inside), "a.xlsx")["xl/worksheets/sheet1.xml"]
