"""Whether the public record is sound: the log, every version that was public, and what the ledger says of each.

Three passes, each in the order of an index, in pieces: the memory that it takes does not grow with the number of
documents. Nothing is believed because a trigger should have refused the contrary.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from approvals.models import EntryKind, LedgerEntry
from frontend_api.corrections import corrections_from
from frontend_api.models import (
    KINDS_WITH_TEXT,
    Publication,
    PublicationCounter,
    PublicationKind,
    PublishedDocument,
    PublishedVersion,
    Tombstone,
    WithheldText,
)
from site_pages.corrections import MAJOR, is_readable
from site_pages.public_form.canonical import digest_of
from site_pages.withdrawal import WithdrawalClass

CLEARING = (EntryKind.CLEARED, EntryKind.CLEARED_URGENTLY)
TAKING_DOWN = (EntryKind.WITHDRAWAL_CLEARED, EntryKind.CLOSED_AT_ONCE)
PIECE = 500


def faults(*, progress: Callable[[int], None] = lambda number: None) -> Iterator[str]:
    """Everything that is wrong, in words; nothing when all is sound. progress: told how many publications were read."""
    yield from _faults_of_log(progress)
    yield from _faults_of_histories()
    yield from _faults_of_ledger()
    yield from _faults_of_documents()


def _faults_of_log(progress: Callable[[int], None]) -> Iterator[str]:
    """Gaps in the numbers, and publications that are not what was cleared under them."""
    expected = 1
    for piece in _pieces(Publication.objects.order_by("number")):
        cleared, published = _entries_for(piece)
        versions = PublishedVersion.objects.in_bulk([publication.number for publication in piece])
        for publication in piece:
            if publication.number != expected:
                yield f"number {expected} is missing"
            expected = publication.number + 1
            if publication.kind == PublicationKind.WITHDRAWN:
                yield from (f"number {publication.number} {fault}" for fault in _faults_of_withdrawal(publication))
            else:
                yield from (
                    f"number {publication.number} {fault}"
                    for fault in (
                        *_faults_of_version(publication, versions.get(publication.number)),
                        *_faults_of_clearance(publication, cleared=cleared, published=published),
                    )
                )
        progress(expected - 1)
    counter = PublicationCounter.objects.filter(pk=1).values_list("number", flat=True).first() or 0
    if counter != expected - 1:
        yield f"the counter stands at {counter}, the log ends with {expected - 1}"


def _pieces(rows: QuerySet[Publication]) -> Iterator[list[Publication]]:
    """The log in pieces, each a query of its own: nothing stays open while the others are asked."""
    last = 0
    while piece := list(rows.filter(number__gt=last)[:PIECE]):
        yield piece
        last = piece[-1].number


def _entries_for(piece: list[Publication]) -> tuple[dict[int, LedgerEntry], dict[int, LedgerEntry]]:
    """The entries that cleared these publications, and those that say they were published; both by the former."""
    numbers = [publication.entry_number for publication in piece]
    cleared = LedgerEntry.objects.filter(kind__in=CLEARING).in_bulk(numbers)
    later = LedgerEntry.objects.filter(
        kind=EntryKind.PUBLISHED, content_id__in={one.content_id for one in piece}, number__gt=min(numbers, default=0)
    )
    return cleared, {entry.details.get("cleared_by_entry"): entry for entry in later.iterator()}


def _faults_of_version(publication: Publication, version: PublishedVersion | None) -> Iterator[str]:
    if version is None:
        yield "has no stored text"
        return
    if digest_of(version.cleared.encode()) != version.digest:
        yield "is not the text that its digest names"
        return
    if _subject(version) != _subject(publication):
        yield "is stored as another text than the log says"
        return
    payload = json.loads(version.cleared)
    note = payload["change_note"] if publication.kind == PublicationKind.CORRECTED else ""
    if (publication.update_type, publication.change_note) != (payload["update_type"], note):
        yield "tells readers another notice than the one that was cleared"


def _subject(row: Any) -> tuple:
    """What a row is about."""
    return row.content_id, row.locale, row.digest


def _faults_of_clearance(
    publication: Publication, *, cleared: dict[int, LedgerEntry], published: dict[int, LedgerEntry]
) -> Iterator[str]:
    clearance, record = cleared.get(publication.entry_number), published.get(publication.entry_number)
    if clearance is None or _subject(clearance) != _subject(publication):
        yield "was published without a clearance in the ledger"
    if record is None or _subject(record) != _subject(publication):
        yield "is not in the ledger as published"
    elif record.recorded_at != publication.at:
        yield "has another moment than the ledger says"


def _faults_of_withdrawal(publication: Publication) -> Iterator[str]:
    """Withdrawals are few: each is asked for by itself."""
    tombstone = Tombstone.objects.filter(pk=publication.number).first()
    entry = LedgerEntry.objects.filter(number=publication.entry_number, kind__in=TAKING_DOWN).first()
    if entry is None or _withdrawn_by(entry) != _subject(publication):
        yield "was withdrawn without a clearance in the ledger"
    elif tombstone is None or _told(tombstone) != _decided(entry.details["statement"]):
        yield "tells readers another withdrawal than the one that was cleared"


def _withdrawn_by(entry: LedgerEntry) -> tuple:
    """What the entry took down; its own digest is that of the statement."""
    return entry.content_id, entry.locale, entry.details["statement"]["digest"]


def _told(tombstone: Tombstone) -> tuple:
    successor = str(tombstone.successor) if tombstone.successor else None
    return tombstone.withdrawal_class, tombstone.reason, successor


def _decided(statement: dict[str, Any]) -> tuple:
    return statement["class"], statement["reason"], statement["successor"]


def _faults_of_histories() -> Iterator[str]:
    """Versions that differ from the one before without saying so. What is closed ends what came before it."""
    rows = Publication.objects.order_by("content_id", "locale", "number").values(
        "content_id", "locale", "number", "kind", "digest", "update_type", "change_note", "tombstone__withdrawal_class"
    )
    for _document, history in groupby(rows.iterator(chunk_size=PIECE), lambda row: (row["content_id"], row["locale"])):
        before: dict[str, Any] | None = None
        for row in history:
            if fault := _fault_of_step(before, row):
                yield f"number {row['number']} {fault}"
            if row["kind"] in KINDS_WITH_TEXT:
                before = row
            elif row["tombstone__withdrawal_class"] != WithdrawalClass.NO_LONGER_CURRENT:
                before = None


def _fault_of_step(before: dict[str, Any] | None, row: dict[str, Any]) -> str:
    if row["kind"] not in KINDS_WITH_TEXT:
        return ""
    if before is None:
        return "" if row["kind"] == PublicationKind.PUBLISHED else "corrects what was not public"
    if row["digest"] == before["digest"]:
        return ""
    if row["kind"] != PublicationKind.CORRECTED:
        return f"differs from number {before['number']} without a correction notice"
    if row["update_type"] == MAJOR and not is_readable(row["change_note"]):
        return f"is a major correction of number {before['number']} without a note"
    return ""


def _faults_of_ledger() -> Iterator[str]:
    """Texts that the ledger says were published and the log does not know."""
    logged = Publication.objects.filter(
        content_id=OuterRef("content_id"), locale=OuterRef("locale"), digest=OuterRef("digest")
    )
    lost = LedgerEntry.objects.filter(~Exists(logged), kind=EntryKind.PUBLISHED).order_by("number")
    for number in lost.values_list("number", flat=True).iterator(chunk_size=PIECE):
        yield f"the log does not know what entry {number} of the ledger says was published"


def _faults_of_documents() -> Iterator[str]:
    """Published documents that are not the last version of themselves."""
    documents = PublishedDocument.objects.order_by("version")
    last = 0
    while piece := list(documents.filter(version__gt=last)[:PIECE]):
        last = piece[-1].version
        versions = PublishedVersion.objects.in_bulk([document.text_version for document in piece])
        logs, withheld = _logs_of(piece), _withheld(piece)
        for document in piece:
            version = versions.get(document.text_version)
            if digest_of(document.cleared.encode()) != document.digest:
                yield f"{document.content_id} {document.locale} is not the text that its digest names"
            elif version is None or _subject(version) != _subject(document):
                yield f"{document.content_id} {document.locale} is not what was published under its number"
            elif document.notice != _notice_in(logs[document.content_id, document.locale]):
                yield f"{document.content_id} {document.locale} stands under another notice than the log says"
            elif not _is_last(document, logs[document.content_id, document.locale]):
                yield f"{document.content_id} {document.locale} is not its last version"
            elif document.corrections != corrections_from(
                logs[document.content_id, document.locale], withheld=withheld[document.content_id, document.locale]
            ):
                yield f"{document.content_id} {document.locale} tells of other corrections than the log"
            elif _columns(document) != _columns_in(document.cleared):
                yield f"{document.content_id} {document.locale} is listed as another text than it is"


def _notice_in(log: list[Publication]) -> str:
    """The notice under which a document stands by its log; empty where it stands under none."""
    is_notice = log and log[-1].kind == PublicationKind.WITHDRAWN
    tombstone = Tombstone.objects.filter(pk=log[-1].number).first() if is_notice else None
    return tombstone.reason if tombstone else ""


def _columns(document: PublishedDocument) -> tuple[str, ...]:
    return document.type, document.slug, document.title, document.summary


def _columns_in(cleared: str) -> tuple[str, ...]:
    payload = json.loads(cleared)
    return payload["type"], payload["slug"], payload["title"], payload["summary"]


def _logs_of(piece: list[PublishedDocument]) -> dict[tuple, list[Publication]]:
    """All that the log has of the documents of the piece, oldest first."""
    logs: dict[tuple, list[Publication]] = defaultdict(list)
    rows = Publication.objects.filter(content_id__in={document.content_id for document in piece})
    for row in rows.select_related("tombstone").order_by("number").iterator(chunk_size=PIECE):
        logs[row.content_id, row.locale].append(row)
    return logs


def _withheld(piece: list[PublishedDocument]) -> dict[tuple, list[int]]:
    """Up to which numbers restores withhold the documents of the piece."""
    numbers: dict[tuple, list[int]] = defaultdict(list)
    for row in WithheldText.objects.filter(content_id__in={document.content_id for document in piece}):
        numbers[row.content_id, row.locale].append(row.up_to)
    return numbers


def _is_last(document: PublishedDocument, log: list[Publication]) -> bool:
    """Whether nothing later is in the log, and no later text than the one that is shown."""
    texts = [row.number for row in log if row.kind in KINDS_WITH_TEXT]
    return (log[-1].number, texts[-1]) == (document.version, document.text_version) if log and texts else False
