"""The port of the search: what an index holds, how it is asked, what it answers, and how it fails.

Two adapters stand behind it (`elasticsearch.py`, `database.py`) and pass the same contract tests, so their order,
scores, counts and cursors agree: a reader who turns the page while the index is down stays on the same list.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

BISHKEK = ZoneInfo("Asia/Bishkek")
# Totals are exact up to here; beyond, `total` is this number and `total_is_exact` is False.
TOTAL_BOUND = 100_000
MAX_PAGE_SIZE = 100
# How much one matched word weighs, by the best field that holds it. A score is the sum over the words of the query:
# it does not depend on the rest of the index, so a page boundary stays where it is while documents are added.
FIELD_WEIGHTS = {"title": 8, "summary": 4, "labels": 2, "body": 1}


class IndexUnavailable(Exception):
    """No useful answer in time; the same call may succeed later."""


class DocumentRejected(Exception):
    """The index will never take this document as it is; trying again is useless."""


class CursorMalformed(ValueError):
    """The text is not a cursor that a search gave out."""


@dataclass(frozen=True)
class Tag:
    """One topic, person or place: its key, and its name in the document's language."""

    key: str
    label: str


@dataclass(frozen=True)
class IndexedDocument:
    """What an index holds of one published document.

    reference: the citation of an act, else empty. listed_at: aware; kept to the millisecond.
    version: Publication.number.
    """

    content_id: UUID
    locale: str
    type: str
    slug: str
    title: str
    listed_at: dt.datetime
    version: int
    digest: str
    summary: str = ""
    body_text: str = ""
    reference: str = ""
    topics: tuple[Tag, ...] = ()
    people: tuple[Tag, ...] = ()
    places: tuple[Tag, ...] = ()
    act_type: str = ""
    act_number: int | None = None
    act_year: int | None = None
    signed_on: dt.date | None = None

    def at(self, version: int) -> "IndexedDocument":
        """The same document in another version."""
        return replace(self, version=version)

    @property
    def year(self) -> int:
        """The year that filters and facets use: of the act, else of the day of listing in Bishkek."""
        return self.act_year or self.listed_at.astimezone(BISHKEK).year

    @property
    def listed_at_millis(self) -> int:
        """Milliseconds since 1970."""
        return int(self.listed_at.timestamp() * 1000)

    @property
    def labels(self) -> str:
        """Names that find the document although its text may not spell them: topics, people, places, citation."""
        return " ".join([self.reference, *(tag.label for tag in (*self.topics, *self.people, *self.places))]).strip()


@dataclass(frozen=True)
class Cursor:
    """The last hit of a page; the next page begins after it."""

    score: int
    listed_at_millis: int
    content_id: UUID

    def as_text(self) -> str:
        """For links: "12.1784217600000.<32 hex digits>"."""
        return f"{self.score}.{self.listed_at_millis}.{self.content_id.hex}"

    @classmethod
    def from_text(cls, text: str) -> "Cursor":
        """Raises CursorMalformed."""
        try:
            score, millis, content_id = text.split(".")
            cursor = cls(score=int(score), listed_at_millis=int(millis), content_id=UUID(hex=content_id))
        except ValueError as error:
            raise CursorMalformed(text[:100]) from error
        if cursor.as_text() != text or not 0 <= cursor.score < 2**24 or abs(cursor.listed_at_millis) >= 2**47:
            raise CursorMalformed(text[:100])
        return cursor


@dataclass(frozen=True)
class SearchQuery:
    """One question. Empty text: every document that passes the filters, newest first.

    date_from, date_to: both inclusive, days in Bishkek, of `listed_at`. topic, person, place: keys, all of which a
    document must have. act_type: a key. without: what is no longer public and what the index may still hold.
    """

    text: str
    locale: str
    type: str | None = None
    date_from: dt.date | None = None
    date_to: dt.date | None = None
    topic: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    act_type: str | None = None
    act_number: int | None = None
    year: int | None = None
    page_size: int = 20
    cursor: Cursor | None = None
    want_facets: bool = False
    without: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Highlights:
    """HTML: escaped text, with the words that matched inside <mark>.

    title and summary: whole, marked or not. body: an excerpt around the first match, else empty.
    """

    title: str
    summary: str
    body: str


@dataclass(frozen=True)
class SearchHit:
    """One document that matched. score: a whole number, see FIELD_WEIGHTS."""

    content_id: UUID
    locale: str
    version: int
    score: int
    highlights: Highlights


@dataclass(frozen=True)
class FacetCount:
    """How many of the documents found have this value. label: a topic's name, else the value again."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Facets:
    """Counts over everything that the query found, all filters applied. Most frequent first, then by value."""

    type: tuple[FacetCount, ...] = ()
    year: tuple[FacetCount, ...] = ()
    topic: tuple[FacetCount, ...] = ()


@dataclass(frozen=True)
class SearchResult:
    """One page. Order: score, then listed_at, both falling, then content_id.

    degraded: the index is down and the database answered in its place.
    """

    hits: tuple[SearchHit, ...]
    total: int
    total_is_exact: bool = True
    facets: Facets | None = None
    next_cursor: Cursor | None = None
    degraded: bool = False


class Outcome(Enum):
    """What became of one document of a batch."""

    STORED = "stored"
    HELD_NEWER = "held_newer"
    REJECTED = "rejected"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class ItemOutcome:
    """One document's lot in a batch. reason: the index's own words, for REJECTED and UNAVAILABLE."""

    content_id: UUID
    locale: str
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True)
class Tombstone:
    """A document that is no longer public; keeps late older messages from bringing it back."""

    content_id: UUID
    locale: str
    version: int


class SearchIndex(Protocol):
    """An index of published documents, one language apart from the other. Every call raises IndexUnavailable."""

    @property
    def name(self) -> Literal["elasticsearch", "database"]:
        """Which of the two this is."""

    def ensure(self) -> None:
        """Make what is missing: the index of each language. Safe to repeat, and from two processes at once."""

    def put(self, document: IndexedDocument, *, version: int) -> Outcome:
        """Store the document unless the index holds a newer version: STORED or HELD_NEWER.

        version: Publication.number, strictly growing, no gaps; the same version again stores again.
        Raises IndexUnavailable: no answer within SEARCH_TIMEOUT_SECONDS, or no index; try again later.
        Raises DocumentRejected: the mapping refused it; do not try again.
        """

    def put_many(self, documents: Iterable[IndexedDocument]) -> list[ItemOutcome]:
        """Store each at its own `version`; one outcome per document, in order. One refusal does not stop the rest.

        Raises IndexUnavailable when the whole batch got no answer.
        """

    def remove(self, content_id: UUID, locale: str, *, version: int) -> Outcome:
        """Leave a tombstone unless the index holds a newer version; safe for a document that was never there."""

    def search(self, query: SearchQuery) -> SearchResult:
        """One page of what matches every word of the query, in any field, and every filter."""

    def numbers(self, locale: str) -> Mapping[UUID, int]:
        """content_id -> version of every document that a reader of this language can find. Tombstones are left out."""

    def altered(self, documents: Sequence[IndexedDocument]) -> set[UUID]:
        """Those that the index holds under this very version and otherwise than `put` would have stored them.

        documents: all of one language. One that is not there, or in another version, is not among them.
        """

    def refresh(self, *, locale: str | None = None) -> None:
        """Make everything stored so far, of one language or of all, visible to `search` and `numbers` at once."""
