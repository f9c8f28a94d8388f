"""DOCX, XLSX and PPTX: parts that draw are kept and written anew, parts that only tell go, all others are refused."""

from collections.abc import Iterator
from dataclasses import dataclass

from site_pages.files import markup
from site_pages.files.archives import Archive, packed
from site_pages.files.office.media import Media
from site_pages.files.office.package import (
    ContentTypes,
    Link,
    read_content_types,
    read_links,
    source_of,
    write_content_types,
    write_links,
)
from site_pages.files.office.parts import FOLDERS, MAIN_TYPES, RELATIONSHIPS, Kind, kind_of
from site_pages.files.office.rules import OfficeRules, is_safe_link
from site_pages.files.refusals import refusal

MAIN_PARTS = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml", ".pptx": "ppt/presentation.xml"}
CONTENT_TYPES = "[content_types].xml"
WHOLE = ""  # the source of the relationships of the whole file


def inspect_office(content: bytes, *, ending: str) -> None:
    """Refuse what a file for readers must not hold. ending: of MAIN_PARTS. Raises ValidationError."""
    archive = Archive(content)
    archive.check_parts()
    package = _package(archive, ending=ending)
    media = Media()
    for name in package.kept:
        if not package.kinds[name.lower()].root:
            media.inspect(archive.part(name), name=name)
    for _part in _cleaned_parts(package):
        pass


def clean_office(content: bytes) -> bytes:
    """The same text without author, history and printer, its pictures without what the camera noted.

    Raises ValidationError: the file holds what is not served.
    """
    archive = Archive(content)
    return packed(_cleaned_parts(_package(archive, ending=_ending(archive))))


@dataclass(frozen=True)
class _Package:
    """Parts by their path in small letters. kept: the names of those that are kept; links: by their source."""

    archive: Archive
    ending: str
    types: ContentTypes
    kinds: dict[str, Kind]
    kept: list[str]
    links: dict[str, list[Link]]

    def links_kept(self, source: str) -> list[Link]:
        """The relationships of a part that do not name one that is left out."""
        return [link for link in self.links.get(source, []) if not link.place or self._is_kept(link.place)]

    def links_gone(self, source: str) -> frozenset[str]:
        kept = {link.identity for link in self.links_kept(source)}
        return frozenset(link.identity for link in self.links.get(source, []) if link.identity not in kept)

    def _is_kept(self, place: str) -> bool:
        return place in self.kinds and self.kinds[place].is_kept


def _package(archive: Archive, *, ending: str) -> _Package:
    """The file with a decision on each of its parts. Raises ValidationError."""
    frame = next((name for name in archive.names if name.lower() == CONTENT_TYPES), None)
    if not frame or ending not in FOLDERS:
        raise refusal("wrong_type", ending=ending)
    types = read_content_types(archive.part(frame))
    _check_main(archive, types, ending=ending)
    kinds: dict[str, Kind] = {}
    frames = []
    for name in archive.names:
        if RELATIONSHIPS.match(name.lower()):
            frames.append(name)
        elif name != frame:
            kinds[name.lower()] = kind_of(name, types.of(name.lower()).lower(), ending=ending)
    kept = [name for name in archive.names if name.lower() in kinds and kinds[name.lower()].is_kept]
    links = {}
    for name in frames:
        source = source_of(name.lower())
        if source in kinds and not kinds[source].is_kept:
            continue
        links[source] = read_links(archive.part(name), source=source)
        _check_links(links[source])
    return _Package(archive, ending, types, kinds, kept, links)


def _ending(archive: Archive) -> str:
    names = {name.lower() for name in archive.names}
    return next((ending for ending, part in MAIN_PARTS.items() if part in names), "")


def _check_main(archive: Archive, types: ContentTypes, *, ending: str) -> None:
    """One main part, of the kind that the ending says; the relationships of the file lead to it."""
    names = {name.lower() for name in archive.names}
    mains = [part for part in MAIN_PARTS.values() if part in names]
    if mains != [MAIN_PARTS[ending]] or types.of(mains[0]).lower() != MAIN_TYPES[ending]:
        raise refusal("wrong_type", ending=ending)
    root = next((name for name in archive.names if name.lower() == "_rels/.rels"), None)
    if not root:
        raise refusal("wrong_type", ending=ending)
    links = read_links(archive.part(root), source=WHOLE)
    if [link.place for link in links if link.kind == "officedocument"] != mains:
        raise refusal("wrong_type", ending=ending)


def _check_links(links: list[Link]) -> None:
    identities = [link.identity for link in links]
    if len(set(identities)) != len(identities):
        raise refusal("damaged")
    for link in links:
        is_outside = link.is_external or link.target.startswith("#")
        if is_outside and (link.kind != "hyperlink" or not is_safe_link(link.target)):
            raise refusal("external_link", what=link.target[:80])


def _cleaned_parts(package: _Package) -> Iterator[tuple[str, bytes]]:
    yield from _frame(package)
    for name in package.kept:
        path = name.lower()
        part, root = package.archive.part(name), package.kinds[path].root
        if root:
            rules = OfficeRules(root=root, links_gone=package.links_gone(path), is_text=package.ending == ".docx")
            yield name, markup.rewritten(part, rules=rules)
        else:
            yield name, Media.cleaned(part)


def _frame(package: _Package) -> Iterator[tuple[str, bytes]]:
    """Content types first, as readers of the format expect; then the relationships of what is kept."""
    sources = {WHOLE: "_rels/.rels"}
    for name in package.kept:
        folder, _, last = name.rpartition("/")
        sources[name.lower()] = f"{folder}/_rels/{last}.rels"
    frames = {name: package.links_kept(source) for source, name in sources.items() if package.links_kept(source)}
    yield "[Content_Types].xml", write_content_types(package.types, names=[*frames, *package.kept])
    for name, links in frames.items():
        yield name, write_links(links)
