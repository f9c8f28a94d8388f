"""ODT: no programs, nothing from outside, no embedded files, no comments; no author when served."""

import re
from collections.abc import Iterator

from site_pages.files import markup
from site_pages.files.archives import Archive, packed
from site_pages.files.pictures import FORMATS as PICTURES
from site_pages.files.pictures import clean_picture
from site_pages.files.refusals import refusal

TYPE = b"application/vnd.oasis.opendocument.text"
PROGRAMS = re.compile(r"^(?:Basic|Scripts|Dialogs)/", re.IGNORECASE)
EMBEDDED = re.compile(r"^(?:Object \d+$|ObjectReplacements/.*\.bin)|\.(?:class|jar|exe)$", re.IGNORECASE)
SIGNED = re.compile(r"^META-INF/\w*signatures\.xml$", re.IGNORECASE)
COMMENTS = ("annotation", "annotation-end")
TRACKED = ("tracked-changes", "changed-region")
ACTIVE = ("script", "event-listener", "applet", "plugin", "dde-connection-decl", "dde-source", "database-name")
FETCHING = ("image", "object", "object-ole", "section-source", "floating-frame", "fill-image")
META = (
    b'<?xml version="1.0" encoding="UTF-8"?><office:document-meta xmlns:office='
    b'"urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.3"><office:meta/></office:document-meta>'
)
LEFT_OUT = re.compile(r"^Thumbnails/|^layout-cache$")
LEFT_OUT_ENTRY = re.compile(
    rb'<manifest:file-entry\b[^<>]*manifest:full-path="(?:Thumbnails/[^"]*|layout-cache)"[^<>]*/>'
)
PRINTER = re.compile(rb'<config:config-item\b[^<>]*config:name="Printer\w*"[^<>]*(?:/>|>[^<]*</config:config-item>)')


def inspect_open_document(content: bytes) -> None:
    """Refuse what a file for readers must not hold. Raises ValidationError."""
    archive = Archive(content)
    names = archive.names
    if names[:1] != ["mimetype"] or archive.part("mimetype") != TYPE or "content.xml" not in names:
        raise refusal("wrong_type", ending=".odt")
    for pattern, code in ((PROGRAMS, "active_content"), (EMBEDDED, "embedded_file"), (SIGNED, "signed")):
        if found := next(filter(pattern.search, names), None):
            raise refusal(code, what=found)
    archive.check_parts()
    for name in names:
        if name.endswith(".xml"):
            _check_markup(archive.part(name))


def clean_open_document(content: bytes) -> bytes:
    """The same text without author, times and printer, its pictures without what the camera noted."""
    return packed(_cleaned_parts(Archive(content)), is_stored=lambda name: name == "mimetype")


def _cleaned_parts(archive: Archive) -> Iterator[tuple[str, bytes]]:
    for name in archive.names:
        if LEFT_OUT.search(name):
            continue
        part = archive.part(name)
        if name.endswith("meta.xml"):
            part = META
        elif name == "META-INF/manifest.xml":
            part = LEFT_OUT_ENTRY.sub(b"", part)
        elif name.endswith("settings.xml"):
            part = PRINTER.sub(b"", part)
        elif name.lower().endswith(tuple(PICTURES)):
            part = clean_picture(part)
        yield name, part


def _check_markup(part: bytes) -> None:
    for element, attributes in markup.elements(part):
        if element in COMMENTS:
            raise refusal("comments")
        if element in TRACKED:
            raise refusal("tracked_changes")
        if element in ACTIVE:
            raise refusal("active_content", what=element)
        target = attributes.get("href", "")
        if element in FETCHING and re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//|/|\.\./\.\.", target):
            raise refusal("external_link", what=target[:80])
        if re.match(r"(?:file|vnd\.sun\.star\.script|macro|javascript):|\\\\", target, re.IGNORECASE):
            raise refusal("external_link", what=target[:80])
