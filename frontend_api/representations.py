"""What the API answers: the cleared part as it is stored, and the envelope that the system adds."""

import datetime as dt
import json
from collections.abc import Container, Iterable
from typing import Any
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from frontend_api.models import LOCALES, PublishedDocument

BISHKEK = ZoneInfo("Asia/Bishkek")
SECTIONS = {"release": "releases", "speech": "speeches", "decree": "decrees"}
INVERSES = {
    "amends": "amended_by",
    "repeals": "repealed_by",
    "implements": "implemented_by",
    "corrects": "corrected_by",
    "based_on": "basis_of",
}
ENVELOPE = (
    "path", "version", "digest", "first_published_at", "public_updated_at", "updated_at", "withdrawn_notice",
    "change_history", "corrections", "available_translations", "related_documents", "inverse_relations", "links",
)  # fmt: skip
ITEM_FIELDS = {
    "release": ("subtype", "release_date", "dateline_place", "image"),
    "speech": ("speech_type", "delivered_on", "location", "speaker", "image"),
    "decree": ("act_type", "number", "number_suffix", "year", "citation", "signed_on", "status"),
}
COMMON_ITEM_FIELDS = (
    "content_id", "locale", "type", "title", "summary", "slug", "text_role", "topics", "path", "version", "digest",
    "first_published_at", "public_updated_at", "updated_at", "withdrawn_notice", "links",
)  # fmt: skip


def moment(value: dt.datetime) -> str:
    """ISO 8601 with the offset of Bishkek."""
    return value.astimezone(BISHKEK).isoformat()


def address(path: str) -> str:
    """The full public address of a path of the API."""
    return settings.PUBLIC_BASE_URL.rstrip("/") + path


def path_of(document: PublishedDocument) -> str:
    """The path under which sites show the document: /ky/releases/slug."""
    return f"/{document.locale}/{SECTIONS[document.type]}/{document.slug}"


def slug_path(document: PublishedDocument) -> str:
    """The path under which the API shows the document."""
    return f"/api/v1/{SECTIONS[document.type]}/{quote(document.slug)}"


def act_path(document: PublishedDocument) -> str:
    """The path under which the API shows an act by its number."""
    suffix = f"-{document.act_number_suffix}" if document.act_number_suffix else ""
    return f"/api/v1/decrees/{quote(document.act_type)}/{document.act_year}/{document.act_number}{quote(suffix)}"


def api_address(document: PublishedDocument) -> str:
    """Where the API shows the document."""
    return address(f"{slug_path(document)}?locale={document.locale}")


def file_address(file: dict[str, Any]) -> str:
    """Where exactly these bytes of a file are: another document may already name newer ones."""
    return address(f"/api/v1/files/{file['file_id']}/{quote(file['filename'])}?sha256={file['sha256']}")


def named_as(file: dict[str, Any]) -> tuple[str, str, str]:
    """What its address says of a file: file_id, filename, sha256. All three have to be right."""
    return file["file_id"], file["filename"], file["sha256"]


def with_file_addresses(value: Any, *, only: Container[tuple[str, str, str]] | None = None) -> Any:
    """The same JSON value, every file in it with its `url`. only: see named_as, of the files that have one."""
    if isinstance(value, list):
        return [with_file_addresses(item, only=only) for item in value]
    if isinstance(value, dict):
        enriched = {name: with_file_addresses(item, only=only) for name, item in value.items()}
        is_file = "file_id" in value and "sha256" in value
        is_open = is_file and (only is None or named_as(value) in only)
        return {**enriched, "url": file_address(value)} if is_open else enriched
    return value


def times_of(document: PublishedDocument) -> dict[str, Any]:
    """The members that say which version this is and since when."""
    return {
        "path": path_of(document),
        "version": document.version,
        "digest": document.digest,
        "first_published_at": moment(document.first_published_at),
        "public_updated_at": moment(document.public_updated_at),
        "updated_at": moment(document.updated_at),
        "withdrawn_notice": notice_of(document),
    }


