"""PDF: what its pages show stays, to the letter; who made it and where goes; what acts or leads out is refused."""

import base64
import io
import shutil
import struct
import subprocess
import zlib

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from pikepdf import Array, Dictionary, Name
from PIL import Image

from site_pages.files.cleaning import cleaned
from site_pages.files.inspection import inspect_file
from tests.site_pages.samples import gradient, pdf_bytes, picture_bytes, telling_picture

JPEG = telling_picture("JPEG")
MARK = b"BETRAYING"
LETTER = """<html lang=ky><head><title>Жарлык</title><meta name=author content=BETRAYING></head><body>
<h1>Жарлык № 261</h1><p>Текст 5% <a href="https://example.kg/">шилтеме</a> <a href="#b">ылдый</a>
<a href="mailto:a@example.kg">кат</a> <a href="tel:+996312000000">тел.</a></p>
<img src="data:image/jpeg;base64,%s" alt="Мектеп">
<table><tr><th>А<td>Б</table><h2 id=b>Экинчи</h2><p style="page-break-before:always">Экинчи барак</p></body></html>"""


def letter() -> str:
    """A page of two sheets with links, a table and a telling photograph."""
    return LETTER.replace("%s", base64.b64encode(JPEG).decode())


def of_weasyprint(_folder, **options) -> bytes:
    return pytest.importorskip("weasyprint").HTML(string=letter()).write_pdf(**options)


def of_chromium(folder) -> bytes:
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if not browser:
        pytest.skip("needs chromium")
    (folder / "a.html").write_text(letter())
    subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile",
         f"--print-to-pdf={folder}/a.pdf", f"file://{folder}/a.html"],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return (folder / "a.pdf").read_bytes()


def of_a_scanner(_folder) -> bytes:
    target = io.BytesIO()
    gradient(size=(300, 400)).save(target, "PDF", author="BETRAYING", resolution=72)
    return target.getvalue()


def of_an_office_program(_folder) -> bytes:
    """The lists that Word and LibreOffice write."""

    def change(pdf):
        page = pdf.pages[0].obj
        pdf.docinfo["/Author"] = MARK.decode()
        pdf.trailer.DocChecksum = Name("/BETRAYING")
        part = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.P, K=0, Pg=page, Alt="Мектеп"))
        pdf.Root.StructTreeRoot = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot, K=Array([part])))
        pdf.Root.MarkInfo = Dictionary(Marked=True)
        pdf.Root.Lang = "ky-KG"
        pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        pdf.Root.OpenAction = Array([page, Name.XYZ, None, None, 0])
        page.Group = Dictionary(Type=Name.Group, S=Name.Transparency, CS=Name.DeviceRGB)
        page.Resources = Dictionary(
            Font=Dictionary(F1=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        )
        page.Contents = pdf.make_stream(b"/P <</MCID 0>> BDC q BT /F1 11 Tf (5 % \\) (of) all) Tj ET Q EMC")
        address = Dictionary(Type=Name.Action, S=Name.URI, URI="https://example.kg/")
        page.Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9], A=address, F=4)])

    return pdf_bytes(change)


MAKERS = {
    "WeasyPrint": of_weasyprint,
    "WeasyPrint, PDF/A": lambda folder: of_weasyprint(folder, pdf_variant="pdf/a-3b"),
    "WeasyPrint, PDF/UA": lambda folder: of_weasyprint(folder, pdf_variant="pdf/ua-1"),
    "Chromium": of_chromium,
    "scanner": of_a_scanner,
    "office": of_an_office_program,
}


@pytest.mark.parametrize("maker", sorted(MAKERS))
def test_an_ordinary_pdf_is_taken_and_shows_the_same(maker, tmp_path):
    before = MAKERS[maker](tmp_path)
    inspect_file(before, filename="a.pdf")

    after = cleaned(before, filename="a.pdf")

    inspect_file(after, filename="a.pdf")
    with pikepdf.open(io.BytesIO(before)) as old, pikepdf.open(io.BytesIO(after)) as new:
        assert len(new.pages) == len(old.pages) > 0
        for one, other in zip(old.pages, new.pages, strict=True):
            assert operators(other) == operators(one)
            assert other.mediabox == one.mediabox
            assert [targets(note) for note in other.get("/Annots", [])] == [
                targets(note) for note in one.get("/Annots", [])
            ]
            assert drawn_pictures(other) == drawn_pictures(one)
    assert told(after) == []


def operators(page) -> list:
    return [
        (str(found.operator), [str(operand) for operand in found.operands])
        for found in pikepdf.parse_content_stream(page)
    ]


def targets(note) -> list[str]:
    return [str(note.get("/A", Dictionary()).get("/URI", "")), str(note.get("/Dest", "")), str(note.Rect)]


