"""What a journalist meets who reads a text under embargo: the text, its JSON, its files. Everybody else: the same 404.

The same addresses serve people, who have the token in the address, and machines, which send it as a bearer.
"""

import datetime as dt
from collections.abc import Callable
from functools import partial
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from approvals.embargo import opening
from approvals.embargo.opening import Asker, Opened, TextIsPublic
from approvals.models import EarlyAccess
from approvals.outside.pictures import SHOWN
from approvals.outside.sealed import by_token, is_robot, nothing_here, page, sealed
from approvals.outside.tokens import TokenDead
from approvals.public_addresses import document_address
from site_pages.public_form.reading import ReadableForm

_page = partial(page, "approvals/embargo")
BEARER = "bearer"


class _SeeOther(HttpResponseRedirect):
    status_code = 303


def _for_a_reader(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only GET brings something; what is public by now is said with its address, without a word of the text."""

    def asked(request: HttpRequest, *, token: str, address: str, **kwargs) -> HttpResponse:
        try:
            if request.method == "HEAD":
                return _cover(opening.look(token=token, now=timezone.now()).access)
            if request.method != "GET":
                return nothing_here(request)
            asker = Asker(address=address, user_agent=request.headers.get("User-Agent", ""))
            return view(request, token=token, asker=asker, **kwargs)
        except TextIsPublic as public:
            access = public.access
            return sealed(_SeeOther(document_address(content_id=access.content_id, locale=access.locale)))

    asked.__name__, asked.__doc__ = view.__name__, view.__doc__
    return by_token(asked)


def _bearer_of(request: HttpRequest) -> str:
    scheme, _space, token = request.headers.get("Authorization", "").strip().partition(" ")
    return token.strip() if scheme.casefold() == BEARER else ""


def _wants_json(request: HttpRequest) -> bool:
    """Whether JSON is named first among what the reader takes."""
    first = request.headers.get("Accept", "").split(",")[0]
    return first.split(";")[0].strip().casefold() == "application/json"


def by_bearer(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view with the token that the request carries; the same 404 without one."""

    @csrf_exempt
    def carried(request: HttpRequest, **kwargs) -> HttpResponse:
        token = _bearer_of(request)
        return view(request, token=token, **kwargs) if token else nothing_here(request)

    return carried


def _cover(access: EarlyAccess) -> HttpResponse:
    return _page("cover", {}, language=access.language)


def _still(opened: Opened, response: HttpResponse) -> HttpResponse:
    """The answer, if its last moment has not passed while it was made. Raises TokenDead."""
    if timezone.now() >= opened.until:
        raise TokenDead
    return response


@_for_a_reader
def text(request: HttpRequest, *, token: str, asker: Asker) -> HttpResponse:
    """Read the text. With the same token as a bearer, or asked for JSON first: the public form itself."""
    carried = _bearer_of(request)
    if carried and carried != token:
        return nothing_here(request)
    if carried or _wants_json(request):
        return _as_json(token=token, asker=asker)
    if is_robot(request) and "open" not in request.GET:
        return _cover(opening.look(token=token, now=timezone.now()).access)
    opened = opening.open_text(token=token, what=opening.PAGE, asker=asker, now=timezone.now())
    files = list({file["sha256"]: file for file in opening.files_of(opened.form.payload)}.values())
    addresses = {file["file_id"]: reverse("early:file", args=[token, file["sha256"]]) for file in files}
    context = {
        "readable": ReadableForm(opened.form, addresses=addresses),
        "access": opened.access,
        "embargo_until": opened.embargo_until,
        # In words already: a template would turn it back into the time of Bishkek.
        "embargo_until_utc": f"{opened.embargo_until.astimezone(dt.UTC):%d.%m.%Y %H:%M:%S}",
        "until": opened.until,
        "files": [(file, addresses[file["file_id"]]) for file in files],
        "form_address": reverse("early:form", args=[token]),
        "digest": opened.form.digest,
    }
    return _still(opened, _page("text", context, language=opened.access.language))


@_for_a_reader
def form(request: HttpRequest, *, token: str, asker: Asker) -> HttpResponse:
    """The public form, byte for byte as it will be published."""
    return _as_json(token=token, asker=asker)


def _as_json(*, token: str, asker: Asker) -> HttpResponse:
    opened = opening.open_text(token=token, what=opening.FORM, asker=asker, now=timezone.now())
    response = HttpResponse(opened.form.canonical, content_type="application/json")
    told = {
        "X-Jarchy-Digest": opened.form.digest,
        "X-Jarchy-Embargo-Until": opened.embargo_until.astimezone(dt.UTC).isoformat(),
    }
    return _still(opened, sealed(response, told))


@_for_a_reader
def file(request: HttpRequest, *, token: str, asker: Asker, sha256: str) -> HttpResponse:
    """One file of the text, by its hash."""
    opened, found = opening.open_file(token=token, sha256=sha256, asker=asker, now=timezone.now())
    response = HttpResponse(found.content, content_type=found.content_type)
    kind = "inline" if found.content_type in SHOWN else "attachment"
    besides = {
        "Content-Disposition": f"{kind}; filename*=UTF-8''{quote(found.filename)}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return _still(opened, sealed(response, besides))
