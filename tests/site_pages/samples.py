"""Files made by code: good ones, and ones that hide something."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable

import pikepdf
from PIL import Image, ImageCms, PngImagePlugin

from site_pages.files.archives import packed

SECRET = "Б. Бакиров, 42.87459N 74.56976E"
CORE = (
    '<?xml version="1.0"?><cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
    f'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{SECRET}</dc:creator></cp:coreProperties>'
)
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SLIDE = "http://schemas.openxmlformats.org/presentationml/2006/main"
OPEN = "application/vnd.openxmlformats-officedocument."
# By the names that Office gives its parts.
OFFICE_TYPES = [
    (pattern, kind if kind.startswith("application/") else f"{OPEN}{kind}+xml")
    for pattern, kind in (
        (r"word/document\.xml", "wordprocessingml.document.main"),
        (r"word/glossary/document\.xml", "wordprocessingml.document.glossary"),
        (r"word/comments\.xml", "wordprocessingml.comments"),
        (r"word/people\.xml", "wordprocessingml.people"),
        (r"word/(styles|numbering|settings|webSettings|fontTable|footnotes|endnotes)\.xml", "wordprocessingml.%s"),
        (r"word/(header|footer)\d+\.xml", "wordprocessingml.%s"),
        (r"word/glossary/(styles|settings|webSettings|fontTable)\.xml", "wordprocessingml.%s"),
        (r"\w+/theme/theme\d+\.xml", "theme"),
        (r"customXml/itemProps\d+\.xml", "customXmlProperties"),
        (r"docProps/core\.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
        (r"docProps/app\.xml", "extended-properties"),
        (r"docProps/custom\.xml", "custom-properties"),
        (r"docMetadata/LabelInfo\.xml", "application/vnd.ms-office.classificationlabels+xml"),
        (r"xl/workbook\.xml", "spreadsheetml.sheet.main"),
        (r"xl/worksheets/sheet\d+\.xml", "spreadsheetml.worksheet"),
        (r"xl/(styles|sharedStrings|connections|calcChain)\.xml", "spreadsheetml.%s"),
        (r"xl/persons/person\.xml", "application/vnd.ms-excel.person+xml"),
        (r"xl/pivotCache/(pivotCacheDefinition|pivotCacheRecords)\d+\.xml", "spreadsheetml.%s"),
        (r"xl/pivotTables/(pivotTable)\d+\.xml", "spreadsheetml.%s"),
        (r"\w+/printerSettings/printerSettings\d+\.bin", f"{OPEN}spreadsheetml.printerSettings"),
        (r"xl/drawings/drawing\d+\.xml", "drawing"),
        (r"xl/charts/chart\d+\.xml", "drawingml.chart"),
        (r"ppt/presentation\.xml", "presentationml.presentation.main"),
        (r"ppt/slides/slide\d+\.xml", "presentationml.slide"),
        (r"ppt/slideLayouts/slideLayout\d+\.xml", "presentationml.slideLayout"),
        (r"ppt/slideMasters/slideMaster\d+\.xml", "presentationml.slideMaster"),
        (r"ppt/notesSlides/notesSlide\d+\.xml", "presentationml.notesSlide"),
        (r"ppt/(presProps|viewProps|tableStyles|commentAuthors)\.xml", "presentationml.%s"),
        (r"ppt/authors\.xml", "application/vnd.ms-powerpoint.authors+xml"),
        (r"ppt/changesInfos/changesInfo\d+\.xml", "application/vnd.ms-powerpoint.changesinfo+xml"),
        (r"ppt/revisionInfo\.xml", "application/vnd.ms-powerpoint.revisioninfo+xml"),
    )
]


def gradient(mode: str = "RGB", size: tuple[int, int] = (61, 43)) -> Image.Image:
    """A picture in which no two neighbours are equal."""
    picture = Image.new("RGB", size)
    picture.putdata([(x * 4 % 256, y * 5 % 256, (x * y) % 256) for y in range(size[1]) for x in range(size[0])])
    return picture.convert(mode)


def telling_exif(orientation: int = 6) -> Image.Exif:
    """What a camera notes: position, owner, serial number, which side is up."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x013B] = "B. Bakirov"
    exif[0x8298] = "B. Bakirov 42.87459"
    exif.get_ifd(0x8769)[0xA431] = "SERIAL-0815"
    exif.get_ifd(0x8769)[0x927C] = b"MAKER-NOTE"
    exif.get_ifd(0x8825).update({1: "N", 2: (42.0, 52.0, 28.5), 3: "E", 4: (74.0, 34.0, 11.1)})
    return exif


