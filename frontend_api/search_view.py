"""The search of the API."""

import dataclasses
from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from frontend_api import queries
from frontend_api.models import PublishedDocument
from frontend_api.parameters import SearchParameters, malformed_cursor, validated
from frontend_api.reading import ReadView
from frontend_api.representations import address, brief, notice_of
from frontend_api.schemas import problem_responses, raw_schema
from frontend_api.search.port import Cursor, CursorMalformed, SearchHit, SearchQuery, SearchResult
from frontend_api.search.service import search


class SearchView(ReadView):
    """Published documents in one language that match every word, the best first."""

    @extend_schema(
        operation_id="search",
        parameters=[SearchParameters],
        responses={200: raw_schema("SearchAnswer"), **problem_responses(400)},
    )
    def get(self, request: HttpRequest) -> Response:
        values = validated(request.GET, SearchParameters)
        result = search(query_of(values))
        documents = documents_of(result)
        self.ends = [document.expires_at for document in documents.values()]
        body: dict[str, Any] = {
            "items": [_item(documents[hit.content_id], hit) for hit in result.hits if _is_current(documents, hit)],
            "total": result.total,
            "total_is_exact": result.total_is_exact,
            "degraded": result.degraded,
            "links": {"next": _next_link(request, result)},
        }
        if result.facets is not None:
            body["facets"] = dataclasses.asdict(result.facets)
        return Response(body)


def query_of(values: dict[str, Any]) -> SearchQuery:
    """The question that the parameters ask. Raises Problem for a cursor that no search gave out."""
    try:
        cursor = Cursor.from_text(values["cursor"]) if "cursor" in values else None
    except CursorMalformed as error:
        raise malformed_cursor() from error
    filters = {name: values.get(name) for name in ("type", "act_type", "act_number", "year")}
    tags = {name: tuple(values.get(name, ())) for name in ("topic", "person", "place")}
    return SearchQuery(
        text=values["q"],
        locale=values["locale"],
        date_from=values.get("from"),
        date_to=values.get("to"),
        without=queries.ended(locale=values["locale"]),
        page_size=values["page_size"],
        cursor=cursor,
        want_facets=values["facets"] == "all",
        **filters,
        **tags,
    )


def documents_of(result: SearchResult) -> dict:
    """The published documents of the hits by content_id, in one query; what is no longer published falls out."""
    found = queries.found_by_search((hit.content_id, hit.locale) for hit in result.hits) if result.hits else ()
    return {document.content_id: document for document in found}


def _is_current(documents: dict, hit: SearchHit) -> bool:
    """Whether the words that were found are those that are public."""
    return hit.content_id in documents and documents[hit.content_id].text_version <= hit.version


def _item(document: PublishedDocument, hit: SearchHit) -> dict[str, Any]:
    highlights = dataclasses.asdict(hit.highlights)
    return {
        **brief(document),
        "version": document.version,
        "withdrawn_notice": notice_of(document),
        "score": hit.score,
        "highlights": highlights,
    }


def _next_link(request: HttpRequest, result: SearchResult) -> str | None:
    if result.next_cursor is None:
        return None
    given = request.GET.copy()
    given["cursor"] = result.next_cursor.as_text()
    return address(f"{request.path}?{given.urlencode()}")
