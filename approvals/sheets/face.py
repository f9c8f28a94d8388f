"""The face of a sheet: HTML that stands alone and prints on A4, the same bytes whenever it is made of the same record.

Where a record names a moment, this writes it as official texts do, in Bishkek's time. The check address is the only
thing on the face that does not come from the record: it is the office's own.
"""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import qrcode
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from qrcode.constants import ERROR_CORRECT_M

from approvals.sheets.contents import canonical_of, moment
from approvals.sheets.words import KINDS, SUBTYPES, TONGUES, TYPES, URGENTLY, WORDS
from site_pages.official_dates import official_date
from site_pages.public_form.canonical import digest_of

QUIET = 4
# Of eight patterns that may lie over the code, always the same one: the library's own choice may change.
MASK = 2
IN_SCRIPTS = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


@dataclass(frozen=True)
class Row:
    """One line as it is written. decision, remarks: one text a line."""

    post: str
    signature: str
    name: str
    acting: str
    basis: str
    decision: str
    notes: tuple[str, ...]
    at: str
    remark: str


def html_of(contents: dict[str, Any], *, language: str) -> bytes:
    """The sheet in one language, as UTF-8."""
    record = canonical_of(contents, language=language)
    address = check_address(digest=contents["digest"], number=contents["clearing"]["number"])
    context = {
        "language": language,
        "words": WORDS[language],
        "document": _document(contents, language),
        "urgent": _urgent(contents, language),
        "rows": [_row(line, contents, language) for line in contents["lines"]],
        "course": [_row(line, contents, language) for line in contents["course"]],
        "digest": contents["digest"],
        "clearing": _entry(contents["clearing"], language),
        "cleared_at": _at(contents["clearing"]["at"], language),
        "state": _entry(contents["state"], language),
        "seal": digest_of(record),
        "address": address,
        "squares": _squares(address),
        "record": record.decode().translate(IN_SCRIPTS),
    }
    # What is active in the process must not reach the face.
    with translation.override(language):
        text = render_to_string("approvals/sheets/sheet.html", context)
    return text.encode()


def check_address(*, digest: str, number: int) -> str:
    """Where anybody of the office asks whether the ledger has this clearance."""
    question = urlencode({"digest": digest, "number": number})
    return f"{settings.WAGTAILADMIN_BASE_URL}{reverse('approvals:sheet_check')}?{question}"


def _document(contents: dict[str, Any], language: str) -> list[tuple[str, str, str]]:
    """What the sheet says of the document: word, value, the language of the value."""
    document, words = contents["document"], WORDS[language]
    kind, day = document["kind"], document["day"]
    label = SUBTYPES[language].get(kind, kind)
    kinds = [TYPES[language][document["type"]], label]
    authors = [line["entry"]["name"] for line in contents["course"] if line["entry"]["kind"] == "submitted"]
    told = [
        (words["type"], ": ".join(dict.fromkeys(filter(None, kinds))), language),
        (words["name"], document["title"], document["locale"]),
        (words["number"], document["number"] and f"№\u00a0{document['number']}", language),
        (words["day"], day and official_date(dt.date.fromisoformat(day), locale=language), language),
        ("", document["citation"], document["locale"]),
        (words["language"], TONGUES[language][document["locale"]], language),
        (words["author"], authors[-1], language),
    ]
    return [item for item in told if item[1]]


def _urgent(contents: dict[str, Any], language: str) -> tuple[str, ...]:
    urgent, words = contents["urgent"], WORDS[language]
    if urgent is None:
        return ()
    by, reason = words["urgent_by"] % {"name": urgent["by"]}, words["reason"] % {"reason": urgent["reason"]}
    return (words["urgent"], by, reason)


def _row(line: dict[str, Any], contents: dict[str, Any], language: str) -> Row:
    words, entry = WORDS[language], line["entry"]
    post = line["post"][language] if line["post"] else ""
    if entry is None:
        return Row(post, "", "", "", "", words["due"], (), "", "")
    acting = entry["acting_for"]
    is_urgent_approval = entry["is_urgent"] and entry["kind"] == "approved"
    return Row(
        post=post,
        signature=words["entry"] % {"number": entry["number"]},
        name=entry["name"],
        acting=words["acting"] % {"name": acting["name"]} if acting else "",
        basis=words["basis"] % {"basis": acting["legal_basis"]} if acting else "",
        decision=URGENTLY[language] if is_urgent_approval else KINDS[language][entry["kind"]],
        notes=tuple(_notes(line, contents, language)),
        at=_at(entry["at"], language),
        remark=entry["remark"],
    )


def _notes(line: dict[str, Any], contents: dict[str, Any], language: str):
    words, entry = WORDS[language], line["entry"]
    if entry["to_step"]:
        posts = {known["step"]: known["post"][language] for known in contents["lines"]}
        yield words["to_step"] % {"step": posts.get(entry["to_step"], entry["to_step"])}
    if line.get("is_void"):
        yield words["void"]
    if entry["digest"] != contents["digest"]:
        yield words["other_text"] % {"digest": f"{entry['digest'][:12]}…"}


def _entry(entry: dict[str, Any], language: str) -> tuple[str, str]:
    return WORDS[language]["entry"] % {"number": entry["number"]}, entry["hash"]


def _at(text: str, language: str) -> str:
    """A moment as official texts write it: 2026-жылдын 17-июлу, 14:05."""
    when = moment(text)
    return f"{official_date(when.date(), locale=language)}, {when:%H:%M}"


def _squares(address: str) -> dict[str, Any]:
    """The QR code of the address: how many squares it is wide, and the dark ones as the path of an SVG."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, mask_pattern=MASK, border=QUIET)
    code.add_data(address, optimize=0)
    code.make(fit=True)
    rows = code.get_matrix()
    dark = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    return {"width": str(len(rows)), "path": "".join(dark)}


def record_in(text: str) -> dict[str, Any] | None:
    """The record that is embedded in the HTML of a sheet, as it is there; None: there is none that can be read."""
    start, _found, rest = text.partition('<script type="application/json" id="record">')
    content, end, _rest = rest.partition("</script>")
    return parsed(content) if start and end else None


def parsed(content: str | bytes) -> dict[str, Any] | None:
    """JSON that is an object; None for everything else, however deep it is nested."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
