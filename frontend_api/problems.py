"""Errors of the API: RFC 9457 problem details with a code from one closed list.

A new code is a change of the contract. Messages are in the language that the reader asked for.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "/api/v1/problems/"


class Code(StrEnum):
    """Every code that the API can answer with."""

    INVALID_PARAMETER = "invalid_parameter"
    NOT_FOUND = "not_found"
    TRANSLATION_MISSING = "translation_missing"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    MOVED = "moved"
    INTERNAL = "internal"


STATUS = {
    Code.INVALID_PARAMETER: 400,
    Code.NOT_FOUND: 404,
    Code.TRANSLATION_MISSING: 404,
    Code.METHOD_NOT_ALLOWED: 405,
    Code.WITHDRAWN: 410,
    Code.SUPERSEDED: 301,
    Code.MOVED: 301,
    Code.INTERNAL: 500,
}
TITLES = {
    Code.INVALID_PARAMETER: _("A parameter is unknown or malformed."),
    Code.NOT_FOUND: _("There is no such document or address."),
    Code.TRANSLATION_MISSING: _("The document is not published in this language."),
    Code.METHOD_NOT_ALLOWED: _("This API can only be read."),
    Code.WITHDRAWN: _("The document was withdrawn."),
    Code.SUPERSEDED: _("The document was superseded by another."),
    Code.MOVED: _("The document has another address now."),
    Code.INTERNAL: _("Something went wrong on our side. Please try again later."),
}


class Fault(StrEnum):
    """What can be wrong with one parameter."""

    UNKNOWN = "unknown"
    REPEATED = "repeated"
    MALFORMED = "malformed"
    OUT_OF_RANGE = "out_of_range"


@dataclass(frozen=True)
class ParameterError:
    """What is wrong with one parameter: `code` for programs, `message` for people."""

    parameter: str
    message: str
    code: Fault = Fault.MALFORMED

    def as_json(self) -> dict[str, str]:
        return {"parameter": self.parameter, "code": self.code.value, "message": self.message}


class Problem(Exception):
    """An answer that is not what was asked for; `extra` holds members besides the standard ones.

    location: where it is instead, as a full address.
    """

    def __init__(self, code: Code, *, detail: str = "", location: str = "", **extra: Any):
        super().__init__(code.value)
        self.code, self.detail, self.location, self.extra = code, detail, location, extra


def invalid_parameters(errors: list[ParameterError]) -> Problem:
    """The answer to unknown or malformed parameters; names each of them."""
    detail = " ".join(f"{error.parameter}: {error.message}" for error in errors)
    return Problem(Code.INVALID_PARAMETER, detail=detail, errors=[error.as_json() for error in errors])


def as_json(problem: Problem) -> dict[str, Any]:
    """The members of the problem document."""
    body = {
        "type": f"{TYPE_PREFIX}{problem.code}",
        "title": str(TITLES[problem.code]),
        "status": STATUS[problem.code],
        "code": problem.code.value,
    }
    return {**body, **({"detail": problem.detail} if problem.detail else {}), **problem.extra}


def answer(problem: Problem) -> Response:
    """The problem as a response."""
    headers = {"Location": problem.location} if problem.location else None
    return Response(as_json(problem), status=STATUS[problem.code], content_type=MEDIA_TYPE, headers=headers)


def handle(error: Exception, context: dict) -> Response | None:
    """REST framework's exception handler: every error becomes a problem; None lets Django log a 500."""
    if isinstance(error, Problem):
        return answer(error)
    if isinstance(error, Http404 | exceptions.NotFound):
        return answer(Problem(Code.NOT_FOUND))
    if isinstance(error, exceptions.MethodNotAllowed):
        return answer(Problem(Code.METHOD_NOT_ALLOWED))
    return None
