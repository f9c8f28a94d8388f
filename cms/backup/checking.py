"""Whether what was put back is sound: the ledger, its texts, the log of publications, public files, the triggers."""

from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.db import connection

from approvals import ledger, texts_on_record
from approvals import triggers as page_triggers
from approvals.models import LedgerHead
from cms import public_record
from cms.backup.manifest import Manifest
from frontend_api import triggers as public_triggers
from frontend_api.models import Publication, PublishedFile
from site_pages.storage import sha256_of


def faults(manifest: Manifest) -> Iterator[str]:
    """Everything that is wrong, in words; nothing when all is sound."""
    yield from (f"ledger: {fault.message}" for fault in ledger.faults())
    yield from (f"ledger: {fault}" for fault in texts_on_record.faults())
    head = LedgerHead.objects.get(pk=1)
    if (head.number, head.hash) != (manifest.ledger_number, manifest.ledger_hash):
        yield f"ledger: it ends with entry {head.number}, the backup was taken at {manifest.ledger_number}"
    yield from (f"publications: {fault}" for fault in public_record.faults())
    last = Publication.objects.order_by("-number").values_list("number", flat=True).first() or 0
    if last != manifest.publication_number:
        yield f"publications: the log ends with {last}, the backup was taken at {manifest.publication_number}"
    yield from (f"files: {fault}" for fault in file_faults() if fault.split()[0] not in manifest.lost)
    for triggers in (page_triggers, public_triggers):
        yield from (f"triggers: {name} is missing" for name in triggers.missing(using=connection.alias))


def file_faults() -> Iterator[str]:
    """Files of published documents that are missing or are not what was published."""
    for name, sha256 in PublishedFile.objects.order_by("storage_name").values_list("storage_name", "sha256").distinct():
        if not default_storage.exists(name):
            yield f"{name} is missing"
            continue
        with default_storage.open(name) as content:
            if sha256_of(content) != sha256:
                yield f"{name} is not what was published"