def drawn_pictures(page) -> list[bytes]:
    """The pixels of what the page draws; a list that pages share may hold more."""
    names = [operands[0] for operator, operands in operators(page) if operator == "Do"]
    return [pixels(picture) for name, picture in page.get_images().items() if name in names]


def pixels(picture) -> bytes:
    return pikepdf.PdfImage(picture).as_pil_image().convert("RGB").tobytes()


def told(content: bytes) -> list[bytes]:
    """The betraying words that are left anywhere in the file."""
    parts = [content]
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for found in (pdf.trailer, *pdf.objects):
            parts.append(repr(found).encode("utf-8", "replace"))
            if isinstance(found, pikepdf.Stream):
                is_photograph = found.get("/Filter") in (Name.DCTDecode, Name.JPXDecode)
                parts.append(found.read_raw_bytes() if is_photograph else found.read_bytes())
    return [
        word
        for word in (MARK, b"Bakirov", b"SERIAL-0815", b"MAKER-NOTE", b"Exif")
        if any(word in part for part in parts)
    ]


# --- Photographs


def with_picture(content: bytes, filters, **keys) -> bytes:
    def change(pdf):
        image = pdf.make_stream(content, Type=Name.XObject, Subtype=Name.Image, Width=61, Height=43,
                                ColorSpace=Name.DeviceRGB, BitsPerComponent=8, Filter=filters, **keys)  # fmt: skip
        pdf.pages[0].Resources = Dictionary(XObject=Dictionary(Im0=image))
        pdf.pages[0].Contents = pdf.make_stream(b"q 61 0 0 43 0 0 cm /Im0 Do Q")

    return pdf_bytes(change, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)


@pytest.mark.parametrize(
    ("before", "packed"),
    [
        ([], JPEG),
        (["/ASCII85Decode"], base64.a85encode(JPEG) + b"~>"),
        (["/ASCIIHexDecode"], JPEG.hex().encode() + b">"),
        (["/FlateDecode"], zlib.compress(JPEG)),
        (["/ASCII85Decode", "/FlateDecode"], base64.a85encode(zlib.compress(JPEG)) + b"~>"),
        (["/AHx"], JPEG.hex().encode() + b">"),
    ],
    ids=["bare", "ASCII85", "ASCIIHex", "Flate", "ASCII85 and Flate", "AHx"],
)
@pytest.mark.parametrize("name", ["/DCTDecode", "/DCT"])
def test_a_photograph_loses_position_and_owner_however_it_is_packed(before, packed, name):
    source = with_picture(packed, Array([Name(each) for each in (*before, name)]))
    inspect_file(source, filename="a.pdf")

    after = cleaned(source, filename="a.pdf")

    with pikepdf.open(io.BytesIO(after)) as pdf:
        picture = pdf.pages[0].Resources.XObject.Im0
        assert picture.Filter == Name.DCTDecode
        raw = picture.read_raw_bytes()
    kept = Image.open(io.BytesIO(raw))
    assert dict(kept.getexif()) == {} and dict(kept.getexif().get_ifd(0x8825)) == {}
    assert kept.tobytes() == Image.open(io.BytesIO(JPEG)).tobytes()
    assert told(after) == []


def test_how_the_colours_are_packed_is_kept():
    content = with_picture(JPEG, Array([Name.DCTDecode]), DecodeParms=Array([Dictionary(ColorTransform=0)]))

    with pikepdf.open(io.BytesIO(cleaned(content, filename="a.pdf"))) as pdf:
        assert pdf.pages[0].Resources.XObject.Im0.DecodeParms.ColorTransform == 0


def jpeg2000(*, boxes: bytes = b"") -> bytes:
    return picture_bytes("JPEG2000") + boxes


UUID = struct.pack(">I4s", 33, b"uuid") + bytes(16) + MARK


@pytest.mark.parametrize("bare", [False, True])
def test_a_jpeg_2000_loses_what_does_not_draw(bare):
    content = jpeg2000(boxes=UUID)
    if bare:
        content = picture_bytes("JPEG2000", no_jp2=True, comment=MARK.decode())
        assert MARK in content
    source = with_picture(content, Name.JPXDecode)
    inspect_file(source, filename="a.pdf")

    with pikepdf.open(io.BytesIO(cleaned(source, filename="a.pdf"))) as pdf:
        after = pdf.pages[0].Resources.XObject.Im0.read_raw_bytes()

    assert MARK not in after
    assert Image.open(io.BytesIO(after)).tobytes() == Image.open(io.BytesIO(content)).tobytes()


def with_inline_picture(filters: bytes) -> bytes:
    operators = b"q BI /W 61 /H 43 /CS /RGB /BPC 8 /F %s ID " % filters + JPEG + b" EI Q"
    return pdf_bytes(lambda pdf: pdf.pages[0].update({"/Contents": pdf.make_stream(operators)}))


