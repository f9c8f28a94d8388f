"""The two indices that stand behind the port."""

import uuid
from collections.abc import Iterator

import pytest

from frontend_api.search.database import DatabaseIndex
from frontend_api.search.elasticsearch import ElasticsearchIndex
from frontend_api.search.port import SearchIndex


@pytest.fixture
def elasticsearch_index(elasticsearch_url) -> Iterator[ElasticsearchIndex]:
    """Empty indices of all languages in a real Elasticsearch."""
    index = ElasticsearchIndex(url=elasticsearch_url, prefix=f"test-{uuid.uuid4().hex[:16]}", timeout_seconds=30)
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
