"""What caches may do with an answer: strong ETags over the body, 304 for what has not changed, CORS for everybody."""

import datetime as dt
import hashlib

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date

MAX_AGE_SECONDS = 30
EXPOSED = "ETag, Last-Modified, Content-Language, Link"


def finish(request: HttpRequest, response: HttpResponse, *, last_modified: dt.datetime | None) -> HttpResponse:
    """Add validators to a rendered answer; gives a 304 instead when the reader has it already."""
    if response.status_code != 200 or request.method not in ("GET", "HEAD"):
        response.headers.setdefault("Cache-Control", "no-store" if response.status_code >= 500 else "public, max-age=5")
        return response
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response.headers["ETag"] = etag
    response.headers.setdefault("Cache-Control", f"public, max-age={MAX_AGE_SECONDS}")
    seconds = None
    if last_modified:
        seconds = int(last_modified.timestamp())
        response.headers["Last-Modified"] = http_date(seconds)
    # A body may change without a new version of its own (a translation appears), so only the ETag proves sameness.
    if request.headers.get("If-None-Match"):
        return get_conditional_response(request, etag=etag, response=response)
    return get_conditional_response(request, last_modified=seconds, response=response) if seconds else response


def open_to_everybody(response: HttpResponse) -> HttpResponse:
    """Let scripts of any site read the answer; there is nothing here that a reader must be signed in for."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = EXPOSED
    response.headers["X-Content-Type-Options"] = "nosniff"
    patch_vary_headers(response, ["Accept-Encoding", "Accept-Language"])
    return response


def preflight() -> HttpResponse:
    """The answer to OPTIONS."""
    response = HttpResponse(status=204)
    response.headers["Allow"] = "GET, HEAD, OPTIONS"
    response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response.headers["Access-Control-Allow-Headers"] = "Accept, Accept-Language, If-None-Match, If-Modified-Since"
    response.headers["Access-Control-Max-Age"] = "86400"
    return open_to_everybody(response)
