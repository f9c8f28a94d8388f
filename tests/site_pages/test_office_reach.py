"""Of an office file only the parts are served that something leads to."""

import io

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference

from site_pages.files.cleaning import cleaned
from tests.site_pages.office_samples import DRAW, refusal_of, served
from tests.site_pages.samples import OFFICE, SHEET, SLIDE, WORD, docx, link, pptx, relationships, telling_picture, xlsx

CELL = '<row><c t="inlineStr"><is><t>Bakirov</t></is></c></row>'
OTHER = {
    "word/media/image9.jpg": telling_picture("JPEG"),
    "word/header7.xml": f'<w:hdr xmlns:w="{WORD}"><w:p><w:r><w:t>Bakirov</w:t></w:r></w:p></w:hdr>'.encode(),
    "xl/worksheets/sheet9.xml": f'<worksheet xmlns="{SHEET}"><sheetData>{CELL}</sheetData></worksheet>'.encode(),
    "ppt/slides/slide7.xml": f'<p:sld xmlns:p="{SLIDE}"><a:t xmlns:a="{DRAW}">Bakirov</a:t></p:sld>'.encode(),
}  # fmt: skip
MAKE = {
    "word": (docx, "a.docx", "document"),
    "xl": (xlsx, "a.xlsx", "workbook"),
    "ppt": (pptx, "a.pptx", "presentation"),
}


@pytest.mark.parametrize("part", sorted(OTHER))
@pytest.mark.parametrize("is_linked", [False, True])
def test_a_part_that_nothing_leads_to_is_not_served(part, is_linked):
    make, name, main = MAKE[part.partition("/")[0]]
    kind = (
        "image" if "media" in part else part.rpartition("/")[2].rstrip("0123456789.xml").replace("sheet", "worksheet")
    )
    leads = relationships(link("rId1", kind, "/" + part)) if is_linked else relationships()
    folder = part.partition("/")[0]

    parts = served(
        make(**{part: OTHER[part], f"{folder}/{main}.xml": main_part(main), f"{folder}/_rels/{main}.xml.rels": leads}),
        name,
    )

    assert set(parts) == {"[Content_Types].xml", "_rels/.rels", f"{folder}/{main}.xml"}
    assert part.encode() not in parts["[Content_Types].xml"]


def main_part(main: str) -> bytes:
    space = {"document": WORD, "workbook": SHEET, "presentation": SLIDE}[main]
    return f'<{main} xmlns="{space}"/>'.encode()


@pytest.mark.parametrize("part", sorted(OTHER))
def test_a_part_that_its_file_leads_to_is_served(part):
    make, name, _main = MAKE[part.partition("/")[0]]

    assert part in served(make(**{part: OTHER[part]}), name)


def test_a_part_that_is_not_served_is_looked_into_all_the_same():
    content = docx(**{"word/document.xml": main_part("document"), "word/header7.xml": b"<hdr><ins/></hdr>",
                      "word/_rels/document.xml.rels": relationships()})  # fmt: skip

    assert refusal_of(content, "a.docx").code == "tracked_changes"


def test_a_workbook_with_pictures_and_charts_on_two_sheets_stays_whole():
    workbook = openpyxl.Workbook()
    for title in ("Биринчи", "Экинчи"):
        page = workbook.create_sheet(title)
        page.append(["жыл", "саны"])
        page.append([2026, 261])
        chart = BarChart()
        chart.add_data(Reference(page, min_col=2, min_row=1, max_row=2), titles_from_data=True)
        page.add_chart(chart, "D2")
        page["A5"].hyperlink = "https://example.kg/"
    target = io.BytesIO()
    workbook.save(target)

    again = openpyxl.load_workbook(io.BytesIO(cleaned(target.getvalue(), filename="a.xlsx")))

    assert [len(page._charts) for page in again] == [0, 1, 1]
    assert [page["A1"].value for page in again] == [None, "жыл", "жыл"]
    assert again["Экинчи"]["A5"].hyperlink.target == "https://example.kg/"


