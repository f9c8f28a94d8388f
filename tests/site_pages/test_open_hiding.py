"""Words of an ODT that a style hides are refused, wherever the style stands; what is seen is taken."""

import pytest

from site_pages.files.cleaning import cleaned
from site_pages.files.inspection import inspect_file
from tests.site_pages.office_samples import refusal_of
from tests.site_pages.samples import odt, telling_picture

NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "style", "text", "table", "draw")
)
XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
NONE, TRUE = (f'<style:text-properties text:display="{value}"/>' for value in ("none", "true"))
SECRET = "жашыруун"


def content(styles: str, body: str) -> bytes:
    return (
        f"<office:document-content {NAMES} {XLINK}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    ).encode()


def text(body: str, *, styles: str = "", named: str = "", headers: str = "") -> bytes:
    """An ODT. styles: of the text alone; named: of the whole file."""
    masters = f'<office:master-styles><style:master-page style:name="Standard">{headers}</style:master-page>'
    whole = f"<office:styles>{named}</office:styles>{masters}</office:master-styles>"
    return odt(**{"styles.xml": f"<office:document-styles {NAMES}>{whole}</office:document-styles>".encode(),
                  "content.xml": content(styles, body),
                  "Pictures/1.png": telling_picture("PNG")})  # fmt: skip


def style(name: str, inside: str = NONE, *, family: str = "text", parent: str = "") -> str:
    based = f' style:parent-style-name="{parent}"' if parent else ""
    return f'<style:style style:name="{name}" style:family="{family}"{based}>{inside}</style:style>'


def span(name: str, inside: str = SECRET) -> str:
    return f'<text:span text:style-name="{name}">{inside}</text:span>'


def paragraph(inside: str = SECRET, name: str = "") -> str:
    styled = f' text:style-name="{name}"' if name else ""
    return f"<text:p{styled}>{inside}</text:p>"


HIDDEN_TABLE = style("t", '<style:table-properties table:display="false"/>', family="table")
CELL = f"<table:table-row><table:table-cell>{paragraph()}</table:table-cell></table:table-row>"
HIDDEN = {
    "a paragraph": text(paragraph(name="P1"), styles=style("P1", family="paragraph")),
    "a heading": text(f'<text:h text:style-name="P1">{SECRET}</text:h>', styles=style("P1", family="paragraph")),
    "a paragraph under a condition": text(
        f'<text:p text:style-name="P2" text:cond-style-name="P1">{SECRET}</text:p>',
        styles=style("P1", family="paragraph"),
    ),
    "a named style": text(paragraph(span("Hid")), named=style("Hid")),
    "based on a named style": text(
        paragraph(span("T1")), styles=style("T1", "", parent="B"), named=style("B", "", parent="A") + style("A")
    ),
    "by the style of all paragraphs": text(paragraph(), named=style("Standard", family="paragraph")),
    "by the default": text(
        paragraph(name="P1"),
        styles=style("P1", "", family="paragraph", parent="Standard"),
        named=style("Standard", "", family="paragraph")
        + f'<style:default-style style:family="paragraph">{NONE}</style:default-style>',
    ),
    "one of two styles of one name": text(paragraph(span("T1")), styles=style("T1"), named=style("T1", TRUE)),
    "a link": text(paragraph(span("T1", f'<text:a xlink:href="https://x">{SECRET}</text:a>')), styles=style("T1")),
    "a link by its style": text(
        paragraph(f'<text:a xlink:href="https://x" text:style-name="T1">{SECRET}</text:a>'), styles=style("T1")
    ),
    "a field": text(paragraph(span("T1", f"<text:date>{SECRET}</text:date>")), styles=style("T1")),
    "behind words in it": text(paragraph(span("T1", span("T2", "") + SECRET)), styles=style("T1")),
    "behind a paragraph in it": text(
        paragraph(f"<draw:frame><draw:text-box>{paragraph('')}</draw:text-box></draw:frame>{SECRET}", "P1"),
        styles=style("P1", family="paragraph"),
    ),
    "a box in it": text(
        paragraph(span("T1", f"<draw:frame><draw:text-box>{paragraph(span('T2'))}</draw:text-box></draw:frame>")),
        styles=style("T1") + style("T2", TRUE),
    ),
    "a picture": text(
        paragraph(span("T1", '<draw:frame><draw:image xlink:href="Pictures/1.png"/></draw:frame>')), styles=style("T1")
    ),
    "a table": text(f'<table:table table:style-name="t">{CELL}</table:table>', styles=HIDDEN_TABLE),
    "words of a table that would be seen": text(
        f'<table:table table:style-name="t">{CELL.replace(SECRET, span("T1"))}</table:table>',
        styles=HIDDEN_TABLE + style("T1", TRUE),
    ),
    "a header": text(
        paragraph("x"), named=style("Hid"), headers=f"<style:header>{paragraph(span('Hid'))}</style:header>"
    ),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_words_that_a_style_hides_are_refused(name):
    error = refusal_of(HIDDEN[name], "a.odt")

    assert error.code == "hidden_content"
    assert (SECRET if "picture" not in name else "Pictures/1.png") in error.messages[0]


SHOWN = {
    "beside a style that nothing uses": text(paragraph(), styles=style("P1", family="paragraph"), named=style("Hid")),
    "behind what hides nothing": text(paragraph(span("T1", " ") + SECRET) + paragraph(), styles=style("T1")),
    "a style that shows again": text(
        paragraph(span("T1")), styles=style("T1", "", parent="B"), named=style("A") + style("B", TRUE, parent="A")
    ),
    "words that are shown in a paragraph that hides": text(
        paragraph(span("T1"), "P1"), styles=style("P1", family="paragraph") + style("T1", TRUE)
    ),
    "a style of another kind": text(
        paragraph(name="T1"), styles=style("T1") + style("T1", "", family="paragraph"), named=style("Standard", "")
    ),
    "marks of a list": text(
        paragraph(span("T1")),
        styles=style("T1", "") + f'<text:list-style style:name="L1"><text:list-level-style-number>{NONE}'
        "</text:list-level-style-number></text:list-style>",
    ),
    "styles that go in circles": text(
        paragraph(span("A")), named=style("A", "", parent="B") + style("B", "", parent="A") + style("C")
    ),
    "what Word makes of a page that was copied": text(
        paragraph(name="P1"),
        styles=style("P1", "", family="paragraph", parent="HTML_20_Top_20_of_20_Form"),
        named=style("HTML_20_Top_20_of_20_Form", family="paragraph"),
    ),
}


@pytest.mark.parametrize("name", SHOWN)
def test_words_that_are_seen_are_taken(name):
    inspect_file(SHOWN[name], filename="a.odt")

    assert cleaned(SHOWN[name], filename="a.odt")


@pytest.mark.parametrize("name", ["header", "footer", "header-left", "footer-first"])
def test_a_header_that_is_switched_off_goes(name):
    off = f'<style:{name} style:display="false">{paragraph()}</style:{name}>'
    content = text(paragraph("x"), headers=f"<style:footer>{paragraph('көрүнөт')}</style:footer>{off}")
    inspect_file(content, filename="a.odt")

    after = cleaned(content, filename="a.odt")

    assert after == cleaned(
        text(paragraph("x"), headers=f"<style:footer>{paragraph('көрүнөт')}</style:footer>"), filename="a.odt"
    )