def telling_profile() -> bytes:
    """A colour profile of wider colours than sRGB, with a private tag and a description that name the owner."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    (number,) = struct.unpack_from(">I", profile, 128)
    rows = [list(struct.unpack_from(">4sII", profile, 132 + 12 * n)) for n in range(number)]
    # Half of the blue: a profile that is lost shows.
    blue = next(begin for name, begin, _length in rows if name == b"bXYZ")
    profile = profile[: blue + 8] + struct.pack(">III", 0x1000, 0x800, 0x8000) + profile[blue + 20 :]
    told = b"mmod\x00\x00\x00\x00SERIAL-0815 of B. Bakirov"
    rows = [(name, begin + 12, length) for name, begin, length in rows if name != b"desc"]
    rows += [(name, len(profile) + 12, len(told)) for name in (b"desc", b"mmod")]
    table = b"".join(struct.pack(">4sII", *row) for row in rows)
    whole = profile[4:128] + struct.pack(">I", number + 1) + table + profile[132 + 12 * number :] + told
    return struct.pack(">I", len(whole) + 4) + whole


def jpeg_with(*segments: tuple[int, bytes]) -> bytes:
    """A JPEG that begins with these segments."""
    content = picture_bytes("JPEG")
    more = b"".join(struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body for marker, body in segments)
    return content[:2] + more + content[2:]


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with(*chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG with these chunks behind its header."""
    content = picture_bytes("PNG")
    return content[:33] + b"".join(png_chunk(kind, body) for kind, body in chunks) + content[33:]


def exif_of(tag: int, kind: int, value: bytes, behind: bytes = b"") -> bytes:
    """EXIF with one value of the kind, as the segment of a JPEG holds it."""
    begin = struct.pack(">2sHI", b"MM", 42, 8) + struct.pack(">HHHI4sI", 1, tag, kind, 1, value, 0)
    return b"Exif\x00\x00" + begin + behind


def picture_bytes(kind: str, *, image: Image.Image | None = None, **options) -> bytes:
    """The picture saved by Pillow."""
    target = io.BytesIO()
    (image or gradient()).save(target, kind, **options)
    return target.getvalue()


def telling_picture(kind: str) -> bytes:
    """A JPEG, PNG or WebP that tells who took it, where and with what."""
    xmp = f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{SECRET}</x:xmpmeta>'.encode()
    options: dict = {"exif": telling_exif(), "icc_profile": telling_profile()}
    if kind == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_text("Author", "B. Bakirov")
        info.add_itxt("XML:com.adobe.xmp", xmp.decode())
        options["pnginfo"] = info
    else:
        options["xmp"] = xmp
    if kind == "JPEG":
        options |= {"comment": b"B. Bakirov", "progressive": True}
    if kind == "WEBP":
        options["lossless"] = True
    return picture_bytes(kind, **options)