@pytest.mark.parametrize(
    "content",
    [
        with_picture(JPEG[:2] + b"\x00" + JPEG[2:], Name.DCTDecode),
        with_picture(JPEG[:-200], Name.DCTDecode),
        with_picture(JPEG, Array([Name.DCTDecode, Name.FlateDecode])),
        with_picture(jpeg2000()[:-20] + b"\x00\x00", Name.JPXDecode),
        with_picture(b"no picture", Name.JPXDecode),
        *map(with_inline_picture, (b"/DCT", b"/DCTDecode", b"[/AHx /DCT]", b"/#44CT", b"% ID \n /DCT")),
    ],
)  # fmt: skip
def test_a_photograph_that_cannot_be_cleaned_is_refused(content):
    with pytest.raises(ValidationError) as refused:
        inspect_file(content, filename="a.pdf")

    assert refused.value.code == "unclean_picture"
    with pytest.raises(ValidationError):
        cleaned(content, filename="a.pdf")


# --- What else it tells


def note(subtype: Name, **keys):
    return lambda pdf: pdf.pages[0].update({"/Annots": Array([Dictionary(Type=Name.Annot, Subtype=subtype, **keys)])})


def root(**keys):
    return lambda pdf: [
        pdf.Root.update({f"/{key}": value(pdf) if callable(value) else value}) for key, value in keys.items()
    ]


def known_twice(pdf):
    pdf.docinfo["/Author"] = MARK.decode()
    metadata = pdf.make_stream(MARK, Type=Name.Metadata, Subtype=Name.XML)
    pdf.Root.StructTreeRoot = Dictionary(Type=Name.StructTreeRoot, K=Array([pdf.trailer.Info, metadata]))


def remarks_among_operators(pdf):
    form = pdf.make_stream(b"% BETRAYING\nq Q", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(F0=form))
    pdf.pages[0].Contents = pdf.make_stream(b"(5% \\) (%)) Tj % BETRAYING\rq BI /W 1 /H 1 /BPC 8 /CS /G ID % EI Q")


TELLING = {
    "link": note(Name.Link, Rect=[0, 0, 9, 9], Contents=MARK.decode(), T="Bakirov", M="D:2026"),
    "trailer": lambda pdf: pdf.trailer.update({"/DocChecksum": Name("/BETRAYING")}),
    "layer": root(OCProperties=lambda pdf: Dictionary(OCGs=Array([pdf.make_indirect(Dictionary(
        Type=Name.OCG, Name="A", Usage=Dictionary(CreatorInfo=Dictionary(Creator="Bakirov"))))]))),
    "spider": root(SpiderInfo=Dictionary(V=1.0, C=Array([Dictionary(AU=MARK.decode())]))),
    "unknown key": root(Odd=MARK.decode(), Legal=Dictionary(Attestation=MARK.decode())),
    "base": root(URI=Dictionary(Base="file:///C:/a/BETRAYING/")),
    "known twice": known_twice,
    "path": root(StructTreeRoot=Dictionary(K=Array([Dictionary(S=Name.Figure, Alt="C:\\Users\\BETRAYING\\a.jpg")]))),
    "remarks": remarks_among_operators,
    "page": lambda pdf: pdf.pages[0].update({"/ID": MARK.decode(), "/PieceInfo": Dictionary(A=MARK.decode())}),
    "profile": root(OutputIntents=Array([Dictionary(Type=Name.OutputIntent, Info=MARK.decode())])),
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(TELLING))
def test_what_tells_who_made_it_goes(what):
    source = pdf_bytes(TELLING[what])
    assert told(source) != []
    inspect_file(source, filename="a.pdf")

    assert told(cleaned(source, filename="a.pdf")) == []


def test_remarks_go_and_what_is_drawn_stays():
    with pikepdf.open(io.BytesIO(cleaned(pdf_bytes(remarks_among_operators), filename="a.pdf"))) as pdf:
        drawn = pdf.pages[0].Contents.read_bytes()

    assert drawn == b"(5% \\) (%)) Tj \rq BI /W 1 /H 1 /BPC 8 /CS /G ID % EI Q"


def test_remarks_of_a_function_go():
    def change(pdf):
        told = b"{ %" + MARK + b"\n pop 0.5 } % " + MARK
        function = pdf.make_stream(told, FunctionType=4, Domain=[0, 1], Range=[0, 1])
        spot = Array([Name.Separation, Name.Spot, Name.DeviceGray, function])
        pdf.pages[0].Resources = Dictionary(ColorSpace=Dictionary(C=spot))
        pdf.pages[0].Contents = pdf.make_stream(b"/C cs 1 scn 0 0 9 9 re f")

    served = cleaned(pdf_bytes(change), filename="a.pdf")

    with pikepdf.open(io.BytesIO(served)) as pdf:
        assert pdf.pages[0].Resources.ColorSpace.C[3].read_bytes().split() == [b"{", b"pop", b"0.5", b"}"]


