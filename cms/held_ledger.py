"""A decision that met a long publication: the ledger is written by one at a time, and a large bundle takes seconds.

The database gives up waiting (`lock_timeout`), and the whole of the request is undone. Whoever decided is told so.
"""

from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from psycopg.errors import LockNotAvailable

from cms.refusals import refused

HEADING = _("Something is being published at this moment")
WORDS = _("It takes longer than usual, so this was not done. Nothing was changed. Please try again in a minute.")
RETRY_AFTER_SECONDS = 30


class HeldLedgerMiddleware:
    """Answers 503, with the reason."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """What to say instead of an error of ours."""
        if not (isinstance(exception, OperationalError) and isinstance(exception.__cause__, LockNotAvailable)):
            return None
        response = refused(request, heading=HEADING, words=WORDS, status=503)
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
