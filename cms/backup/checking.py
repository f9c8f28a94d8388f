"""Whether what was put back is sound: the ledger, the log of publications, the files of the public, the triggers."""

import hashlib
from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.db import connection

from approvals import ledger
from approvals import triggers as page_triggers
from approvals.models import EntryKind, LedgerEntry, LedgerHead
from cms.backup.manifest import Manifest
from frontend_api import triggers as public_triggers
from frontend_api.models import (
    Publication,
    PublicationCounter,
    PublicationKind,
    PublishedDocument,
    PublishedFile,
)
from site_pages.storage import sha256_of

CLEARING = (EntryKind.CLEARED, EntryKind.CLEARED_URGENTLY)


def faults(manifest: Manifest) -> Iterator[str]:
    """Everything that is wrong, in words; nothing when all is sound."""
    yield from (f"ledger: {fault.message}" for fault in ledger.faults())
    head = LedgerHead.objects.get(pk=1)
    if (head.number, head.hash) != (manifest.ledger_number, manifest.ledger_hash):
        yield f"ledger: it ends with entry {head.number}, the backup was taken at {manifest.ledger_number}"
    yield from (f"publications: {fault}" for fault in publication_faults())
    last = Publication.objects.order_by("-number").values_list("number", flat=True).first() or 0
    if last != manifest.publication_number:
        yield f"publications: the log ends with {last}, the backup was taken at {manifest.publication_number}"
    yield from (f"files: {fault}" for fault in file_faults() if fault.split()[0] not in manifest.lost)
    for triggers in (page_triggers, public_triggers):
        yield from (f"triggers: {name} is missing" for name in triggers.missing(using=connection.alias))


def publication_faults() -> Iterator[str]:
    """Gaps in the log, and published documents that are not what the log and the ledger say."""
    expected = 1
    for number in Publication.objects.order_by("number").values_list("number", flat=True).iterator():
        if number != expected:
            yield f"number {expected} is missing"
        expected = number + 1
    counter = PublicationCounter.objects.filter(pk=1).values_list("number", flat=True).first() or 0
    if counter != expected - 1:
        yield f"the counter stands at {counter}, the log ends with {expected - 1}"
    for document in PublishedDocument.objects.order_by("version").iterator(chunk_size=500):
        if fault := _fault_of(document):
            yield f"{document.content_id} {document.locale} {fault}"


def _fault_of(document: PublishedDocument) -> str:
    if hashlib.sha256(document.cleared.encode()).hexdigest() != document.digest:
        return "is not the text that its digest names"
    publication = Publication.objects.filter(
        number=document.version, content_id=document.content_id, locale=document.locale, digest=document.digest
    ).first()
    if publication is None:
        return "is not what was published under its number"
    if document.notice_at:
        return _fault_of_notice(publication, document)
    return "" if _is_cleared(publication) else "was published without a clearance in the ledger"


def _is_cleared(publication: Publication) -> bool:
    cleared = LedgerEntry.objects.filter(number=publication.entry_number, digest=publication.digest, kind__in=CLEARING)
    return cleared.exists()


def _fault_of_notice(publication: Publication, document: PublishedDocument) -> str:
    """A document under a notice was published before, and the notice was cleared by itself."""
    entry = LedgerEntry.objects.filter(number=publication.entry_number, kind=EntryKind.WITHDRAWAL_CLEARED).first()
    if entry is None or entry.details["statement"]["reason"] != document.notice:
        return "stands under a notice without a clearance in the ledger"
    earlier = Publication.objects.filter(
        content_id=document.content_id, locale=document.locale, number__lt=publication.number
    ).exclude(kind=PublicationKind.WITHDRAWN)
    last = earlier.order_by("-number").first()
    is_whole = last is not None and last.digest == document.digest and _is_cleared(last)
    return "" if is_whole else "was published without a clearance in the ledger"


def file_faults() -> Iterator[str]:
    """Files of published documents that are missing or are not what was published."""
    for name, sha256 in PublishedFile.objects.order_by("storage_name").values_list("storage_name", "sha256").distinct():
        if not default_storage.exists(name):
            yield f"{name} is missing"
            continue
        with default_storage.open(name) as content:
            if sha256_of(content) != sha256:
                yield f"{name} is not what was published"
