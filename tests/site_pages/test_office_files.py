"""Office files of every day are taken and tell nothing more; of what is in them only what is known is kept."""

import io
import posixpath
import zipfile
from xml.etree import ElementTree

import openpyxl
import pytest

from site_pages.files.cleaning import cleaned
from site_pages.files.inspection import inspect_file
from site_pages.files.office.parts import MAIN_TYPES
from tests.site_pages import office_samples, samples
from tests.site_pages.refused import code_of
from tests.site_pages.samples import OFFICE, SHEET, SVG, WORD, docx, docx_parts, odt, pptx, telling_picture, xlsx

GOOD = {
    "a.docx": office_samples.word_365(),
    "a.xlsx": office_samples.workbook_with_chart(),
    "b.xlsx": office_samples.workbook_that_tells(),
    "a.pptx": office_samples.slides_with_layouts(),
}
TELLING = (b"Bakirov", "Бакиров".encode(), b"BEEF", b"MAKER-NOTE", b"42.87459", b"creator", b"refreshedBy", b"rsid")
SECRET_PART = b"<a>Bakirov</a>"


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def typed(content: bytes, name: str, kind: str) -> bytes:
    """The file with this content type for one of its parts."""
    parts = parts_of(content)
    override = f'<Override PartName="/{name}" ContentType="{kind}"/></Types>'.encode()
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", override)
    return samples.packed(parts.items())


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_file_as_programs_write_it_is_taken_and_tells_nothing_of_people(name):
    inspect_file(GOOD[name], filename=name)

    after = cleaned(GOOD[name], filename=name)

    inspect_file(after, filename=name)
    parts = parts_of(after)
    assert [(part, word) for part in parts for word in TELLING if word in parts[part]] == []
    assert cleaned(after, filename=name) == after


def with_main(main: str, content: bytes) -> dict[str, bytes]:
    """The parts of the DOCX with its main part elsewhere."""
    last = main.rpartition("/")[2]
    names = {"word/document.xml": main, "word/_rels/document.xml.rels": f"word/_rels/{last}.rels"}
    parts = {names.get(name, name): part for name, part in parts_of(content).items()}
    for frame in ("[Content_Types].xml", "_rels/.rels"):
        parts[frame] = parts[frame].replace(b"word/document.xml", main.encode())
    return parts


def test_a_docx_of_word_for_the_web_is_taken_whole():
    content = samples.packed(with_main("word/document2.xml", GOOD["a.docx"]).items())
    inspect_file(content, filename="a.docx")

    after = parts_of(cleaned(content, filename="a.docx"))

    before = parts_of(cleaned(GOOD["a.docx"], filename="a.docx"))
    assert after["word/document2.xml"] == before["word/document.xml"]
    assert after["word/_rels/document2.xml.rels"] == before["word/_rels/document.xml.rels"]
    assert set(after) - set(before) == {"word/document2.xml", "word/_rels/document2.xml.rels"}


def test_a_docx_whose_every_part_is_of_the_main_type_unless_it_is_told_is_taken():
    parts = parts_of(GOOD["a.docx"])
    types = parts["[Content_Types].xml"].replace(b"application/xml", MAIN_TYPES[".docx"].encode())

    assert code_of(samples.packed({**parts, "[Content_Types].xml": types}.items()), "a.docx") is None


SECOND = samples.relationships(
    samples.link("rId1", "officeDocument", "word/document.xml"),
    samples.link("rId2", "officeDocument", "/word/styles.xml"),
)


@pytest.mark.parametrize(
    "content",
    [
        samples.packed(with_main("word/other.xml", docx()).items()),
        samples.packed(with_main("word/glossary/document.xml", docx()).items()),
        samples.packed((name, part) for name, part in docx_parts().items() if name != "word/document.xml"),
        samples.packed({**parts_of(GOOD["a.docx"]), "_rels/.rels": SECOND}.items()),
        typed(docx(**{"word/document2.xml": b"<w:document xmlns:w='w'/>"}), "word/document2.xml", MAIN_TYPES[".docx"]),
        xlsx(),
    ],
)
def test_a_docx_without_one_main_part_in_its_place_is_refused(content):
    assert code_of(content, "a.docx") == "wrong_type"


@pytest.mark.parametrize("name", sorted(GOOD))
def test_what_is_served_is_whole(name):
    parts = parts_of(cleaned(GOOD[name], filename=name))

    for part, content in parts.items():
        if part.endswith((".xml", ".rels")):
            ElementTree.fromstring(content)
    for part in (part for part in parts if part.endswith(".rels")):
        folder = posixpath.dirname(posixpath.dirname(part))
        for link in ElementTree.fromstring(parts[part]):
            if link.get("TargetMode") != "External":
                target = link.get("Target")
                place = posixpath.normpath(posixpath.join("/", folder, target))[1:]
                assert place in parts, (part, target)
    ids = {link.get("Id") for part in parts if part.endswith(".rels") for link in ElementTree.fromstring(parts[part])}
    used = {value for part, content in parts.items() if part.endswith(".xml")
            for element in ElementTree.fromstring(content).iter() for key, value in element.attrib.items()
            if key.startswith(f"{{{OFFICE}}}")}  # fmt: skip
    assert used - {""} <= ids


