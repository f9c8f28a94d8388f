"""The two indices that stand behind the port."""

import uuid
from collections.abc import Iterator

import pytest

from frontend_api import triggers
from frontend_api.search import service
from frontend_api.search.database import DatabaseIndex
from frontend_api.search.elasticsearch import ElasticsearchIndex
from frontend_api.search.port import SearchIndex


@pytest.fixture(scope="session")
def _shared_index(elasticsearch_url) -> Iterator[ElasticsearchIndex]:
    yield from _made(elasticsearch_url)


@pytest.fixture
def elasticsearch_index(_shared_index) -> ElasticsearchIndex:
    """Empty indices of all languages in a real Elasticsearch. Each document of a test has an id of its own."""
    everything = f"{_shared_index.prefix}-*"
    _shared_index.client.indices.refresh(index=everything)
    _shared_index.client.delete_by_query(index=everything, query={"match_all": {}}, refresh=True, conflicts="proceed")
    return _shared_index


@pytest.fixture
def own_index(elasticsearch_url) -> Iterator[ElasticsearchIndex]:
    """The same, for a test that moves aliases."""
    yield from _made(elasticsearch_url)


def _made(url: str) -> Iterator[ElasticsearchIndex]:
    index = ElasticsearchIndex(url=url, prefix=f"test-{uuid.uuid4().hex[:16]}", timeout_seconds=30)
    index.ensure()
    yield index
    index.drop(index.client.indices.get(index=f"{index.prefix}-*"))
    index.client.close()


@pytest.fixture
def database_index(db) -> DatabaseIndex:
    """The index in the test database, which is empty."""
    return DatabaseIndex()


@pytest.fixture(params=["elasticsearch", "database"])
def index(request) -> SearchIndex:
    """Each adapter of the port in turn."""
    return request.getfixturevalue(f"{request.param}_index")


@pytest.fixture
def open_wall(db) -> Iterator[None]:
    """The public side's triggers are off, so that a test can publish without a gate."""
    triggers.remove(using="default")
    yield
    triggers.install(using="default")


@pytest.fixture
def configured(own_index, open_wall, settings, elasticsearch_url) -> ElasticsearchIndex:
    """The settings name a real Elasticsearch with empty indices of the test's own."""
    settings.ELASTICSEARCH_URL, settings.SEARCH_INDEX_PREFIX = elasticsearch_url, own_index.prefix
    service.forget_connections()
    yield own_index
    service.forget_connections()