def link(**action):
    return note(Name.Link, Rect=[0, 0, 9, 9], A=Dictionary(**action))


def outside_form(pdf):
    form = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 1, 1], Ref=Dictionary(Page=0))
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(F0=form))


REFUSED = {
    "remark without a place": (note(Name.Text, Contents="?", T="Bakirov"), "comments"),
    "window of a remark": (note(Name.Popup, Contents="?"), "comments"),
    "annotation without a kind": (
        lambda pdf: pdf.pages[0].update({"/Annots": Array([Dictionary(Contents="?")])}),
        "comments",
    ),
    "unknown annotation": (note(Name.Odd, Contents="?"), "comments"),
    "remark behind the tree": (root(StructTreeRoot=Dictionary(K=Dictionary(Subtype=Name.Text))), "comments"),
    "other page outside": (outside_form, "external_link"),
    "stream outside": (root(Odd=lambda pdf: pdf.make_stream(b"", F=Dictionary(FS=Name.URL))), "external_link"),
    "file outside": (root(Odd=Dictionary(Type=Name.Filespec, F="http://a/b")), "external_link"),
    "address without a scheme": (link(S=Name.URI, URI="www.example.kg"), "external_link"),
    "address of a file": (link(S=Name.URI, URI="file:///etc/passwd"), "external_link"),
    "address without an action": (link(URI="javascript:1"), "active_content"),
    "nothing that an action is": (link(), "active_content"),
    "opening without an action": (lambda pdf: pdf.Root.update({"/OpenAction": Dictionary(URI="a")}), "active_content"),
    "address as a name": (link(S=Name.URI, URI=Name("/https://example.kg")), "external_link"),
    "next action": (link(S=Name.GoTo, D="a", Next=Array([Dictionary(S=Name.Named, N=Name.Print)])), "active_content"),
    "unknown action": (link(S=Name.Odd), "active_content"),
    **{f"action {name}": (link(S=Name(f"/{name}"), F="\\\\a\\b.pdf"), "active_content")
       for name in ("Named", "ResetForm", "Hide", "Thread", "GoToR", "GoToE", "Launch", "SubmitForm", "ImportData",
                    "Movie", "Sound", "Rendition", "RichMedia", "JavaScript")},
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(REFUSED))
def test_what_acts_leads_out_or_remarks_is_refused(what):
    change, code = REFUSED[what]

    with pytest.raises(ValidationError) as refused:
        inspect_file(pdf_bytes(change), filename="a.pdf")

    assert refused.value.code == code


@pytest.mark.parametrize(("megabytes", "code"), [(60, "zip_bomb"), (70, "damaged")])
def test_drawing_that_unpacks_without_end_is_refused(megabytes, code):
    packed = zlib.compress(b" " * (megabytes * 2**20))

    def change(pdf):
        pdf.pages[0].Contents = Array([pdf.make_stream(packed, Filter=Name.FlateDecode) for _ in range(4)])

    with pytest.raises(ValidationError) as refused:
        inspect_file(pdf_bytes(change), filename="a.pdf")

    assert refused.value.code == code


def jbig2_part(kind: int, body: bytes, *, number: int = 0) -> bytes:
    return struct.pack(">IBBBI", number, kind, 0, 1, len(body)) + body


@pytest.mark.parametrize("is_shared", [True, False])
def test_a_scan_in_black_and_white_loses_its_remarks(is_shared):
    drawn = jbig2_part(48, bytes(19)), jbig2_part(38, b"\x01\x02\x03", number=2)
    content = drawn[0] + jbig2_part(62, b"\x20\x00\x00\x00" + MARK + b"\x00\x00", number=1) + drawn[1]

    def change(pdf):
        keys = {"DecodeParms": Dictionary(JBIG2Globals=pdf.make_stream(content))} if is_shared else {}
        image = pdf.make_stream(b"" if is_shared else content, **keys, Filter=Name.JBIG2Decode, Width=1, Height=1,
                                Type=Name.XObject, Subtype=Name.Image, BitsPerComponent=1)  # fmt: skip
        pdf.pages[0].Resources = Dictionary(XObject=Dictionary(Im0=image))
        pdf.pages[0].Contents = pdf.make_stream(b"/Im0 Do")

    with pikepdf.open(io.BytesIO(cleaned(pdf_bytes(change), filename="a.pdf"))) as pdf:
        image = pdf.pages[0].Resources.XObject.Im0
        after = image.DecodeParms.JBIG2Globals.read_bytes() if is_shared else image.read_raw_bytes()

    assert after == b"".join(drawn)
