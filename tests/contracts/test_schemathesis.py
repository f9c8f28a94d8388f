"""Made-up requests, thousands of them: no 5xx, and every answer as the contract says.

The contract in git is asked operation by operation, so that workers share the load and a failure names its address.
"""

import pytest
import schemathesis
import yaml
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance, unsupported_method

from tests.contracts.test_openapi import CONTRACT
from tests.newsroom import decree, open_newsroom, photo, publish, release, speech
from tests.thoroughness import times

CASES = times(800, thorough=2100)
PATHS = sorted(yaml.safe_load(CONTRACT.read_text())["paths"])
# Addresses without parameters have one question; their share goes to the others.
ONE_QUESTION = {
    path for path, item in yaml.safe_load(CONTRACT.read_text())["paths"].items() if not item["get"].get("parameters")
}
EACH = -(-CASES // (len(PATHS) - len(ONE_QUESTION)))

# A schema cannot say that a cursor was given out by a list or that “from” is not after “to”: such requests are refused.
NOT_ASKED = [ignored_auth, positive_data_acceptance, unsupported_method]


@pytest.fixture
def contract(settings, db):
    """The contract of the public process, with one published document of each type."""
    settings.ROOT_URLCONF = "cms.urls.public"
    settings.MIDDLEWARE = settings.PUBLIC_MIDDLEWARE
    room = open_newsroom()
    for page in (
        release(room.author, image=photo(alt_text_ky="Сүрөт", credit="А. Асанов")),
        decree(room.author),
        speech(room.author),
    ):
        publish(page, room)
    # Like Django's own test client: the connection holds this test's transaction and outlives the request.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_keeps_the_contract(contract, path):
    asked = []

    @settings(
        max_examples=EACH,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=contract[path]["GET"].as_strategy())
    def ask(case):
        asked.append(case)
        response = case.call()
        case.validate_response(response, excluded_checks=NOT_ASKED)
        assert response.status_code < 500

    ask()

    assert len(asked) >= (1 if path in ONE_QUESTION else EACH)
