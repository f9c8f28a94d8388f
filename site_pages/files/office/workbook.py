"""What a workbook stores apart from its sheets: strings that no cell shows and values that no pivot table shows go."""

from collections.abc import Iterable

from site_pages.files import markup

# One value each, of those that a field of the rows behind a pivot table had.
VALUES = frozenset({"s", "n", "d", "e", "b", "m", "x"})
# How many they were, and between which they lay.
VALUE_BOUNDS = frozenset({"count", "minValue", "maxValue", "minDate", "maxDate"})


class UsedStrings:
    """The shared strings that cells name, by their place in the list. The sheets are told first, then the list."""

    def __init__(self) -> None:
        self._used: set[int] = set()
        self._is_string = False
        self._place = -1

    def cell(self, kind: str) -> None:
        """A cell begins. kind: `s` where it names a string."""
        self._is_string = kind == "s"

    def value(self, text: str) -> None:
        """What stands in the cell."""
        if self._is_string and (number := _number(text.strip())) is not None:
            self._used.add(number)

    def restart(self) -> None:
        """Another part begins."""
        self._place = -1

    def next_string(self) -> None:
        """The next string of the list begins."""
        self._place += 1

    def is_shown(self) -> bool:
        """Whether a cell names the string that has begun."""
        return self._place in self._used


def shown_fields(cache: bytes, *, tables: Iterable[bytes]) -> frozenset[int]:
    """Which fields of the cache, counted from 0, the pivot tables show or filter by: those that have items.

    A field whose values are gathered into months or groups is shown with its groups. Raises ValidationError.
    """
    shown: set[int] = set()
    for table in tables:
        place = -1
        for name, attributes in markup.elements(table):
            if name == "pivotField":
                place += 1
            if (name == "pivotField" and attributes.get("axis")) or name == "items":
                shown.add(place)
    # Days in months in quarters in years: each has the first as its base, or the next as its parent.
    gathered: dict[int, list[str]] = {}
    place = -1
    for name, attributes in markup.elements(cache):
        if name == "cacheField":
            place += 1
        elif name == "fieldGroup":
            gathered[place] = [attributes.get("base", ""), attributes.get("par", "")]
    waiting = list(shown)
    while waiting:
        others = {number for text in gathered.pop(waiting.pop(), []) if (number := _number(text)) is not None}
        waiting += others - shown
        shown |= others
    return frozenset(shown)


def _number(text: str) -> int | None:
    """A place in a list, or None: it is none, or in no list that is taken."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
