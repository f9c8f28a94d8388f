"""The search index in Elasticsearch: one index per language behind an alias."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Literal
from uuid import UUID

from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch
from elasticsearch.exceptions import UnsupportedProductError

from frontend_api.search import questions
from frontend_api.search.highlighting import without_marks
from frontend_api.search.mappings import LOCALES, fingerprint, index_body
from frontend_api.search.port import (
    DocumentRejected,
    IndexedDocument,
    IndexUnavailable,
    ItemOutcome,
    Outcome,
    SearchQuery,
    SearchResult,
    Tombstone,
)

BATCH_SIZE = 500
_CONFLICT, _NOT_FOUND, _TOO_MANY, _TOO_LARGE = 409, 404, 429, 413
# What Elasticsearch says of a document that it will never take; whatever else it says is no fault of the document.
NEVER_TAKEN = {"document_parsing_exception", "mapper_parsing_exception", "strict_dynamic_mapping_exception"}
# It may be the document's fault, or that of an index that somebody changed.
PERHAPS_NEVER = "illegal_argument_exception"


class ElasticsearchIndex:
    """The indices `{prefix}-{locale}` of one server. One instance per process; safe to share between threads."""

    name: Literal["elasticsearch"] = "elasticsearch"

    def __init__(self, *, url: str, prefix: str, timeout_seconds: float):
        self.prefix = prefix
        self.client = Elasticsearch(url, request_timeout=timeout_seconds, max_retries=0, retry_on_timeout=False)

    def alias(self, locale: str) -> str:
        """The name under which the index of one language is read and written."""
        return f"{self.prefix}-{locale}"

    def ensure(self) -> None:
        """Make the index of each language that has none. Safe to repeat, and from two processes at once."""
        for locale in LOCALES:
            self._ensure(locale)

    def _ensure(self, locale: str) -> None:
        alias = self.alias(locale)
        if _call(lambda: bool(self.client.indices.exists_alias(name=alias))):
            return
        first = f"{alias}-first"
        try:
            _call(lambda: self.client.indices.create(index=first, aliases={alias: {}}, **index_body(locale)))
        except _Refused as refusal:
            # Another process was faster, or somebody took the alias away.
            if refusal.kind != "resource_already_exists_exception":
                raise
            _call(lambda: self.client.indices.put_alias(index=first, name=alias))

    def missing(self) -> list[str]:
        """The languages that have no index: a new server, or one that lost its data."""
        indices = _call(lambda: self.client.indices.get_alias(name=f"{self.prefix}-*"))
        present = {alias for index in indices.values() for alias in index["aliases"]}
        return [locale for locale in LOCALES if self.alias(locale) not in present]

    def put(self, document: IndexedDocument, *, version: int) -> Outcome:
        """See SearchIndex.put."""
        return self._store(document.locale, document.content_id, source_of(document, version=version), version=version)

    def remove(self, content_id: UUID, locale: str, *, version: int) -> Outcome:
        """See SearchIndex.remove. A document of its own: Elasticsearch forgets a deletion after a minute."""
        tombstone = Tombstone(content_id=content_id, locale=locale, version=version)
        return self._store(locale, content_id, source_of_tombstone(tombstone), version=version)

    def _store(self, locale: str, content_id: UUID, source: dict[str, Any], *, version: int) -> Outcome:
        try:
            _call(
                lambda: self.client.index(
                    index=self.alias(locale),
                    id=str(content_id),
                    document=source,
                    version=version,
                    version_type="external_gte",
                    require_alias=True,
                )
            )
        except _Refused as refusal:
            outcome = _outcome(status=refusal.status, kind=refusal.kind)
            if outcome is Outcome.HELD_NEWER:
                return outcome
            if outcome is Outcome.REJECTED:
                raise DocumentRejected(str(refusal)) from refusal
            if refusal.kind == PERHAPS_NEVER:
                raise RuntimeError(str(refusal)) from refusal
            # Not made here, if it is missing: an index that began with this document would answer as if it were whole.
            raise
        return Outcome.STORED

    def put_many(self, documents: Iterable[IndexedDocument]) -> list[ItemOutcome]:
        """See SearchIndex.put_many."""
        return self.store_many(documents)

    def store_many(
        self, items: Iterable[IndexedDocument | Tombstone], *, into: Mapping[str, str] | None = None
    ) -> list[ItemOutcome]:
        """Documents and tombstones, each at its own version. into: locale -> name of an index in place of the alias.

        Raises IndexUnavailable when a whole batch got no answer; what went before it is stored.
        """
        items, outcomes = list(items), []
        for start in range(0, len(items), BATCH_SIZE):
            outcomes += self._store_batch(items[start : start + BATCH_SIZE], into=into)
        return outcomes

    def _store_batch(
        self, batch: list[IndexedDocument | Tombstone], *, into: Mapping[str, str] | None
    ) -> list[ItemOutcome]:
        operations: list[dict[str, Any]] = []
        for item in batch:
            target = (
                {"_index": into[item.locale]} if into else {"_index": self.alias(item.locale), "require_alias": True}
            )
            versioned = {"version": item.version, "version_type": "external_gte"}
            operations += [{"index": {"_id": str(item.content_id), **target, **versioned}}, _source(item)]
        answer = _call(lambda: self.client.bulk(operations=operations))
        return [_outcome_of(item, entry["index"]) for item, entry in zip(batch, answer["items"], strict=True)]

    def search(self, query: SearchQuery) -> SearchResult:
        """See SearchIndex.search."""
        if questions.finds_nothing(query):
            return questions.nothing(query)
        answer = self._ask(index=self.alias(query.locale), **questions.request(query))
        return questions.result(query, answer)

    def _ask(self, **request: Any) -> Any:
        """A search whose answer is whole; a part of one counts as none."""
        answer = _call(lambda: self.client.search(allow_partial_search_results=False, **request))
        if answer.body.get("timed_out", True) or answer["_shards"]["failed"]:
            raise IndexUnavailable("Elasticsearch answered in part")
        return answer

    def numbers(self, locale: str, *, index: str | None = None) -> dict[UUID, int]:
        """See SearchIndex.numbers. index: a concrete index in place of the alias."""
        found: dict[UUID, int] = {}
        after: list[Any] | None = None
        while True:
            page = self._ask(
                index=index or self.alias(locale), query=questions.PRESENT, sort=[{"content_id": "asc"}], size=1000,
                source=False, docvalue_fields=["version"], search_after=after, track_total_hits=False,
            )["hits"]["hits"]  # fmt: skip
            found |= {UUID(hit["_id"]): hit["fields"]["version"][0] for hit in page}
            if len(page) < 1000:
                return found
            after = page[-1]["sort"]

    def altered(self, documents: Sequence[IndexedDocument]) -> set[UUID]:
        """See SearchIndex.altered."""
        found: set[UUID] = set()
        for start in range(0, len(documents), BATCH_SIZE):
            batch = {str(one.content_id): one for one in documents[start : start + BATCH_SIZE]}
            (locale,) = {one.locale for one in batch.values()}
            answer = _call(partial(self.client.mget, index=self.alias(locale), ids=list(batch)))
            for held in answer["docs"]:
                document = batch[held["_id"]]
                expected = source_of(document, version=document.version)
                if (
                    held.get("found")
                    and held["_source"] != expected
                    and held["_source"].get("version") == document.version
                ):
                    found.add(document.content_id)
        return found

    def refresh(self, *, locale: str | None = None) -> None:
        """See SearchIndex.refresh. A copy that did not do it may answer the next question: then it was not done."""
        aliases = [self.alias(one) for one in ([locale] if locale else LOCALES)]
        shards = _call(lambda: self.client.indices.refresh(index=aliases))["_shards"]
        if shards["failed"] or not shards["successful"]:
            raise IndexUnavailable("Elasticsearch refreshed in part")

    def is_alive(self) -> bool:
        """Whether the server answers."""
        try:
            _call(lambda: self.client.cluster.health())
        except IndexUnavailable:
            return False
        return True

    def outdated(self, locale: str) -> bool:
        """Whether the index was built with another analysis or mapping than this code has."""
        mappings = _call(lambda: self.client.indices.get_mapping(index=self.alias(locale)))
        held = [index["mappings"].get("_meta", {}).get("fingerprint") for index in mappings.values()]
        return held != [fingerprint(locale)]

    def create_beside(self, locale: str, *, now: dt.datetime) -> str:
        """A new, empty index that no reader sees yet; its name."""
        name = f"{self.alias(locale)}-{now:%Y%m%d%H%M%S}-{uuid.uuid4().hex[:8]}"
        _call(lambda: self.client.indices.create(index=name, **index_body(locale)))
        return name

    def swap(self, locale: str, *, to: str) -> list[str]:
        """Point the alias at the new index, in one call that readers do not notice. Gives the indices it left."""
        alias = self.alias(locale)
        left = self.behind(locale)
        _call(lambda: self.client.indices.refresh(index=to))
        removals = [{"remove": {"index": name, "alias": alias}} for name in left]
        _call(lambda: self.client.indices.update_aliases(actions=[*removals, {"add": {"index": to, "alias": alias}}]))
        return left

    def behind(self, locale: str) -> list[str]:
        """The concrete indices behind the alias."""
        try:
            return sorted(_call(lambda: self.client.indices.get_alias(name=self.alias(locale))))
        except _Refused as refusal:
            if refusal.status == _NOT_FOUND:
                return []
            raise

    def drop(self, names: Iterable[str]) -> None:
        """Delete concrete indices; one that is not there is no error."""
        for name in names:
            _call(partial(self.client.indices.delete, index=name, ignore_unavailable=True))


class _Refused(IndexUnavailable):
    """The server understood and said no; where nobody expects it, that is an index that cannot be used.

    status: of HTTP. kind: Elasticsearch's type of the error.
    """

    def __init__(self, error: ApiError):
        super().__init__(f"{error.meta.status} {error.message} {_reason(error.body)}".strip()[:500])
        self.status = error.meta.status
        self.kind = error.message


def _call(request: Callable[[], Any]) -> Any:
    """The answer. Raises IndexUnavailable for what may pass (no answer, 401, 403, 429, 5xx), _Refused for the rest."""
    try:
        return request()
    except UnsupportedProductError as error:
        raise IndexUnavailable("What answered is not Elasticsearch") from error
    except ApiError as error:
        if error.meta.status in {401, 403, _TOO_MANY} or error.meta.status >= 500:
            raise IndexUnavailable(f"Elasticsearch answered {error.meta.status}") from error
        raise _Refused(error) from error
    except TransportError as error:
        raise IndexUnavailable(f"Elasticsearch did not answer: {type(error).__name__}") from error


def _reason(body: Any) -> str:
    error = body.get("error") if isinstance(body, dict) else None
    return str(error.get("reason", "")) if isinstance(error, dict) else ""


def _outcome_of(item: IndexedDocument | Tombstone, entry: Mapping[str, Any]) -> ItemOutcome:
    error = entry.get("error", {})
    outcome = _outcome(status=entry["status"], kind=str(error.get("type", "")))
    is_good = outcome in (Outcome.STORED, Outcome.HELD_NEWER)
    reason = "" if is_good else str(error.get("reason", ""))[:500]
    return ItemOutcome(content_id=item.content_id, locale=item.locale, outcome=outcome, reason=reason)


def _outcome(*, status: int, kind: str) -> Outcome:
    """What an answer to one document means. A server that stands in front may give any status, with another body."""
    if status < 300:
        return Outcome.STORED
    if status == _CONFLICT and kind == "version_conflict_engine_exception":
        return Outcome.HELD_NEWER
    if status == _TOO_LARGE or (status == 400 and kind in NEVER_TAKEN):
        return Outcome.REJECTED
    return Outcome.UNAVAILABLE


def _source(item: IndexedDocument | Tombstone) -> dict[str, Any]:
    if isinstance(item, Tombstone):
        return source_of_tombstone(item)
    return source_of(item, version=item.version)


def source_of_tombstone(tombstone: Tombstone) -> dict[str, Any]:
    """What is stored in the place of a document that is no longer public: no word of it."""
    return {"content_id": str(tombstone.content_id), "version": tombstone.version, "gone": True}


def source_of(document: IndexedDocument, *, version: int) -> dict[str, Any]:
    """The document as the mapping declares it; what is empty is left out."""
    source = {
        "content_id": str(document.content_id),
        "version": version,
        "digest": document.digest,
        "gone": False,
        "type": document.type,
        "slug": document.slug,
        "title": without_marks(document.title),
        "summary": without_marks(document.summary),
        "labels": without_marks(document.labels),
        "body": without_marks(document.body_text),
        "topics": [tag.key for tag in document.topics],
        "topic_names": [f"{tag.key}\t{tag.label}" for tag in document.topics],
        "people": [tag.key for tag in document.people],
        "places": [tag.key for tag in document.places],
        "act_type": document.act_type,
        "act_number": document.act_number,
        "year": document.year,
        "signed_on": document.signed_on.isoformat() if document.signed_on else None,
        "listed_at": document.listed_at_millis,
    }
    return {name: value for name, value in source.items() if value not in (None, "", [])}
