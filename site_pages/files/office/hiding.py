"""Words of a DOCX that are in the file and not on the page: by the font of a run, or by a style."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from site_pages.files import markup

NO = ("0", "false", "off")
# What has words in it, and what says of it whether they are seen.
AROUND = frozenset({"tbl", "p", "r"})
# What else stands in a run and is not seen with it: the words of a note are in another part.
IN_RUN = frozenset({"drawing", "pict", "footnoteReference", "endnoteReference"})
LOOKED_AT = AROUND | IN_RUN | {"tblStyle", "pStyle", "rStyle", "vanish"}
# Word puts them around what was copied from a page on the web, and nobody can see or name them.
MADE_BY_WORD = ("html top of form", "html bottom of form", "z-top of form", "z-bottom of form")
PARAGRAPH, RUN, TABLE = "paragraph", "character", "table"
# The identity of what holds for the whole text; no style is called so.
DEFAULTS = "\x00"


@dataclass(frozen=True)
class HidingStyles:
    """Of a text. hiding: the identities of those that hide words, among all that are known; defaults: the types of
    which what names no style is hidden.
    """

    hiding: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    defaults: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.hiding or self.defaults)

    def hides(self, type_: str, identity: str = "") -> bool:
        """Whether words are hidden that name the style, or none of this type."""
        return identity in self.hiding if identity in self.known else type_ in self.defaults


class _Around(NamedTuple):
    """What holds at one place. is_fixed: hidden by a run that is around, as that of a box."""

    is_fixed: bool = False
    is_table_hidden: bool = False
    is_paragraph_hidden: bool = False
    is_run: bool = False
    is_hidden: bool = False


class HiddenWords:
    """Told each element of LOOKED_AT in the order in which they stand, and the ends of those in AROUND."""

    def __init__(self, styles: HidingStyles):
        self._styles = styles
        self._outside: list[_Around] = []
        self._now = _Around()

    @property
    def is_hidden(self) -> bool:
        """Whether the words that come now are."""
        return self._now.is_hidden

    def element(self, name: str, value: str) -> None:
        """value: its attribute `val`, or ""."""
        now, hides = self._now, self._styles.hides
        if name in AROUND:
            self._outside.append(now)
            # Outside of a run nothing is hidden but by what is around.
            self._now = now = now._replace(is_fixed=now.is_hidden, is_run=name == "r")
        if name == "tbl":
            self._now = now._replace(is_table_hidden=hides(TABLE))
        elif name == "p":
            self._now = now._replace(is_paragraph_hidden=hides(PARAGRAPH))
        elif name == "r":
            is_hidden = now.is_fixed or now.is_table_hidden or now.is_paragraph_hidden or hides(RUN)
            self._now = now._replace(is_hidden=is_hidden)
        elif name == "tblStyle":
            self._now = now._replace(is_table_hidden=hides(TABLE, value))
        elif name == "pStyle":
            self._now = now._replace(is_paragraph_hidden=hides(PARAGRAPH, value))
        elif name == "rStyle" and now.is_run:
            self._now = now._replace(is_hidden=now.is_hidden or hides(RUN, value))
        elif name == "vanish" and now.is_run:
            # Not of the mark at the end of a paragraph: no words go with it.
            self._now = now._replace(is_hidden=now.is_fixed or value.lower() not in NO)

    def end(self) -> None:
        self._now = self._outside.pop()


def hiding_styles(parts: Iterable[bytes]) -> HidingStyles:
    """parts: the styles of a text. Raises ValidationError."""
    styles = [style for part in parts for style in _styles(part)]
    hiding = {style.identity for style in styles if style.is_hiding}
    if DEFAULTS in hiding:
        # Whatever the styles say: by the format what the defaults hide is hidden.
        return HidingStyles(defaults=frozenset({RUN}))
    children = defaultdict(list)
    for style in styles:
        if style.is_hiding is None and style.based_on:
            children[style.based_on].append(style.identity)
    waiting = list(hiding)
    while waiting:
        more = set(children.pop(waiting.pop(), [])) - hiding
        hiding |= more
        waiting += more
    defaults = {style.type for style in styles if style.is_default and style.identity in hiding}
    known = {style.identity for style in styles if style.identity}
    return HidingStyles(frozenset(hiding & known), frozenset(known), frozenset(defaults))


@dataclass
class _Style:
    """is_hiding: what it says of itself, or None."""

    identity: str
    type: str = ""
    is_default: bool = False
    based_on: str = ""
    is_hiding: bool | None = None


def _styles(part: bytes) -> Iterator[_Style]:
    style = _Style("")
    is_made_by_word = is_of_some_cells = False
    for name, attributes in markup.elements(part):
        value = attributes.get("val", "")
        if name in ("style", "rPrDefault"):
            yield style
            is_made_by_word = is_of_some_cells = False
            is_default = attributes.get("default", "0").lower() not in NO
            identity = attributes.get("styleId", "") if name == "style" else DEFAULTS
            style = _Style(identity, attributes.get("type", PARAGRAPH), is_default)
        elif name == "name":
            is_made_by_word = value.lower() in MADE_BY_WORD
        elif name == "basedOn":
            style.based_on = value
        elif name == "tblStylePr":
            is_of_some_cells = True
        elif name == "vanish" and not is_made_by_word and not (is_of_some_cells and value.lower() in NO):
            style.is_hiding = value.lower() not in NO or bool(style.is_hiding)
    yield style
