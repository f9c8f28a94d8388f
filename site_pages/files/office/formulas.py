"""Formulas of a workbook: what only counts is taken; what runs, fetches or looks into another workbook is refused."""

import re

from site_pages.files.places import is_local
from site_pages.files.refusals import refusal

FORMULAS = frozenset({"f", "definedName", "formula", "formula1", "formula2", "calculatedColumnFormula",
                      "totalsRowFormula"})  # fmt: skip
# Excel takes 8192 characters.
MOST_FORMULA_CHARACTERS = 20_000
QUOTED = re.compile(r'"[^"]*"')
FETCHING = re.compile(
    r"(?<![\w.])(?:_xl\w+\.)*(WEBSERVICE|IMAGE|RTD|CALL|REGISTER|REGISTER\.ID|EXEC|SQL\.REQUEST|DDE)\s*\(",
    re.IGNORECASE,
)
OUTSIDE_SHEET = re.compile(r"\w\s*\||https?:|\[[^\]]*\.xl\w*\]", re.IGNORECASE)
# The number of another workbook before a sheet, `[1]Sheet!A1` or `'[1]My sheet'!A1`; `Table[2026]` is a column.
OTHER_WORKBOOK = re.compile(r"'\[[1-9]\d*\]|(?<![\w\]])\[[1-9]\d*\][\w.]*!")


def check_formula(text: str) -> None:
    """Raises ValidationError: it reaches outside of the file, or is too long."""
    if len(text) > MOST_FORMULA_CHARACTERS:
        raise refusal("zip_bomb")
    bare = QUOTED.sub('""', text)
    if found := FETCHING.search(bare):
        raise refusal("active_content", what=found[1])
    if is_local(text) or OUTSIDE_SHEET.search(bare) or OTHER_WORKBOOK.search(bare):
        raise refusal("external_link", what=text[:80])
