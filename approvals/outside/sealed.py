"""What pages for people outside the office stand behind: one answer to all that opens nothing, and sealed headers.

The views look at no session and no cookie, so nobody's rights but the token's are used.
"""

import logging
import re
from collections.abc import Callable
from functools import wraps

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from approvals.outside import guesses
from approvals.outside.tokens import TokenDead, TokenUnknown
from site_pages.languages import CODES

logger = logging.getLogger(__name__)

NOTHING_HERE = gettext_lazy("There is nothing at this address. If you were given it, ask the office for another.")
TROUBLE = gettext_lazy("Something went wrong on our side. Please try again later.")
# Programs that fetch an address before its reader does. Whoever hides under another name is recorded as a reader.
ROBOTS = re.compile(
    r"bot\b|bot/|crawl|spider|preview|whatsapp/|facebookexternalhit|vkshare|slurp|embedly|ms-office|curl/|wget/|python-",
    re.IGNORECASE,
)
SEALED = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


def page(folder: str, template: str, context: dict, *, language: str, status: int = 200) -> HttpResponse:
    """A page of its own: rendered without the request, so that nothing of whoever has signed in can get into it."""
    with translation.override(language):
        response = HttpResponse(render_to_string(f"{folder}/{template}.html", context), status=status)
    return sealed(response, {"Content-Language": language})


def sealed(response: HttpResponse, besides: dict[str, str] | None = None) -> HttpResponse:
    """The answer with what keeps it from caches, frames, search engines and the addresses to which it links."""
    for name, value in {**SEALED, **(besides or {})}.items():
        response.headers[name] = value
    response._has_been_logged = True  # Django (5.2) would log the address of a 4xx, and the address is the key
    return response


@csrf_exempt
def nothing_here(request: HttpRequest, **kwargs) -> HttpResponse:
    """The one answer to every address that opens nothing, whatever the reason; in all three languages."""
    return _in_all_languages(NOTHING_HERE, status=404)


def _in_all_languages(words: str, *, status: int) -> HttpResponse:
    """words: not translated yet."""
    context = {"status": status, "words": words, "languages": CODES}
    response = page("approvals/outside", "answer", context, language="ky", status=status)
    response.headers["Content-Language"] = "ky, ru, en"
    return response


def by_token(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Gives the view the client's address, and answers for it when the token opens nothing, or the view fails."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, token: str, **kwargs) -> HttpResponse:
        address = guesses.address_of(request)
        try:
            if not guesses.are_too_many(address):
                return view(request, token=token, address=address, **kwargs)
            guesses.note(address)
        except TokenUnknown:
            guesses.note(address)
        except TokenDead:
            pass
        except (BadRequest, Http404, PermissionDenied, SuspiciousOperation):
            raise
        except Exception:
            # Django would answer unsealed, and log the address, which is the key.
            logger.exception("A page for somebody outside failed")
            return _in_all_languages(TROUBLE, status=500)
        return nothing_here(request)

    return guarded


def is_robot(request: HttpRequest) -> bool:
    """Whether the address is fetched for a preview, and not for a reader."""
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return bool(ROBOTS.search(request.headers.get("User-Agent", "")) or "prefetch" in purpose)
