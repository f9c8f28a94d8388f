"""Real Kyrgyz texts in numbers: 300 items and a regulation, imported, cleared by three people, read and found.

Collected only where the corpus is (see conftest.py); the suite has a fixture of its own in tests/site_pages.
"""

import io
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from cms.demo import office as demo_office
from frontend_api.deliveries import deliver_due
from frontend_api.models import Delivery
from frontend_api.search.service import delivery_index, prepare_index
from site_pages.models import PressReleasePage
from tests.journeys.conftest import CORPUS

pytestmark = pytest.mark.django_db
NEWS, REGULATION = CORPUS / "ky_news.jsonl", CORPUS / "department_regulation_ky.txt"
ITEMS = 300


@pytest.fixture
def public(settings, elasticsearch_url, tmp_path) -> Client:
    """A reader at the public process, which asks the real Elasticsearch."""
    settings.ELASTICSEARCH_URL = elasticsearch_url
    settings.SEARCH_INDEX_PREFIX = f"{settings.SEARCH_INDEX_PREFIX}-corpus"
    settings.ROOT_URLCONF = "cms.urls.public"
    settings.MIDDLEWARE = settings.PUBLIC_MIDDLEWARE
    return Client()


def run(command: str, *args, **options) -> str:
    out = io.StringIO()
    call_command(command, *args, verbosity=0, stdout=out, stderr=out, **options)
    return out.getvalue().strip()


def load(file) -> str:
    return run("import_documents", file, document_type="release", locale="ky", author="aigul")


def all_items(public: Client) -> list[dict]:
    items, address = [], "/api/v1/releases?locale=ky&page_size=100"
    while address:
        page = public.get(address).json()
        items += page["items"]
        parts = urlsplit(page["links"]["next"] or "")
        address = f"{parts.path}?{parts.query}" if parts.path else ""
    return items


def test_the_whole_corpus_is_imported_cleared_read_and_found(settings, public):
    settings.DEMO_OFFICE_ALLOWED = True
    demo_office.hire()

    assert load(NEWS) == f"{ITEMS} added, 0 already there, 0 refused."
    assert load(NEWS) == f"0 added, {ITEMS} already there, 0 refused."
    assert load(REGULATION) == "1 added, 0 already there, 0 refused."
    assert run("walk_clearance") == f"{ITEMS + 1} cleared, 0 refused."

    items = all_items(public)
    assert len({item["content_id"] for item in items}) == len(items) == ITEMS + 1
    assert all(public.get(f"/api/v1/releases/{item['slug']}?locale=ky").status_code == 200 for item in items)

    prepare_index(now=timezone.now())
    while deliver_due(now=timezone.now(), limit=100, index=delivery_index()).done:
        pass
    assert not Delivery.objects.filter(done_at__isnull=True).exists()
    delivery_index().client.indices.refresh(index=f"{settings.SEARCH_INDEX_PREFIX}-*")
    everything = public.get("/api/v1/search?locale=ky&q=&page_size=1").json()
    assert (everything["total"], everything["degraded"]) == (ITEMS + 1, False)
    in_index = f"elasticsearch ky: {ITEMS + 1} published, {ITEMS + 1} in the index, 0 differ"
    assert in_index in run("reconcile_index")

    # Other forms of words than those of the titles, as readers type them.
    regulation = PressReleasePage.objects.get(title="Маалыматтык саясат бөлүмү")
    found = public.get("/api/v1/search?locale=ky&q=саясаттын бөлүмүнө").json()["items"]
    assert str(regulation.content_id) in {item["content_id"] for item in found}
    assert public.get("/api/v1/search?locale=ky&q=министрлерге").json()["total"] > 10
