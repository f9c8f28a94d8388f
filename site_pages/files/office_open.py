"""DOCX, XLSX and PPTX: parts that draw are kept and written anew, parts that only tell go, all others are refused."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from site_pages.files import markup
from site_pages.files.archives import Archive, packed
from site_pages.files.office.cell_formats import BlankFormats, blank_formats
from site_pages.files.office.fields import HAS_FIELDS, Fields
from site_pages.files.office.hiding import HiddenWords, HidingStyles, hiding_styles
from site_pages.files.office.media import Media
from site_pages.files.office.names import Key, names_gone
from site_pages.files.office.package import (
    ContentTypes,
    Link,
    read_content_types,
    read_links,
    source_of,
    write_content_types,
    write_links,
)
from site_pages.files.office.pages import Seen, has_even_pages
from site_pages.files.office.parts import MAIN_PARTS, MAIN_TYPES, RELATIONSHIPS, Kind, kind_of
from site_pages.files.office.reach import WHOLE, reached
from site_pages.files.office.rules import OfficeRules
from site_pages.files.office.workbook import UsedStrings, shown_fields
from site_pages.files.places import is_safe_link
from site_pages.files.refusals import refusal

CONTENT_TYPES = "[content_types].xml"
# What is written to learn where it leads is kept until it is packed, up to the size of the largest part.
MOST_READY_BYTES = markup.MOST_PART_BYTES
PIVOT_TABLE, PIVOT_CACHE, STRINGS = "pivottabledefinition", "pivotcachedefinition", "sst"


def inspect_office(content: bytes, *, ending: str) -> None:
    """Refuse what a file for readers must not hold. ending: of MAIN_PARTS. Raises ValidationError."""
    archive = Archive(content)
    archive.check_parts()
    package = _package(archive, ending=ending)
    media = Media()
    for path, name in package.kept.items():
        if not package.kinds[path].root:
            media.inspect(archive.part(name), name=name)
    # What nothing leads to is not served, and looked into all the same.
    for _name, _part in _written_parts(package, names=list(package.kept.values())):
        pass


def clean_office(content: bytes) -> bytes:
    """The same text without author, history and printer, its pictures without what the camera noted.

    Raises ValidationError: the file holds what is not served.
    """
    return packed(_cleaned_parts(_package(Archive(content))))


@dataclass(frozen=True)
class _Package:
    """Parts by their path in small letters. main: the path of the main part; kept: the names of those that are kept, by
    path; links: by their source.
    """

    archive: Archive
    ending: str
    main: str
    types: ContentTypes
    kinds: dict[str, Kind]
    kept: dict[str, str]
    links: dict[str, list[Link]]
    strings: UsedStrings = field(default_factory=UsedStrings)

    def links_kept(self, source: str) -> list[Link]:
        """The relationships of a part that do not name one that is left out."""
        off = self.seen.switched_off if source == self.main else frozenset()
        return [link for link in self.links.get(source, []) if self._is_kept(link) and link.identity not in off]

    def links_gone(self, source: str) -> frozenset[str]:
        kept = {link.identity for link in self.links_kept(source)}
        return frozenset(link.identity for link in self.links.get(source, []) if link.identity not in kept)

    def part(self, path: str) -> bytes:
        """path: in small letters, of a part that is kept."""
        return self.archive.part(self.kept[path])

    @cached_property
    def tables_of(self) -> dict[str, list[str]]:
        """The pivot tables of each cache. Raises ValidationError: a table has more than one."""
        tables = defaultdict(list)
        for path in (path for path in self.kept if self.kinds[path].root == PIVOT_TABLE):
            caches = [link.place for link in self.links_kept(path) if link.place]
            if len(caches) > 1:
                raise refusal("damaged")
            for cache in caches:
                tables[cache].append(path)
        return tables

    @cached_property
    def hiding_styles(self) -> HidingStyles:
        """The styles of a text that hide words."""
        styles = self._parts_of("styles")
        return hiding_styles(styles) if any(b"vanish" in part for part in styles) else HidingStyles()

    @cached_property
    def seen(self) -> Seen:
        """What a text shows of its headers and notes."""
        if self.ending != ".docx":
            return Seen()
        return Seen(self.part(self.main), has_even_pages=has_even_pages(self._parts_of("settings")))

    @cached_property
    def names_gone(self) -> frozenset[Key]:
        """The hidden names of a workbook that go."""
        others = [path for path in self.kept if path != self.main and self.kinds[path].root]
        is_workbook = self.ending == ".xlsx"
        return names_gone(self.part(self.main), parts=map(self.part, others)) if is_workbook else frozenset()

    @cached_property
    def blank_formats(self) -> BlankFormats:
        """The formats of cells of a workbook that show nothing."""
        return blank_formats(part for part in self._parts_of("stylesheet", ending=".xlsx") if b"formatCode" in part)

    def _parts_of(self, root: str, *, ending: str = ".docx") -> list[bytes]:
        is_such = self.ending == ending
        return [self.part(path) for path in self.kept if is_such and self.kinds[path].root == root]

    def _is_kept(self, link: Link) -> bool:
        if not link.place:
            return not link.is_own_template
        return link.place in self.kinds and self.kinds[link.place].is_kept


def _package(archive: Archive, *, ending: str = "") -> _Package:
    """The file with a decision on each of its parts. ending: that it has to have, or "". Raises ValidationError."""
    frame = next((name for name in archive.names if name.lower() == CONTENT_TYPES), None)
    if not frame:
        raise refusal("wrong_type", ending=ending)
    types = read_content_types(archive.part(frame))
    main, found = _main(archive, types)
    if not main or ending not in ("", found):
        raise refusal("wrong_type", ending=ending)
    ending = found
    kinds: dict[str, Kind] = {}
    frames = []
    for name in archive.names:
        if RELATIONSHIPS.match(name.lower()):
            frames.append(name)
        elif name != frame:
            kinds[name.lower()] = kind_of(name, types.of(name.lower()).lower(), ending=ending)
    names = [name for name in archive.names if name.lower() in kinds and kinds[name.lower()].is_kept]
    if [path for path in map(str.lower, names) if types.of(path).lower() in MAIN_TYPES.values()] != [main]:
        raise refusal("wrong_type", ending=ending)
    # The strings of a workbook come last: by then its cells have named those that they show.
    kept = {name.lower(): name for name in sorted(names, key=lambda name: kinds[name.lower()].root == STRINGS)}
    links = {}
    for name in frames:
        source = source_of(name.lower())
        if source in kinds and not kinds[source].is_kept:
            continue
        links[source] = read_links(archive.part(name), source=source)
        _check_links(links[source])
    return _Package(archive, ending, main, types, kinds, kept, links)


def _main(archive: Archive, types: ContentTypes) -> tuple[str, str]:
    """The path of the main part, by the one relationship of the file that leads there, and the ending for what it is.

    Both "" where there is none of a known kind in its place.
    """
    root = next((name for name in archive.names if name.lower() == "_rels/.rels"), None)
    links = read_links(archive.part(root), source=WHOLE) if root else []
    led_to = [link.place for link in links if link.kind == "officedocument"]
    if len(led_to) == 1 and led_to[0] in {name.lower() for name in archive.names}:
        for ending, kind in MAIN_TYPES.items():
            if types.of(led_to[0]).lower() == kind and MAIN_PARTS[ending].fullmatch(led_to[0]):
                return led_to[0], ending
    return "", ""


def _check_links(links: list[Link]) -> None:
    identities = [link.identity for link in links]
    if len(set(identities)) != len(identities):
        raise refusal("damaged")
    for link in links:
        is_outside = (link.is_external and not link.is_own_template) or link.target.startswith("#")
        if is_outside and (link.kind != "hyperlink" or not is_safe_link(link.target)):
            raise refusal("external_link", what=link.target[:80])


def _cleaned_parts(package: _Package) -> Iterator[tuple[str, bytes]]:
    ready: dict[str, bytes] = {}

    def written(path: str) -> bytes:
        part = _written(package, path)
        if len(part) + sum(len(other) for other in ready.values()) <= MOST_READY_BYTES:
            ready[path] = part
        return part

    found = reached(links_of=package.links_kept, written=written)
    names = [name for path, name in package.kept.items() if path in found]
    yield from _frame(package, names=names, links=found)
    yield from _written_parts(package, names=names, ready=ready)


def _frame(package: _Package, *, names: list[str], links: dict[str, list[Link]]) -> Iterator[tuple[str, bytes]]:
    """Content types first, as readers of the format expect; then the relationships of what is kept."""
    sources = {WHOLE: "_rels/.rels"}
    for name in names:
        folder, _, last = name.rpartition("/")
        sources[name.lower()] = f"{folder}/_rels/{last}.rels"
    frames = {name: links[source] for source, name in sources.items() if links[source]}
    yield "[Content_Types].xml", write_content_types(package.types, names=[*frames, *names])
    for name, links_of_one in frames.items():
        yield name, write_links(links_of_one)


def _written_parts(
    package: _Package, *, names: list[str], ready: dict[str, bytes] | None = None
) -> Iterator[tuple[str, bytes]]:
    """ready: those that have been written already, by path; each is given away."""
    for name in names:
        part = ready.pop(name.lower(), None) if ready else None
        yield name, _written(package, name.lower()) if part is None else part


def _written(package: _Package, path: str) -> bytes:
    part, root = package.part(path), package.kinds[path].root
    if not root:
        return Media.cleaned(part)
    is_text = package.ending == ".docx"
    has_hidden_words = is_text and (b"vanish" in part or bool(package.hiding_styles))

    def rules(fields: Fields | None) -> OfficeRules:
        return OfficeRules(
            name=path, root=root, links_gone=package.links_gone(path), is_text=is_text, fields=fields,
            hidden=HiddenWords(package.hiding_styles) if has_hidden_words else None, seen=package.seen,
            strings=package.strings, names_gone=package.names_gone if root == "workbook" else frozenset(),
            formats=package.blank_formats if root == "worksheet" else None,
            shown_fields=_shown_fields(package, path) if root == PIVOT_CACHE else frozenset(),
        )  # fmt: skip

    if not is_text or not HAS_FIELDS.search(part):
        return markup.rewritten(part, rules=rules(None))
    fields = Fields()
    markup.rewritten(part, rules=rules(fields))
    return markup.rewritten(part, rules=rules(fields.decided()))


def _shown_fields(package: _Package, cache: str) -> frozenset[int]:
    tables = package.tables_of.get(cache, [])
    return shown_fields(package.part(cache), tables=(package.part(path) for path in tables))
