"""The addresses of earlier versions: the list of all, one of them, its cleared bytes, and what it changed."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from frontend_api import representations, tombstones, versions
from frontend_api.models import PublishedDocument, PublishedVersion, Tombstone
from frontend_api.parameters import DifferenceParameters, LocaleParameters, validated
from frontend_api.problems import Code, Fault, ParameterError, Problem, invalid_parameters
from frontend_api.reading import ReadView
from frontend_api.schemas import gone_responses, raw_schema


class VersionsView(ReadView):
    """Every version of a document that was public, the newest first."""

    parameters: type = LocaleParameters

    def document(self, request: HttpRequest, content_id: UUID) -> PublishedDocument:
        """The document in the wanted language. Raises Problem: it is not public, or not in this language."""
        self.values = validated(request.GET, self.parameters)
        found = list(versions.open_histories(content_id))
        document = next((d for d in found if d.locale == self.values["locale"]), None)
        if document is None:
            raise self._absence(found, content_id)
        self.last_modified, self.ends = document.log_at, [document.expires_at]
        return document

    def _absence(self, found: list[PublishedDocument], content_id: UUID) -> Problem:
        """Why it cannot be read: as the document itself answers, but without a way to its successor's versions."""
        others = {"available_translations": representations.translations(found[0], found)} if found else {}
        buried = Tombstone.objects.filter(content_id=content_id)
        if tombstone := tombstones.standing(buried, locale=self.values["locale"]):
            return tombstones.problem_of(tombstone, **others)
        return Problem(Code.TRANSLATION_MISSING if found else Code.NOT_FOUND, **others)

    def version(self, document: PublishedDocument, number: int) -> PublishedVersion:
        """One version of it. Raises Problem."""
        version = versions.text_of(document, number=number)
        if version is None:
            raise Problem(Code.NOT_FOUND)
        return version

    @extend_schema(
        operation_id="versions_list",
        parameters=[LocaleParameters],
        responses={200: raw_schema("VersionList"), **gone_responses()},
    )
    def get(self, request: HttpRequest, content_id: UUID) -> Response:
        listing = versions.listing(self.document(request, content_id))
        if listing is None:
            raise Problem(Code.NOT_FOUND)
        return Response(listing)


class VersionView(VersionsView):
    """One version as it was public."""

    @extend_schema(
        operation_id="versions_read",
        parameters=[LocaleParameters],
        responses={200: raw_schema("Version"), **gone_responses()},
    )
    def get(self, request: HttpRequest, content_id: UUID, number: int) -> Response:
        document = self.document(request, content_id)
        body, ends = versions.one(self.version(document, number), document=document)
        self.ends += ends
        return Response(body)


class VersionBytesView(VersionsView):
    """Exactly the bytes that were cleared and public under this number."""

    @extend_schema(
        operation_id="versions_cleared",
        parameters=[LocaleParameters],
        responses={200: raw_schema("Cleared"), **gone_responses()},
    )
    def get(self, request: HttpRequest, content_id: UUID, number: int) -> HttpResponse:
        version = self.version(self.document(request, content_id), number)
        response = HttpResponse(version.cleared.encode(), content_type="application/json")
        response.headers["X-Jarchy-Digest"] = version.digest
        return response


class DifferenceView(VersionsView):
    """What one version changed: to the version before it, or to the one that `from` names."""

    parameters = DifferenceParameters

    @extend_schema(
        operation_id="versions_difference",
        parameters=[DifferenceParameters],
        responses={200: raw_schema("Difference"), **gone_responses()},
    )
    def get(self, request: HttpRequest, content_id: UUID, number: int) -> Response:
        document = self.document(request, content_id)
        version = self.version(document, number)
        earlier = self.version(document, self._from(document, version))
        return Response(versions.difference(document=document, version=version, earlier=earlier))

    def _from(self, document: PublishedDocument, version: PublishedVersion) -> int:
        given: dict[str, Any] = self.values
        if "from" not in given:
            steps = {step.publication.number: step for step in versions.open_steps_of(document)}
            return steps[version.pk].previous or 0
        if given["from"] >= version.pk:
            message = _("not an earlier version than the one that is compared")
            raise invalid_parameters([ParameterError("from", message, Fault.OUT_OF_RANGE)])
        return given["from"]
