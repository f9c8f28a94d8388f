"""A published document as an index holds it; made of the stored bytes and of nothing else."""

import datetime as dt
import json
from typing import Any

from frontend_api.models import PublishedDocument
from frontend_api.search.port import IndexedDocument, Tag


def from_published(document: PublishedDocument) -> IndexedDocument:
    """What an index holds of the row. No query: topics, people and places are read from the stored bytes."""
    payload = json.loads(document.cleared)
    return IndexedDocument(
        content_id=document.content_id,
        locale=document.locale,
        type=document.type,
        slug=document.slug,
        title=document.title,
        summary=document.summary,
        body_text=_body_text(payload),
        reference=payload.get("citation", ""),
        topics=tuple(Tag(key=topic["key"], label=topic["label"]) for topic in payload["topics"]),
        people=tuple(Tag(key=person["key"], label=person["name"]) for person in people_of(payload)),
        places=tuple(Tag(key=place["key"], label=place["name"]) for place in payload["places"]),
        act_type=document.act_type,
        act_number=document.act_number,
        act_year=document.act_year,
        signed_on=dt.date.fromisoformat(payload["signed_on"]) if payload.get("signed_on") else None,
        listed_at=document.listed_at,
        version=document.version,
        digest=document.digest,
    )


def people_of(payload: dict[str, Any]) -> list[dict[str, Any]]:
    """The people by whom readers look for the document: those whom it names, and of a speech whoever spoke."""
    people = payload["people"]
    speaker = payload.get("speaker") or {}
    if speaker.get("key") and speaker["key"] not in {person["key"] for person in people}:
        return [*people, speaker]
    return people


def _body_text(payload: dict[str, Any]) -> str:
    """Everything of a document that readers read as running text, in the order in which they meet it."""
    speaker = payload.get("speaker") or {}
    notes = payload.get("notes_to_editors") or {}
    parts = [
        payload.get("lead", ""),
        payload.get("occasion", ""),
        speaker.get("name", ""),
        payload["body"]["text"],
        notes.get("text", ""),
        payload.get("addressee", ""),
    ]
    return "\n".join(part for part in parts if part)
