"""The log of publications, number by number, beside the ledger: each says the same of the other, in the same order."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from approvals.models import EntryKind, LedgerEntry
from cms.public_record import reading
from cms.public_record.reading import columns_that_differ, readable, subject_of
from frontend_api.document_rows import address_in, last_text_in, row_from
from frontend_api.models import (
    KINDS_WITH_TEXT,
    Publication,
    PublicationCounter,
    PublicationKind,
    PublishedVersion,
    Tombstone,
)
from frontend_api.withdrawing import tombstone_of
from site_pages.corrections import MAJOR
from site_pages.public_form.canonical import digest_of
from site_pages.withdrawal import Statement

CLEARING = (EntryKind.CLEARED, EntryKind.CLEARED_URGENTLY)
TAKING_DOWN = (EntryKind.WITHDRAWAL_CLEARED, EntryKind.CLOSED_AT_ONCE)
DONE = (EntryKind.PUBLISHED, EntryKind.WITHDRAWN)
# What readers follow in the place of a document.
OF_THE_STATEMENT = {"withdrawal_class", "reason", "successor"}


@dataclass
class _Beside:
    """What belongs to a piece of the log. done: the entries that say it was done, by the numbers that they mean."""

    versions: dict[int, PublishedVersion]
    decided: dict[int, LedgerEntry]
    done: dict[int, LedgerEntry] = field(default_factory=dict)


def faults_of_log(progress: Callable[[int], None]) -> Iterator[str]:
    """Gaps in the numbers, publications that are not what was cleared, and entries that the log knows nothing of."""
    expected, before = 1, 0
    entries = _entries_done()
    ahead = next(entries, None)
    for piece in _pieces():
        beside = _beside(piece)
        numbers = {publication.number for publication in piece}
        while ahead and ahead[0] <= piece[-1].number:
            number, entry = ahead
            if number in numbers and number not in beside.done:
                beside.done[number] = entry
            else:
                yield _unknown(entry)
            ahead = next(entries, None)
        for publication in piece:
            if publication.number != expected:
                yield f"number {expected} is missing"
            expected = publication.number + 1
            yield from readable(f"number {publication.number}", _faults_of_publication(publication, beside))
            if entry := beside.done.get(publication.number):
                if entry.number < before:
                    yield f"number {publication.number} has another place in the ledger"
                before = entry.number
        progress(expected - 1)
    while ahead:
        yield _unknown(ahead[1])
        ahead = next(entries, None)
    counter = PublicationCounter.objects.filter(pk=1).values_list("number", flat=True).first() or 0
    if counter != expected - 1:
        yield f"the counter stands at {counter}, the log ends with {expected - 1}"


def _pieces() -> Iterator[list[Publication]]:
    """The log in pieces, each a query of its own: nothing stays open while the others are asked."""
    rows = Publication.objects.select_related("tombstone").order_by("number")
    # From the very first: a number below 1 is in the log too.
    following = rows
    while piece := list(following[: reading.PIECE]):
        yield piece
        following = rows.filter(number__gt=piece[-1].number)


def _beside(piece: list[Publication]) -> _Beside:
    decided = LedgerEntry.objects.filter(kind__in=(*CLEARING, *TAKING_DOWN))
    return _Beside(
        versions=PublishedVersion.objects.in_bulk([publication.number for publication in piece]),
        decided=decided.in_bulk([publication.entry_number for publication in piece]),
    )


def _entries_done() -> Iterator[tuple[int, LedgerEntry]]:
    """The entries that say that something became public or was taken down, each with the number that it means.

    `published` names its number; a withdrawal has the one after it, as numbers have no gaps.
    """
    entries, last, number = LedgerEntry.objects.filter(kind__in=DONE).order_by("number"), 0, 0
    while piece := list(entries.filter(number__gt=last)[: reading.PIECE]):
        for entry in piece:
            named = _detail(entry, "version") if entry.kind == EntryKind.PUBLISHED else None
            number = named if isinstance(named, int) else number + 1
            yield number, entry
        last = piece[-1].number


def _detail(entry: LedgerEntry, name: str) -> Any:
    return entry.details.get(name) if isinstance(entry.details, dict) else None


def _unknown(entry: LedgerEntry) -> str:
    did = "published" if entry.kind == EntryKind.PUBLISHED else "withdrawn"
    return f"the log does not know what entry {entry.number} of the ledger says was {did}"


def _faults_of_publication(publication: Publication, beside: _Beside) -> Iterator[str]:
    version = beside.versions.get(publication.number)
    tombstone = getattr(publication, "tombstone", None)
    if publication.kind == PublicationKind.WITHDRAWN:
        if version is not None:
            yield "has a text, though it withdrew one"
        yield from _faults_in_ledger(publication, beside, kind=EntryKind.WITHDRAWN)
        yield from _faults_of_withdrawal(publication, tombstone, beside.decided.get(publication.entry_number))
    elif publication.kind in KINDS_WITH_TEXT:
        if tombstone is not None:
            yield "has a tombstone, though it withdrew nothing"
        # What the text says is looked at last: it is what may be unreadable.
        clearance = beside.decided.get(publication.entry_number)
        is_cleared = clearance is not None and clearance.kind in CLEARING
        if not is_cleared or subject_of(clearance) != subject_of(publication):
            yield "was published without a clearance in the ledger"
        yield from _faults_in_ledger(publication, beside, kind=EntryKind.PUBLISHED)
        yield from _faults_of_version(publication, version)
    else:
        yield f"did something that nobody knows: {publication.kind}"


def _faults_in_ledger(publication: Publication, beside: _Beside, *, kind: EntryKind) -> Iterator[str]:
    entry = beside.done.get(publication.number)
    is_known = entry is not None and entry.kind == kind and subject_of(entry) == subject_of(publication)
    if not is_known or _detail(entry, "cleared_by_entry") != publication.entry_number:
        yield f"is not in the ledger as {kind}"
    elif entry.recorded_at != publication.at:
        yield "has another moment than the ledger says"


def _faults_of_version(publication: Publication, version: PublishedVersion | None) -> Iterator[str]:
    if version is None:
        yield "has no stored text"
        return
    if digest_of(version.cleared.encode()) != version.digest:
        yield "is not the text that its digest names"
        return
    if subject_of(version) != subject_of(publication):
        yield "is stored as another text than the log says"
        return
    payload = json.loads(version.cleared)
    note = payload["change_note"] if publication.kind == PublicationKind.CORRECTED else ""
    if (publication.update_type, publication.change_note) != (payload["update_type"], note):
        yield "tells readers another notice than the one that was cleared"
    if publication.type != payload["type"]:
        yield "is logged under another type than its text"
    if any(getattr(version, name) != value for name, value in address_in(payload).items()):
        yield "is stored under another address than its text"


def _faults_of_withdrawal(
    publication: Publication, tombstone: Tombstone | None, decided: LedgerEntry | None
) -> Iterator[str]:
    """Withdrawals are few: what was public until then is asked for each by itself."""
    if decided is None or decided.kind not in TAKING_DOWN:
        yield "was withdrawn without a clearance in the ledger"
        return
    statement = Statement.from_json(decided.details["statement"])
    taken_down = (statement.content_id, statement.locale, statement.digest)
    if taken_down != subject_of(publication) or (decided.content_id, decided.locale) != taken_down[:2]:
        yield "was withdrawn without a clearance in the ledger"
        return
    logged = (publication.type, publication.update_type, publication.change_note)
    if logged != (statement.document_type, MAJOR, ""):
        yield "is logged as another withdrawal than the one that was cleared"
    if tombstone is None:
        yield "tells readers another withdrawal than the one that was cleared"
        return
    log = list(
        Publication.objects.filter(
            content_id=publication.content_id, locale=publication.locale, number__lt=publication.number
        )
        .select_related("tombstone")
        .order_by("number")
    )
    if not log or log[-1].number != statement.version:
        yield "takes down another version than the one that was cleared"
    if set(columns_that_differ(tombstone, _stated(statement))) & OF_THE_STATEMENT:
        yield "tells readers another withdrawal than the one that was cleared"
    text = PublishedVersion.objects.get(pk=last_text_in(log))
    public = row_from(log, cleared=text.cleared, digest=text.digest)
    expected = tombstone_of(public, statement=statement, publication=publication)
    for name in columns_that_differ(tombstone, expected):
        if name not in OF_THE_STATEMENT:
            yield f"left a tombstone with another {name} than the text that it took down"


def _stated(statement: Statement) -> Tombstone:
    return Tombstone(
        withdrawal_class=statement.withdrawal_class, reason=statement.reason, successor=statement.successor
    )
