"""The search index in the database: complete at every moment, because it is written where a document is published."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, reduce
from operator import add
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from frontend_api.overwriting import overwrite
from frontend_api.search import questions
from frontend_api.search.analysis import analyze, query_words
from frontend_api.search.full_text import Contains, forget_terms, terms_differ, write_terms
from frontend_api.search.highlighting import as_html, excerpt, mark, without_marks
from frontend_api.search.port import (
    FIELD_WEIGHTS,
    TOTAL_BOUND,
    Cursor,
    Facets,
    Highlights,
    IndexedDocument,
    ItemOutcome,
    Outcome,
    SearchHit,
    SearchQuery,
    SearchResult,
)
from frontend_api.search.tables import SearchTag, SearchText
from frontend_api.snapshots import one_moment

_TAG_KINDS = {"topic": "topics", "person": "people", "place": "places"}


def write_search_text(*, document: IndexedDocument) -> Outcome:
    """Make the document findable in the database: STORED, or HELD_NEWER if a newer version is there.

    Rows only, no network: called inside a transaction.
    """
    return Outcome.STORED if write_search_texts(documents=[document]) else Outcome.HELD_NEWER


def write_search_texts(*, documents: Sequence[IndexedDocument]) -> int:
    """Make the documents findable in the database, in the same few statements; how many, as newer versions stay.

    Rows only, no network: called inside the transaction that publishes.
    """
    ids = [document.content_id for document in documents]
    held = SearchText.objects.select_for_update().filter(content_id__in=ids).order_by("pk")
    known = {(row.content_id, row.locale): row for row in held}
    written: list[tuple[SearchText, IndexedDocument]] = []
    for document in documents:
        row = known.get((document.content_id, document.locale))
        if row is None or row.version <= document.version:
            row = row or SearchText(content_id=document.content_id, locale=document.locale)
            written.append((_filled(row, document), document))
    SearchText.objects.bulk_create([row for row, _document in written if row.pk is None])
    overwrite([row for row, _document in written if (row.content_id, row.locale) in known])
    _replace_tags(written)
    write_terms({row.pk: terms_of(document) for row, document in written})
    return len(written)


def _filled(row: SearchText, document: IndexedDocument) -> SearchText:
    row.version, row.is_gone = document.version, False
    row.type, row.year, row.listed_at_millis = document.type, document.year, document.listed_at_millis
    row.act_type, row.act_number = document.act_type, document.act_number
    row.title, row.summary = without_marks(document.title), without_marks(document.summary)
    row.body = without_marks(document.body_text)
    return row


def terms_of(document: IndexedDocument) -> dict[str, list[str]]:
    """The words of a document as they are searched, by field; remembered for a while."""
    texts = (without_marks(document.title), without_marks(document.summary), document.labels)
    return _terms(document.locale, *texts, without_marks(document.body_text))


@lru_cache(maxsize=512)
def _terms(locale: str, title: str, summary: str, labels: str, body: str) -> dict[str, list[str]]:
    texts = {"title": title, "summary": summary, "labels": labels, "body": body}
    return {field: analyze(text, locale=locale) for field, text in texts.items()}


def erase_search_text(*, content_id: UUID, locale: str, version: int) -> Outcome:
    """Leave a tombstone without a word of the document: STORED, or HELD_NEWER. Rows only, no network."""
    row = _locked(content_id, locale)
    if row is not None and row.version > version:
        return Outcome.HELD_NEWER
    tombstone = SearchText(
        pk=row.pk if row else None, content_id=content_id, locale=locale, version=version, is_gone=True
    )
    tombstone.save()
    SearchTag.objects.filter(search_text=tombstone).delete()
    forget_terms(tombstone.pk)
    return Outcome.STORED


def _locked(content_id: UUID, locale: str) -> SearchText | None:
    return SearchText.objects.select_for_update().filter(content_id=content_id, locale=locale).first()


def _is_as_written(row: SearchText, document: IndexedDocument) -> bool:
    """Whether row and tags are those that write_search_texts would write."""
    fresh = _filled(SearchText(content_id=row.content_id, locale=row.locale), document)
    fields = [field.attname for field in SearchText._meta.concrete_fields if not field.primary_key]
    tags = {(tag.kind, tag.key, tag.label) for tag in row.tags.all()}
    return tags == _tags_of(document) and all(getattr(row, name) == getattr(fresh, name) for name in fields)


def _tags_of(document: IndexedDocument) -> set[tuple[str, str, str]]:
    return {(kind, tag.key, tag.label) for kind, name in _TAG_KINDS.items() for tag in getattr(document, name)}


def _replace_tags(written: Sequence[tuple[SearchText, IndexedDocument]]) -> None:
    SearchTag.objects.filter(search_text__in=[row for row, _document in written]).delete()
    SearchTag.objects.bulk_create(
        SearchTag(search_text=row, kind=kind, key=key, label=label)
        for row, document in written
        for kind, key, label in sorted(_tags_of(document))
    )


class DatabaseIndex:
    """The index in the default database; keeps no state of its own."""

    name: Literal["database"] = "database"

    def ensure(self) -> None:
        """See SearchIndex.ensure. The tables are made by migrations."""

    def put(self, document: IndexedDocument, *, version: int) -> Outcome:
        """See SearchIndex.put."""
        with transaction.atomic():
            return write_search_text(document=document.at(version))

    def put_many(self, documents: Iterable[IndexedDocument]) -> list[ItemOutcome]:
        """See SearchIndex.put_many."""
        return [
            ItemOutcome(
                content_id=document.content_id,
                locale=document.locale,
                outcome=self.put(document, version=document.version),
            )
            for document in documents
        ]

    def remove(self, content_id: UUID, locale: str, *, version: int) -> Outcome:
        """See SearchIndex.remove."""
        with transaction.atomic():
            return erase_search_text(content_id=content_id, locale=locale, version=version)

    def search(self, query: SearchQuery) -> SearchResult:
        """See SearchIndex.search. Two SQL queries, four with facets."""
        terms = analyze(" ".join(query_words(query.text, locale=query.locale)), locale=query.locale)
        if questions.finds_nothing(query) or (query.text.strip() and not terms):
            return questions.nothing(query)
        matching = _matching(query, terms)
        size = questions.page_size(query)
        with one_moment():
            found = list(_ordered(matching, terms, after=query.cursor)[: size + 1])
            facets = _facets(matching) if query.want_facets else None
            total = sum(count.count for count in facets.type) if facets else matching.count()
        page = found[:size]
        return SearchResult(
            hits=tuple(_hit(row, terms=frozenset(terms)) for row in page),
            total=min(total, TOTAL_BOUND),
            total_is_exact=total <= TOTAL_BOUND,
            facets=facets,
            next_cursor=_cursor(page[-1]) if len(found) > size else None,
        )

    def numbers(self, locale: str) -> Mapping[UUID, int]:
        """See SearchIndex.numbers."""
        present = SearchText.objects.filter(locale=locale, is_gone=False)
        return dict(present.values_list("content_id", "version"))

    def altered(self, documents: Sequence[IndexedDocument]) -> set[UUID]:
        """See SearchIndex.altered. The row, its tags and the words by which it is found."""
        expected = {(one.content_id, one.locale, one.version): one for one in documents}
        ids = [one.content_id for one in documents]
        rows = [
            (row, expected[key])
            for row in SearchText.objects.filter(content_id__in=ids, is_gone=False).prefetch_related("tags")
            if (key := (row.content_id, row.locale, row.version)) in expected
        ]
        by_words = terms_differ({row.pk: terms_of(document) for row, document in rows})
        return {row.content_id for row, document in rows if row.pk in by_words or not _is_as_written(row, document)}

    def refresh(self, *, locale: str | None = None) -> None:
        """See SearchIndex.refresh. What is committed is visible."""


def _matching(query: SearchQuery, terms: list[str]) -> QuerySet[SearchText]:
    """Every document that holds all the terms and passes all the filters."""
    rows = SearchText.objects.filter(locale=query.locale, is_gone=False).exclude(content_id__in=query.without)
    for name in ("type", "act_type", "act_number", "year"):
        value = getattr(query, name)
        if value is not None:
            rows = rows.filter(**{name: value})
    for kind in _TAG_KINDS:
        for key in getattr(query, kind):
            rows = rows.filter(pk__in=SearchTag.objects.filter(kind=kind, key=key).values("search_text"))
    since, until = questions.listed_between(query)
    if since is not None:
        rows = rows.filter(listed_at_millis__gte=since)
    if until is not None:
        rows = rows.filter(listed_at_millis__lt=until)
    return rows.filter(Contains(terms)) if terms else rows


def _ordered(rows: QuerySet[SearchText], terms: list[str], *, after: Cursor | None) -> QuerySet[SearchText]:
    rows = rows.annotate(score=_score(terms))
    if after:
        older = Q(listed_at_millis__lt=after.listed_at_millis)
        same_moment = Q(listed_at_millis=after.listed_at_millis, content_id__gt=after.content_id)
        rows = rows.filter(Q(score__lt=after.score) | Q(score=after.score) & (older | same_moment))
    return rows.order_by("-score", "-listed_at_millis", "content_id")


def _score(terms: list[str]) -> Case | Value:
    """The sum, over the terms, of the weight of the best field that holds the term."""
    if not terms:
        return Value(0, output_field=IntegerField())
    *upper, lowest = sorted(FIELD_WEIGHTS, key=FIELD_WEIGHTS.__getitem__, reverse=True)
    weights = [
        Case(
            *(When(Contains([term], within=field), then=Value(FIELD_WEIGHTS[field])) for field in upper),
            default=Value(FIELD_WEIGHTS[lowest]),
            output_field=IntegerField(),
        )
        for term in terms
    ]
    return reduce(add, weights)


def _facets(rows: QuerySet[SearchText]) -> Facets:
    types = rows.values_list("type").annotate(count=Count("pk"))
    years = rows.values_list("year").annotate(count=Count("pk"))
    tags = SearchTag.objects.filter(kind="topic", search_text__in=rows.values("pk"))
    topics = tags.values_list("key", "label").annotate(count=Count("pk"))
    return Facets(
        type=questions.facet((value, value, count) for value, count in types),
        year=questions.facet((str(value), str(value), count) for value, count in years),
        topic=questions.facet(topics),
    )


def _hit(row: SearchText, *, terms: frozenset[str]) -> SearchHit:
    marked = {"terms": terms, "locale": row.locale}
    return SearchHit(
        content_id=row.content_id,
        locale=row.locale,
        version=row.version,
        score=row.score,
        highlights=Highlights(
            title=as_html(mark(row.title, **marked)),
            summary=as_html(mark(row.summary, **marked)),
            body=as_html(excerpt(row.body, **marked)),
        ),
    )


def _cursor(row: SearchText) -> Cursor:
    return Cursor(score=row.score, listed_at_millis=row.listed_at_millis, content_id=row.content_id)
