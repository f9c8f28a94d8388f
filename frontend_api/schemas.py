"""The OpenAPI components: made from the same definitions that build the public form."""

from typing import Any

from pydantic.json_schema import models_json_schema

from frontend_api.problems import STATUS, Code, Fault
from frontend_api.representations import COMMON_ITEM_FIELDS, ITEM_FIELDS
from site_pages.public_form.payload import FORMS
from site_pages.withdrawal import WithdrawalClass

REF = "#/components/schemas/"
NAMES = {"release": "Release", "speech": "Speech", "decree": "Decree"}
STRING: dict[str, Any] = {"type": "string"}
MOMENT = {"type": "string", "format": "date-time"}
URL = {"type": "string", "format": "uri"}
UUID_TEXT = {"type": "string", "format": "uuid"}


def ref(name: str) -> dict[str, str]:
    return {"$ref": REF + name}


def closed(properties: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    """An object with exactly these members; required=False for answers that `fields` can make smaller."""
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": sorted(properties)} if required else schema


def array(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


TRANSLATION = closed({"locale": STRING, "title": STRING, "path": STRING, "url": URL})
NEIGHBOUR = {"content_id": UUID_TEXT, "type": STRING, "locale": STRING, "title": STRING, "path": STRING, "url": URL}
LINKS = closed({"self": URL, "by_id": URL, "cleared": URL})
TIMES = {
    "path": STRING,
    "version": {"type": "integer"},
    "digest": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "first_published_at": MOMENT,
    "public_updated_at": MOMENT,
    "updated_at": MOMENT,
    "withdrawn_notice": ref("WithdrawnNotice"),
    "links": ref("Links"),
}
ENVELOPE_SCHEMA = {
    **TIMES,
    "change_history": array(closed({"at": MOMENT, "note": STRING})),
    "available_translations": array(ref("Translation")),
    "related_documents": array(ref("Neighbour")),
    "inverse_relations": array(closed({"kind": STRING, **NEIGHBOUR})),
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
        "Links": LINKS,
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
        named[f"{NAMES[kind]}Item"] = closed({**items, **TIMES}, required=False)
        page = closed(
            {"items": array(ref(f"{NAMES[kind]}Item")), "links": ref("PageLinks"), "count": {"type": "integer"}}
        )
        named[f"{NAMES[kind]}List"] = {**page, "required": ["items", "links"]}
    named.update({f"Served{name}": _served(schema) for name, schema in forms.items() if _holds_files(name, forms)})
    for name in ("FileForm", "ImageForm", "AttachmentForm"):
        if f"Served{name}" in named:
            named[f"Served{name}"] = _with_url(named[f"Served{name}"])
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


def _served(schema: Any) -> Any:
    """The schema of a value as it is served: every file in it carries its `url`."""
    if isinstance(schema, dict):
        return {
            name: f"{REF}Served{value.removeprefix(REF)}"
            if name == "$ref" and value.removeprefix(REF) in _FILE_HOLDERS
            else _served_mapping(value)
            if name == "mapping"
            else _served(value)
            for name, value in schema.items()
        }
    return [_served(item) for item in schema] if isinstance(schema, list) else schema


def _served_mapping(mapping: dict[str, str]) -> dict[str, str]:
    return {key: _served({"$ref": value})["$ref"] for key, value in mapping.items()}


def _with_url(schema: dict[str, Any]) -> dict[str, Any]:
    required = [*schema["required"], "url"]
    return {**schema, "properties": {**schema["properties"], "url": URL}, "required": required}


ANSWERS = {
    "200": "As asked.",
    "301": "Superseded; `Location` leads to the successor, and `withdrawal` says why.",
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
