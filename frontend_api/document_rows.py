"""What the rows of a published document say, and from where: its bytes, and the log of its publications.

Whoever publishes fills them step by step; `row_from` makes the same from the whole log, so that rows can be held
against it.
"""

import datetime as dt
import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from frontend_api.corrections import corrections_from, history_from
from frontend_api.models import KINDS_WITH_TEXT, Publication, PublicationKind, PublishedDocument, TagKind
from frontend_api.search.published import people_of
from site_pages.corrections import MAJOR

BISHKEK = ZoneInfo("Asia/Bishkek")
# The day by which a type of document is listed. Documents published on their very day keep the order of that day.
LISTED_BY = {"release": "release_date", "speech": "delivered_on", "decree": "signed_on"}
# What the text itself says of one of its files.
OF_A_FILE = ("file_id", "filename", "content_type", "file_size", "sha256")


def row_from(
    log: Sequence[Publication], *, cleared: str, digest: str, withheld: Collection[int] = ()
) -> PublishedDocument:
    """The row of a document that is public, not stored.

    log: all that the log has of the text until then, oldest first, with tombstones; the last of it closes nothing.
    cleared, digest: the bytes that its last version brought. withheld: up to which numbers restores withhold it
    (WithheldText.up_to).
    """
    last = log[-1]
    document = PublishedDocument(
        content_id=last.content_id,
        locale=last.locale,
        version=last.number,
        text_version=last_text_in(log),
        first_published_at=log[0].at,
        public_updated_at=_changed_at(log),
        updated_at=last.at,
        change_history=history_from(log),
        corrections=corrections_from(log, withheld=withheld),
    )
    if is_end(last):
        document.notice, document.notice_at = last.tombstone.reason, last.at
    fill_from_text(document, json.loads(cleared), cleared=cleared, digest=digest)
    return document


def last_text_in(log: Sequence[Publication]) -> int | None:
    """The number of the last publication that brought bytes."""
    return next((row.number for row in reversed(log) if row.kind in KINDS_WITH_TEXT), None)


def _changed_at(log: Sequence[Publication]) -> dt.datetime:
    """When readers were last told something that they should know."""
    return next(
        row.at
        for row in reversed(log)
        if row.kind in (PublicationKind.PUBLISHED, PublicationKind.WITHDRAWN)
        or (row.kind == PublicationKind.CORRECTED and row.update_type == MAJOR)
    )


def is_end(publication: Publication) -> bool:
    """Whether it took a text down, or put it under a notice."""
    return publication.kind == PublicationKind.WITHDRAWN


def fill_from_text(document: PublishedDocument, payload: dict[str, Any], *, cleared: str, digest: str) -> None:
    """Everything that the row repeats of the bytes. Needs to know when the document was first published."""
    document.cleared, document.digest = cleared, digest
    for name, value in address_in(payload).items():
        setattr(document, name, value)
    document.title, document.summary = payload["title"], payload["summary"]
    document.listed_at = _listed_at(payload, first_published_at=document.first_published_at)
    ends_at = payload.get("expires_at")
    document.expires_at = dt.datetime.fromisoformat(ends_at) if ends_at else None
    if payload["type"] == "decree":
        document.signed_on = dt.date.fromisoformat(payload["signed_on"])


def address_in(payload: dict[str, Any]) -> dict[str, Any]:
    """Where readers find the text, by the names of the columns: type, address, number of an act."""
    address = {"type": payload["type"], "slug": payload["slug"]}
    if payload["type"] != "decree":
        return address | {"act_type": "", "act_number": None, "act_number_suffix": "", "act_year": None}
    return address | {
        "act_type": payload["act_type"]["key"],
        "act_number": payload["number"],
        "act_number_suffix": payload["number_suffix"],
        "act_year": payload["year"],
    }


def _listed_at(payload: dict[str, Any], *, first_published_at: dt.datetime) -> dt.datetime:
    day = dt.date.fromisoformat(payload[LISTED_BY[payload["type"]]])
    if first_published_at.astimezone(BISHKEK).date() == day:
        return first_published_at
    return dt.datetime.combine(day, dt.time(), tzinfo=BISHKEK)


def tags_in(payload: dict[str, Any]) -> list[tuple[TagKind, str, str]]:
    """Kind, key and label of what lists filter the document by."""
    named = {
        TagKind.TOPIC: [(topic["key"], topic["label"]) for topic in payload["topics"]],
        TagKind.PERSON: [(person["key"], person["name"]) for person in people_of(payload)],
        TagKind.PLACE: [(place["key"], place["name"]) for place in payload["places"]],
    }
    return [(kind, key, label) for kind, pairs in named.items() for key, label in pairs]


def references_in(payload: dict[str, Any]) -> list[str]:
    """The content ids of the documents that it names."""
    related = {relation["target"] for relation in payload.get("relations", ())}
    return sorted({*payload["related"], payload.get("act"), *related} - {None})


def files_in(value: Any) -> Iterator[dict[str, Any]]:
    """The files that a JSON value names, each as often as it does. Where the storage keeps them, no text says."""
    if isinstance(value, list):
        for item in value:
            yield from files_in(item)
    elif isinstance(value, dict):
        if "file_id" in value and "sha256" in value:
            yield {name: value[name] for name in OF_A_FILE}
        for item in value.values():
            yield from files_in(item)