def notice_of(document: PublishedDocument) -> dict[str, str] | None:
    """What readers are told of a document that is no longer current; None of every other."""
    return {"explanation": document.notice, "at": moment(document.notice_at)} if document.notice_at else None


def links_of(document: PublishedDocument) -> dict[str, str]:
    """Where the document is, and its cleared bytes."""
    by_id = address(f"/api/v1/documents/{document.content_id}")
    return {
        "self": api_address(document),
        "by_id": f"{by_id}?locale={document.locale}",
        "cleared": f"{by_id}/cleared?locale={document.locale}",
    }


def versions_address(document: PublishedDocument) -> str:
    """Where all its public versions are listed."""
    return address(f"/api/v1/documents/{document.content_id}/versions?locale={document.locale}")


def detail(
    document: PublishedDocument, *, neighbours: Iterable[PublishedDocument], corrections: list[dict[str, Any]]
) -> dict[str, Any]:
    """The whole document. neighbours: its translations, and what it names or is named by, in any language.

    corrections: its public notices (frontend_api.versions).
    """
    neighbours = list(neighbours)
    payload = json.loads(document.cleared)
    named = {*payload["related"], payload.get("act"), *(r["target"] for r in payload.get("relations", ()))} - {None}
    others = _in_one_language([n for n in neighbours if n.content_id != document.content_id], locale=document.locale)
    envelope = {
        **times_of(document),
        "change_history": document.change_history,
        "corrections": corrections,
        "available_translations": translations(document, neighbours),
        "related_documents": [brief(n) for n in others if str(n.content_id) in named],
        "inverse_relations": _inverses(document, others),
        "links": {**links_of(document), "versions": versions_address(document)},
    }
    return with_file_addresses(payload) | envelope


def _in_one_language(documents: list[PublishedDocument], *, locale: str) -> list[PublishedDocument]:
    """Each document once: in the reader's language, else in the first in which it is published.

    Not to say that an act was repealed because the repealing act awaits its translation would be worse; `locale` tells.
    """
    order = (locale, *LOCALES)
    chosen: dict[UUID, PublishedDocument] = {}
    for document in sorted(documents, key=lambda one: order.index(one.locale)):
        chosen.setdefault(document.content_id, document)
    return sorted(chosen.values(), key=lambda one: (one.listed_at, one.content_id), reverse=True)


def translations(document: PublishedDocument, others: Iterable[PublishedDocument]) -> list[dict[str, str]]:
    """The languages in which the same document is published, itself included."""
    same = {n.locale: n for n in [*others, document] if n.content_id == document.content_id}
    return [brief_translation(same[code]) for code in LOCALES if code in same]


def brief_translation(document: PublishedDocument) -> dict[str, str]:
    """One language of a document, for readers who look for it."""
    return {
        "locale": document.locale,
        "title": document.title,
        "path": path_of(document),
        "url": api_address(document),
    }


def brief(document: PublishedDocument) -> dict[str, str]:
    """Another document in one line."""
    return {
        "content_id": str(document.content_id),
        "type": document.type,
        "locale": document.locale,
        "title": document.title,
        "path": path_of(document),
        "url": api_address(document),
    }


def _inverses(document: PublishedDocument, others: list[PublishedDocument]) -> list[dict[str, str]]:
    inverses = []
    for other in others:
        for relation in json.loads(other.cleared).get("relations", ()):
            if relation["target"] == str(document.content_id):
                inverses.append({"kind": INVERSES[relation["kind"]], **brief(other)})
    return inverses


def item(document: PublishedDocument) -> dict[str, Any]:
    """The document in a list."""
    payload = json.loads(document.cleared)
    names = (*COMMON_ITEM_FIELDS, *ITEM_FIELDS[document.type])
    values = with_file_addresses({name: payload[name] for name in names if name in payload})
    return values | times_of(document) | {"links": links_of(document)}


def sparse(values: dict[str, Any], wanted: frozenset[str] | None) -> dict[str, Any]:
    """Only the wanted members; all when None."""
    return values if wanted is None else {name: value for name, value in values.items() if name in wanted}
