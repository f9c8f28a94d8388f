"""The contract in git is the contract that the code keeps."""

import json
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command

from frontend_api.models import PublishedDocument
from tests.newsroom import decree, open_newsroom, photo, publish, release, speech

CONTRACT = Path(__file__).parents[2] / "frontend_api" / "openapi.yaml"
BASELINE = Path(__file__).parent / "query_baseline.json"


@pytest.fixture
def published(db):
    room = open_newsroom()
    publish(release(room.author, image=photo(alt_text_ky="Сүрөт", credit="А. Асанов")), room)
    publish(decree(room.author), room)
    return [publish(speech(room.author), room), *PublishedDocument.objects.all()]


def test_the_contract_is_what_the_code_says(tmp_path):
    fresh = tmp_path / "openapi.yaml"

    call_command("spectacular", file=str(fresh), urlconf="cms.urls.public", fail_on_warn=True)

    assert fresh.read_text() == CONTRACT.read_text(), "regenerate it: make openapi"


def test_the_contract_names_every_address(api):
    paths = set(yaml.safe_load(CONTRACT.read_text())["paths"])

    assert {
        "/api/v1/releases",
        "/api/v1/releases/{slug}",
        "/api/v1/speeches",
        "/api/v1/speeches/{slug}",
        "/api/v1/decrees",
        "/api/v1/decrees/{slug}",
        "/api/v1/decrees/{act_type}/{year}/{number}",
        "/api/v1/documents/{content_id}",
        "/api/v1/documents/{content_id}/cleared",
        "/api/v1/files/{file_id}/{filename}",
        "/api/v1/feed",
        "/api/v1/search",
    } <= paths


def test_the_docs_are_shown_without_any_other_site(api):
    response = api.get("/api/v1/docs/")

    assert response.status_code == 200
    assert "https://" not in response.content.decode()
    assert api.get("/api/v1/openapi.json").json()["openapi"] == "3.1.0"


@pytest.mark.parametrize("name", sorted(json.loads(BASELINE.read_text())))
def test_reading_needs_as_many_queries_as_agreed(api, published, name, django_assert_num_queries):
    document = PublishedDocument.objects.get(type="release")
    address, expected = json.loads(BASELINE.read_text())[name]

    with django_assert_num_queries(expected):
        response = api.get(address.format(slug=document.slug, content_id=document.content_id))

    assert response.status_code == 200
