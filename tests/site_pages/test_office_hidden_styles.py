"""Words of a DOCX that are hidden by a style, wherever it takes that from, or by what is around them, are refused."""

import pytest

from tests.site_pages.office_samples import refusal_of, served
from tests.site_pages.samples import OFFICE, WORD, docx

NAMES = f'xmlns:w="{WORD}" xmlns:r="{OFFICE}"'
VANISH, SHOW = "<w:rPr><w:vanish/></w:rPr>", '<w:rPr><w:vanish w:val="0"/></w:rPr>'
SECRET = "жашыруун"


def run(words: str = SECRET, properties: str = "") -> str:
    return f"<w:r>{properties}<w:t>{words}</w:t></w:r>"


def paragraph(inside: str = "", style: str = "") -> str:
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}{inside or run()}</w:p>"


def style(name: str, inside: str = VANISH, *, kind: str = "paragraph", based_on: str = "", more: str = "") -> str:
    based = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    return f'<w:style w:type="{kind}" w:styleId="{name}"{more}>{based}{inside}</w:style>'


def text(body: str, styles: str = "", **more: bytes) -> bytes:
    return docx(body, **{"word/styles.xml": f"<w:styles {NAMES}>{styles}</w:styles>".encode(), **more})


def table(inside: str = "", style: str = "") -> str:
    named = f'<w:tblPr><w:tblStyle w:val="{style}"/></w:tblPr>' if style else ""
    return f"<w:tbl>{named}<w:tr><w:tc>{inside or paragraph()}</w:tc></w:tr></w:tbl>"


def box(inside: str) -> str:
    return f"<w:txbxContent>{paragraph(inside)}</w:txbxContent>"


DEFAULTS = f"<w:docDefaults><w:rPrDefault>{VANISH}</w:rPrDefault></w:docDefaults>"
BY_DEFAULT = ' w:default="1"'
CHAIN = style("C", "", based_on="B") + style("B", "", based_on="A") + style("A")
HEADER_ROW = (
    f'<w:tblStylePr w:type="firstRow">{VANISH}</w:tblStylePr><w:tblStylePr w:type="lastRow">{SHOW}</w:tblStylePr>'
)
HIDDEN = {
    "by the style that the style is based on": text(paragraph(style="C"), CHAIN),
    "by the default style": text(paragraph(), style("N", more=BY_DEFAULT)),
    "by the default style in place of one that is not there": text(paragraph(style="X"), style("N", more=BY_DEFAULT)),
    "by what the default style is based on": text(paragraph(), style("N", "", based_on="A", more=BY_DEFAULT) + CHAIN),
    "by the style of a table": text(table(style="T"), style("T", kind="table")),
    "by the style of some cells": text(table(style="T"), style("T", HEADER_ROW, kind="table")),
    "by the default style of tables": text(table(), style("T", kind="table", more=BY_DEFAULT)),
    "behind a table in a table": text(table(table(paragraph(run("x")), "S") + paragraph(), "T"),
                                      style("T", kind="table") + style("S", "", kind="table")),
    "by the defaults": text(paragraph(), DEFAULTS),
    "by the defaults that stand last": text(paragraph(), style("A", "") + DEFAULTS),
    "in a header": text("", CHAIN, **{"word/header1.xml": f"<w:hdr {NAMES}>{paragraph(style='C')}</w:hdr>".encode()}),
    "in a hidden paragraph by a style that shows": text(
        paragraph(run(properties='<w:rPr><w:rStyle w:val="R"/></w:rPr>'), "A"),
        CHAIN + style("R", SHOW, kind="character"),
    ),
    "behind a box in a hidden run": text(paragraph(f"<w:r>{VANISH}{box(run(' '))}<w:t>{SECRET}</w:t></w:r>")),
    "behind a box in a hidden paragraph": text(paragraph(f"<w:r>{SHOW}{box(run('x'))}</w:r>" + run(), "A"), CHAIN),
    "in a box in a hidden run": text(paragraph(f"<w:r>{VANISH}{box(run(properties=SHOW))}</w:r>")),
    "in a run in a hidden run": text(paragraph(f"<w:r>{VANISH}<w:ruby><w:rt>{run()}</w:rt></w:ruby></w:r>")),
}  # fmt: skip


@pytest.mark.parametrize("name", HIDDEN)
def test_hidden_words_are_refused(name):
    error = refusal_of(HIDDEN[name], "a.docx")

    assert error.code == "hidden_content"
    assert SECRET in error.messages[0]


@pytest.mark.parametrize("inside", ["<w:drawing/>", "<w:pict/>", '<w:footnoteReference w:id="2"/>',
                                    '<w:endnoteReference w:id="2"/>'])  # fmt: skip
def test_a_picture_or_a_note_that_is_hidden_is_refused(inside):
    assert refusal_of(text(paragraph(f"<w:r>{VANISH}{inside}</w:r>")), "a.docx").code == "hidden_content"


SHOWN = {
    "beside styles that nothing uses": text(paragraph() + table(), CHAIN + style("T", kind="table")),
    "by a style that shows again": text(paragraph(style="D"), style("D", SHOW, based_on="C") + CHAIN),
    "by a default style that shows again": text(
        paragraph() + paragraph(style="E"),
        style("D", SHOW, based_on="A", more=BY_DEFAULT) + style("E", "", based_on="D") + CHAIN,
    ),
    "by the font of the run": text(paragraph(run(properties=SHOW), "C"), CHAIN),
    "behind a table and a paragraph that hide nothing": text(
        table(paragraph(run(" ")), "T") + paragraph(run(" "), "A") + paragraph(), CHAIN + style("T", kind="table")
    ),
    "behind a box": text(paragraph(f"<w:r>{box(run(' ', VANISH))}<w:t>{SECRET}</w:t></w:r>" + run())),
    "in a field that a block of text has": text(
        f"<w:sdt><w:sdtPr>{VANISH}</w:sdtPr><w:sdtContent>{paragraph()}</w:sdtContent></w:sdt>"
    ),
    "by styles that go in circles": text(
        paragraph(style="X"), style("X", "", based_on="Y") + style("Y", "", based_on="X") + CHAIN
    ),
    "by a style of an empty name": text(paragraph(), style("") + style("B", "")),
    "with a picture": text(paragraph("<w:r><w:drawing/></w:r>" + run()), CHAIN),
}


@pytest.mark.parametrize("name", SHOWN)
def test_words_that_are_seen_are_taken(name):
    assert SECRET.encode() in served(SHOWN[name], "a.docx")["word/document.xml"]
