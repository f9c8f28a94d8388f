"""Who asks, and how often that address asked with a token that is none.

Nobody guesses 256 bits; the count keeps the tries out of the database and in the log.
"""

import hashlib
import logging

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

MOST_GUESSES = 30
WINDOW_SECONDS = 15 * 60
LONGEST_ADDRESS = 64


def address_of(request: HttpRequest) -> str:
    """The client's address, by the same rule as at sign-in; at most 64 characters."""
    rule = getattr(settings, "AXES_CLIENT_IP_CALLABLE", None)
    found = import_string(rule)(request) if rule else request.META.get("REMOTE_ADDR", "")
    return "".join(filter(str.isprintable, found or ""))[:LONGEST_ADDRESS]


def _key(address: str) -> str:
    return f"outside-guesses-{hashlib.sha256(address.encode()).hexdigest()}"


def are_too_many(address: str) -> bool:
    """Whether the address has used up its wrong tokens for this quarter of an hour."""
    return (cache.get(_key(address)) or 0) >= MOST_GUESSES


def note(address: str) -> None:
    """Count a wrong token, and say so in the log. The token itself is not logged: it may be a misspelt right one."""
    cache.add(_key(address), 0, WINDOW_SECONDS)
    try:
        count = cache.incr(_key(address))
    except ValueError:  # the window ended between the two lines
        count = 1
    logger.warning("Something outside was asked for with a wrong token by %s, %s in this window.", address, count)
