"""The addresses of the read API."""

import re
from contextlib import nullcontext
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.response import Response

from frontend_api import queries, representations, tombstones
from frontend_api.corrections import as_public
from frontend_api.models import LOCALES, PublishedDocument, PublishedVersion, Tombstone
from frontend_api.parameters import DetailParameters, ListParameters, LocaleParameters, chosen_fields, validated
from frontend_api.problems import STATUS, TITLES, TYPE_PREFIX, Code, Problem
from frontend_api.reading import ReadView
from frontend_api.representations import (
    COMMON_ITEM_FIELDS,
    ENVELOPE,
    ITEM_FIELDS,
    SECTIONS,
    act_path,
    address,
    slug_path,
)
from frontend_api.schemas import detail_schema, gone_responses, list_schema, problem_responses, raw_schema
from frontend_api.snapshots import one_moment
from site_pages.public_form.canonical import schema_for
from site_pages.public_form.payload import FORMS

DETAIL_FIELDS = {kind: frozenset({*form.model_fields, *ENVELOPE}) for kind, form in FORMS.items()}
LIST_FIELDS = {kind: frozenset({*COMMON_ITEM_FIELDS, *ITEM_FIELDS[kind]}) for kind in FORMS}
ACT_NUMBER = re.compile(r"^(?P<number>[1-9][0-9]{0,5})(?:-(?P<suffix>[^\W_]{1,10}))?$")


class IndexView(ReadView):
    """The entrance: what can be read and where."""

    @extend_schema(parameters=[LocaleParameters], responses={200: raw_schema("Index"), **problem_responses(400)})
    def get(self, request: HttpRequest) -> Response:
        validated(request.GET, LocaleParameters)
        sections = {name: address(f"/api/v1/{name}") for name in SECTIONS.values()}
        rest = {name: address(f"/api/v1/{name}") for name in ("search", "feed", "openapi.json", "docs/")}
        schemas = {name: address(f"/api/v1/schemas/{name}") for name in FORMS}
        return Response({"name": "Jarchy", "locales": list(LOCALES), "links": {**sections, **rest}, "schemas": schemas})


class ListView(ReadView):
    """All published documents of one type in one language, newest first."""

    document_type = ""

    def get(self, request: HttpRequest) -> Response:
        values = validated(request.GET, ListParameters)
        wanted = chosen_fields(values, known=LIST_FIELDS[self.document_type])
        is_counted = values["count"] == "exact"
        with one_moment() if is_counted else nullcontext():
            page = queries.list_page(values, document_type=self.document_type)
            count = queries.filtered(values, document_type=self.document_type).count() if is_counted else None
        self.last_modified = page.documents[0].log_at if page.documents else None
        self.ends = [document.expires_at for document in page.documents]
        items = [representations.sparse(representations.item(d), wanted) for d in page.documents]
        body: dict[str, Any] = {"items": items, "links": self._links(request, page)}
        if is_counted:
            body["count"] = count
        return Response(body)

    def _links(self, request: HttpRequest, page: queries.ListPage) -> dict[str, str | None]:
        def link(cursor) -> str | None:
            if cursor is None:
                return None
            given = request.GET.copy()
            given["cursor"] = cursor.as_text()
            return address(f"{request.path}?{given.urlencode()}")

        return {"next": link(page.next), "prev": link(page.prev)}