def pdf_bytes(change=None, **options) -> bytes:
    """A PDF of one page; `change` gets the open document before it is saved."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(200, 200))
        if change:
            change(pdf)
        target = io.BytesIO()
        pdf.save(target, **options)
    return target.getvalue()


def javascript(pdf) -> None:
    """Let the PDF run a program when it is opened."""
    pdf.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=["a", pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")])
    )


def content_types(names: Iterable[str]) -> bytes:
    """What `[Content_Types].xml` says of these parts, as Office writes it; unknown endings have no type."""
    endings = {"rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml",
               "bin": "application/octet-stream", "jpeg": "image/jpeg", "jpg": "image/jpeg", "png": "image/png",
               "vml": f"{OPEN}vmlDrawing"}  # fmt: skip
    lines = [f'<Default Extension="{ending}" ContentType="{kind}"/>' for ending, kind in endings.items()]
    for name in names:
        for pattern, kind in OFFICE_TYPES:
            if found := re.fullmatch(pattern, name, re.IGNORECASE):
                kind = kind.replace("%s", found[found.lastindex or 0])
                lines.append(f'<Override PartName="/{name}" ContentType="{kind}"/>')
    namespace = "http://schemas.openxmlformats.org/package/2006/content-types"
    return f'<?xml version="1.0"?><Types xmlns="{namespace}">{"".join(lines)}</Types>'.encode()


def relationships(*links: str) -> bytes:
    """A part of relationships; each link is a whole element."""
    return f'<?xml version="1.0"?><Relationships xmlns="{RELATIONSHIPS}">{"".join(links)}</Relationships>'.encode()


def link(identity: str, kind: str, target: str) -> str:
    """One relationship. kind: the last word of its type, or the whole."""
    type_ = kind if ":" in kind else f"{OFFICE}/{kind}"
    return f'<Relationship Id="{identity}" Type="{type_}" Target="{target}"/>'


def led_to(main: str, names: Iterable[str]) -> tuple[str, list[str]]:
    """Markup that names the parts which no relationship leads to otherwise, and the relationships that do."""
    folder = main.partition("/")[0] + "/"
    own = [name for name in names if name.startswith(folder) and "_rels/" not in name and name != main]
    kinds = ["image" if "/media/" in name else re.sub(r"\d*\.\w+$", "", name).rpartition("/")[2] for name in own]
    links = [link(f"own{n}", kind, name[len(folder) :]) for n, (name, kind) in enumerate(zip(own, kinds, strict=True))]
    marks = "".join(f'<named xmlns:r="{OFFICE}" r:id="own{n}"/>' for n in range(len(own)))
    return marks, links


def office_parts(main: str, **more: bytes) -> dict[str, bytes]:
    """An office file around its main part, which has to be among the others."""
    return {
        "[Content_Types].xml": content_types([main, "docProps/core.xml", *more]),
        "_rels/.rels": relationships(link("rId1", "officeDocument", main)),
        "docProps/core.xml": CORE.encode(),
        **more,
    }


def docx_parts(
    body: str = "<w:p><w:r><w:t>Жарлык</w:t></w:r></w:p>", links: str = "", **more: bytes
) -> dict[str, bytes]:
    """The parts of a small DOCX, whose text leads to all the others unless it is told itself."""
    marks, more_links = led_to("word/document.xml", more)
    text = f'<w:document xmlns:w="{WORD}"><w:body>{body}{marks}</w:body></w:document>'.encode()
    own = {"word/document.xml": text, "word/_rels/document.xml.rels": relationships(links, *more_links)}
    return office_parts("word/document.xml", **{**own, **more})


def xlsx(**more: bytes) -> bytes:
    """A small XLSX, whose workbook leads to all the other parts unless it is told itself."""
    marks, links = led_to("xl/workbook.xml", more)
    own = {"xl/workbook.xml": f'<workbook xmlns="{SHEET}"><sheets>{marks}</sheets></workbook>'.encode(),
           "xl/_rels/workbook.xml.rels": relationships(*links)}  # fmt: skip
    return packed(office_parts("xl/workbook.xml", **{**own, **more}).items())


def pptx(**more: bytes) -> bytes:
    """A small PPTX, whose presentation leads to all the other parts unless it is told itself."""
    marks, links = led_to("ppt/presentation.xml", more)
    own = {"ppt/presentation.xml": f'<p:presentation xmlns:p="{SLIDE}">{marks}</p:presentation>'.encode(),
           "ppt/_rels/presentation.xml.rels": relationships(*links)}  # fmt: skip
    return packed(office_parts("ppt/presentation.xml", **{**own, **more}).items())


def docx(*args, **kwargs) -> bytes:
    """A small DOCX."""
    return packed(docx_parts(*args, **kwargs).items())


def odt_parts(body: str = "<text:p>Жарлык</text:p>", **more: bytes) -> dict[str, bytes]:
    """The parts of a small ODT."""
    names = "".join(
        f' xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
        for prefix in ("office", "text", "draw", "meta", "script")
    )
    content = (
        f'<office:document-content{names} xmlns:xlink="http://www.w3.org/1999/xlink"><office:body><office:text>{body}'
        "</office:text></office:body></office:document-content>"
    )
    meta = f"<office:document-meta{names}><office:meta><meta:initial-creator>{SECRET}</meta:initial-creator>"
    return {
        "mimetype": b"application/vnd.oasis.opendocument.text",
        "content.xml": content.encode(),
        "meta.xml": f"{meta}</office:meta></office:document-meta>".encode(),
        **more,
    }


def odt(*args, **kwargs) -> bytes:
    """A small ODT."""
    return packed(odt_parts(*args, **kwargs).items(), is_stored=lambda name: name == "mimetype")


def zip_of(entries: list[tuple[zipfile.ZipInfo | str, bytes]], *, comment: bytes = b"") -> bytes:
    """A ZIP exactly as it is told, with whatever names."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in entries:
            archive.writestr(name, part)
        archive.comment = comment
    return target.getvalue()


def zip_that_lies(*, said: int, content: bytes) -> bytes:
    """A ZIP whose list says that its one part `a.txt` has another size than it has."""
    raw = bytearray(zip_of([("a.txt", content)]))
    entry = raw.rindex(b"PK\x01\x02")
    struct.pack_into("<I", raw, entry + 24, said)
    struct.pack_into("<I", raw, 22, said)
    return bytes(raw)


def png_header(width: int, height: int) -> bytes:
    """The first bytes of a PNG of this size, which would need as much memory as it says."""
    small = picture_bytes("PNG", image=Image.new("1", (8, 8)))
    body = b"IHDR" + struct.pack(">II", width, height) + small[24:29]
    return small[:12] + body + struct.pack(">I", zlib.crc32(body)) + small[33:]
