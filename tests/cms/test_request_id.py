"""A request can be followed from its answer to its lines in the log."""

import re

import pytest
import structlog
from django.http import HttpResponse
from django.test import RequestFactory

from cms.request_id import RequestIdMiddleware

MADE = re.compile(r"^[0-9a-f]{32}$")


def ask(given: str | None = None) -> tuple[str, dict]:
    bound = {}

    def answer(request):
        bound.update(structlog.contextvars.get_contextvars())
        return HttpResponse()

    headers = {} if given is None else {"X-Request-ID": given}
    response = RequestIdMiddleware(answer)(RequestFactory().get("/", headers=headers))
    return response.headers["X-Request-ID"], bound


def test_a_request_without_an_id_is_given_one_that_the_log_knows():
    request_id, bound = ask()

    assert MADE.match(request_id)
    assert bound == {"request_id": request_id}


def test_two_requests_have_two_ids():
    assert ask()[0] != ask()[0]


@pytest.mark.parametrize("given", ["a1b2c3d4", "f" * 64, "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"])
def test_a_well_formed_id_of_the_proxy_is_kept(given):
    assert ask(given) == (given, {"request_id": given})


@pytest.mark.parametrize("given", ["", "short", "f" * 65, "with space", 'quote"quote', "жарчы-жарчы", "line\nline1"])
def test_any_other_id_is_replaced(given):
    request_id, bound = ask(given)

    assert MADE.match(request_id)
    assert bound == {"request_id": request_id}


def test_nothing_of_the_request_before_stays_bound():
    structlog.contextvars.bind_contextvars(user="somebody")

    _, bound = ask()

    assert set(bound) == {"request_id"}


@pytest.mark.parametrize("url_conf", ["cms.urls.editorial", "cms.urls.public"])
def test_both_processes_give_the_id_back(url_conf, client, settings):
    settings.ROOT_URLCONF = url_conf
    if url_conf == "cms.urls.public":
        settings.MIDDLEWARE = settings.PUBLIC_MIDDLEWARE

    response = client.get("/-/live", headers={"X-Request-ID": "from-the-proxy"})

    assert response.headers["X-Request-ID"] == "from-the-proxy"