def test_the_text_the_link_and_the_layout_of_a_docx_stay():
    parts = parts_of(cleaned(GOOD["a.docx"], filename="a.docx"))

    assert "Жарлык &amp; буйрук".encode() in parts["word/document.xml"]
    assert b'Target="https://example.kg/?a=1&amp;b=2" TargetMode="External"' in parts["word/_rels/document.xml.rels"]
    assert b"defaultTabStop" in parts["word/settings.xml"] and b"mailMerge" not in parts["word/settings.xml"]
    assert {"word/styles.xml", "word/theme/theme1.xml", "word/header1.xml", "word/media/image1.jpeg"} <= set(parts)
    assert not any(name.startswith(("docProps/", "customXml/", "word/glossary/", "docMetadata/")) for name in parts)


def test_the_numbers_and_the_chart_of_a_workbook_stay():
    book = openpyxl.load_workbook(io.BytesIO(cleaned(GOOD["a.xlsx"], filename="a.xlsx")))

    assert [[cell.value for cell in row] for row in book.active["A1:B3"]] == [["жыл", "саны"], [2025, 250], [2026, 261]]
    assert book.active["B5"].value == "=SUM(B2:B3)"
    assert len(book.active._charts) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", docx(**{"package/services/metadata/core-properties/ab.psmdcp": SECRET_PART})),
        ("a.docx", samples.packed((n.replace("core.xml", "Core.xml"), p) for n, p in docx_parts().items())),
        ("a.docx", docx(**{"word/printerSettings/printerSettings1.bin": b"Bakirov"})),
        ("a.docx", docx(**{"word/media/image1.jfif": telling_picture("JPEG")})),
        ("a.docx", docx(**{"word/media/image1.BIN": telling_picture("PNG")})),
        ("a.docx", docx("<!-- Bakirov --><w:p/><?bakirov Bakirov?>")),
        ("a.pptx", pptx(**{"ppt/revisionInfo.xml": SECRET_PART})),
        ("a.odt", odt('<text:p xmlns:o="http://openoffice.org/2009/office" o:rsid="00BEEF01">Жарлык</text:p>')),
        ("a.odt", odt(**{"Versions/Version1": b"Bakirov", "VersionList.xml": SECRET_PART})),
        ("a.odt", odt("<draw:frame><svg:title xmlns:svg='s'>file:///d/Bakirov/a.jpg</svg:title></draw:frame>")),
    ],
)  # fmt: skip
def test_what_only_tells_goes(name, content):
    inspect_file(content, filename=name)

    parts = parts_of(cleaned(content, filename=name))

    assert [(part, word) for part in parts for word in TELLING if word in parts[part]] == []
    assert not any(word in part for part in parts for word in ("psmdcp", "ore.xml", "printer", "Version"))


COMMENTS = f'<w:comments xmlns:w="{WORD}"/>'.encode()
MACROS = "application/vnd.ms-word.document.macro&#69;nabled.main+xml"
FORMULA = '<worksheet xmlns="{}"><sheetData><c><f>{}</f></c></sheetData></worksheet>'
TEMPLATE = f'<Relationship Id="r" Type="{OFFICE}/attachedTemplate" TargetMode="External" Target="%s"/>'


def made_from(template: str) -> bytes:
    """A DOCX that names its template, as Word does for all but Normal."""
    settings = f'<w:settings xmlns:w="{WORD}" xmlns:r="{OFFICE}"><w:attachedTemplate r:id="r"/><w:zoom r:id="r"/>'
    return docx(**{"word/settings.xml": f"{settings}</w:settings>".encode(),
                   "word/_rels/settings.xml.rels": samples.relationships(TEMPLATE % template)})  # fmt: skip


@pytest.mark.parametrize(
    "template",
    ["file:///C:\\Users\\Bakirov\\AppData\\Roaming\\Microsoft\\Templates\\Blank.dotx", "C:\\d\\Bakirov.dotx",
     "FILE://house/Bakirov.dotx", "\\\\house\\share\\Bakirov.dotx", "Bakirov.dotm", "/d/Bakirov.dotx"],
)  # fmt: skip
def test_a_docx_from_a_template_of_the_house_is_taken_without_its_place(template):
    inspect_file(made_from(template), filename="a.docx")

    parts = parts_of(cleaned(made_from(template), filename="a.docx"))

    assert [name for name, part in parts.items() if b"Bakirov" in part or b"emplate" in part] == []
    assert b"zoom" in parts["word/settings.xml"] and b"r:id" not in parts["word/settings.xml"]
    assert "word/_rels/settings.xml.rels" not in parts


