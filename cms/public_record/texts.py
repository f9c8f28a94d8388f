"""Each text with all that the log has of it: its steps, and whether what is public is what comes out of them."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any
from uuid import UUID

from cms.public_record import reading
from cms.public_record.reading import columns_that_differ, readable, subject_of
from frontend_api.document_rows import OF_A_FILE, files_in, last_text_in, references_in, row_from, tags_in
from frontend_api.models import (
    KINDS_WITH_TEXT,
    Publication,
    PublicationKind,
    PublishedDocument,
    PublishedVersion,
    WithheldText,
)
from site_pages.corrections import MAJOR, is_readable
from site_pages.models import ServedFile
from site_pages.public_form.canonical import digest_of
from site_pages.withdrawal import WithdrawalClass

# Columns of which it is said in other words that they are wrong.
LISTED = "is listed as another text than it is"
NOTICE = "stands under another notice than the log says"
IN_WORDS = {
    "type": LISTED, "slug": LISTED, "title": LISTED, "summary": LISTED, "notice": NOTICE, "notice_at": NOTICE,
    "corrections": "tells of other corrections than the log",
}  # fmt: skip


@dataclass(frozen=True)
class _Text:
    """One text. log: all that the log has of it, oldest first, with tombstones."""

    content_id: UUID
    locale: str
    log: list[Publication]

    @property
    def key(self) -> tuple[UUID, str]:
        return self.content_id, self.locale


@dataclass(frozen=True)
class _Public:
    """What is public of several texts, and what it should come from."""

    documents: dict[tuple[UUID, str], PublishedDocument]
    versions: dict[int, PublishedVersion]
    withheld: dict[tuple[UUID, str], list[int]]
    served: set[tuple[str, str, int]]


def faults_of_texts() -> Iterator[str]:
    """Texts that changed without saying so, and rows of what is public that are not what the log makes of them."""
    all_of_them = _texts()
    while texts := list(islice(all_of_them, reading.TEXTS)):
        public = _public(texts)
        for text in texts:
            yield from _faults_of_steps(text.log)
            yield from readable(f"{text.content_id} {text.locale}", _faults_of_text(text, public))


def _texts() -> Iterator[_Text]:
    rows = Publication.objects.select_related("tombstone").order_by("content_id", "locale", "number")
    for key, log in groupby(rows.iterator(chunk_size=reading.PIECE), lambda row: (row.content_id, row.locale)):
        yield _Text(*key, log=list(log))


def _public(texts: Iterable[_Text]) -> _Public:
    ids = {text.content_id for text in texts}
    documents = PublishedDocument.objects.filter(content_id__in=ids).prefetch_related("tags", "references", "files")
    withheld: dict[tuple[UUID, str], list[int]] = {text.key: [] for text in texts}
    for row in WithheldText.objects.filter(content_id__in=ids):
        withheld.setdefault((row.content_id, row.locale), []).append(row.up_to)
    found = {(document.content_id, document.locale): document for document in documents}
    names = {file.storage_name for document in found.values() for file in document.files.all()}
    served = ServedFile.objects.filter(storage_name__in=names)
    return _Public(
        documents=found,
        versions=PublishedVersion.objects.defer("cleared").in_bulk([last_text_in(text.log) for text in texts]),
        withheld=withheld,
        served=set(served.values_list("storage_name", "sha256", "file_size")),
    )


def _faults_of_steps(log: list[Publication]) -> Iterator[str]:
    """Versions that differ from the one before without saying so. What is closed ends what came before it."""
    before: Publication | None = None
    for row in log:
        if row.kind in KINDS_WITH_TEXT:
            if fault := _fault_of_step(before, row):
                yield f"number {row.number} {fault}"
            before = row
        elif row.kind == PublicationKind.WITHDRAWN:
            if before is None:
                yield f"number {row.number} withdraws what was not public"
            if _closes(row):
                before = None


def _closes(row: Publication) -> bool:
    """Whether readers no longer find the text afterwards. Without a tombstone nobody knows, and they should not."""
    if row.kind != PublicationKind.WITHDRAWN:
        return False
    tombstone = getattr(row, "tombstone", None)
    return tombstone is None or tombstone.withdrawal_class != WithdrawalClass.NO_LONGER_CURRENT


def _fault_of_step(before: Publication | None, row: Publication) -> str:
    if before is None:
        return "" if row.kind == PublicationKind.PUBLISHED else "corrects what was not public"
    if row.digest == before.digest:
        return "" if row.kind == PublicationKind.CONFIRMED else f"changes nothing of number {before.number}"
    if row.kind != PublicationKind.CORRECTED:
        return f"differs from number {before.number} without a correction notice"
    if row.update_type == MAJOR and not is_readable(row.change_note):
        return f"is a major correction of number {before.number} without a note"
    return ""


def _faults_of_text(text: _Text, public: _Public) -> Iterator[str]:
    document = public.documents.get(text.key)
    is_closed = _closes(text.log[-1])
    if is_closed and document is not None:
        yield "is public, though it was taken down"
    elif document is None and not is_closed:
        yield "is not public, though nobody took it down"
    elif document is not None:
        yield from _faults_of_document(document, text, public)


def _faults_of_document(document: PublishedDocument, text: _Text, public: _Public) -> Iterator[str]:
    version = public.versions.get(document.text_version)
    if digest_of(document.cleared.encode()) != document.digest:
        yield "is not the text that its digest names"
    elif (document.version, document.text_version) != (text.log[-1].number, last_text_in(text.log)):
        yield "is not its last version"
    elif version is None or subject_of(version) != subject_of(document):
        yield "is not what was published under its number"
    else:
        withheld = public.withheld[text.key]
        expected = row_from(text.log, cleared=document.cleared, digest=document.digest, withheld=withheld)
        wrong = columns_that_differ(document, expected)
        yield from dict.fromkeys(IN_WORDS.get(name, f"has another {name} than its log and its text") for name in wrong)
        yield from _faults_of_what_hangs_on_it(document, json.loads(document.cleared), served=public.served)


def _faults_of_what_hangs_on_it(
    document: PublishedDocument, payload: dict[str, Any], *, served: set[tuple[str, str, int]]
) -> Iterator[str]:
    """What lists filter by, what it refers to, and the files that it opens to readers."""
    if {(tag.kind, tag.key, tag.label) for tag in document.tags.all()} != set(tags_in(payload)):
        yield "has other tags than its text"
    if {str(row.target) for row in document.references.all()} != set(references_in(payload)):
        yield "refers to other documents than its text"
    files = document.files.all()
    named = {tuple(one[name] for name in OF_A_FILE) for one in files_in(payload)}
    if {(str(file.file_id), *(getattr(file, name) for name in OF_A_FILE[1:])) for file in files} != named:
        yield "opens other files than its text names"
    if any((file.storage_name, file.sha256, file.file_size) not in served for file in files):
        yield "opens a file that was not made for readers"
