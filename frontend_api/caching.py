"""What caches may do with an answer: strong ETags over the body, 304 for what has not changed, CORS for everybody."""

import datetime as dt
import hashlib
from collections.abc import Iterable

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date, parse_http_date_safe

# What every answer carries for caches that can drop by key (frontend_api.purging).
CACHE_KEY = "jarchy"
METHODS = "GET, HEAD, OPTIONS"
EXPOSED = "ETag, Last-Modified, X-Jarchy-Digest, X-Request-ID"
# Last-Modified counts in seconds, and a change is dated before its transaction ends: so long another one may still come
# that bears the same second, and a 304 by time would hide it.
SETTLED_AFTER = dt.timedelta(minutes=1)


def strong(digest: str) -> str:
    """The ETag that stands for bytes with this digest."""
    return f'"{digest}"'


def for_a_moment() -> str:
    """How long an answer may be kept that is made of no document."""
    return f"public, max-age={settings.CACHE_SECONDS}"


def max_age(*, now: dt.datetime, ends: Iterable[dt.datetime | None] = (), at_most: int | None = None) -> int:
    """For how many seconds an answer may be kept: never beyond the first end of what stands in it.

    An end stands in the public text. The time of what is still to be published does not: an answer that were kept for a
    shorter time before it would tell of it (docs/adr/0023).
    """
    longest = settings.CACHE_SECONDS if at_most is None else at_most
    left = [int((end - now).total_seconds()) for end in ends if end is not None]
    return max(0, min([longest, *left]))


def finish(
    request: HttpRequest,
    response: HttpResponse,
    *,
    last_modified: dt.datetime | None,
    ends: Iterable[dt.datetime | None] = (),
) -> HttpResponse:
    """Add validators to a rendered answer; gives a 304 instead when the reader has it already.

    An answer that brings its own ETag keeps it. last_modified: of everything that the answer is made of; not told while
    it is younger than SETTLED_AFTER. ends: of the documents in it.
    """
    if response.status_code != 200 or request.method not in ("GET", "HEAD"):
        response.headers.setdefault("Cache-Control", "no-store" if response.status_code >= 500 else for_a_moment())
        return response
    if "ETag" not in response.headers:
        response.headers["ETag"] = strong(hashlib.sha256(response.content).hexdigest()[:32])
    response.headers.setdefault("Cache-Control", f"public, max-age={max_age(now=timezone.now(), ends=ends)}")
    if last_modified and last_modified < timezone.now() - SETTLED_AFTER:
        response.headers["Last-Modified"] = http_date(int(last_modified.timestamp()))
    answer = _conditional(request, response)
    if answer is not response and isinstance(response, FileResponse):
        response.file_to_stream.close()
    return answer


def _conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if request.headers.get("If-None-Match"):
        return get_conditional_response(request, etag=response.headers["ETag"], response=response)
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    # Only the very moment that was given out proves anything: the reader's own clock may be wrong.
    if since is not None and http_date(since) == response.headers.get("Last-Modified"):
        return get_conditional_response(request, last_modified=since, response=response)
    return response


def open_to_everybody(response: HttpResponse) -> HttpResponse:
    """Let scripts of any site read the answer; there is nothing here that a reader must be signed in for."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Surrogate-Key"] = CACHE_KEY
    patch_vary_headers(response, ["Accept-Encoding", "Accept-Language"])
    return response


def preflight() -> HttpResponse:
    """The answer to OPTIONS."""
    response = HttpResponse(status=204)
    response.headers["Allow"] = METHODS
    response.headers["Access-Control-Allow-Methods"] = METHODS
    response.headers["Access-Control-Allow-Headers"] = "Accept, Accept-Language, If-None-Match, If-Modified-Since"
    response.headers["Access-Control-Max-Age"] = "86400"
    return open_to_everybody(response)
