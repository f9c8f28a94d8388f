"""Cells of a sheet that are in the file and that whoever opens it does not see: by row, column or format."""

import re

from site_pages.files.office.cell_formats import BlankFormats

LOOKED_AT = frozenset({"col", "row", "c"})
YES = ("1", "true", "on")
MOST_COLUMNS = 16_384  # of a sheet in Excel
PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})$")


class HiddenCells:
    """Told each element of LOOKED_AT of one sheet in its order: the columns, then the rows with their cells.

    A row or column counts as hidden by its mark, or by a height or width of nothing. Empty ones may hide.
    """

    def __init__(self, formats: BlankFormats) -> None:
        self._formats = formats
        self._are_columns_hidden = bytearray(MOST_COLUMNS + 1)
        self._row = self._column = 0
        self._is_row_hidden = False
        self.is_hidden = False  # the cell that has begun

    @property
    def place(self) -> str:
        """Of the cell that has begun, as `B3`."""
        letters, left = "", self._column
        while left:
            left, place = divmod(left - 1, 26)
            letters = chr(ord("A") + place) + letters
        return f"{letters}{self._row}"

    def element(self, name: str, attributes: dict[str, str]) -> None:
        if name == "col":
            if _hides(attributes, "width"):
                first = min(_whole(attributes.get("min", "")), MOST_COLUMNS)
                last = max(first, min(_whole(attributes.get("max", "")), MOST_COLUMNS))
                self._are_columns_hidden[first : last + 1] = b"\x01" * (last + 1 - first)
        elif name == "row":
            self._row, self._column = _whole(attributes.get("r", "")) or self._row + 1, 0
            self._is_row_hidden = _hides(attributes, "ht")
        else:
            # A cell without a place stands behind the one before it.
            found = PLACE.match(attributes.get("r", ""))
            self._column = _number_of(found[1]) if found else self._column + 1
            is_column_hidden = self._column <= MOST_COLUMNS and self._are_columns_hidden[self._column]
            is_blank = self._formats.hides(place=attributes.get("s", ""), kind=attributes.get("t", ""))
            self.is_hidden = self._is_row_hidden or bool(is_column_hidden) or is_blank

    def finish(self) -> None:
        """What comes now stands in no cell."""
        self.is_hidden = False


def _hides(attributes: dict[str, str], size: str) -> bool:
    try:
        is_nothing = float(attributes.get(size, "1")) <= 0
    except ValueError:
        is_nothing = False
    return is_nothing or attributes.get("hidden", "").lower() in YES


def _number_of(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
