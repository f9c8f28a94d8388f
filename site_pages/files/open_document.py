"""ODT: text and pictures are kept and written anew, what only tells goes, all other parts are refused."""

import re
from collections.abc import Iterator

from site_pages.files import markup
from site_pages.files.archives import Archive, packed
from site_pages.files.markup import Rules, value_escaped
from site_pages.files.office.media import Media
from site_pages.files.places import LOCAL_PATH, is_safe_link
from site_pages.files.refusals import refusal

TYPE = b"application/vnd.oasis.opendocument.text"
MANIFEST, MANIFEST_NAMESPACE = "meta-inf/manifest.xml", "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
META = (
    b'<?xml version="1.0" encoding="UTF-8"?><office:document-meta xmlns:office='
    b'"urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.3"><office:meta/></office:document-meta>'
)
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
REFUSED_ELEMENTS = {
    "comments": {"annotation", "annotation-end"},
    "tracked_changes": {"tracked-changes", "changed-region", "change", "change-start", "change-end"},
    "active_content": {"script", "event-listener", "applet", "plugin", "dde-connection-decl", "dde-source", "form",
                       "database-name"},
    "embedded_file": {"binary-data", "object", "object-ole"},
    "encrypted": {"encryption-data"},
}  # fmt: skip
TELLING_ELEMENTS = {"font-face-src", "meta"}
FETCHING = {"image", "section-source", "floating-frame", "fill-image", "background-image"}
OUTSIDE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|/|\\|\.\./\.\.")
# Settings that change how the page looks are numbers and answers; names of printers and databases are words.
SETTINGS_KEPT, SETTINGS_TELLING = ("boolean", "short", "int"), re.compile(r"rsid|redline|printer", re.IGNORECASE)


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


class _TextRules(Rules):
    """For one part. root: its outermost element."""

    looked_at = frozenset(FETCHING | {"a", "config-item"})
    texts = frozenset({"title", "desc"})

    def __init__(self, *, root: str):
        self._root = root

    def keeps_element(self, namespace: str, name: str, depth: int) -> bool:
        for code, names in REFUSED_ELEMENTS.items():
            if name in names:
                raise refusal(code, what=name)
        if depth == 1 and name != self._root:
            raise refusal("unknown_part", what=name)
        return name not in TELLING_ELEMENTS

    def keeps_attribute(self, namespace: str, name: str) -> bool:
        return not name.endswith("rsid")

    def looks_at_value(self, namespace: str, name: str) -> bool:
        return name in ("href", "name", "title")

    def value(self, namespace: str, name: str, value: str) -> str | None:
        if name == "href" and re.match(
            r"(?:file|vnd\.sun\.star\.\w+|macro|javascript|data):|\\\\", value, re.IGNORECASE
        ):
            raise refusal("external_link", what=value[:80])
        return "" if LOCAL_PATH.search(value) else value

    def added(self, name: str, attributes: dict[str, str]) -> dict[str, str] | None:
        target = attributes.get("href", "")
        is_outside = bool(OUTSIDE.match(target)) if name in FETCHING else name == "a" and not is_safe_link(target)
        if target and is_outside:
            raise refusal("external_link", what=target[:80])
        if name != "config-item":
            return {}
        is_telling = SETTINGS_TELLING.search(attributes.get("name", ""))
        return {} if attributes.get("type") in SETTINGS_KEPT and not is_telling else None

    def text(self, name: str, text: str) -> str:
        return "" if LOCAL_PATH.search(text) else text


def _cleaned_parts(archive: Archive) -> Iterator[tuple[str, bytes]]:
    kept = [name for name in archive.names if _is_kept(name)]
    for name in kept:
        path, part = name.lower(), archive.part(name)
        if path == MANIFEST:
            yield name, _manifest(part, names=kept)
        elif path == "meta.xml":
            yield name, META
        elif path in ROOTS:
            yield name, markup.rewritten(part, rules=_TextRules(root=ROOTS[path]))
        else:
            yield name, part if path == "mimetype" else Media.cleaned(part)


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
