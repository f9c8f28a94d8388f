"""Lines of the log: one JSON object each, and no address that opens something."""

import json
import logging
from logging.config import DictConfigurator

import pytest
from django.test import RequestFactory

from cms.settings.logs import logging_settings

KEY = "kJ8_" + "x" * 39


@pytest.fixture
def line():
    """A function that gives the line of a record."""
    config = DictConfigurator(logging_settings(level="INFO"))
    formatter = config.configure_formatter(config.config["formatters"]["json"])

    def line(message: str, *args, **extra) -> str:
        record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, message, args, None)
        vars(record).update(extra)
        return formatter.format(record)

    return line


@pytest.mark.parametrize("path", ["/early/{}/", "/EARLY/{}/form.json", "/outside/{}/pictures/ab/", "/letters/{}\x00/"])
def test_no_line_keeps_an_address_that_is_a_key(line, path):
    address = path.format(KEY)

    said = line("Internal Server Error: %s", address, request=RequestFactory().get(address), status_code=500)

    assert KEY not in said
    assert json.loads(said)["event"].startswith("Internal Server Error: /")
    assert json.loads(said)["status_code"] == 500


def test_other_addresses_stay(line):
    assert json.loads(line("Not Found: %s", "/api/v1/releases/jyiyn"))["event"] == "Not Found: /api/v1/releases/jyiyn"
