"""Receiving what the gate lets through: published document, log entry and delivery rows, in the gate's transaction."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from frontend_api.announcing import announce
from frontend_api.corrections import closed, correction, corrections_from, history_from, told_with
from frontend_api.document_rows import address_in, fill_from_text, references_in, tags_in
from frontend_api.models import (
    IS_WITHHELD,
    Publication,
    PublicationCounter,
    PublicationKind,
    PublishedDocument,
    PublishedFile,
    PublishedReference,
    PublishedTag,
    PublishedVersion,
)
from frontend_api.overwriting import overwrite
from frontend_api.search.database import terms_of, write_search_texts
from frontend_api.search.published import from_published
from site_pages.public_form.canonical import PublicForm
from site_pages.signals import Handed

# One text: its content_id and its locale.
Text = tuple[str, str]


class DigestMismatch(Exception):
    """The bytes that arrived are not the bytes that the digest names; nothing is published."""


def receive(sender, *, handed: Sequence[Handed], published_at: dt.datetime, **kwargs) -> dict[str, int]:
    """Store public forms as the gate hands them over, and log them; each digest with its number, the next free ones.

    Takes the same few statements, however many there are.
    Raises DigestMismatch; TransactionManagementError outside the gate's transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A publication is stored in the gate's transaction.")
    for one in handed:
        if hashlib.sha256(one.form.canonical).hexdigest() != one.form.digest:
            raise DigestMismatch(one.form.digest)
    publications, stored = _rows(handed, at=published_at)
    Publication.objects.bulk_create(publications)
    PublishedVersion.objects.bulk_create(
        PublishedVersion(
            publication=publication,
            content_id=publication.content_id,
            locale=publication.locale,
            digest=one.form.digest,
            cleared=one.form.canonical.decode(),
            **address_in(one.form.payload),
        )
        for one, publication in zip(handed, publications, strict=True)
    )
    known = [document for document in stored if document.pk is not None]
    PublishedDocument.objects.bulk_create([document for document in stored if document.pk is None])
    overwrite(known)
    payloads = [one.form.payload for one in handed]
    _replace_tags(stored, payloads)
    _replace_files(stored, [one.form for one in handed])
    _replace_references(stored, payloads)
    write_search_texts(documents=[from_published(document) for document in stored])
    announce(publications, ends={row.version: row.expires_at for row in stored if row.expires_at is not None})
    return {document.digest: document.version for document in stored}


def _rows(handed: Sequence[Handed], *, at: dt.datetime) -> tuple[list[Publication], list[PublishedDocument]]:
    """The log entry and the document of each, not stored yet; what is there already is locked, in one order."""
    payloads = [one.form.payload for one in handed]
    ids = [payload["content_id"] for payload in payloads]
    known = PublishedDocument.objects.select_for_update().filter(content_id__in=ids).order_by("pk")
    earlier = {(str(row.content_id), row.locale): row for row in known.annotate(is_withheld=IS_WITHHELD)}
    withheld = {text for text, row in earlier.items() if row.is_withheld}
    texts = [(payload["content_id"], payload["locale"]) for payload in payloads]
    past = _past_of([text for text in texts if text not in earlier])
    publications, documents = [], []
    first = next_number(count=len(handed))
    for number, (one, payload, text) in enumerate(zip(handed, payloads, texts, strict=True), start=first):
        before = earlier.get(text)
        publication = _logged(payload, number=number, handed=one, at=at, earlier=before)
        publications.append(publication)
        document = _filled(one.form, payload=payload, earlier=before, publication=publication, past=past.get(text, ()))
        if text in withheld:
            document.corrections = closed(document.corrections)
        documents.append(document)
    return publications, documents


def work_out_ahead(sender, *, form: PublicForm, **kwargs) -> None:
    """A document will perhaps be published soon: analyse its words now, so that they are known then."""
    nowhere = Publication(number=0, at=timezone.now(), change_note="")
    terms_of(from_published(_filled(form, payload=form.payload, earlier=None, publication=nowhere)))


