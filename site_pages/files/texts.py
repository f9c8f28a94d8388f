"""Files without a structure of their own: plain text and tables of text."""

import csv
import io
import re

from site_pages.files.refusals import refusal

ENCODINGS = ("utf-8-sig", "cp1251")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
# How a text begins that browsers and Windows open as a page or a program, and what runs wherever it stands in one.
MARKUP = re.compile(
    r"\s*<(?:\s*(?:[?]|!doctype|svg|html|script)|!--|hta:"
    r"|(?:head|body|iframe|style|title|table|div|font|h1|br|a|b|p)[\s/>])",
    re.IGNORECASE,
)
RUNNING_MARKUP = re.compile(r"<(?:script|hta:application|iframe)\b[^<>]*>|<\?php\b", re.IGNORECASE)
# What is made of letters as well and is opened by something other than an editor of texts.
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
OTHER_KINDS, OTHER_KINDS_BEHIND_SPACE = (b"%PDF-", b"{\\rtf", b"MZ", b"#!"), (b"%PDF-", b"{\\rtf")
FORMULA_SIGNS = ("=", "+", "-", "@")
SEPARATORS = ",;\t"
# With a first line of its own a table says what stands between its cells, and Excel obeys.
OWN_SEPARATOR = re.compile(r'[ \t]*"?sep=(.?)"?[ \t]*(?:\r\n|\r|\n|$)', re.IGNORECASE)
OWN_SEPARATORS = SEPARATORS + "|^:~"
FIRST_CHARACTERS = 2**16
# A lone sign stands for “nothing”, a sign with digits for a number or a telephone: neither is calculated.
NO_FORMULA = re.compile(r"[+-]?[\s\d.,'%]*(?:\d[eE][+-]?\d+)?|\+\d[\d\s()-]*")
# What runs a program or a function, wherever a program of another language would begin a cell, quoted or not.
RUNNING_CELL = re.compile(r'(?:^|[,;\t"])[ \xa0]*([=+\-@][^,;\t\r\n"]*(?:[A-Za-z]\d{0,3}\(|[|!]))', re.MULTILINE)
# The same behind what is seldom between cells: there a lone sign is everyday.
SELDOM_RUNNING_CELL = re.compile(r'[|^][ \xa0"]*([=+\-@][^,;\t\r\n"|^]*(?:[A-Za-z]\d{0,3}\(|[A-Za-z]\|[^|^\r\n]*!))')


def inspect_text(content: bytes, *, ending: str) -> None:
    """Refuse what is no text, or is markup under the name of text. Raises ValidationError."""
    _text_of(content, ending=ending)


def inspect_table(content: bytes) -> None:
    """Refuse a CSV that is no text, or has a cell which a spreadsheet would run. Raises ValidationError."""
    text = _text_of(content, ending=".csv")
    if found := RUNNING_CELL.search(text) or SELDOM_RUNNING_CELL.search(text):
        raise refusal("formula", row=text.count("\n", 0, found.start(1)) + 1, what=found[1][:30])
    for separator in _separators(text):
        _check_cells(text, separator=separator)


def _separators(text: str) -> set[str]:
    """What programs may take for the end of a cell. Raises ValidationError: the table names what no table has there."""
    guessed = max(SEPARATORS, key=text[:FIRST_CHARACTERS].count)
    found = OWN_SEPARATOR.match(text)
    if found and (not found[1] or found[1] not in OWN_SEPARATORS):
        raise refusal("formula", row=1, what=found[0].strip()[:30])
    return {guessed, found[1]} if found else {guessed}


def _check_cells(text: str, *, separator: str) -> None:
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
    if text is None or NO_TEXT.search(text) or MARKUP.match(text) or RUNNING_MARKUP.search(text):
        raise refusal("wrong_type", ending=ending)
    bare = content.removeprefix(BYTE_ORDER_MARK)
    if bare.startswith(OTHER_KINDS) or bare[:FIRST_CHARACTERS].lstrip().startswith(OTHER_KINDS_BEHIND_SPACE):
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
