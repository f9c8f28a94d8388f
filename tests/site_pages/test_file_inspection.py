"""A file that lies, acts, hides something or would unpack without end is refused with a sentence, and not kept."""

import stat
import zipfile

import pikepdf
import pytest
from django.core.exceptions import ValidationError

from site_pages.files.inspection import inspect_file
from site_pages.files.refusals import MESSAGES
from tests.site_pages import samples
from tests.site_pages.refused import code_of
from tests.site_pages.samples import OFFICE, SVG, docx, javascript, odt, pdf_bytes, picture_bytes, zip_of

GOOD = {
    "a.txt": "Жарлык № 261".encode(),
    "b.txt": "Указ № 261".encode("cp1251"),
    "c.csv": "жыл;саны\n2026;261".encode("utf-16"),
    "e.pdf": pdf_bytes(),
    "f.docx": docx(),
    "g.xlsx": samples.xlsx(),
    "h.pptx": samples.pptx(),
    "i.odt": odt(),
    "j.zip": zip_of([("a.txt", b"text"), ("b/c.pdf", pdf_bytes()), ("d.png", picture_bytes("PNG"))]),
}


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_good_file_is_taken(name):
    assert code_of(GOOD[name], name) is None


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_good_picture_is_taken(kind):
    assert code_of(picture_bytes(kind), f"a.{kind.lower().replace('jpeg', 'jpg')}") is None


@pytest.mark.parametrize("name", sorted(set(GOOD) - {"b.txt"}))
def test_each_kind_under_the_name_of_every_other_is_refused(name):
    ending = name[1:]
    others = {other[1:] for other in GOOD} - {ending} - ({".csv", ".txt"} if ending in (".csv", ".txt") else set())

    assert {code_of(GOOD[name], f"a{other}") for other in others} <= {"wrong_type", "embedded_file", "unknown_type"}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ\x90\x00" * 50, "a.pdf"),
        (b"MZ\x90\x00" * 50, "a.txt"),
        (picture_bytes("PNG"), "a.jpg"),
        (picture_bytes("GIF"), "a.png"),
        (picture_bytes("JPEG"), "a.pdf"),
        (pdf_bytes(), "a.docx"),
        (b"<html><script>alert(1)</script></html>", "a.txt"),
        (b"\x00\x01\x02", "a.csv"),
    ],
)
def test_a_type_that_lies_is_refused(content, name):
    assert code_of(content, name) == "wrong_type"


@pytest.mark.parametrize("name", ["a.svg", "a.png", "a.jpg", "a.txt", "a.csv", "a.pdf", "a.docx"])
@pytest.mark.parametrize("content", [SVG, b"\xef\xbb\xbf \n" + SVG, SVG.decode().encode("utf-16"), SVG[21:]])
def test_an_svg_is_refused_under_every_name(name, content):
    assert code_of(content, name) == "svg"


def test_an_ending_that_is_not_on_the_list_is_refused():
    assert code_of(b"echo", "a.sh") == "unknown_type"


# --- PDF


def opening_action(pdf):
    pdf.Root.OpenAction = pdf.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org/"))


def annotation(subtype: str, **keys):
    def add(pdf):
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name(subtype), Rect=[0, 0, 9, 9], **keys)
        pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([note]))

    return add


