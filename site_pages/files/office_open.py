"""DOCX, XLSX and PPTX: no programs, no links outward, no embedded files, no comments; no author when served."""

import re
from collections.abc import Iterator

from site_pages.files import markup
from site_pages.files.archives import Archive, packed
from site_pages.files.pictures import FORMATS as PICTURES
from site_pages.files.pictures import clean_picture
from site_pages.files.refusals import refusal

MAIN_PARTS = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml", ".pptx": "ppt/presentation.xml"}
CONTENT_TYPES = "[Content_Types].xml"
PROGRAMS = re.compile(
    r"(?:^|/)(?:vba\w*\.(?:bin|xml)|macrosheets/|activeX/|ctrlProps/|attachedToolbars)", re.IGNORECASE
)
EMBEDDED = re.compile(
    r"(?:^|/)(?:embeddings|customXml/.*\.bin|externalLinks|webExtensions|media/.*\.(?:exe|js|vbs))", re.IGNORECASE
)
COMMENTS = re.compile(
    r"(?:^|/)(?:threaded)?comments?(?:Extended|Ids|Extensible)?\d*\.xml$|/comments/|/threadedComments/|/notesSlides/",
    re.IGNORECASE,
)
TRACKED = re.compile(r"^xl/revisions/", re.IGNORECASE)
SIGNED = re.compile(r"^_xmlsignatures/", re.IGNORECASE)
CHANGES = {
    "ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "tblPrChange", "trPrChange", "tcPrChange",
    "sectPrChange", "tblGridChange", "numberingChange", "cellIns", "cellDel", "cellMerge", "tblPrExChange",
}  # fmt: skip
# Words that link to a page are text; everything else outside would be fetched or run.
SAFE_TARGET = re.compile(r"^(?:https?://|mailto:|#)", re.IGNORECASE)
FIELD_CODES = re.compile(rb'<w:instrText\b[^<>]*>([^<]*)<|\bw:instr="([^"]*)"')
DYNAMIC = re.compile(r"\b(?:DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|DATABASE|MACROBUTTON)\b")
PROPERTIES = {
    "docProps/core.xml": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties xmlns:cp='
    b'"http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>',
    "docProps/app.xml": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns='
    b'"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>',
    "docProps/custom.xml": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns='
    b'"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>',
    "word/people.xml": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w15:people xmlns:w15='
    b'"http://schemas.microsoft.com/office/word/2012/wordml"/>',
}
LEFT_OUT = re.compile(r"^docProps/thumbnail\.|^(?:xl|ppt)/printerSettings/|^customXml/")
LEFT_OUT_TYPES = ("/thumbnail", "/printerSettings", "/customXml")
LEFT_OUT_OVERRIDE = re.compile(rb'<Override\b[^<>]*PartName="/(?:docProps/thumbnail|customXml/)[^<>]*/>')
# Revision numbers of a text, the folder where a table lay, and who had it open.
TELLING = ("w:rsids", "w:docVars", "x15ac:absPath", "fileSharing", "xcalcf:calcFeatures")
REVISION_NUMBER = re.compile(rb'\s(?:w:rsid\w*|w14:paraId|w14:textId)="[^"]*"')
RELATIONSHIP = re.compile(rb"<Relationship\b[^<>]*?/>")
PRINTER = re.compile(rb'(<(?:\w+:)?pageSetup\b[^<>]*?)\sr:id="[^"]*"')


def inspect_office(content: bytes, *, ending: str) -> None:
    """Refuse what a file for readers must not hold. ending: of MAIN_PARTS. Raises ValidationError."""
    archive = Archive(content)
    names = archive.names
    if CONTENT_TYPES not in names or [part for part in MAIN_PARTS.values() if part in names] != [MAIN_PARTS[ending]]:
        raise refusal("wrong_type", ending=ending)
    for pattern, code in ((PROGRAMS, "active_content"), (EMBEDDED, "embedded_file"), (COMMENTS, "comments"),
                          (TRACKED, "tracked_changes"), (SIGNED, "signed")):  # fmt: skip
        if found := next(filter(pattern.search, names), None):
            raise refusal(code, what=found.rpartition("/")[2])
    archive.check_parts()
    if b"macroEnabled" in archive.part(CONTENT_TYPES):
        raise refusal("active_content", what="macroEnabled")
    for name in names:
        if name.endswith(".rels"):
            _check_links(archive.part(name))
        elif name.endswith(".xml"):
            _check_markup(name, archive.part(name))


def clean_office(content: bytes) -> bytes:
    """The same text without author, history and printer, its pictures without what the camera noted."""
    return packed(_cleaned_parts(Archive(content)))


def _cleaned_parts(archive: Archive) -> Iterator[tuple[str, bytes]]:
    for name in archive.names:
        if LEFT_OUT.search(name):
            continue
        part = archive.part(name)
        if name in PROPERTIES:
            part = PROPERTIES[name]
        elif name.endswith(".rels"):
            part = RELATIONSHIP.sub(_kept_relationship, part)
        elif name == CONTENT_TYPES:
            part = LEFT_OUT_OVERRIDE.sub(b"", part)
        elif name.endswith(".xml"):
            part = REVISION_NUMBER.sub(b"", markup.without_elements(part, names=TELLING))
            part = PRINTER.sub(rb"\1", part) if name.startswith("xl/") else part
        elif name.lower().endswith(tuple(PICTURES)):
            part = clean_picture(part)
        yield name, part


def _kept_relationship(found: re.Match[bytes]) -> bytes:
    return b"" if any(f'{kind}"'.encode() in found[0] for kind in LEFT_OUT_TYPES) else found[0]


def _check_links(part: bytes) -> None:
    for name, attributes in markup.elements(part):
        if name != "Relationship" or attributes.get("TargetMode", "").lower() != "external":
            continue
        kind, target = attributes.get("Type", "").rpartition("/")[2], attributes.get("Target", "")
        if kind != "hyperlink" or not SAFE_TARGET.match(target):
            raise refusal("external_link", what=target[:80])


def _check_markup(name: str, part: bytes) -> None:
    is_text = name.startswith("word/")
    for element, _attributes in markup.elements(part):
        if is_text and element in CHANGES:
            raise refusal("tracked_changes")
        if is_text and element in ("object", "OLEObject", "altChunk"):
            raise refusal("embedded_file", what=element)
        if element in ("ddeLink", "oleLink", "externalReference"):
            raise refusal("external_link", what=element)
    if is_text and (found := _dynamic_field(part)):
        raise refusal("external_link", what=found)


def _dynamic_field(part: bytes) -> str | None:
    """A field that fetches or runs something, also when its name is spread over several pieces of the text."""
    pieces = [b"".join(found) for found in FIELD_CODES.findall(part)]
    for joint in (b"", b" "):
        if found := DYNAMIC.search(joint.join(pieces).decode(errors="replace")):
            return found[0]
    return None
