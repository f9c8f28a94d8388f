"""What nobody should send gets a clear answer, on every address, and never a 5xx."""

import pytest

from frontend_api import queries
from tests.newsroom import photo, publish, release

BASE = "/api/v1"
SOMEBODY = "6f1c1c1e-1111-4111-8111-111111111111"
PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        f"files/{SOMEBODY}/a%00b.jpg",
        f"files/{SOMEBODY}/..%2F..%2Fsettings.py",
        f"files/{SOMEBODY}/" + "a" * 5000,
        "decrees/jarlyk/2026/%00",
        "decrees/jarlyk/" + "9" * 5000 + "/1",
        "decrees/jarlyk/2026/" + "9" * 5000,
        "releases/a%00b",
        "releases/%E2%80%AE",
        "releases/",
        "documents/1",
        "documents/" + SOMEBODY.upper(),
        "schemas/page",
        "problems/unheard_of",
        "nowhere",
        "../admin/",
        "%ED%A0%80",
    ],
)
def test_an_address_that_is_none_is_not_found(api, path):
    response = api.get(f"{BASE}/{path}?locale=en")

    assert (response.status_code, response["Content-Type"]) == (404, PROBLEM)
    assert response.json() == {
        "type": "/api/v1/problems/not_found",
        "title": "There is no such document or address.",
        "status": 404,
        "code": "not_found",
    }


@pytest.mark.parametrize("path", ["/", "/api/", "/api/v2/pages/", "/api/v1/nowhere", "/nowhere"])
def test_unknown_addresses_are_problems_for_every_method(api, path):
    for verb in (api.get, api.post, api.delete):
        response = verb(path)

        assert (response.status_code, response["Content-Type"]) == (404, PROBLEM)
        assert response["Access-Control-Allow-Origin"] == "*"


def test_in_development_unknown_addresses_of_the_api_are_problems_too(api, settings):
    settings.DEBUG = True

    for path in ("/api/v1/nowhere", "/api/v1/releases/", "/api/v2/pages/"):
        response = api.get(path)
        assert (response.status_code, response["Content-Type"]) == (404, PROBLEM)


@pytest.mark.parametrize(
    "path",
    [
        "", "releases", "releases/some", "speeches", "decrees", "decrees/jarlyk/2026/1", f"documents/{SOMEBODY}",
        f"documents/{SOMEBODY}/cleared", f"files/{SOMEBODY}/a.jpg", "search", "schemas/release", "problems/internal",
        "openapi.json",
    ],
)  # fmt: skip
def test_every_address_names_a_parameter_that_it_does_not_know(api, path):
    response = api.get(f"{BASE}/{path}?offset=1&nonsense=%00")

    body = response.json()
    assert (response.status_code, response["Content-Type"], body["code"]) == (400, PROBLEM, "invalid_parameter")
    assert [(error["parameter"], error["code"]) for error in body["errors"]] == [
        ("offset", "unknown"),
        ("nonsense", "unknown"),
    ]


@pytest.mark.parametrize("section", ["releases", "search"])
@pytest.mark.parametrize(
    ("query", "parameter", "code"),
    [
        ("offset=1" + "0" * 30, "offset", "unknown"),
        ("q%00=1", "q\x00", "unknown"),
        ("locale=ky&locale=ru", "locale", "repeated"),
        ("locale=de", "locale", "malformed"),
        ("locale=ky%ED%A0%80", "locale", "malformed"),
        ("cursor=%00", "cursor", "malformed"),
        ("cursor=abc", "cursor", "malformed"),
        ("cursor=" + "9" * 301, "cursor", "malformed"),
        ("topic=a%00", "topic", "malformed"),
        ("topic=..%2F..", "topic", "malformed"),
        ("from=2026-02-30", "from", "malformed"),
        ("from=0001-01-01", "from", "out_of_range"),
        ("to=9999-12-31", "to", "out_of_range"),
        ("year=0", "year", "out_of_range"),
        ("year=" + "9" * 5000, "year", "malformed"),
        ("page_size=0", "page_size", "out_of_range"),
        ("page_size=101", "page_size", "out_of_range"),
        ("page_size=1" + "0" * 30, "page_size", "out_of_range"),
        ("page_size=1e2", "page_size", "malformed"),
        ("act_number=1000000", "act_number", "out_of_range"),
    ],
)
def test_programs_learn_which_parameter_is_wrong_and_how(api, section, query, parameter, code):
    response = api.get(f"{BASE}/{section}?{query}")

    assert response.status_code == 400
    assert [(error["parameter"], error["code"]) for error in response.json()["errors"]] == [(parameter, code)]