def deep_in_an_array(pdf):
    pdf.Root.Odd = pikepdf.Array([pikepdf.Array([pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")])])


def embedded(pdf):
    pdf.attachments["a.txt"] = b"text"


def signed(pdf):
    pdf.Root.AcroForm = pikepdf.Dictionary(
        Fields=[pikepdf.Dictionary(FT=pikepdf.Name.Sig, V=pikepdf.Dictionary(ByteRange=[0, 1]))]
    )


HARMFUL_PDFS = {
    "javascript": (javascript, "active_content"),
    "OpenAction": (opening_action, "active_content"),
    "AA": (lambda pdf: pdf.pages[0].update({"/AA": pikepdf.Dictionary()}), "active_content"),
    "Launch": (deep_in_an_array, "active_content"),
    "link to a file": (
        annotation("/Link", A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="file:///etc")),
        "external_link",
    ),
    "link that runs": (annotation("/Link", A=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="1")), "active_content"),
    "RichMedia": (annotation("/RichMedia"), "active_content"),
    "Screen": (annotation("/Screen"), "active_content"),
    "comment": (annotation("/Text", Contents="?"), "comments"),
    "file in a note": (annotation("/FileAttachment"), "embedded_file"),
    "embedded file": (embedded, "embedded_file"),
    "signature": (signed, "signed"),
    "XFA": (lambda pdf: pdf.Root.update({"/AcroForm": pikepdf.Dictionary(XFA="x")}), "active_content"),
}


@pytest.mark.parametrize("what", sorted(HARMFUL_PDFS))
@pytest.mark.parametrize("streams", list(pikepdf.ObjectStreamMode.__members__.values()))
def test_a_pdf_that_acts_hides_or_carries_is_refused(what, streams):
    change, code = HARMFUL_PDFS[what]

    assert code_of(pdf_bytes(change, object_stream_mode=streams), "a.pdf") == code


def test_an_action_whose_name_is_written_in_numbers_is_found():
    content = pdf_bytes(deep_in_an_array, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    disguised = content.replace(b"/Launch", b"/L#61unch")
    table = disguised.index(b"xref\n")
    disguised = disguised[: disguised.rindex(b"startxref")] + b"startxref\n%d\n%%%%EOF\n" % table

    assert code_of(disguised, "a.pdf") in ("active_content", "damaged")


def test_a_pdf_that_opens_at_a_place_in_itself_and_links_to_pages_is_taken():
    def change(pdf):
        pdf.Root.OpenAction = pikepdf.Array([pdf.pages[0].obj, pikepdf.Name.Fit])
        annotation("/Link", A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.kg/"))(pdf)

    assert code_of(pdf_bytes(change), "a.pdf") is None


@pytest.mark.parametrize("passwords", [{"owner": "o", "user": "u"}, {"owner": "o", "user": ""}])
def test_a_locked_pdf_is_refused(passwords):
    assert code_of(pdf_bytes(encryption=pikepdf.Encryption(**passwords)), "a.pdf") == "encrypted"


@pytest.mark.parametrize("kept", [10, 100, -10, -60])
def test_a_pdf_that_is_cut_off_is_refused(kept):
    assert code_of(pdf_bytes()[:kept], "a.pdf") == "damaged"


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"GIF89a" + pdf_bytes(), "a.pdf", "wrong_type"),
        (pdf_bytes() + zip_of([("a.txt", b"text")]), "a.pdf", "two_files_in_one"),
        (picture_bytes("JPEG") + zip_of([("a.txt", b"text")]), "a.jpg", "two_files_in_one"),
        (picture_bytes("GIF") + zip_of([("a.txt", b"text")]), "a.gif", "two_files_in_one"),
        (picture_bytes("PNG") + b"<script>alert(1)</script>", "a.png", "two_files_in_one"),
        (picture_bytes("WEBP") + pdf_bytes(), "a.webp", "two_files_in_one"),
        (picture_bytes("JPEG", comment=pdf_bytes()), "a.jpg", "two_files_in_one"),
        (b"text" + docx(), "a.docx", "wrong_type"),
        (docx() + pdf_bytes(), "a.docx", "two_files_in_one"),
    ],
)  # fmt: skip
def test_two_files_in_one_are_refused(content, name, code):
    assert code_of(content, name) == code


# --- Office


def outside(kind: str, target: str) -> str:
    return f'<Relationship Id="r" Type="{OFFICE}/{kind}" TargetMode="External" Target="{target}"/>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (docx(**{"word/vbaProject.bin": b"x"}), "active_content"),
        (docx(**{"word/activeX/activeX1.xml": b"<a/>"}), "active_content"),
        (docx(**{"word/embeddings/oleObject1.bin": b"x"}), "embedded_file"),
        (docx(**{"word/media/image1.png": docx()}), "embedded_file"),
        (docx(**{"word/media/image1.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}), "embedded_file"),
        (docx(**{"word/comments.xml": b"<w:comments/>"}), "comments"),
        (docx("<w:ins><w:r/></w:ins>"), "tracked_changes"),
        (docx("<w:p><w:del/></w:p>"), "tracked_changes"),
        (docx(**{"word/footnotes.xml": b'<w:footnotes xmlns:w="w"><w:moveFrom/></w:footnotes>'}), "tracked_changes"),
        (docx(links=outside("attachedTemplate", "https://a/b")), "external_link"),
        (docx(links=outside("image", "https://a/b.png")), "external_link"),
        (docx(links=outside("hyperlink", "file:///c:/b")), "external_link"),
        (docx("<w:instrText>DDE</w:instrText><w:instrText>AUTO c:\\a</w:instrText>"), "external_link"),
        (docx(**{"_xmlsignatures/sig1.xml": b"<a/>"}), "signed"),
        (docx(**{"word/header1.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "active_content"),
        (docx(**{"word/header1.xml": b"<hdr>"}), "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 100, "encrypted"),
    ],
)  # fmt: skip
def test_a_docx_that_acts_points_outside_or_tells_its_making_is_refused(content, code):
    assert code_of(content, "a.docx") == code


def test_a_link_to_a_page_in_a_docx_is_taken():
    assert code_of(docx(links=outside("hyperlink", "https://example.kg/")), "a.docx") is None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (odt("<office:annotation><text:p>?</text:p></office:annotation>"), "comments"),
        (odt("<text:tracked-changes/>"), "tracked_changes"),
        (odt(**{"Basic/Standard/a.xml": b"<a/>"}), "active_content"),
        (odt("<script:event-listener/>"), "active_content"),
        (odt('<draw:image xlink:href="https://a/b.png"/>'), "external_link"),
        (odt(**{"Object 1": b"x"}), "embedded_file"),
        (odt(**{"META-INF/documentsignatures.xml": b"<a/>"}), "signed"),
    ],
)  # fmt: skip
def test_an_odt_that_acts_points_outside_or_tells_its_making_is_refused(content, code):
    assert code_of(content, "a.odt") == code


# --- Texts


@pytest.mark.parametrize("content", [rb"{\rtf1\ansi Text}", b"", b"{\\rtf1{\\pict\\jpegblip ffd8}}"])
def test_an_rtf_is_refused_with_the_kinds_that_are_taken(content):
    with pytest.raises(ValidationError) as refused:
        inspect_file(content, filename="a.rtf")

    assert refused.value.code == "unknown_type"
    assert "csv, docx, odt, pdf, pptx, txt, xlsx, zip" in refused.value.messages[0]


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0",
                                  "=1+1", "-A1", " =1", '"=HYPERLINK(""http://a"")"'])  # fmt: skip
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_cell_that_a_spreadsheet_would_run_is_refused_with_its_row(cell, separator):
    content = f"Аты{separator}Саны\nНарын{separator}1\n{cell}{separator}2\n"

    with pytest.raises(ValidationError) as refused:
        inspect_file(content.encode(), filename="a.csv")

    assert refused.value.code == "formula"
    assert "3" in refused.value.messages[0] and cell.strip(' "')[:2] in refused.value.messages[0]


def test_a_formula_behind_the_separator_of_another_country_is_refused():
    assert code_of(b"a;b;c\nd;e,=cmd|' /C calc'!A0;f\n", "a.csv") == "formula"


def test_numbers_with_a_sign_telephones_and_dashes_are_taken():
    content = (
        'Аты;Саны\nНарын;-5\nОш;+1 234,50\nЧүй;-\nТалас;-1.5E-3\nБатке;-7%\nЖО;"+996 (312) 66-20-20"\n"Ак, - деди";1\n'
    )

    assert code_of(content.encode(), "a.csv") is None


@pytest.mark.parametrize("name", ["a.txt", "a.csv"])
@pytest.mark.parametrize("content", [b"", b" \r\n", b"\xef\xbb\xbf"])
def test_an_empty_text_is_refused(content, name):
    assert code_of(content, name) == "empty"


# --- Archives


def named(name: str, *, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = mode << 16
    return entry


@pytest.mark.parametrize("name", ["../a.txt", "/etc/a.txt", "a/../../b.txt", "..\\a.txt", "C:a.txt"])
def test_a_path_that_leads_out_is_refused(name):
    assert code_of(zip_of([(named(name), b"text")]), "a.zip") == "unsafe_path"


def test_a_link_in_an_archive_is_refused():
    assert code_of(zip_of([(named("a.txt", mode=stat.S_IFLNK | 0o777), b"/etc/passwd")]), "a.zip") == "unsafe_path"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused():
    assert code_of(zip_of([("a.txt", b"one"), ("a.txt", b"two")]), "a.zip") == "unsafe_path"


@pytest.mark.parametrize(
    "inner", [zip_of([("a.txt", b"a")]), docx(), b"Rar!\x1a\x07\x00", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08"]
)
def test_an_archive_in_an_archive_is_refused(inner):
    assert code_of(zip_of([("a.docx", inner)]), "a.zip") == "embedded_file"


def test_a_program_in_an_archive_is_refused():
    assert code_of(zip_of([("a.exe", b"MZ")]), "a.zip") == "unknown_type"


def test_a_list_that_lies_about_a_size_is_refused():
    assert code_of(samples.zip_that_lies(said=10, content=b"a" * 100_000), "a.zip") == "damaged"


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pptx", "a.odt", "a.zip"])
def test_a_bomb_is_refused_before_it_is_unpacked(name):
    bomb = zip_of([("word/document.xml", b" " * (65 * 2**20))])

    assert len(bomb) < 100_000
    assert code_of(bomb, name) == "zip_bomb"


def test_too_many_parts_are_refused():
    assert code_of(zip_of([(f"{number}.txt", b"a") for number in range(2_001)]), "a.zip") == "zip_bomb"


def test_every_code_of_refusal_has_a_sentence():
    assert all(str(message) for message in MESSAGES.values())
