"""What differs between what somebody brought and what the ledger gives, in words.

The words show only what stands in the file that was brought: whoever checks a sheet may not be the one who may read
the document, and learns nothing from a refusal.
"""

from collections.abc import Iterator
from itertools import islice, zip_longest
from typing import Any

from django.utils.translation import gettext as _

from approvals.sheets.portable import Portable

MOST = 5
AROUND = 40


def in_record(brought: Any, known: Any) -> Iterator[str]:
    """The places of the record that differ, the first ones."""
    for path in islice(_paths(brought, known, ""), MOST):
        yield _("The record in the sheet is not the ledger's: %(place)s.") % {"place": path}


def _paths(brought: Any, known: Any, path: str) -> Iterator[str]:
    if isinstance(brought, dict) and isinstance(known, dict):
        for name in sorted(brought.keys() | known.keys()):
            if brought.keys() & {name} and known.keys() & {name}:
                yield from _paths(brought[name], known[name], f"{path}.{name}".strip("."))
            else:
                yield f"{path}.{name}".strip(".")[:100]
    elif isinstance(brought, list) and isinstance(known, list):
        for number, (one, other) in enumerate(zip_longest(brought, known, fillvalue=_MISSING), start=1):
            yield from _paths(one, other, f"{path} {number}")
    elif type(brought) is not type(known) or brought != known:
        yield path


_MISSING = object()


def in_html(brought: bytes, known: bytes) -> list[str]:
    """Where the HTML differs: the first line, and what stands there."""
    if brought == known:
        return []
    # The marks keep a line that is missing apart from one that is empty.
    ours = [f"{line}⏎" for line in known.decode().split("\n")]
    theirs = [f"{line}⏎" for line in brought.decode(errors="surrogateescape").split("\n")]
    return [_("The sheet is not as the ledger gives it: line %(line)s, at “%(near)s”.") % _first(theirs, ours)]


def in_pdf(brought: Portable, known: Portable) -> list[str]:
    """Which parts of the PDF differ. Raises Unreadable."""
    theirs, ours = brought.parts(), known.parts()
    names = [name for name in {**ours, **theirs} if theirs.get(name) != ours.get(name)]
    return [_("The PDF is not as the ledger gives it: %(part)s.") % {"part": name} for name in names[:MOST]]


def in_text(brought: bytes, payload: dict[str, Any]) -> Iterator[str]:
    """Where a text differs from the cleared one: from its title, lead and body, or, without a title, from its body.

    Spaces and empty lines do not count. A public form in JSON that comes here has another digest, and is refused.
    """
    theirs = _lines(brought.decode(errors="surrogateescape").removeprefix("\ufeff"))
    body = _lines(payload["body"]["text"])
    whole = [*_lines(payload["title"]), *_lines(payload.get("lead", "")), *body]
    if theirs in (whole, body):
        return
    ours = whole if _lines(payload["title"]) == theirs[:1] or len(theirs) >= len(whole) else body
    place = _first(theirs, ours)
    yield _("The text is not the one that was cleared: line %(line)s, letter %(letter)s, at “%(near)s”.") % place


def _lines(text: str) -> list[str]:
    return [line for line in (" ".join(line.split()) for line in text.splitlines()) if line]


def _first(theirs: list[str], ours: list[str]) -> dict[str, Any]:
    """Where the first difference is, and what stands there in theirs."""
    pairs = enumerate(zip_longest(theirs, ours, fillvalue=""), start=1)
    number, (line, known) = next((n, pair) for n, pair in pairs if pair[0] != pair[1])
    letter = next(n for n, (a, b) in enumerate(zip_longest(line, known)) if a != b)
    near = line[max(0, letter - AROUND) : letter + AROUND].encode(errors="replace").decode()
    return {"line": number, "letter": letter + 1, "near": near}