def test_all_that_is_wrong_is_said_at_once(api):
    errors = api.get(f"{BASE}/releases?foo=1&page_size=0&sort=title&locale=de").json()["errors"]

    assert [error["parameter"] for error in errors] == ["foo", "locale", "page_size", "sort"]


@pytest.mark.parametrize(
    ("locale", "message"),
    [("ky", "белгисиз параметр"), ("ru", "неизвестный параметр"), ("en", "unknown parameter")],
)
def test_what_is_wrong_is_said_in_the_language_of_the_reader(api, locale, message):
    body = api.get(f"{BASE}/releases?foo=1&locale={locale}").json()

    assert body["errors"] == [{"parameter": "foo", "code": "unknown", "message": message}]


@pytest.mark.parametrize(
    "query", ["year=1900", "year=2200", "from=1900-01-01&to=2200-12-31", "q=%22%27()*:^-%20OR%20NEAR("]
)
def test_what_is_unusual_but_right_is_answered(api, query):
    section = "search" if query.startswith("q=") else "releases"

    response = api.get(f"{BASE}/{section}?{query}")

    assert (response.status_code, response.json()["items"]) == (200, [])


def test_what_we_did_wrong_is_a_problem_that_no_cache_keeps(api, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(queries, "list_page", broken)
    response = api.get(f"{BASE}/releases?locale=en")

    assert (response.status_code, response["Content-Type"], response["Cache-Control"]) == (500, PROBLEM, "no-store")
    assert response.json() == {
        "type": "/api/v1/problems/internal",
        "title": "Something went wrong on our side. Please try again later.",
        "status": 500,
        "code": "internal",
    }


@pytest.mark.parametrize("path", ["", "releases", "search", "openapi.json", "docs/", f"files/{SOMEBODY}/a.jpg"])
def test_nothing_can_be_written_and_everybody_may_ask_what_can_be_done(api, path):
    for verb in (api.post, api.put, api.patch, api.delete):
        response = verb(f"{BASE}/{path}")
        assert (response.status_code, response["Content-Type"]) == (405, PROBLEM)
        assert response.json()["code"] == "method_not_allowed"
        assert response["Allow"] == "GET, HEAD, OPTIONS"

    preflight = api.options(f"{BASE}/{path}")

    assert (preflight.status_code, preflight["Access-Control-Allow-Methods"]) == (204, "GET, HEAD, OPTIONS")


def test_a_wrong_host_is_told_nothing(api):
    response = api.get(f"{BASE}/releases", headers={"Host": "evil.example"})

    assert (response.status_code, response["Content-Type"]) == (400, PROBLEM)


def test_a_request_that_is_refused_shows_nothing_of_what_is_there(api, room):
    picture = photo(alt_text_ky="Сүрөт", credit="А. Асанов")
    draft = release(room.author, image=picture)
    missing = api.get(f"{BASE}/files/{SOMEBODY}/photo.jpg")

    of_draft = api.get(f"{BASE}/files/{picture.public_id}/photo.jpg")

    assert (of_draft.status_code, of_draft.content) == (missing.status_code, missing.content)
    publish(draft, room)
    assert api.get(f"{BASE}/files/{picture.public_id}/photo.jpg").status_code == 200
