"""Documents for search tests: plain values, as the adapters take them."""

import datetime as dt
from dataclasses import replace
from uuid import UUID, uuid4

from frontend_api.search.port import BISHKEK, IndexedDocument, SearchIndex, SearchQuery, SearchResult, Tag

ECONOMY, CULTURE = Tag("economy", "Экономика"), Tag("culture", "Маданият")
BASE = IndexedDocument(
    content_id=UUID(int=0),
    locale="ky",
    type="release",
    slug="document",
    title="Президент жумушчу сапары менен Нарынга барды",
    listed_at=dt.datetime(2026, 7, 17, tzinfo=BISHKEK),
    version=1,
    digest="0" * 64,
    body_text="Бүгүн президент Нарын облусунун тургундары менен жолугушту.",
)


def document(**changes) -> IndexedDocument:
    """A document of its own, like BASE but for the changes."""
    return replace(BASE, content_id=changes.pop("content_id", None) or uuid4(), **changes)


def decree(**changes) -> IndexedDocument:
    """A decree: № 261 of 17 July 2026."""
    act = {
        "type": "decree",
        "act_type": "decree",
        "act_number": 261,
        "act_year": 2026,
        "signed_on": dt.date(2026, 7, 17),
        "title": "Мамлекеттик сыйлыктар менен сыйлоо жөнүндө",
        "reference": "Кыргыз Республикасынын Президентинин 2026-жылдын 17-июлундагы № 261 Жарлыгы",
    }
    return document(**(act | changes))


def stored(index: SearchIndex, *documents: IndexedDocument) -> None:
    """Put the documents into the index and make them visible."""
    for item in documents:
        index.put(item, version=item.version)
    index.refresh()


def found(index: SearchIndex, text: str, *, locale: str = "ky", **filters) -> SearchResult:
    """The answer to a question."""
    return index.search(SearchQuery(text=text, locale=locale, **filters))


def ids(result: SearchResult) -> list[UUID]:
    """The documents of a page, in order."""
    return [hit.content_id for hit in result.hits]
