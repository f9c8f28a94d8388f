"""Formats of a workbook by which a cell shows nothing of what is in it, as `;;;`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from site_pages.files import markup
from site_pages.files.refusals import refusal

# Excel takes 64,000 formats of cells with 250 codes of its user's in 255 characters each.
MOST_FORMATS, MOST_CODES, MOST_CODE_CHARACTERS = 100_000, 10_000, 255
# Words as they are, one sign as it is, room that is left or filled, colour or condition, any other sign.
PIECE = re.compile(r'"(?P<words>[^"]*)"?|\\(?P<sign>.)|[_*].|\[(?P<bracket>[^\]]*)\]?|(?P<other>.)', re.DOTALL)
# Of what stands in brackets: hours and more than a day of them, and a currency.
SHOWN_BRACKET = re.compile(r"[hms]+|\$[^-].*", re.IGNORECASE | re.DOTALL)
LISTS = ("numFmts", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "extLst")
WORDS = ("s", "str", "inlineStr")  # types of cells


@dataclass(frozen=True)
class BlankFormats:
    """Which formats of cells, by their places in the list as a cell names them, show no numbers, and which no words."""

    of_numbers: frozenset[str] = frozenset()
    of_words: frozenset[str] = frozenset()

    def hides(self, *, place: str, kind: str) -> bool:
        """Whether a cell is empty to the eye. place: of its format, or "" for the first; kind: its type."""
        blank = self.of_words if kind in WORDS else self.of_numbers
        return bool(blank) and (place.strip().lstrip("0") or "0") in blank


def blank_formats(styles: Iterable[bytes]) -> BlankFormats:
    """styles: of a workbook. Raises ValidationError."""
    blank: dict[str, tuple[bool, bool]] = {}
    of_numbers, of_words = set[str](), set[str]()
    for part in styles:
        within, place, codes = "", 0, 0
        for name, attributes in markup.elements(part):
            if name in LISTS:
                within = name
            elif name == "numFmt" and within == "numFmts":
                blank.setdefault(attributes.get("numFmtId", ""), _is_blank(attributes.get("formatCode", "")))
                codes += 1
            elif name == "xf" and within == "cellXfs":
                hides_numbers, hides_words = blank.get(attributes.get("numFmtId", ""), (False, False))
                of_numbers |= {str(place)} if hides_numbers else set()
                of_words |= {str(place)} if hides_words else set()
                place += 1
            if place > MOST_FORMATS or codes > MOST_CODES:
                raise refusal("zip_bomb")
    return BlankFormats(frozenset(of_numbers), frozenset(of_words))


def _is_blank(code: str) -> tuple[bool, bool]:
    """Whether nothing is shown of any number, and whether nothing is shown of words."""
    shown = [False]
    for piece in PIECE.finditer(code[:MOST_CODE_CHARACTERS]):
        if piece["other"] == ";":
            shown.append(False)
        elif (piece["words"] or piece["sign"] or piece["other"] or "").strip() or _shows(piece["bracket"]):
            shown[-1] = True
    # Positive, negative, nought; then words, which are shown where nothing is said of them.
    return bool(code) and not any(shown[:3]), len(shown) > 3 and not shown[3]


def _shows(bracket: str | None) -> bool:
    return bracket is not None and bool(SHOWN_BRACKET.fullmatch(bracket))