NAMES = f'xmlns:w="{WORD}" xmlns:r="{OFFICE}"'
HIDDEN = "<w:p><w:r><w:t>Bakirov</w:t></w:r></w:p>"


def section(*kinds: str, more: str = "", name: str = "header") -> str:
    """A section with headers of these kinds; the relationship of each is called as its kind."""
    references = "".join(f'<w:{name}Reference w:type="{kind}" r:id="{kind}"/>' for kind in kinds)
    return f"<w:p><w:pPr><w:sectPr>{references}<w:pgSz/>{more}</w:sectPr></w:pPr></w:p>"


def with_headers(body: str, *, settings: str = "", name: str = "header") -> dict[str, bytes]:
    """What is served of a DOCX with headers for all pages, for first and for even ones."""
    kinds = {"default": f"word/{name}1.xml", "first": f"word/{name}2.xml", "even": f"word/{name}3.xml"}
    root = {"header": "hdr", "footer": "ftr"}[name]
    text = f"<w:document {NAMES}><w:body><w:p/>{body}</w:body></w:document>"
    links = [link(kind, name, "/" + part) for kind, part in kinds.items()]
    parts = {part: f"<w:{root} {NAMES}>{HIDDEN}</w:{root}>".encode() for part in kinds.values()}
    return served(
        docx(**{"word/document.xml": text.encode(),
                "word/_rels/document.xml.rels": relationships(*links, link("s", "settings", "settings.xml")),
                "word/settings.xml": f"<w:settings {NAMES}>{settings}</w:settings>".encode(), **parts}),
        "a.docx",
    )  # fmt: skip


@pytest.mark.parametrize("name", ["header", "footer"])
@pytest.mark.parametrize(
    ("body", "settings", "numbers"),
    [
        (section("default", "first", "even"), "", "1"),
        (section("default", "first", "even", more="<w:titlePg/>"), "", "12"),
        (section("default", "first", "even", more='<w:titlePg w:val="0"/>'), "<w:evenAndOddHeaders/>", "13"),
        (section("first", "even"), '<w:evenAndOddHeaders w:val="false"/>', ""),
        # A section has the headers of the one before it unless it has its own.
        (section("first") + section(more="<w:titlePg/>"), "", "2"),
        (section("default") + section("first") + section("default"), "", "1"),
    ],
)
def test_a_header_that_no_page_has_is_not_served(body, settings, numbers, name):
    body = body.replace("headerReference", f"{name}Reference")

    parts = with_headers(body, settings=settings, name=name)

    assert {part for part in parts if part.startswith(f"word/{name}")} == {f"word/{name}{n}.xml" for n in numbers}
    kinds = {"1": b'"default"', "2": b'"first"', "3": b'"even"'}
    assert [n for n, kind in kinds.items() if kind in parts["word/document.xml"]] == sorted(numbers)


@pytest.mark.parametrize(("root", "name"), [("footnotes", "footnote"), ("endnotes", "endnote")])
def test_a_note_that_nothing_in_the_text_names_is_not_served(root, name):
    lines = "".join(
        f'<w:{name} w:type="{kind}" w:id="{number}"><w:p><w:r><w:{kind}/></w:r></w:p></w:{name}>'
        for number, kind in ((-1, "separator"), (0, "continuationSeparator"))
    )
    seen = f'<w:{name} w:id="2"><w:p><w:r><w:t>көрүнөт</w:t></w:r></w:p></w:{name}>'
    unseen = f'<w:{name} w:id="3">{HIDDEN}</w:{name}><w:{name} w:type="normal" w:id="-1">{HIDDEN}</w:{name}>'
    body = f'<w:p><w:r><w:{name}Reference w:id="2"/></w:r></w:p>'

    parts = served(docx(body, **{f"word/{root}.xml": f"<w:{root} {NAMES}>{lines}{seen}{unseen}</w:{root}>".encode()}),
                   "a.docx")  # fmt: skip

    assert f"{lines}{seen}</w:{root}>" in parts[f"word/{root}.xml"].decode()
    assert b"Bakirov" not in parts[f"word/{root}.xml"]
