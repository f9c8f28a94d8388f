"""The contract itself, for programs and for people."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.response import Response

from frontend_api import caching, problems
from frontend_api.parameters import LocaleParameters, validated
from frontend_api.reading import AlwaysTheFirst, ReadView, plain_problem


@cache
def contract() -> dict[str, Any]:
    """The OpenAPI document, as it is in git; made once in a process."""
    generator = SchemaGenerator(urlconf=settings.SPECTACULAR_SETTINGS["SERVE_URLCONF"])
    with translation.override("en"):
        return generator.get_schema(request=None, public=True)


class ContractView(ReadView):
    """OpenAPI 3.1, as JSON."""

    @extend_schema(exclude=True)
    def get(self, request: HttpRequest) -> Response:
        validated(request.GET, LocaleParameters)
        return Response(contract())


class DocsView(SpectacularSwaggerSplitView):
    """The contract to look at and to try, from this server alone."""

    http_method_names = ("get", "head", "options")
    content_negotiation_class = AlwaysTheFirst

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return caching.preflight()

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = plain_problem(request, problems.Code.METHOD_NOT_ALLOWED)
        response.headers["Allow"] = caching.METHODS
        return response