@pytest.mark.parametrize("template", ["https://a/b.dotx", " HTTP://a/b.dotx", "ftp://a/b.dotx", "smb://a/b.dotx", "#a"])
def test_a_docx_that_would_fetch_its_template_is_refused(template):
    assert code_of(made_from(template), "a.docx") == "external_link"


def with_formula(formula: str) -> bytes:
    return xlsx(**{"xl/worksheets/sheet1.xml": FORMULA.format(SHEET, formula).encode()})


def with_workbook(inside: str) -> bytes:
    return xlsx(**{"xl/workbook.xml": f'<workbook xmlns="{SHEET}">{inside}</workbook>'.encode()})


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        *(("a.docx", docx(**{f"word/media/image1.{ending}": first + b"Bakirov"}), "picture_kind") for ending, first in
          (("tiff", b"II*\x00"), ("emf", b"\x01\x00\x00\x00"), ("heic", b"\x00\x00\x00\x18ftypheic"), ("svg", SVG),
           ("wdp", b"II\xbc\x01"), ("scr", b"MZ\x90\x00"), ("jpg", b"II*\x00"))),
        ("a.pptx", pptx(**{"ppt/media/media1.mp4": b"\x00\x00\x00\x18ftypmp42"}), "picture_kind"),
        ("a.odt", odt(**{"Pictures/1.tiff": b"II*\x00"}), "picture_kind"),
        ("a.docx", docx(**{"word/media/image1.png": samples.png_header(20_000, 20_000)}), "too_many_pixels"),
        ("a.docx", docx(**{"word/_rels/settings.xml.RELS": samples.relationships(TEMPLATE % "http://a/b.dotm")}),
         "external_link"),
        ("a.docx", docx(**{"word/header1.XML": b"<hdr><ins/></hdr>"}), "tracked_changes"),
        ("a.docx", docx(**{"word/header1.xml": COMMENTS}), "comments"),
        ("a.docx", typed(docx(**{"word/remarks.xml": COMMENTS}), "word/remarks.xml",
                         f"{samples.OPEN}wordprocessingml.comments+xml"), "comments"),
        ("a.docx", typed(docx(), "word/odd.xml", MACROS), "active_content"),
        ("a.docx", docx(**{"word/odd.xml": b"<a/>"}), "unknown_part"),
        ("a.docx", docx(**{"Bakirov/x.dat": b"x"}), "unknown_part"),
        ("a.docx", docx(**{"word/styles.xml": b"<html/>"}), "unknown_part"),
        ("a.docx", docx("<w:instrText>ddeauto c:\\a</w:instrText>"), "external_link"),
        ("a.docx", docx(**{"word/media/A.png": b"", "word/media/a.PNG": b""}), "unsafe_path"),
        ("a.docx", samples.packed((n, p) for n, p in docx_parts().items() if n != "_rels/.rels"), "wrong_type"),
        ("a.xlsx", xlsx(**{"customUI/customUI.xml": b"<customUI/>"}), "active_content"),
        ("a.xlsx", xlsx(**{"xl/externalLinks/externalLink1.xml": b"<a/>"}), "external_link"),
        ("a.xlsx", with_formula('_xlfn.W<!-- -->EBSERVICE("http://a/")'), "active_content"),
        ("a.xlsx", with_formula("cmd|' /C calc'!A0"), "external_link"),
        ("a.xlsx", with_formula("'C:\\a\\[b.xlsx]1'!A1"), "external_link"),
        ("a.xlsx", with_workbook('<sheets><sheet name="1" state="veryHidden"/></sheets>'), "hidden_sheet"),
        ("a.pptx", pptx(**{"ppt/slides/slide1.xml":
            f'<p:sld xmlns:p="{samples.SLIDE}"><hlinkClick action="ppaction://program"/></p:sld>'.encode()}),
         "active_content"),
        ("a.odt", odt(**{"Object 1/content.xml": b"<a/>"}), "embedded_file"),
        ("a.odt", odt("<office:binary-data>AAAA</office:binary-data>"), "embedded_file"),
        ("a.odt", odt(**{"Bakirov.xml": b"<a/>"}), "unknown_part"),
        ("a.odt", odt(**{"content.xml": b"\x01\x02", "META-INF/manifest.xml": b"<m><file-entry><encryption-data/>"
                         b"</file-entry></m>"}), "encrypted"),
    ],
)  # fmt: skip
def test_what_runs_fetches_hides_or_is_unknown_is_refused(name, content, code):
    assert code_of(content, name) == code


def test_a_formula_that_only_counts_is_taken():
    assert code_of(with_formula('IF(A1="a|b",SUM(A1:B2),HYPERLINK("https://example.kg/"))'), "a.xlsx") is None
