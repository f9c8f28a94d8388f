"""Marked HTML from plain text: the one place where highlights are escaped."""

import html
import re
from collections.abc import Collection

from frontend_api.search.analysis import tokens

# Stand for <mark> and </mark> until the text is escaped. Private-use characters, taken out of every text before it is
# stored or marked, so a text cannot bring its own.
OPEN, CLOSE = "\ue000", "\ue001"
EXCERPT_LENGTH = 240

_OWN_MARKS = re.compile(f"[{OPEN}{CLOSE}\x00]")


def without_marks(text: str) -> str:
    """The text without the characters that stand for marks, and without NUL."""
    return _OWN_MARKS.sub("", text)


def as_html(marked: str) -> str:
    """Escaped text; only what stands between OPEN and CLOSE is inside <mark>."""
    return html.escape(marked).replace(OPEN, "<mark>").replace(CLOSE, "</mark>")


def mark(text: str, *, terms: Collection[str], locale: str) -> str:
    """The text, unescaped, with OPEN and CLOSE around every word whose token is among the terms."""
    pieces, end = [], 0
    for token in tokens(text, locale=locale):
        if token.term in terms:
            pieces += [text[end : token.start], OPEN, text[token.start : token.end], CLOSE]
            end = token.end
    return "".join(pieces) + text[end:]


def excerpt(text: str, *, terms: Collection[str], locale: str) -> str:
    """About EXCERPT_LENGTH characters around the first word that matches, marked; empty if none does."""
    first = next((token for token in tokens(text, locale=locale) if token.term in terms), None)
    if first is None:
        return ""
    start = _word_start(text, max(0, first.start - EXCERPT_LENGTH // 3))
    end = start + EXCERPT_LENGTH
    if end < len(text):
        end = max(text.rfind(" ", start, end), first.end)
    return mark(text[start:end].strip(), terms=terms, locale=locale)


def _word_start(text: str, position: int) -> int:
    if position == 0:
        return 0
    blank = text.find(" ", position)
    return blank + 1 if blank != -1 else position
