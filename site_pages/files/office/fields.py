"""Fields of a DOCX: a code that only counts, numbers or leads within the text is kept; of all others only what they
show is kept. What fetches or runs is refused.

A code is read from all the pieces of the text that it is spread over, so a part with fields is gone through twice: once
to read the codes (`Fields()`), once to write what is kept of them (`Fields.decided`).
"""

import re
from dataclasses import dataclass

from site_pages.files.places import is_local, is_safe_link
from site_pages.files.refusals import refusal

HAS_FIELDS = re.compile(rb"fldChar|fldSimple|[iI]nstrText")
# Codes that say nothing of people, programs and other files, and that show the same wherever they are opened. A date of
# today is not among them: the one that was cleared is kept as words.
KEPT = {
    "PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "TOC", "REF", "PAGEREF", "NOTEREF", "FTNREF", "SEQ", "STYLEREF",
    "HYPERLINK", "FORMTEXT", "FORMCHECKBOX", "FORMDROPDOWN", "SYMBOL", "EQ", "=", "ADVANCE", "AUTONUM", "AUTONUMLGL",
    "AUTONUMOUT", "LISTNUM", "BIDIOUTLINE", "SHAPE", "GOTOBUTTON",
}  # fmt: skip
# Backslashes are part of what these draw.
DRAWN_BY_SIGNS = ("EQ", "=", "SYMBOL")
REFUSED = {
    "external_link": {"DDE", "DDEAUTO", "INCLUDE", "INCLUDETEXT", "INCLUDEPICTURE", "IMPORT", "LINK", "EMBED",
                      "DATABASE", "RD", "MACROBUTTON"},
    "active_content": {"PRINT"},
}  # fmt: skip
NAME = re.compile(r'\s*(=|[^\s"\\{}=]+)')
CURLY_QUOTES = str.maketrans("“”„‟", '""""')
# Word takes twenty, one in another.
MOST_OPEN = 200
LINK_WORD = re.compile(r'\\(?P<switch>[a-z*])(?=[\s"\\]|$)|"(?P<quoted>[^"]*)"?|(?P<word>[^\s"]+)', re.IGNORECASE)
SWITCHES_WITH_A_WORD = ("l", "o", "t", "s", "*")
# What stands in the code of a field beside its letters, and would be seen once the marks around it are gone.
SHOWN_IN_CODE = frozenset({"t", "tab", "br", "cr", "sym", "noBreakHyphen", "softHyphen", "ptab", "instrText"})


@dataclass
class _Open:
    """A field that has begun. number: counted from 0; is_in_code: it has not come to what it shows."""

    number: int
    is_in_code: bool = True


class Fields:
    """The fields of one part, told in the order in which they stand. Raises ValidationError."""

    def __init__(self, *, plain: frozenset[int] | None = None, unclosed: frozenset[int] = frozenset()):
        """plain: numbers of those that keep only what they show, None before that is known; unclosed: of those without
        an end, whose code cannot be told from the text behind it.
        """
        self._is_decided = plain is not None
        self._plain, self._unclosed = plain or frozenset(), unclosed
        self._codes: list[list[str]] = []
        self._strays: list[str] = []
        self._open: list[_Open] = []
        # Those of the open ones that are in their code: only the innermost field leaves it. Plain: whose code goes.
        self._in_code: list[_Open] = []
        self._plain_in_code = 0

    def decided(self) -> "Fields":
        """For the second time, once all of the part has been told."""
        _is_kept("".join(self._strays))
        plain = frozenset(number for number, code in enumerate(self._codes) if not _is_kept("".join(code)))
        return Fields(plain=plain, unclosed=frozenset(field.number for field in self._open))

    def keeps_mark(self, kind: str) -> bool:
        """Whether the mark stays. kind: begin, separate, end."""
        is_inside = self.is_in_plain_code()
        if kind == "begin":
            if len(self._open) == MOST_OPEN:
                raise refusal("damaged")
            self._begin(_Open(len(self._codes)))
            self._codes.append([])
        if not self._open:
            return True
        field = self._open[-1]
        if kind == "separate":
            self._leave_code(field)
        elif kind == "end":
            self._leave_code(self._open.pop())
        return field.number not in self._plain and not is_inside

    def keeps_simple(self, code: str) -> bool:
        """Whether a field that is one element keeps its code."""
        return _is_kept(code)

    def keeps_code(self) -> bool:
        """Whether a piece of a code stays that stands here: only in the code of a field, and of one that is kept."""
        if not self._is_decided:
            return True
        field = self._open[-1] if self._open else None
        is_in_code = field is not None and field.is_in_code
        return is_in_code and field.number not in self._plain and not self.is_in_plain_code()

    def is_in_plain_code(self) -> bool:
        """Whether a code that goes has begun and not come to what it shows."""
        return self._plain_in_code > 0

    def read(self, text: str, *, is_code: bool) -> None:
        """A piece of text belongs to the innermost code around it, also where another field shows it."""
        if self._in_code:
            self._codes[self._in_code[-1].number].append(text)
        elif is_code:
            self._strays.append(text)

    def _begin(self, field: _Open) -> None:
        self._open.append(field)
        self._in_code.append(field)
        self._plain_in_code += self._is_code_gone(field)

    def _leave_code(self, field: _Open) -> None:
        if field.is_in_code:
            field.is_in_code = False
            self._in_code.pop()
            self._plain_in_code -= self._is_code_gone(field)

    def _is_code_gone(self, field: _Open) -> bool:
        return field.number in self._plain and field.number not in self._unclosed


def _is_kept(code: str) -> bool:
    found = NAME.match(code)
    name = found[1].upper() if found else ""
    for refused, names in REFUSED.items():
        if name in names:
            raise refusal(refused, what=name)
    if name == "HYPERLINK":
        _check_link(code)
        return True
    return name in KEPT and (name in DRAWN_BY_SIGNS or not is_local(code))


def _check_link(code: str) -> None:
    """The same rule as for a relationship; a place in the text needs no target."""
    words = list(LINK_WORD.finditer(code.translate(CURLY_QUOTES)))[1:]
    is_argument = False
    for found in words:
        if found["switch"]:
            is_argument = found["switch"].lower() in SWITCHES_WITH_A_WORD
            continue
        word = found["word"] or found["quoted"] or ""
        if is_local(word) if is_argument else word and not is_safe_link(word):
            raise refusal("external_link", what=word[:80])
        is_argument = False
