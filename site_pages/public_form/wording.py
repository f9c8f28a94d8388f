"""Values of a public form in words: codes by their names, other documents by their titles, texts with their marks."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from site_pages.models import DOCUMENT_TYPES, ActRelation
from site_pages.public_form.marked_words import is_rich_text, linked_documents, marked_list, marked_words

FIELD_LABELS = {
    "title": _("Title"),
    "summary": _("Summary"),
    "slug": _("Address"),
    "lead": _("Lead"),
    "scheduled_for": _("Time of publication"),
    "expires_at": _("End"),
    "text_role": _("Role of this text"),
    "topics": _("Topics"),
    "people": _("People"),
    "places": _("Places"),
    "related": _("Related documents"),
    "attachments": _("Attachments"),
    "image": _("Photograph"),
    "press_contact": _("Press contact"),
    "number": _("Number"),
    "year": _("Year"),
    "citation": _("Citation"),
    "signed_on": _("Signed on"),
    "status": _("Legal status"),
    "official_publications": _("Official publications"),
    "relations": _("Relations to other acts"),
    "annexes": _("Annexes"),
}
NOT_READ = {
    "id", "type", "html", "anchor", "file_id", "key", "content_type", "width", "height", "sha256", "file_size",
}  # fmt: skip
# Of a part, what is true is said and what is not true is left out.
SAID_WHEN_SO = {"accessible": _("accessible")}
# Where other documents are named by their content_id.
OF_ONE, OF_MANY = "act", "related"


def label_of(name: str, *, document_type: str) -> str:
    """What a field of the public form is called in the reader's language."""
    if name in FIELD_LABELS:
        return str(FIELD_LABELS[name])
    try:
        return str(capfirst(DOCUMENT_TYPES[document_type]._meta.get_field(name).verbose_name))
    except (FieldDoesNotExist, AttributeError):
        return name.replace("_", " ")


def named_documents(payload: Mapping[str, Any]) -> set[str]:
    """The content_ids of other documents that a payload names in its fields, or to which links in it lead."""
    acts = [relation["target"] for relation in payload.get("relations", ())]
    named = {one for one in (*payload.get(OF_MANY, ()), payload.get(OF_ONE), *acts) if one}
    return named | set(linked_documents(payload))


def in_words(name: str, value: Any, *, document_type: str, titles: Mapping[str, str]) -> str:
    """The value of a field as a person reads it. titles: of other documents, by content_id; else the id stays."""
    return _read(_worded(name, value, document_type=document_type, titles=titles), titles=titles)


def block_in_words(block: Any, *, titles: Mapping[str, str]) -> str:
    """A block of the body as a person reads it, with what only the eye sees in it; titles as above."""
    return _read(block, titles=titles)


def _worded(name: str, value: Any, *, document_type: str, titles: Mapping[str, str]) -> Any:
    if name == OF_ONE:
        return titles.get(value, value)
    if name == OF_MANY:
        return [titles.get(one, one) for one in value or ()]
    if name == "relations":
        return [_relation_worded(one, titles=titles) for one in value or ()]
    if name == "signatory" and value:
        return {**value, "is_acting": str(_("acting")) if value["is_acting"] else ""}
    return str(_choices(name, document_type=document_type).get(value, value)) if isinstance(value, str) else value


def _relation_worded(relation: Mapping[str, Any], *, titles: Mapping[str, str]) -> dict[str, Any]:
    """What it does, to which act, and where in it."""
    act = titles.get(relation["target"], relation["target"])
    place = [relation[name] for name in ("citation", "registry_code", "points", "url")]
    return {"kind": str(ActRelation.Kind(relation["kind"]).label), "act": act, "place": " · ".join(filter(None, place))}


def _choices(name: str, *, document_type: str) -> dict[str, Any]:
    try:
        return dict(DOCUMENT_TYPES[document_type]._meta.get_field(name).flatchoices)
    except (FieldDoesNotExist, AttributeError):
        return {}


def readable(value: Any) -> str:
    """A value of the public form without markup and ids: words of blocks and files."""
    return _read(value, titles=None)


def _read(value: Any, *, titles: Mapping[str, str] | None) -> str:
    """titles: None for words without their marks."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return _read_members(value, titles=titles)
    if isinstance(value, list):
        return "\n".join(filter(None, (_read(item, titles=titles) for item in value)))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return value if isinstance(value, str) else json.dumps(value)


def _read_members(value: Mapping[str, Any], *, titles: Mapping[str, str] | None) -> str:
    if value.get("type") == "list":
        return marked_list(value["ordered"], [_read(item, titles=titles) for item in value["items"]])
    if titles is not None and is_rich_text(value):
        value = {**value, "text": marked_words(value, titles=titles)}
    said = {name: str(words) if value[name] else "" for name, words in SAID_WHEN_SO.items() if name in value}
    shown = [_read(inner, titles=titles) for name, inner in {**value, **said}.items() if name not in NOT_READ]
    # Of a file whose words stayed and whose bytes were replaced, the fingerprint says so.
    shown += [value["sha256"][:12]] if "sha256" in value else []
    return " · ".join(filter(None, shown))


def unread(before: Any, after: Any) -> tuple[str, str]:
    """Two values as they are stored, of two objects only the members that differ: where the words are the same."""
    if isinstance(before, dict) and isinstance(after, dict):
        before, after = _differing(before, after)
    return tuple(
        "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for value in (before, after)
    )


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    kept: tuple[dict[str, Any], dict[str, Any]] = {}, {}
    for name in sorted({*before, *after}):
        pair = before.get(name), after.get(name)
        if pair[0] != pair[1]:
            pair = _differing(*pair) if all(isinstance(one, dict) for one in pair) else pair
            kept[0][name], kept[1][name] = pair
    return kept
