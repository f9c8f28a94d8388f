"""What the tests of clearance stand on besides tests/conftest.py."""

from collections.abc import Iterator

import pytest

from tests.services.smtp_sink import SmtpSink


@pytest.fixture
def sink(settings) -> Iterator[SmtpSink]:
    """A real mail server, to which the settings lead."""
    with SmtpSink() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.NOTICE_TIMEOUT_SECONDS = 5
        yield server
