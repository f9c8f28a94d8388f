"""What all views of the API share: JSON (files and the feed apart), nobody signs in, every error is a problem."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from frontend_api import caching, problems
from frontend_api.models import LOCALES


class AlwaysTheFirst(BaseContentNegotiation):
    """Whatever is asked for, the answer is in the one form that there is."""

    def select_parser(self, request, parsers):
        return parsers[0] if parsers else None

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


def language_of(request: HttpRequest) -> str:
    """The language of messages: of the `locale` parameter, else of Accept-Language, else Kyrgyz."""
    asked = request.GET.get("locale", "")
    return asked if asked in LOCALES else translation.get_language_from_request(request)


class ReadView(APIView):
    """One address that can only be read. Subclasses write `read`, which gives JSON values and a time."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    renderer_classes = (JSONRenderer,)
    parser_classes = ()
    content_negotiation_class = AlwaysTheFirst
    http_method_names = ("get", "head", "options")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with translation.override(language_of(request)):
            response = super().dispatch(request, *args, **kwargs)
            if isinstance(response, Response):
                response.render()
            response = caching.finish(
                request, response, last_modified=getattr(self, "last_modified", None), ends=getattr(self, "ends", ())
            )
        return caching.open_to_everybody(response)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return caching.preflight()

    def get_exception_handler(self):
        return problems.handle


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The problem for addresses that do not exist."""
    return plain_problem(request, problems.Code.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """The problem for what we did wrong."""
    return plain_problem(request, problems.Code.INTERNAL)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The problem for requests that Django refuses before any view sees them."""
    return plain_problem(request, problems.Code.INVALID_PARAMETER)


def nothing_here(request: HttpRequest, *args: Any) -> HttpResponse:
    """The view of every address that is none: also in development, where Django would show a page of its own."""
    return not_found(request)


def plain_problem(request: HttpRequest, code: problems.Code) -> HttpResponse:
    """A problem outside of REST framework."""
    with translation.override(language_of(request)):
        body = JSONRenderer().render(problems.as_json(problems.Problem(code)))
    response = HttpResponse(body, status=problems.STATUS[code], content_type=problems.MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store" if code is problems.Code.INTERNAL else caching.for_a_moment()
    return caching.open_to_everybody(response)
