"""Receiving what the gate lets through: published document, log entry and delivery rows, in the gate's transaction."""

import datetime as dt
import hashlib
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from frontend_api.models import (
    Delivery,
    DeliveryChannel,
    Publication,
    PublicationCounter,
    PublicationKind,
    PublishedDocument,
    PublishedFile,
    PublishedReference,
    PublishedTag,
    TagKind,
)
from frontend_api.search.database import write_search_text
from frontend_api.search.published import from_published, people_of
from site_pages.public_form.canonical import PublicForm

BISHKEK = ZoneInfo("Asia/Bishkek")
# The day by which a type of document is listed. Documents published on their very day keep the order of that day.
LISTED_BY = {"release": "release_date", "speech": "delivered_on", "decree": "signed_on"}


class DigestMismatch(Exception):
    """The bytes that arrived are not the bytes that the digest names; nothing is published."""


def receive(sender, *, form: PublicForm, published_at: dt.datetime, entry_number: int, **kwargs) -> PublishedDocument:
    """Store a public form as the gate hands it over, and log it under the next number.

    Raises DigestMismatch; TransactionManagementError outside the gate's transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A publication is stored in the gate's transaction.")
    if hashlib.sha256(form.canonical).hexdigest() != form.digest:
        raise DigestMismatch(form.digest)
    payload = form.payload
    content_id = UUID(payload["content_id"])
    earlier = (
        PublishedDocument.objects.select_for_update().filter(content_id=content_id, locale=payload["locale"]).first()
    )
    publication = _log(payload=payload, digest=form.digest, at=published_at, entry_number=entry_number, earlier=earlier)
    document = _store(form=form, payload=payload, earlier=earlier, publication=publication)
    _replace_tags(document, payload)
    _replace_files(document, form)
    _replace_references(document, payload)
    write_search_text(document=from_published(document))
    Delivery.objects.create(publication=publication, channel=DeliveryChannel.INDEX, next_attempt_at=published_at)
    return document


def next_number() -> int:
    """The next publication number, without gaps; the counter stays locked until the transaction ends."""
    counter, _created = PublicationCounter.objects.select_for_update().get_or_create(pk=1)
    counter.number += 1
    counter.save(update_fields=["number"])
    return counter.number


def _log(
    *, payload: dict, digest: str, at: dt.datetime, entry_number: int, earlier: PublishedDocument | None
) -> Publication:
    return Publication.objects.create(
        number=next_number(),
        kind=PublicationKind.CORRECTED if earlier else PublicationKind.PUBLISHED,
        content_id=payload["content_id"],
        locale=payload["locale"],
        type=payload["type"],
        digest=digest,
        entry_number=entry_number,
        update_type=payload["update_type"],
        change_note=payload["change_note"] if earlier else "",
        at=at,
    )


def _store(
    *, form: PublicForm, payload: dict, earlier: PublishedDocument | None, publication: Publication
) -> PublishedDocument:
    document = earlier or PublishedDocument(content_id=UUID(payload["content_id"]), locale=payload["locale"])
    document.type, document.slug = payload["type"], payload["slug"]
    document.title, document.summary = payload["title"], payload["summary"]
    document.cleared, document.digest = form.canonical.decode(), form.digest
    document.version = publication.number
    document.first_published_at = earlier.first_published_at if earlier else _first_published_at(publication)
    document.notice, document.notice_at = "", None
    if not earlier:
        document.change_history = _history_before(publication)
    if not earlier or payload["update_type"] == "major":
        document.public_updated_at = publication.at
    document.updated_at = publication.at
    if earlier and publication.change_note:
        document.change_history = [
            *document.change_history,
            {"at": publication.at.astimezone(BISHKEK).isoformat(), "note": publication.change_note},
        ]
    document.listed_at = _listed_at(payload, first_published_at=document.first_published_at)
    _fill_act(document, payload)
    document.save()
    return document


def _first_published_at(publication: Publication) -> dt.datetime:
    """When the text was first public at all: what was withdrawn and is published anew does not become young by it."""
    earliest = _log_before(publication).first()
    return earliest.at if earliest else publication.at


def _history_before(publication: Publication) -> list[dict[str, str]]:
    """What readers were told while the text was public before: its changes, and why it was taken down."""
    told = [(row.at, row.tombstone.reason if _is_end(row) else row.change_note) for row in _log_before(publication)]
    return [{"at": at.astimezone(BISHKEK).isoformat(), "note": note} for at, note in told if note]


def _is_end(publication: Publication) -> bool:
    return publication.kind == PublicationKind.WITHDRAWN


def _log_before(publication: Publication):
    rows = Publication.objects.filter(content_id=publication.content_id, locale=publication.locale)
    return rows.filter(number__lt=publication.number).select_related("tombstone").order_by("number")


def _fill_act(document: PublishedDocument, payload: dict[str, Any]) -> None:
    if payload["type"] == "decree":
        document.act_type = payload["act_type"]["key"]
        document.act_number, document.act_number_suffix = payload["number"], payload["number_suffix"]
        document.act_year = payload["year"]
        document.signed_on = dt.date.fromisoformat(payload["signed_on"])


def _listed_at(payload: dict[str, Any], *, first_published_at: dt.datetime) -> dt.datetime:
    day = dt.date.fromisoformat(payload[LISTED_BY[payload["type"]]])
    if first_published_at.astimezone(BISHKEK).date() == day:
        return first_published_at
    return dt.datetime.combine(day, dt.time(), tzinfo=BISHKEK)


def _replace_tags(document: PublishedDocument, payload: dict[str, Any]) -> None:
    document.tags.all().delete()
    named = {
        TagKind.TOPIC: [(topic["key"], topic["label"]) for topic in payload["topics"]],
        TagKind.PERSON: [(person["key"], person["name"]) for person in people_of(payload)],
        TagKind.PLACE: [(place["key"], place["name"]) for place in payload["places"]],
    }
    PublishedTag.objects.bulk_create(
        PublishedTag(document=document, kind=kind, key=key, label=label)
        for kind, pairs in named.items()
        for key, label in pairs
    )


def _replace_files(document: PublishedDocument, form: PublicForm) -> None:
    document.files.all().delete()
    PublishedFile.objects.bulk_create(PublishedFile(document=document, **vars(file)) for file in form.files)


def _replace_references(document: PublishedDocument, payload: dict[str, Any]) -> None:
    document.references.all().delete()
    targets = {*payload["related"], payload.get("act"), *(r["target"] for r in payload.get("relations", ()))} - {None}
    PublishedReference.objects.bulk_create(
        PublishedReference(document=document, target=target) for target in sorted(targets)
    )
