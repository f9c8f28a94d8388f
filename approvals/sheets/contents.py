"""What stands on a sign-off sheet: read from the ledger and from the text on record, and from nothing that can change.

One clearance begins after the clearance before it and ends with the entry that cleared the text; a sheet also shows
what followed from it (publication, confirmation, objection) up to one entry, its `state`. So a sheet that was printed
before a confirmation stays true: it is compared with the ledger as it was then.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import rfc8785
from django.utils.translation import gettext as _

from approvals.facts import entries_of, is_turned_back, labels_of
from approvals.ledger import is_unchanged
from approvals.models import EntryKind, LedgerEntry
from approvals.texts_on_record import payload_of

BISHKEK = ZoneInfo("Asia/Bishkek")
# Grows whenever the same entries would give another sheet, in its record or on its face.
EDITION = 1
LANGUAGES = ("ky", "ru")
CLEARING = (EntryKind.CLEARED, EntryKind.CLEARED_URGENTLY)
ANSWERS = (EntryKind.CONFIRMED, EntryKind.OBJECTED, EntryKind.ESCALATED)
BEFORE = (EntryKind.SUBMITTED, EntryKind.APPROVED, EntryKind.RETURNED, EntryKind.RECALLED, *CLEARING)
DAY_FIELDS = ("signed_on", "delivered_on", "release_date")


class NoSheet(Exception):
    """The ledger holds no such clearance, or what it holds cannot be trusted; the text says which, to a person."""


@dataclass(frozen=True)
class Clearance:
    """The entries of one clearance. course: up to the clearing entry. after: what followed from it."""

    course: tuple[LedgerEntry, ...]
    after: tuple[LedgerEntry, ...]

    @property
    def clearing(self) -> LedgerEntry:
        """The entry that says: cleared."""
        return self.course[-1]

    @property
    def state(self) -> LedgerEntry:
        """The last entry that the sheet tells of."""
        return (*self.course, *self.after)[-1]

    @property
    def submission(self) -> LedgerEntry:
        """The last submission: of the text that was cleared."""
        return next(entry for entry in reversed(self.course) if entry.kind == EntryKind.SUBMITTED)


def clearings_of(*, content_id: UUID, locale: str) -> list[LedgerEntry]:
    """The clearing entries of one document, the latest first: for each there is a sheet."""
    about = LedgerEntry.objects.about(content_id=content_id, locale=locale)
    return list(about.filter(kind__in=CLEARING).order_by("-number"))


def clearance_of(*, content_id: UUID, locale: str, clearing: int | None = None, state: int | None = None) -> Clearance:
    """One clearance of a document. clearing: the number of its entry, else the latest. state: as it was at that entry.

    Raises NoSheet: there is none, or an entry was changed after it was written.
    """
    entries = entries_of(content_id=content_id, locale=locale)
    ends = [e for e in entries if e.kind in CLEARING and clearing in (None, e.number)]
    if not ends:
        raise NoSheet(_("The ledger has no such clearance."))
    end = ends[-1]
    earlier = max((e.number for e in entries if e.kind in CLEARING and e.number < end.number), default=0)
    course = [e for e in entries if earlier < e.number <= end.number and e.kind in BEFORE]
    after = [e for e in entries if _follows(e, end=end, entries=entries)]
    if state is not None:
        if state not in {e.number for e in (end, *after)}:
            raise NoSheet(_("The ledger has no such state of this clearance."))
        after = [e for e in after if e.number <= state]
    for entry in (*course, *after):
        if not is_unchanged(entry):
            raise NoSheet(_("The ledger is broken: entry %(number)s was changed.") % {"number": entry.number})
    return Clearance(course=tuple(course), after=tuple(after))


def _follows(entry: LedgerEntry, *, end: LedgerEntry, entries: list[LedgerEntry]) -> bool:
    """Whether the entry tells what became of the clearance that ended so."""
    if entry.number <= end.number or entry.kind not in (EntryKind.PUBLISHED, EntryKind.STOPPED, *ANSWERS):
        return False
    if cleared_by := entry.details.get("cleared_by_entry"):
        return cleared_by == end.number
    # A stop does not name what it stopped: it is the last thing that was cleared.
    last = max(e.number for e in entries if e.kind in CLEARING and e.number < entry.number)
    return last == end.number and entry.digest == end.digest


def contents_of(clearance: Clearance) -> dict[str, Any]:
    """The sheet as plain JSON values, the same for every language of the sheet; see docs/adr/0020. Raises NoSheet."""
    end, submission = clearance.clearing, clearance.submission
    payload = text_on_record(end.digest)
    labels = _labels(submission)
    on_lines = _lines(clearance)
    shown = {entry.number for step, entry in on_lines if entry}
    void = _void(clearance)
    return {
        "edition": EDITION,
        "document": {
            "content_id": str(end.content_id),
            "locale": end.locale,
            "type": end.document_type,
            "kind": _kind(payload),
            "title": payload["title"],
            "number": f"{payload['number']}{payload['number_suffix']}" if "number" in payload else "",
            "citation": payload.get("citation", ""),
            "day": next((payload[name] for name in DAY_FIELDS if payload.get(name)), ""),
        },
        "digest": end.digest,
        "clearing": {"number": end.number, "hash": end.hash, "kind": end.kind, "at": _moment(end)},
        "state": {"number": clearance.state.number, "hash": clearance.state.hash},
        "urgent": {"reason": end.remark, "by": end.actor_name} if end.kind == EntryKind.CLEARED_URGENTLY else None,
        "lines": [{"post": labels[step["key"]], "step": step["order"], "entry": _told(e)} for step, e in on_lines],
        "course": [
            {"post": _post(e, labels), "is_void": e.number in void, "entry": _told(e)}
            for e in (*clearance.course, *clearance.after)
            if e.number not in shown
        ],
    }


def canonical_of(contents: dict[str, Any], *, language: str) -> bytes:
    """The record that goes with the sheet: its contents and its language in canonical JSON (RFC 8785)."""
    return rfc8785.dumps({**contents, "language": language})


def text_on_record(digest: str) -> dict[str, Any]:
    """The public form that was decided on. Raises NoSheet: it is missing, or is not the one of this digest."""
    payload = payload_of(digest)
    if payload is None:
        raise NoSheet(_("The text on record is not the one that was cleared."))
    return payload


def _lines(clearance: Clearance) -> list[tuple[dict, LedgerEntry | None]]:
    """Who decided on the cleared text, in the order of steps; a skipped step that has not answered has no entry."""
    void, end = _void(clearance), clearance.clearing
    approved = {
        entry.step: entry
        for entry in clearance.course
        if entry.kind == EntryKind.APPROVED and entry.number not in void and entry.digest == end.digest
    }
    lines: list[tuple[dict, LedgerEntry | None]] = []
    for step in sorted(clearance.submission.details["steps"], key=lambda step: step["order"]):
        answers = [e for e in clearance.after if e.kind in ANSWERS and e.step == step["order"]]
        lines += [(step, entry) for entry in filter(None, [approved.get(step["order"]), *answers])]
        if step["order"] not in approved and not any(e.kind == EntryKind.CONFIRMED for e in answers):
            lines.append((step, None))
    return lines


def _void(clearance: Clearance) -> frozenset[int]:
    """The numbers of the approvals that no longer counted when the text was cleared."""
    void: set[int] = set()
    standing: list[LedgerEntry] = []
    for entry in clearance.course:
        if entry.kind == EntryKind.APPROVED:
            standing.append(entry)
        elif entry.kind in (EntryKind.SUBMITTED, EntryKind.RETURNED, EntryKind.RECALLED):
            to_step = is_turned_back(entry)
            lost = [e for e in standing if not to_step or e.step >= to_step]
            void |= {e.number for e in lost}
            standing = [e for e in standing if e not in lost]
    return frozenset(void)


def _labels(submission: LedgerEntry) -> dict[str, dict[str, str]]:
    """What each step is called in each language: as the ledger has it, for older entries as the route has it now."""
    known = submission.details.get("labels") or labels_of(submission.document_type)
    keys = [step["key"] for step in submission.details["steps"]]
    return {key: {code: known.get(key, {}).get(code, key) for code in LANGUAGES} for key in keys}


def _post(entry: LedgerEntry, labels: dict[str, dict[str, str]]) -> dict[str, str] | None:
    """In what office the person acted; None for what is nobody's step. Earlier rounds may have had other steps."""
    key = entry.details.get("step")
    return labels.get(key, dict.fromkeys(LANGUAGES, key)) if key else None


def _kind(payload: dict[str, Any]) -> str:
    if "act_type" in payload:
        return payload["act_type"]["label"]
    return payload.get("subtype") or payload.get("speech_type") or ""


def _told(entry: LedgerEntry | None) -> dict[str, Any] | None:
    """One entry as the sheet tells it; of a return to an earlier step also where to."""
    if entry is None:
        return None
    acting = entry.details.get("acting_for")
    return {
        "number": entry.number,
        "hash": entry.hash,
        "kind": entry.kind,
        "digest": entry.digest,
        "name": entry.actor_name,
        "acting_for": {"name": acting["person"], "legal_basis": acting["legal_basis"]} if acting else None,
        "is_urgent": "urgent" in entry.details,
        "remark": entry.remark,
        "to_step": is_turned_back(entry),
        "at": _moment(entry),
    }


def _moment(entry: LedgerEntry) -> str:
    return entry.recorded_at.astimezone(BISHKEK).isoformat(timespec="microseconds")


def moment(text: str) -> dt.datetime:
    """The moment that a record names, in Bishkek's time."""
    return dt.datetime.fromisoformat(text).astimezone(BISHKEK)
