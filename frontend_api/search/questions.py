"""A search as Elasticsearch is asked, and its answer as the port gives it."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from frontend_api.search.analysis import query_words
from frontend_api.search.highlighting import CLOSE, EXCERPT_LENGTH, OPEN, as_html
from frontend_api.search.port import (
    BISHKEK,
    FIELD_WEIGHTS,
    MAX_PAGE_SIZE,
    TOTAL_BOUND,
    Cursor,
    FacetCount,
    Facets,
    Highlights,
    SearchHit,
    SearchQuery,
    SearchResult,
)

PRESENT: dict[str, Any] = {"bool": {"filter": [{"term": {"gone": False}}]}}
# More topics than an office keeps; a facet longer than this is cut.
MAX_FACET_VALUES = 1_000
_BIGGEST_NUMBER = 2**31 - 1
_SORT = [{"_score": "desc"}, {"listed_at": "desc"}, {"content_id": "asc"}]
_ONE_VALUE = {"type": "type", "act_type": "act_type", "act_number": "act_number", "year": "year"}
_ALL_VALUES = {"topic": "topics", "person": "people", "place": "places"}


def finds_nothing(query: SearchQuery) -> bool:
    """Whether no document can match: a text without a word in it, a number or name that no document can have."""
    if query.text.strip() and not query_words(query.text, locale=query.locale):
        return True
    numbers = [number for number in (query.act_number, query.year) if number is not None]
    names = [query.type or "", query.act_type or "", *query.topic, *query.person, *query.place]
    return any(not 0 <= number <= _BIGGEST_NUMBER for number in numbers) or any("\x00" in name for name in names)


def nothing(query: SearchQuery) -> SearchResult:
    """The empty answer."""
    return SearchResult(hits=(), total=0, facets=Facets() if query.want_facets else None)


def page_size(query: SearchQuery) -> int:
    """How many hits the page has at most."""
    return max(1, min(query.page_size, MAX_PAGE_SIZE))


def day_starts(day: dt.date) -> int:
    """The first instant of a day in Bishkek, in milliseconds since 1970."""
    return int(dt.datetime.combine(day, dt.time(), tzinfo=BISHKEK).timestamp()) * 1000


def listed_between(query: SearchQuery) -> tuple[int | None, int | None]:
    """The milliseconds from (inclusive) and until (exclusive) which documents are listed."""
    since = day_starts(query.date_from) if query.date_from else None
    if query.date_to is None or query.date_to == dt.date.max:
        return since, None
    return since, day_starts(query.date_to + dt.timedelta(days=1))


def request(query: SearchQuery) -> dict[str, Any]:
    """The search request. One more hit than the page is asked for, to know whether there is another page."""
    cursor = query.cursor
    asked: dict[str, Any] = {
        "query": _query(query),
        "sort": _SORT,
        "size": page_size(query) + 1,
        "source_includes": ["title", "summary"],
        "docvalue_fields": ["version"],
        "track_total_hits": TOTAL_BOUND,
        "track_scores": True,
        "highlight": _HIGHLIGHT,
    }
    if cursor:
        asked["search_after"] = [cursor.score, cursor.listed_at_millis, str(cursor.content_id)]
    if query.want_facets:
        asked["aggregations"] = _AGGREGATIONS
    return asked


def _query(query: SearchQuery) -> dict[str, Any]:
    filters: list[dict[str, Any]] = [{"term": {"gone": False}}]
    for name, field in _ONE_VALUE.items():
        value = getattr(query, name)
        if value is not None:
            filters.append({"term": {field: value}})
    for name, field in _ALL_VALUES.items():
        filters += [{"term": {field: key}} for key in getattr(query, name)]
    since, until = listed_between(query)
    if since is not None or until is not None:
        filters.append({"range": {"listed_at": {"gte": since, "lt": until}}})
    words = query_words(query.text, locale=query.locale)
    without = [{"terms": {"content_id": [str(content_id) for content_id in query.without]}}] if query.without else []
    return {"bool": {"filter": filters, "must_not": without, "must": [_words(words)] if words else []}}


def _words(words: list[str]) -> dict[str, Any]:
    """Every word in any of the fields; the best field counts."""
    return {
        "multi_match": {
            "query": " ".join(words),
            "type": "cross_fields",
            "operator": "and",
            "fields": [f"{field}^{weight}" for field, weight in FIELD_WEIGHTS.items()],
        }
    }


_HIGHLIGHT = {
    "type": "unified",
    "pre_tags": [OPEN],
    "post_tags": [CLOSE],
    "fields": {
        "title": {"number_of_fragments": 0},
        "summary": {"number_of_fragments": 0},
        "body": {"number_of_fragments": 1, "fragment_size": EXCERPT_LENGTH},
    },
}
_AGGREGATIONS = {
    name: {"terms": {"field": field, "size": MAX_FACET_VALUES}}
    for name, field in (("type", "type"), ("year", "year"), ("topic", "topic_names"))
}


def result(query: SearchQuery, answer: Mapping[str, Any]) -> SearchResult:
    """The port's page from Elasticsearch's answer to `request`."""
    found = answer["hits"]["hits"]
    page = found[: page_size(query)]
    total = answer["hits"]["total"]
    return SearchResult(
        hits=tuple(_hit(hit, query.locale) for hit in page),
        total=total["value"],
        total_is_exact=total["relation"] == "eq",
        facets=_facets(answer["aggregations"]) if query.want_facets else None,
        next_cursor=_cursor(page[-1]) if len(found) > len(page) else None,
    )


def _hit(hit: Mapping[str, Any], locale: str) -> SearchHit:
    source, marked = hit["_source"], hit.get("highlight", {})
    return SearchHit(
        content_id=UUID(hit["_id"]),
        locale=locale,
        version=hit["fields"]["version"][0],
        score=int(hit["_score"]),
        highlights=Highlights(
            title=as_html(marked.get("title", [source.get("title", "")])[0]),
            summary=as_html(marked.get("summary", [source.get("summary", "")])[0]),
            body=as_html(marked.get("body", [""])[0].strip()),
        ),
    )


def _cursor(hit: Mapping[str, Any]) -> Cursor:
    score, millis, content_id = hit["sort"]
    return Cursor(score=int(score), listed_at_millis=millis, content_id=UUID(content_id))


def _facets(aggregations: Mapping[str, Any]) -> Facets:
    counts = {
        name: [(str(bucket["key"]), bucket["doc_count"]) for bucket in aggregations[name]["buckets"]]
        for name in ("type", "year", "topic")
    }
    return Facets(
        type=facet((value, value, count) for value, count in counts["type"]),
        year=facet((value, value, count) for value, count in counts["year"]),
        topic=facet((*value.split("\t", 1), count) for value, count in counts["topic"]),
    )


def facet(rows: Iterable[tuple[str, str, int]]) -> tuple[FacetCount, ...]:
    """Counts per value, most frequent first, then by value.

    rows: (value, label, count); a topic that was renamed between two publications comes in several rows and is counted
    once, under the label that most documents have.
    """
    counts: Counter[str] = Counter()
    labels: dict[str, str] = {}
    for value, label, count in sorted(rows, key=lambda row: (-row[2], row[1])):
        counts[value] += count
        labels.setdefault(value, label)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(FacetCount(value=value, label=labels[value], count=count) for value, count in ordered)
