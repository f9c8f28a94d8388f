"""The frame of an office file: its content types and the relationships between its parts, read and written anew."""

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from site_pages.files import markup
from site_pages.files.markup import value_escaped
from site_pages.files.refusals import refusal

TYPES_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/content-types"
LINKS_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/relationships"

OUTSIDE = ' TargetMode="External"'
# A letter of a drive alone is no scheme.
ON_THE_WEB = re.compile(r"\s*(?!file:)[a-z][a-z\d+.-]+:", re.IGNORECASE)


@dataclass(frozen=True)
class ContentTypes:
    """By ending (without its dot) and by path, both in small letters. The types as they are written."""

    by_ending: dict[str, str]
    by_path: dict[str, str]

    def of(self, path: str) -> str:
        """The content type of the part at the path (in small letters), or ""."""
        return self.by_path.get(path) or self.by_ending.get(posixpath.splitext(path)[1][1:], "")


@dataclass(frozen=True)
class Link:
    """One relationship. kind: the last word of its type, in small letters; place: the path of the part that it names,
    in small letters, or "" for what lies outside.
    """

    identity: str
    type: str
    target: str
    place: str
    is_external: bool

    @property
    def kind(self) -> str:
        return self.type.rpartition("/")[2].lower()

    @property
    def is_own_template(self) -> bool:
        """Whether it names the template on somebody's machine that a text was made from; no page shows it."""
        return self.is_external and self.kind == "attachedtemplate" and not ON_THE_WEB.match(self.target)


def read_content_types(part: bytes) -> ContentTypes:
    """Raises ValidationError: a type of files with programs, two types for one name, or damaged."""
    types = ContentTypes({}, {})
    for name, attributes in markup.elements(part):
        if name not in ("Default", "Override"):
            continue
        known = types.by_ending if name == "Default" else types.by_path
        key = attributes.get("Extension" if name == "Default" else "PartName", "").lower().lstrip("/")
        given = attributes.get("ContentType", "").partition(";")[0].strip()
        if "macroenabled" in given.lower():
            raise refusal("active_content", what="macroEnabled")
        if not key or known.setdefault(key, given) != given:
            raise refusal("damaged")
    return types


def write_content_types(types: ContentTypes, *, names: Iterable[str]) -> bytes:
    """Only what these parts need."""
    names = list(names)
    endings = {posixpath.splitext(name)[1][1:].lower() for name in names}
    lines = [
        f'<Default Extension="{value_escaped(ending)}" ContentType="{value_escaped(kind)}"/>'
        for ending, kind in types.by_ending.items()
        if ending in endings
    ]
    lines += [
        f'<Override PartName="/{value_escaped(name)}" ContentType="{value_escaped(types.by_path[name.lower()])}"/>'
        for name in names
        if name.lower() in types.by_path
    ]
    return markup.DECLARATION + f'<Types xmlns="{TYPES_NAMESPACE}">{"".join(lines)}</Types>'.encode()


def source_of(path: str) -> str:
    """The part whose relationships stand at the path; "" for the whole file."""
    folder, _, name = path.rpartition("_rels/")
    return folder + name.removesuffix(".rels")


def read_links(part: bytes, *, source: str) -> list[Link]:
    """The relationships of the part `source` (in small letters). Raises ValidationError: damaged."""
    links = []
    for name, attributes in markup.elements(part):
        if name != "Relationship":
            continue
        target, mode = attributes.get("Target", ""), attributes.get("TargetMode", "").lower()
        if mode not in ("", "internal", "external"):
            raise refusal("damaged")
        is_external = mode == "external"
        place = "" if is_external or target.startswith("#") else _place(target, source=source)
        links.append(Link(attributes.get("Id", ""), attributes.get("Type", ""), target, place, is_external))
    return links


def write_links(links: Iterable[Link]) -> bytes:
    """The relationships as a part."""
    lines = (
        f'<Relationship Id="{value_escaped(link.identity)}" Type="{value_escaped(link.type)}"'
        f' Target="{value_escaped(link.target)}"{OUTSIDE if link.is_external else ""}/>'
        for link in links
    )
    return markup.DECLARATION + f'<Relationships xmlns="{LINKS_NAMESPACE}">{"".join(lines)}</Relationships>'.encode()


def _place(target: str, *, source: str) -> str:
    path = unquote(target.partition("#")[0])
    return posixpath.normpath(posixpath.join("/" + posixpath.dirname(source), path)).lower().lstrip("/")
