"""The public process, asked as the contract says."""

import pytest
from django.test import Client


@pytest.fixture
def api(settings, db) -> Client:
    settings.ROOT_URLCONF = "cms.urls.public"
    settings.MIDDLEWARE = settings.PUBLIC_MIDDLEWARE
    return Client()
