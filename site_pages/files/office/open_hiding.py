"""Words of an ODT that are in the file and not on the page: by a style of a paragraph, of some words or of a table."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from site_pages.files import markup
from site_pages.files.office.hiding import MADE_BY_WORD

# Which styles hold for which elements.
FAMILIES = {"p": "paragraph", "h": "paragraph", "span": "text", "a": "text", "table": "table"}
STYLE_NAMES = ("style-name", "cond-style-name", "visited-style-name", "class-names")
PROPERTIES = ("text-properties", "table-properties")
# The style of paragraphs that name none, and the end of each family, on which all others are based.
STANDARD, DEFAULT = "Standard", ""

Key = tuple[str, str]  # of a style: its family and its name


class HidingStyles:
    """The styles of one file that say whether words are seen: they themselves, or those that they are based on."""

    def __init__(self, parts: Iterable[bytes] = ()):
        """parts: all that define styles. Raises ValidationError."""
        self._known: set[Key] = set()
        self._is_hiding: dict[Key, bool] = {}
        saying: dict[bool, list[Key]] = {True: [], False: []}
        children = defaultdict(list)
        for style in (style for part in parts for style in _styles(part)):
            self._known.add(style.key)
            if style.is_hiding is None:
                children[style.parent].append(style.key)
            else:
                saying[style.is_hiding].append(style.key)
        # Of two styles of one name, in two parts, the one that hides counts.
        for is_hiding, waiting in saying.items():
            while waiting:
                key = waiting.pop()
                if key not in self._is_hiding:
                    self._is_hiding[key] = is_hiding
                    waiting += children[key]

    def __bool__(self) -> bool:
        """Whether any hides."""
        return True in self._is_hiding.values()

    def of(self, element: str, attributes: dict[str, str]) -> bool | None:
        """Whether the styles of the element hide its words; None: they do not say."""
        family = FAMILIES[element]
        names = [name for key in STYLE_NAMES for name in attributes.get(key, "").split()]
        keys = [(family, name) for name in names or [STANDARD]]
        said = {self._is_hiding.get(key if key in self._known else (family, DEFAULT)) for key in keys}
        return True if True in said else False if False in said else None


@dataclass
class _Style:
    """is_hiding: what it says of itself, or None."""

    key: Key
    parent: Key
    is_hiding: bool | None = None


def _styles(part: bytes) -> Iterator[_Style]:
    style: _Style | None = None
    is_made_by_office = is_of_marks = False
    for name, attributes in markup.elements(part):
        if name in ("style", "default-style"):
            if style:
                yield style
            family, own_name = attributes.get("family", ""), attributes.get("name", DEFAULT)
            parent = attributes.get("parent-style-name", DEFAULT)
            style = _Style((family, own_name if name == "style" else DEFAULT), (family, parent))
            shown_name = attributes.get("display-name", own_name.replace("_20_", " "))
            is_made_by_office, is_of_marks = shown_name.lower() in MADE_BY_WORD, False
        elif name.startswith(("list-", "outline-")):
            # What follows describes the marks before the items of a list.
            is_of_marks = True
        elif name in PROPERTIES and style and "display" in attributes and not (is_made_by_office or is_of_marks):
            style.is_hiding = attributes["display"] != "true" or bool(style.is_hiding)
    if style:
        yield style


class _Around(NamedTuple):
    """What was so before an element began. is_fixed: what is around the paragraph hides it, whatever its styles say."""

    is_fixed: bool
    is_hidden: bool


class HiddenText:
    """Told each element of FAMILIES of one part, its beginning and its end, in the order in which they stand."""

    def __init__(self, styles: HidingStyles):
        self._styles = styles
        self._is_fixed = False
        self._around: list[_Around] = []
        self.is_hidden = False  # the words that come now

    def element(self, name: str, attributes: dict[str, str]) -> None:
        self._around.append(_Around(self._is_fixed, self.is_hidden))
        is_hiding = self._styles.of(name, attributes)
        if FAMILIES[name] == "text":
            self.is_hidden = self._is_fixed or (self.is_hidden if is_hiding is None else is_hiding)
        else:
            self._is_fixed = self.is_hidden
            self.is_hidden = self.is_hidden or bool(is_hiding)

    def end(self) -> None:
        self._is_fixed, self.is_hidden = self._around.pop()
