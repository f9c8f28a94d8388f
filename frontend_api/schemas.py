"""The OpenAPI components: made from the same definitions that build the public form."""

from collections.abc import Container
from typing import Any

from pydantic.json_schema import models_json_schema

from frontend_api.problems import STATUS, Code, Fault
from frontend_api.representations import COMMON_ITEM_FIELDS, ITEM_FIELDS
from site_pages.public_form.payload import FORMS, ONLY_WHEN_GIVEN
from site_pages.withdrawal import WithdrawalClass

REF = "#/components/schemas/"
NAMES = {"release": "Release", "speech": "Speech", "decree": "Decree"}
STRING: dict[str, Any] = {"type": "string"}
MOMENT = {"type": "string", "format": "date-time"}
URL = {"type": "string", "format": "uri"}
UUID_TEXT = {"type": "string", "format": "uuid"}


def ref(name: str) -> dict[str, str]:
    return {"$ref": REF + name}


def closed(properties: dict[str, Any], *, required: bool = True, but: Container[str] = ()) -> dict[str, Any]:
    """An object with exactly these members; required=False for answers that `fields` can make smaller.

    but: those that are absent where there is nothing to say.
    """
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": sorted(name for name in properties if name not in but)} if required else schema


def array(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


TRANSLATION = closed({"locale": STRING, "title": STRING, "path": STRING, "url": URL})
NEIGHBOUR = {"content_id": UUID_TEXT, "type": STRING, "locale": STRING, "title": STRING, "path": STRING, "url": URL}
LINKS = {"self": URL, "by_id": URL, "cleared": URL}
UPDATE_TYPE = {"type": "string", "enum": ["major", "minor"]}
NUMBER = {"type": "integer", "minimum": 1}
NO_NUMBER = {"type": ["integer", "null"], "minimum": 1}
NO_URL = {"type": ["string", "null"], "format": "uri"}
DIGEST = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
TIMES = {
    "path": STRING,
    "version": {"type": "integer"},
    "digest": DIGEST,
    "first_published_at": MOMENT,
    "public_updated_at": MOMENT,
    "updated_at": MOMENT,
    "withdrawn_notice": ref("WithdrawnNotice"),
    "links": ref("Links"),
}
ENVELOPE_SCHEMA = {
    **TIMES,
    "links": ref("DocumentLinks"),
    "change_history": array(closed({"at": MOMENT, "note": STRING})),
    "corrections": array(ref("Correction")),
    "available_translations": array(ref("Translation")),
    "related_documents": array(ref("Neighbour")),
    "inverse_relations": array(closed({"kind": STRING, **NEIGHBOUR})),
}
CORRECTION = {
    "version": NUMBER,
    "previous_version": NO_NUMBER,
    "at": MOMENT,
    "update_type": UPDATE_TYPE,
    "note": STRING,
    "difference": NO_URL,
}
VERSION_KNOWN = {
    "version": NUMBER,
    "previous_version": NO_NUMBER,
    "kind": {"type": "string", "enum": ["published", "corrected", "confirmed"]},
    "is_current": {"type": "boolean"},
    "at": MOMENT,
    "note": STRING,
    "digest": DIGEST,
    "links": closed({"self": URL, "cleared": URL, "difference": NO_URL}),
}
VERSION_ENVELOPE = {**VERSION_KNOWN, "next_version": NO_NUMBER, "current_version": NUMBER}
PIECE = closed({"kind": {"type": "string", "enum": ["same", "removed", "added"]}, "text": STRING})
CHANGE = {
    "kind": {"type": "string", "enum": ["added", "removed", "changed", "moved"]},
    "place": {"type": "string", "enum": ["field", "block", "order"]},
    "name": STRING,
    "block_type": STRING,
    "label": STRING,
    "before": STRING,
    "after": STRING,
    "pieces": array(PIECE),
}
DIFFERENCE = {
    "content_id": UUID_TEXT,
    "locale": STRING,
    "from": NUMBER,
    "to": NUMBER,
    "at": MOMENT,
    "update_type": UPDATE_TYPE,
    "note": STRING,
    "is_same": {"type": "boolean"},
    "changes": array(closed(CHANGE)),
    "links": closed({"from": URL, "to": URL}),
}
WITHDRAWAL = closed(
    {
        "content_id": UUID_TEXT,
        "locale": STRING,
        "type": STRING,
        "class": {"type": "string", "enum": [name.value for name in WithdrawalClass]},
        "reason": STRING,
        "at": MOMENT,
        "version": {"type": "integer"},
        "first_published_at": MOMENT,
        "successor": {"type": ["string", "null"], "format": "uuid"},
    }
)
FACET = array(closed({"value": STRING, "label": STRING, "count": {"type": "integer"}}))


def _problem() -> dict[str, Any]:
    fault = {"type": "string", "enum": [fault.value for fault in Fault]}
    error = closed({"parameter": STRING, "code": fault, "message": STRING})
    members = {
        "type": STRING,
        "title": STRING,
        "status": {"type": "integer"},
        "code": {"type": "string", "enum": [code.value for code in Code]},
        "detail": STRING,
        "errors": array(error),
        "available_translations": array(ref("Translation")),
        "withdrawal": ref("Tombstone"),
    }
    return {**closed(members), "required": ["code", "status", "title", "type"]}


def _of_versions() -> dict[str, Any]:
    """What the addresses of versions answer, besides the texts themselves."""
    return {
        "Correction": closed(CORRECTION),
        "VersionBrief": closed({**VERSION_KNOWN, "update_type": UPDATE_TYPE}),
        "VersionList": closed(
            {
                "content_id": UUID_TEXT,
                "locale": STRING,
                "type": STRING,
                "title": STRING,
                "path": STRING,
                "url": URL,
                "items": array(ref("VersionBrief")),
            }
        ),
        "Version": {"anyOf": [ref(f"{name}Version") for name in NAMES.values()]},
        "Difference": closed(DIFFERENCE),
    }


def _fixed() -> dict[str, Any]:
    nullable_url = {"type": ["string", "null"], "format": "uri"}
    hit = {
        **NEIGHBOUR,
        "version": {"type": "integer"},
        "withdrawn_notice": ref("WithdrawnNotice"),
        "score": {"type": "number"},
        "highlights": ref("Highlights"),
    }
    return {
        "Translation": TRANSLATION,
        "Neighbour": closed(NEIGHBOUR),
        **_of_versions(),
        "Links": closed(LINKS),
        "DocumentLinks": closed({**LINKS, "versions": URL}),
        "PageLinks": closed({"next": nullable_url, "prev": nullable_url}),
        "Problem": _problem(),
        "WithdrawnNotice": {**closed({"explanation": STRING, "at": MOMENT}), "type": ["object", "null"]},
        "Tombstone": WITHDRAWAL,
        "Index": {"type": "object"},
        "Cleared": {"oneOf": [ref(form.__name__) for form in FORMS.values()]},
        "JSONSchema": {"type": "object"},
        "ProblemType": closed({"type": STRING, "title": STRING, "status": {"type": "integer"}}),
        "Highlights": closed({"title": STRING, "summary": STRING, "body": STRING}),
        "SearchHit": closed(hit),
        "SearchAnswer": {
            **closed(
                {
                    "items": array(ref("SearchHit")),
                    "total": {"type": "integer"},
                    "total_is_exact": {"type": "boolean"},
                    "degraded": {"type": "boolean"},
                    "facets": closed({"type": FACET, "year": FACET, "topic": FACET}),
                    "links": closed({"next": nullable_url}),
                }
            ),
            "required": ["degraded", "items", "links", "total", "total_is_exact"],
        },
    }


def components() -> dict[str, Any]:
    """All schemas of the API by name."""
    _by_model, document = models_json_schema(
        [(form, "serialization") for form in FORMS.values()], ref_template=REF + "{model}"
    )
    forms = document["$defs"]
    named = {**forms, **_fixed()}
    for kind, form in FORMS.items():
        served = {name: _served(schema) for name, schema in forms[form.__name__]["properties"].items()}
        items = {name: served[name] for name in (*COMMON_ITEM_FIELDS, *ITEM_FIELDS[kind]) if name in served}
        named[NAMES[kind]] = closed({**served, **ENVELOPE_SCHEMA}, required=False)
        past = {name: _served(schema, "Past") for name, schema in forms[form.__name__]["properties"].items()}
        named[f"{NAMES[kind]}Version"] = closed({**past, **VERSION_ENVELOPE}, but=ONLY_WHEN_GIVEN)
        named[f"{NAMES[kind]}Item"] = closed({**items, **TIMES}, required=False)
        page = closed(
            {"items": array(ref(f"{NAMES[kind]}Item")), "links": ref("PageLinks"), "count": {"type": "integer"}}
        )
        named[f"{NAMES[kind]}List"] = {**page, "required": ["items", "links"]}
    for prefix in ("Served", "Past"):
        holders = (name for name in forms if _holds_files(name, forms))
        named.update({f"{prefix}{name}": _served(forms[name], prefix) for name in holders})
        for name in (f"{prefix}{kind}" for kind in ("FileForm", "ImageForm", "AttachmentForm")):
            if name in named:
                named[name] = _with_url(named[name], required=prefix == "Served")
    return dict(sorted(named.items()))


def _holds_files(name: str, forms: dict[str, Any], seen: frozenset[str] = frozenset()) -> bool:
    """Whether a form is a file or has one somewhere inside."""
    if name in seen:
        return False
    if "sha256" in forms[name].get("properties", {}):
        return True
    return any(_holds_files(inner, forms, seen | {name}) for inner in _refs(forms[name]))


def _refs(schema: Any) -> set[str]:
    if isinstance(schema, dict):
        own = {schema["$ref"].removeprefix(REF)} if "$ref" in schema else set()
        return own.union(*(_refs(value) for value in schema.values()))
    return set().union(*map(_refs, schema)) if isinstance(schema, list) else set()


_FILE_HOLDERS = ("ImageForm", "AttachmentForm", "FigureBlock", "GalleryBlock", "AttachmentBlock", "BodyForm")


def _served(schema: Any, prefix: str = "Served") -> Any:
    """The schema of a value as it is served: every file in it carries its `url`; in the past only what is still open.

    prefix: of the names of schemas that hold files: Served or Past.
    """
    if isinstance(schema, dict):
        return {
            name: f"{REF}{prefix}{value.removeprefix(REF)}"
            if name == "$ref" and value.removeprefix(REF) in _FILE_HOLDERS
            else _served_mapping(value, prefix)
            if name == "mapping"
            else _served(value, prefix)
            for name, value in schema.items()
        }
    return [_served(item, prefix) for item in schema] if isinstance(schema, list) else schema


def _served_mapping(mapping: dict[str, str], prefix: str) -> dict[str, str]:
    return {key: _served({"$ref": value}, prefix)["$ref"] for key, value in mapping.items()}


def _with_url(schema: dict[str, Any], *, required: bool) -> dict[str, Any]:
    names = [*schema["required"], *(["url"] if required else [])]
    return {**schema, "properties": {**schema["properties"], "url": URL}, "required": names}


ANSWERS = {
    "200": "As asked.",
    "301": "Superseded (`withdrawal` says why), or at another address now or in this language; `Location` leads on.",
    "304": "Not changed since the answer whose ETag or Last-Modified was sent along.",
    "400": "A parameter is unknown or malformed; `errors` names each.",
    "404": "Not published, or not in this language; then `available_translations` says in which.",
    "410": "Withdrawn: it was public once, and `withdrawal` says why it no longer is.",
}


def add_components(result: dict[str, Any], generator, request, public) -> dict[str, Any]:
    """drf-spectacular's postprocessing hook: put our schemas beside the paths, and say what each answer means."""
    result.setdefault("components", {})["schemas"] = components()
    for item in result["paths"].values():
        responses = item["get"]["responses"]
        responses["304"] = {}
        for status in sorted(responses):
            responses[status] = {**responses.pop(status), "description": ANSWERS[status]}
    return result


def raw_schema(name: str) -> dict[str, Any]:
    """A response of one of our components."""
    return ref(name)


def detail_schema(*document_types: str) -> dict[str, Any]:
    """The response of one document; of several types where the address does not say which."""
    refs = [ref(NAMES[kind]) for kind in document_types]
    return refs[0] if len(refs) == 1 else {"anyOf": refs}


def list_schema(document_type: str) -> dict[str, Any]:
    """The response of a list of one type."""
    return ref(f"{NAMES[document_type]}List")


def feed_response() -> dict[tuple[int, str], Any]:
    """The feed."""
    return {(200, "application/atom+xml"): {"type": "string"}}


def file_response() -> dict[tuple[int, str], Any]:
    """The answer that is a file, of whatever media type."""
    return {(200, "*/*"): {"type": "string", "format": "binary"}}


def gone_responses() -> dict[tuple[int, str], Any]:
    """The answers of an address of a document besides the document."""
    return problem_responses(301, 400, 404, 410)


def problem_responses(*statuses: int) -> dict[tuple[int, str], Any]:
    """The error answers of an address; 400 and 404 when none are named."""
    wanted = statuses or (400, 404)
    return {(status, "application/problem+json"): ref("Problem") for status in wanted if status in STATUS.values()}