def next_number(*, count: int = 1) -> int:
    """The first of so many next publication numbers, without gaps; the counter stays locked until the end."""
    counter, _created = PublicationCounter.objects.select_for_update().get_or_create(pk=1)
    first = counter.number + 1
    counter.number += count
    counter.save(update_fields=["number"])
    return first


def _logged(
    payload: dict, *, number: int, handed: Handed, at: dt.datetime, earlier: PublishedDocument | None
) -> Publication:
    kind = _kind(digest=handed.form.digest, earlier=earlier)
    return Publication(
        number=number,
        kind=kind,
        content_id=UUID(payload["content_id"]),
        locale=payload["locale"],
        type=payload["type"],
        digest=handed.form.digest,
        entry_number=handed.entry_number,
        update_type=payload["update_type"],
        change_note=payload["change_note"] if kind == PublicationKind.CORRECTED else "",
        at=at,
    )


def _kind(*, digest: str, earlier: PublishedDocument | None) -> PublicationKind:
    if earlier is None:
        return PublicationKind.PUBLISHED
    return PublicationKind.CONFIRMED if earlier.digest == digest else PublicationKind.CORRECTED


def _filled(
    form: PublicForm,
    *,
    payload: dict,
    earlier: PublishedDocument | None,
    publication: Publication,
    past: Sequence[Publication] = (),
) -> PublishedDocument:
    """The row of the document. past: what the log knows of a text that was public before and is not now."""
    document = earlier or PublishedDocument(content_id=UUID(payload["content_id"]), locale=payload["locale"])
    document.version = publication.number
    document.first_published_at = _first_published_at(publication, earlier=earlier, past=past)
    if not earlier:
        document.change_history, document.corrections = history_from(past), corrections_from(past)
    else:
        told = told_with(publication, is_under_notice=document.notice_at is not None)
        document.change_history = [*document.change_history, *told]
    if publication.kind == PublicationKind.CORRECTED:
        document.corrections = [*document.corrections, correction(publication, previous=document.text_version)]
    document.notice, document.notice_at = "", None
    document.text_version = publication.number
    is_confirmation = publication.kind == PublicationKind.CONFIRMED
    if not earlier or (payload["update_type"] == "major" and not is_confirmation):
        document.public_updated_at = publication.at
    document.updated_at = publication.at
    fill_from_text(document, payload, cleared=form.canonical.decode(), digest=form.digest)
    return document


def _first_published_at(
    publication: Publication, *, earlier: PublishedDocument | None, past: Sequence[Publication]
) -> dt.datetime:
    """When the text was first public at all: what was withdrawn and is published anew does not become young by it."""
    if earlier:
        return earlier.first_published_at
    return past[0].at if past else publication.at


def _past_of(texts: Sequence[Text]) -> dict[tuple[str, str], list[Publication]]:
    """What the log knows of these texts, oldest first."""
    past: dict[tuple[str, str], list[Publication]] = defaultdict(list)
    rows = Publication.objects.filter(content_id__in=[content_id for content_id, _locale in texts])
    for row in rows.select_related("tombstone").order_by("number"):
        past[(str(row.content_id), row.locale)].append(row)
    return past


def _replace_tags(documents: Sequence[PublishedDocument], payloads: Sequence[dict[str, Any]]) -> None:
    PublishedTag.objects.filter(document__in=documents).delete()
    PublishedTag.objects.bulk_create(
        PublishedTag(document=document, kind=kind, key=key, label=label)
        for document, payload in zip(documents, payloads, strict=True)
        for kind, key, label in tags_in(payload)
    )


def _replace_files(documents: Sequence[PublishedDocument], forms: Sequence[PublicForm]) -> None:
    PublishedFile.objects.filter(document__in=documents).delete()
    PublishedFile.objects.bulk_create(
        PublishedFile(document=document, **vars(file))
        for document, form in zip(documents, forms, strict=True)
        for file in form.files
    )


def _replace_references(documents: Sequence[PublishedDocument], payloads: Sequence[dict[str, Any]]) -> None:
    PublishedReference.objects.filter(document__in=documents).delete()
    PublishedReference.objects.bulk_create(
        PublishedReference(document=document, target=target)
        for document, payload in zip(documents, payloads, strict=True)
        for target in references_in(payload)
    )
