"""ODT: text and pictures are kept and written anew, what only tells goes, all other parts are refused."""

import re
from collections.abc import Iterator

from site_pages.files import markup
from site_pages.files.archives import Archive, packed
from site_pages.files.markup import value_escaped
from site_pages.files.office.media import Media
from site_pages.files.office.open_hiding import HidingStyles
from site_pages.files.office.open_text import OpenTextRules
from site_pages.files.refusals import refusal

TYPE = b"application/vnd.oasis.opendocument.text"
MANIFEST, MANIFEST_NAMESPACE = "meta-inf/manifest.xml", "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
META = (
    b'<?xml version="1.0" encoding="UTF-8"?><office:document-meta xmlns:office='
    b'"urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.3"><office:meta/></office:document-meta>'
)
# Properties of a style that hide what has it, as the attribute is called.
HIDES = re.compile(rb":display\s*=")
# Paths in small letters. An allow-list: what stands in neither is refused.
ROOTS = {
    "content.xml": "document-content", "styles.xml": "document-styles", "settings.xml": "document-settings",
}  # fmt: skip
WRITTEN_ANEW = ("mimetype", "meta.xml", MANIFEST)
MEDIA = re.compile(r"^pictures/[^/]+$")
TELLING = re.compile(
    r"^(?:thumbnails/|configurations2/|versions/|fonts/|layout-cache$|versionlist\.xml$|manifest\.rdf$)"
)
REFUSED = (
    (r"^(?:basic|scripts|dialogs)/|\.(?:class|jar|exe)$", "active_content"),
    (r"^object(?:replacements|\s*\d+)(?:/|$)", "embedded_file"),
    (r"^meta-inf/\w*signatures\.xml$", "signed"),
)


def inspect_open_document(content: bytes) -> None:
    """Refuse what a file for readers must not hold. Raises ValidationError."""
    archive = Archive(content)
    names = archive.names
    if names[:1] != ["mimetype"] or archive.part("mimetype") != TYPE or "content.xml" not in names:
        raise refusal("wrong_type", ending=".odt")
    archive.check_parts()
    # First: in a locked file no other part can be read.
    for name in names:
        if name.lower() == MANIFEST:
            _manifest(archive.part(name), names=[])
    media = Media()
    for name in names:
        if MEDIA.match(name.lower()):
            media.inspect(archive.part(name), name=name)
    for _part in _cleaned_parts(archive):
        pass


def clean_open_document(content: bytes) -> bytes:
    """The same text without author, times and printer, its pictures without what the camera noted.

    Raises ValidationError: the file holds what is not served.
    """
    return packed(_cleaned_parts(Archive(content)), is_stored=lambda name: name == "mimetype")


def _cleaned_parts(archive: Archive) -> Iterator[tuple[str, bytes]]:
    """Pictures behind the texts that show them, the list of all parts at the end. A picture that none shows goes."""
    kept = sorted((name for name in archive.names if _is_kept(name)), key=_place)
    styles = _hiding_styles(archive, names=[name for name in kept if name.lower() in ROOTS])
    shown: set[str] = set()
    written = []
    for name in kept:
        path, part = name.lower(), archive.part(name)
        if MEDIA.match(path) and path not in shown:
            continue
        written.append(name)
        if path == MANIFEST:
            yield name, _manifest(part, names=written)
        elif path == "meta.xml":
            yield name, META
        elif path in ROOTS:
            rules = OpenTextRules(root=ROOTS[path], styles=styles)
            yield name, markup.rewritten(part, rules=rules)
            shown |= rules.pictures
        else:
            yield name, part if path == "mimetype" else Media.cleaned(part)


def _hiding_styles(archive: Archive, *, names: list[str]) -> HidingStyles:
    """A text is written by the styles of all its parts. Most files hide nothing, and are not read twice."""
    can_hide = any(HIDES.search(archive.part(name)) for name in names)
    return HidingStyles(archive.part(name) for name in names) if can_hide else HidingStyles()


def _place(name: str) -> int:
    path = name.lower()
    order = (path == "mimetype", path in ROOTS, path == "meta.xml", bool(MEDIA.match(path)))
    return order.index(True) if True in order else len(order)


def _is_kept(name: str) -> bool:
    """Raises ValidationError: the file is not taken with this part."""
    path = name.lower()
    for pattern, code in REFUSED:
        if re.search(pattern, path):
            raise refusal(code, what=name[:80])
    if path in ROOTS or path in WRITTEN_ANEW or MEDIA.match(path):
        return True
    if TELLING.match(path):
        return False
    raise refusal("unknown_part", what=name[:80])


def _manifest(part: bytes, *, names: list[str]) -> bytes:
    """The list of the parts that are kept, with the types that the file gives them."""
    types = {"/": TYPE.decode()}
    for element, attributes in markup.elements(part):
        if element == "encryption-data":
            raise refusal("encrypted")
        if element == "file-entry":
            types[attributes.get("full-path", "")] = attributes.get("media-type", "")
    lines = "".join(
        f'<manifest:file-entry manifest:full-path="{value_escaped(name)}" manifest:media-type='
        f'"{value_escaped(types.get(name, ""))}"/>'
        for name in ("/", *(name for name in names if name.lower() not in ("mimetype", MANIFEST)))
    )
    head = f'<manifest:manifest xmlns:manifest="{MANIFEST_NAMESPACE}" manifest:version="1.3">'
    return markup.DECLARATION + f"{head}{lines}</manifest:manifest>".encode()
