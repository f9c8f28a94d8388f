"""The public process, asked as a front end asks it."""

import pytest
from django.test import Client


@pytest.fixture
def api(settings, db) -> Client:
    """A client of the public process, with its addresses and its middleware."""
    settings.ROOT_URLCONF = "cms.urls.public"
    settings.MIDDLEWARE = settings.PUBLIC_MIDDLEWARE
    return Client(raise_request_exception=False)