class DocumentView(ReadView):
    """One published document; subclasses say how it is found."""

    def find(self, **kwargs: Any) -> list[PublishedDocument]:
        raise NotImplementedError

    def is_wanted(self, document: PublishedDocument, **kwargs: Any) -> bool:
        """Whether this is the document itself, in any language, and not a neighbour."""
        raise NotImplementedError

    def instead(self, **kwargs: Any) -> Problem | None:
        """What readers are told where the document was in the wanted language, or is no longer under this address."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> Response:
        document, found = self.chosen(request, DetailParameters, **kwargs)
        wanted = chosen_fields(self.values, known=DETAIL_FIELDS[document.type])
        self.last_modified, self.ends = document.log_at, [one.expires_at for one in found]
        corrections = as_public(document.corrections, content_id=document.content_id, locale=document.locale)
        whole = representations.detail(document, neighbours=found, corrections=corrections)
        return Response(representations.sparse(whole, wanted))

    def chosen(self, request: HttpRequest, parameters, **kwargs: Any):
        """The document in the wanted language, and everything found with it. Raises Problem."""
        self.values = validated(request.GET, parameters)
        found = self.find(**kwargs)
        candidates = [d for d in found if self.is_wanted(d, **kwargs)]
        for document in candidates:
            if document.locale == self.values["locale"]:
                return document, found
        if problem := self.instead(**kwargs):
            raise problem
        # Several documents may share an address, each in another language: it is that of the first language's.
        nearest = min(candidates, key=lambda d: LOCALES.index(d.locale), default=None)
        raise self.absence([d for d in found if nearest and d.content_id == nearest.content_id])

    def absence(self, languages: list[PublishedDocument]) -> Problem:
        """What readers are told where the wanted language is not. languages: of the document; none where none is."""
        return Problem(Code.TRANSLATION_MISSING if languages else Code.NOT_FOUND, **self._translations_of(languages))

    def grave(self, content_id: UUID, *, tail: str = "") -> Problem | None:
        """What is left of a text that was withdrawn; None of any other. tail: what of the document is asked for."""
        tombstone = tombstones.standing(Tombstone.objects.filter(content_id=content_id), locale=self.values["locale"])
        if tombstone is None:
            return None
        return tombstones.problem_of(tombstone, tail=tail, **self._translations_of(queries.languages_of(content_id)))

    @staticmethod
    def _translations_of(documents: list[PublishedDocument]) -> dict[str, Any]:
        """What a problem says of the languages of one document; nothing where there are none."""
        return {"available_translations": representations.translations(documents[0], documents)} if documents else {}


class AddressView(DocumentView):
    """One published document by an address that it may change by a correction: then the old one leads to the new."""

    def had(self, **kwargs: Any) -> QuerySet[PublishedVersion]:
        """The versions that were public under this address."""
        raise NotImplementedError

    def path_to(self, document: PublishedDocument) -> str:
        """Where the document is by addresses of this kind."""
        raise NotImplementedError

    def instead(self, **kwargs: Any) -> Problem | None:
        # Whoever had it last may have ended: then it is still the address of the one before.
        had = tombstones.answered(self.had(**kwargs).filter(locale=self.values["locale"]))
        last = had.order_by("-publication_id").first()
        if last is None:
            return None
        if document := queries.one_text(last.content_id, locale=last.locale):
            return self._moved_to(document)
        return self.grave(last.content_id)

    def absence(self, languages: list[PublishedDocument]) -> Problem:
        # Each language has an address of its own: it may be there under another one.
        there = [document for document in languages if document.locale == self.values["locale"]]
        return self._moved_to(there[0]) if there else super().absence(languages)

    def _moved_to(self, document: PublishedDocument) -> Problem:
        query = self.request.GET.copy()
        query["locale"] = document.locale
        return Problem(Code.MOVED, location=address(f"{self.path_to(document)}?{query.urlencode()}"))


class BySlugView(AddressView):
    """One document by its type and address."""

    document_type = ""

    def find(self, *, slug: str) -> list[PublishedDocument]:
        return queries.by_slug(document_type=self.document_type, slug=slug)

    def had(self, *, slug: str) -> QuerySet[PublishedVersion]:
        return PublishedVersion.objects.filter(type=self.document_type, slug=slug)

    def path_to(self, document: PublishedDocument) -> str:
        return slug_path(document)

    def is_wanted(self, document: PublishedDocument, *, slug: str) -> bool:
        return (document.type, document.slug) == (self.document_type, slug)


class ByContentIdView(DocumentView):
    """One document by the id that its translations share."""

    def find(self, *, content_id: UUID) -> list[PublishedDocument]:
        return queries.by_content_id(content_id)

    # What of the document is asked for; its successor is asked for the same.
    tail = ""

    def instead(self, *, content_id: UUID) -> Problem | None:
        return self.grave(content_id, tail=self.tail)

    def is_wanted(self, document: PublishedDocument, *, content_id: UUID) -> bool:
        return document.content_id == content_id

    @extend_schema(
        parameters=[DetailParameters],
        responses={200: detail_schema("release", "speech", "decree"), **gone_responses()},
    )
    def get(self, request: HttpRequest, **kwargs: Any) -> Response:
        return super().get(request, **kwargs)


class ClearedBytesView(ByContentIdView):
    """Exactly the bytes that were cleared; their SHA-256 is the digest."""

    tail = "/cleared"

    @extend_schema(parameters=[LocaleParameters], responses={200: raw_schema("Cleared"), **gone_responses()})
    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        document, _found = self.chosen(request, LocaleParameters, **kwargs)
        self.last_modified, self.ends = document.log_at, [document.expires_at]
        response = HttpResponse(document.cleared.encode(), content_type="application/json")
        response.headers["X-Jarchy-Digest"] = document.digest
        return response


class ByActNumberView(AddressView):
    """One act by type, year and number; a suffix follows the number after a dash: 261-а."""

    def find(self, **named: Any) -> list[PublishedDocument]:
        columns = _act_columns(**named)
        return queries.by_act_number(columns) if columns else []

    def had(self, **named: Any) -> QuerySet[PublishedVersion]:
        columns = _act_columns(**named)
        return PublishedVersion.objects.filter(**columns) if columns else PublishedVersion.objects.none()

    def path_to(self, document: PublishedDocument) -> str:
        return act_path(document)

    def is_wanted(self, document: PublishedDocument, **named: Any) -> bool:
        return all(getattr(document, name) == value for name, value in _act_columns(**named).items())

    @extend_schema(parameters=[DetailParameters], responses={200: detail_schema("decree"), **gone_responses()})
    def get(self, request: HttpRequest, **kwargs: Any) -> Response:
        return super().get(request, **kwargs)


def _act_columns(*, act_type: str, year: int, number: str) -> dict[str, Any]:
    """The columns of an act that an address names; empty where no act can have it."""
    match = ACT_NUMBER.match(number)
    if not match or not 1900 <= year <= 2200:
        return {}
    return {
        "act_type": act_type,
        "act_year": year,
        "act_number": int(match["number"]),
        "act_number_suffix": match["suffix"] or "",
    }


def views_of(document_type: str) -> tuple[type[ListView], type[BySlugView]]:
    """The list and the detail of one type."""
    name = SECTIONS[document_type]
    list_view = type(f"{name.title()}ListView", (ListView,), {"document_type": document_type})
    detail_view = type(f"{name.title()}DetailView", (BySlugView,), {"document_type": document_type})
    list_doc = extend_schema(
        operation_id=f"{name}_list",
        parameters=[ListParameters],
        responses={200: list_schema(document_type), **problem_responses(400)},
    )
    detail_doc = extend_schema(
        operation_id=f"{name}_read",
        parameters=[DetailParameters],
        responses={200: detail_schema(document_type), **gone_responses()},
    )
    return extend_schema_view(get=list_doc)(list_view), extend_schema_view(get=detail_doc)(detail_view)


class SchemaView(ReadView):
    """JSON Schema of the cleared part of one type."""

    @extend_schema(parameters=[LocaleParameters], responses={200: raw_schema("JSONSchema"), **problem_responses()})
    def get(self, request: HttpRequest, document_type: str) -> Response:
        validated(request.GET, LocaleParameters)
        if document_type not in FORMS:
            raise Problem(Code.NOT_FOUND)
        return Response(schema_for(document_type))


class ProblemView(ReadView):
    """What an error code means."""

    @extend_schema(parameters=[LocaleParameters], responses={200: raw_schema("ProblemType"), **problem_responses()})
    def get(self, request: HttpRequest, code: str) -> Response:
        validated(request.GET, LocaleParameters)
        if code not in set(Code):
            raise Problem(Code.NOT_FOUND)
        known = Code(code)
        return Response({"type": f"{TYPE_PREFIX}{known}", "title": str(TITLES[known]), "status": STATUS[known]})
