"""Whether a sheet is true: it is made again from the ledger, and must come out the same, byte for byte.

The file is believed in nothing but three claims: which entry cleared the text, up to which entry it tells, and its
language. From these the sheet is made anew. Bytes are compared, and not the words that can be read out of a PDF: a
glyph may be drawn that is not the letter which the file says it is, words may be white or covered, and whatever one
extracts with, a reader's eye sees something else. Identical bytes leave none of that, and need no second renderer.
The price: a PDF that another version of the renderer drew is refused, and says so; the HTML does not age.
What is read out of a bad PDF serves only to say what differs.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from approvals.ledger import faults as faults_of_ledger
from approvals.models import LedgerEntry
from approvals.sheets.contents import (
    CLEARING,
    EDITION,
    LANGUAGES,
    Clearance,
    NoSheet,
    clearance_of,
    contents_of,
    text_on_record,
)
from approvals.sheets.differences import in_html, in_pdf, in_record, in_text
from approvals.sheets.face import html_of, parsed, record_in
from approvals.sheets.pdf import PRODUCER, PdfUnavailable, pdf_of
from approvals.sheets.portable import Portable, Unreadable
from site_pages.public_form.canonical import digest_of

LARGEST = 5 * 1024 * 1024
LARGEST_NUMBER = 2**63 - 1


@dataclass(frozen=True)
class Finding:
    """What the comparison gave. faults: what differs, in words; empty: the sheet is true.

    since: what the ledger has about this document after the state that the sheet tells of. is_unknown: the ledger has
    no clearance with the number that the sheet names.
    """

    faults: tuple[str, ...]
    content_id: UUID | None = None
    locale: str = ""
    number: int = 0
    since: tuple[LedgerEntry, ...] = ()
    is_unknown: bool = False

    @property
    def is_true(self) -> bool:
        """Whether the sheet, and the text if one was given, is what the ledger has."""
        return not self.faults


def verify(*, sheet: bytes, text: bytes | None = None) -> Finding:
    """Compare a sheet (HTML or PDF), and the text that it is said to be about, with the ledger. Writes nothing."""
    if broken := next(faults_of_ledger(), None):
        return Finding((_("The ledger itself is broken at entry %(number)s.") % {"number": broken.number},))
    if max(len(sheet), len(text or b"")) > LARGEST:
        return Finding((_("The file is too large to be a sheet."),))
    try:
        record, portable = _opened(sheet)
        claims = _claims(record)
    except (NoSheet, Unreadable) as error:
        return Finding((str(error),))
    entry = LedgerEntry.objects.filter(number=claims["clearing"], kind__in=CLEARING).first()
    if entry is None:
        return Finding((_("The ledger has no such clearance."),), is_unknown=True)
    known = {"content_id": entry.content_id, "locale": entry.locale, "number": entry.number}
    try:
        clearance = clearance_of(**_document(entry), clearing=entry.number, state=claims["state"])
        faults = _sheet_faults(clearance, record=record, sheet=sheet, portable=portable)
        if text is not None:
            faults += _text_faults(text, digest=entry.digest)
    except (NoSheet, Unreadable, PdfUnavailable) as error:
        return Finding((str(error),), **known)
    since = LedgerEntry.objects.about(**_document(entry)).filter(number__gt=clearance.state.number)
    return Finding(tuple(faults), since=tuple(since), **known)


def _document(entry: LedgerEntry) -> dict[str, Any]:
    return {"content_id": entry.content_id, "locale": entry.locale}


def _opened(sheet: bytes) -> tuple[dict[str, Any], Portable | None]:
    """The record in the file, and the file itself if it is a PDF. Raises NoSheet, Unreadable."""
    portable = Portable(sheet) if sheet.startswith(b"%PDF-") else None
    record = parsed(portable.record()) if portable else record_in(sheet.decode(errors="replace"))
    if record is None:
        raise NoSheet(_("This is no sign-off sheet: there is no record in it."))
    return record, portable


def _claims(record: dict[str, Any]) -> dict[str, int]:
    if record.get("edition") != EDITION or record.get("language") not in LANGUAGES:
        raise NoSheet(_("The record in the sheet is of another edition or language. Print the sheet again."))
    return {name: _number(record.get(name)) for name in ("clearing", "state")}


def _number(claim: Any) -> int:
    number = claim.get("number") if isinstance(claim, dict) else None
    if type(number) is not int or not 0 < number <= LARGEST_NUMBER:
        raise NoSheet(_("The record in the sheet names no entry of the ledger."))
    return number


def _sheet_faults(clearance: Clearance, *, record: dict, sheet: bytes, portable: Portable | None) -> list[str]:
    contents, language = contents_of(clearance), record["language"]
    faults = list(in_record(record, {**contents, "language": language}))
    if portable is None:
        return faults + in_html(sheet, html_of(contents, language=language))
    if (drawn := pdf_of(contents, language=language)) == sheet:
        return faults
    faults += in_pdf(portable, Portable(drawn)) or [_("The file is not the one that the office printed.")]
    if portable.producer != PRODUCER:
        drawn_by = {"other": portable.producer[:60] or "?", "ours": PRODUCER}
        faults.append(_("It was drawn by %(other)s, here is %(ours)s: print it again, or check the HTML.") % drawn_by)
    return faults


def _text_faults(text: bytes, *, digest: str) -> list[str]:
    """text: the canonical public form, or the words of the document: title, lead and body."""
    if digest_of(text.removesuffix(b"\n")) == digest:
        return []
    return list(in_text(text, text_on_record(digest)))
