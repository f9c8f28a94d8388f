"""Addresses that no database can look up: one with a NUL, or with a number beyond all numbers.

Forms say so beside the field; this is for everything that reads an address.
"""

import re
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from cms.refusals import refused

# No database takes a number of more than nineteen digits, and no list has so many entries.
IMMENSE_NUMBER = re.compile(r"/[0-9]{19,}(?:/|$)")
IMMENSE_PLACE = re.compile(rb"(?:^|&)(?:offset|limit|p)=[^&]*[0-9]{10}")
HEADING = _("The address cannot be read")
WITH_NUL = _("It holds a character that no text may hold (NUL). Nothing was changed.")
TOO_FAR = _("It asks for a place beyond the end of every list. Nothing was changed.")


class UnreadableAddressesMiddleware:
    """Answers 400, with the reason."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = unquote_to_bytes(request.META.get("QUERY_STRING", ""))
        if "\x00" in request.path_info or b"\x00" in query:
            return refused(request, heading=HEADING, words=WITH_NUL, status=400)
        if IMMENSE_PLACE.search(query) or IMMENSE_NUMBER.search(request.path_info):
            return refused(request, heading=HEADING, words=TOO_FAR, status=400)
        return self.get_response(request)
