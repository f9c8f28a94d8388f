"""Files without a structure of their own: plain text and tables of text."""

import csv
import io
import re

from site_pages.files.refusals import refusal

ENCODINGS = ("utf-8-sig", "cp1251")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
MARKUP = re.compile(r"\s*<\s*(?:\?xml|!doctype|svg|html|script)", re.IGNORECASE)
# What is made of letters as well and is opened by something other than an editor of texts.
OTHER_KINDS = (b"%PDF-", b"{\\rtf", b"MZ", b"#!")
FORMULA_SIGNS = ("=", "+", "-", "@")
SEPARATORS = ",;\t"
FIRST_CHARACTERS = 2**16
# A lone sign stands for “nothing”, a sign with digits for a number or a telephone: neither is calculated.
NO_FORMULA = re.compile(r"[+-]?[\s\d.,'%]*(?:\d[eE][+-]?\d+)?|\+\d[\d\s()-]*")
# What runs a program or a function, wherever a program of another language would begin a cell, quoted or not.
RUNNING_CELL = re.compile(r'(?:^|[,;\t"])[ \xa0]*([=+\-@][^,;\t\r\n"]*(?:[A-Za-z]\d{0,3}\(|[|!]))', re.MULTILINE)


def inspect_text(content: bytes, *, ending: str) -> None:
    """Refuse what is no text, or is markup under the name of text. Raises ValidationError."""
    _text_of(content, ending=ending)


def inspect_table(content: bytes) -> None:
    """Refuse a CSV that is no text, or has a cell which a spreadsheet would run. Raises ValidationError."""
    text = _text_of(content, ending=".csv")
    if found := RUNNING_CELL.search(text):
        raise refusal("formula", row=text.count("\n", 0, found.start(1)) + 1, what=found[1][:30])
    separator = max(SEPARATORS, key=text[:FIRST_CHARACTERS].count)
    try:
        for row, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), start=1):
            for cell in cells:
                if _is_formula(cell):
                    raise refusal("formula", row=row, what=cell.strip()[:30])
    except csv.Error as error:
        raise refusal("damaged") from error


def _is_formula(cell: str) -> bool:
    bare = cell.strip()
    return bare.startswith(FORMULA_SIGNS) and not NO_FORMULA.fullmatch(bare)


def _text_of(content: bytes, *, ending: str) -> str:
    text = _decoded(content)
    if content.startswith(OTHER_KINDS) or text is None or NO_TEXT.search(text) or MARKUP.match(text):
        raise refusal("wrong_type", ending=ending)
    if not text.strip():
        raise refusal("empty")
    return text


def _decoded(content: bytes) -> str | None:
    try:
        if content.startswith(UTF_16):
            return content.decode("utf-16")
    except UnicodeDecodeError:
        return None
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
