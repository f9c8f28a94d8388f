"""Where the rest of the house searches and indexes: Elasticsearch where there is one, else the database."""

import datetime as dt
import logging
from dataclasses import replace
from functools import lru_cache

from django.conf import settings

from frontend_api.models import LOCALES
from frontend_api.search import log_reading
from frontend_api.search.circuit import CircuitBreaker
from frontend_api.search.database import DatabaseIndex
from frontend_api.search.elasticsearch import ElasticsearchIndex
from frontend_api.search.port import IndexUnavailable, SearchIndex, SearchQuery, SearchResult
from frontend_api.search.rebuilding import rebuild

PAUSE_SECONDS = 5.0
MOST_LEFT_OUT = 500
# A batch of a rebuild is bigger than a question and may take longer.
BATCH_TIMEOUT_SECONDS = 60.0

_log = logging.getLogger(__name__)
_database = DatabaseIndex()


def search(query: SearchQuery) -> SearchResult:
    """One page of what the query finds.

    With an index that is down the database answers, `degraded` is True, and the index is left alone for PAUSE_SECONDS.
    What the index may hold in an older state is left out of its answer, and when that is much, the database answers: a
    word that was corrected away, or closed, is found nowhere and counted nowhere.
    """
    index = elasticsearch_index()
    if index is None:
        return _database.search(query)
    breaker = _breaker(settings.ELASTICSEARCH_URL)
    behind = log_reading.not_delivered(locale=query.locale, at_most=MOST_LEFT_OUT)
    if behind is not None and breaker.may_ask():
        try:
            result = index.search(replace(query, without=query.without | behind))
        except IndexUnavailable as failure:
            breaker.failed()
            _log.warning("search_index_unavailable", extra={"reason": str(failure)})
        else:
            breaker.answered()
            return result
    return replace(_database.search(query), degraded=True)


def delivery_index() -> SearchIndex | None:
    """The index that deliveries are carried to; None where the database is the index, which needs no delivery."""
    return elasticsearch_index()


def prepare_index(*, now: dt.datetime) -> int:
    """Fill the index of each language that has none: on a new server, or one that lost its data. How many documents.

    For the worker, before it delivers. While the server does not answer there is nothing to prepare.
    """
    index = elasticsearch_index()
    # Not the readers' own: who asks often for what is not there yet would keep the worker from making it.
    breaker = _breaker(settings.ELASTICSEARCH_URL, of_readers=False)
    if index is None or not breaker.may_ask():
        return 0
    try:
        missing = index.missing()
        breaker.answered()
        return sum(_filled(locale, now=now) for locale in missing)
    except IndexUnavailable as failure:
        breaker.failed()
        _log.warning("search_index_unavailable", extra={"reason": str(failure)})
        return 0


def fill_anew(*, now: dt.datetime) -> int:
    """Fill the index of every language anew, whatever it holds; how many documents. Raises IndexUnavailable."""
    return sum(_filled(locale, now=now) for locale in LOCALES)


def _filled(locale: str, *, now: dt.datetime) -> int:
    index = elasticsearch_index(for_batches=True)
    return rebuild(index, locale=locale, now=now, progress=lambda count: None).stored if index else 0


def elasticsearch_index(*, for_batches: bool = False) -> ElasticsearchIndex | None:
    """The index of the settings; None without ELASTICSEARCH_URL. for_batches: with the time that batches need."""
    if not settings.ELASTICSEARCH_URL:
        return None
    timeout = BATCH_TIMEOUT_SECONDS if for_batches else settings.SEARCH_TIMEOUT_SECONDS
    return _connected(settings.ELASTICSEARCH_URL, settings.SEARCH_INDEX_PREFIX, timeout)


def database_index() -> DatabaseIndex:
    """The index in the database, always complete."""
    return _database


@lru_cache(maxsize=16)
def _connected(url: str, prefix: str, timeout_seconds: float) -> ElasticsearchIndex:
    return ElasticsearchIndex(url=url, prefix=prefix, timeout_seconds=timeout_seconds)


@lru_cache(maxsize=16)
def _breaker(url: str, *, of_readers: bool = True) -> CircuitBreaker:
    return CircuitBreaker(pause_seconds=PAUSE_SECONDS)


def forget_connections() -> None:
    """Open connections anew and forget which server failed: after a fork, and between tests."""
    _connected.cache_clear()
    _breaker.cache_clear()
