"""The parameters of the API: one validated set, in which an unknown name is an error and nothing is ignored."""

import base64
import binascii
import datetime as dt
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from frontend_api.models import LOCALES
from frontend_api.problems import Fault, ParameterError, invalid_parameters
from frontend_api.search.port import MAX_PAGE_SIZE

KEY = r"^[-a-zA-Z0-9_]{1,80}$"
DEFAULT_PAGE_SIZE = 20
# Days of which the beginning and the end can be reckoned in every time zone, and more than any archive holds.
FIRST_YEAR, LAST_YEAR = 1900, 2200
DAYS = (MinValueValidator(dt.date(FIRST_YEAR, 1, 1)), MaxValueValidator(dt.date(LAST_YEAR, 12, 31)))
OUT_OF_RANGE = frozenset({"min_value", "max_value"})


class LocaleParameters(serializers.Serializer):
    """Which language is wanted."""

    locale = serializers.ChoiceField(choices=LOCALES, default="ky", help_text="Language of the text: ky, ru or en.")


class FileParameters(LocaleParameters):
    """Parameters of a file; the locale is that of error messages."""

    sha256 = serializers.RegexField(
        r"^[0-9a-f]{64}$", required=False, help_text="Exactly these bytes, as a document names them."
    )


class DetailParameters(LocaleParameters):
    """Parameters of one document."""

    fields = serializers.RegexField(
        r"^[a-z_]+(,[a-z_]+)*$", required=False, max_length=1000, help_text="Only these members, separated by commas."
    )


class DifferenceParameters(LocaleParameters):
    """Parameters of the difference between two versions."""


DifferenceParameters._declared_fields["from"] = serializers.IntegerField(
    min_value=1, max_value=2**63 - 1, required=False, help_text="The earlier version; the one before unless told."
)


class FeedParameters(LocaleParameters):
    """Parameters of the feed."""

    type = serializers.ChoiceField(choices=("release", "speech", "decree"), required=False)


class FilterParameters(LocaleParameters):
    """What lists and the search filter by; a topic, person or place given twice means both."""

    topic = serializers.ListField(child=serializers.RegexField(KEY), required=False, max_length=10)
    person = serializers.ListField(child=serializers.RegexField(KEY), required=False, max_length=10)
    place = serializers.ListField(child=serializers.RegexField(KEY), required=False, max_length=10)
    act_type = serializers.RegexField(KEY, required=False)
    act_number = serializers.IntegerField(min_value=1, max_value=999_999, required=False)
    year = serializers.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False)
    page_size = serializers.IntegerField(min_value=1, max_value=MAX_PAGE_SIZE, default=DEFAULT_PAGE_SIZE)
    cursor = serializers.CharField(required=False, max_length=300, help_text="From `links.next` or `links.prev`.")


class ListParameters(FilterParameters):
    """Parameters of a list; a topic, person or place given twice means both."""

    fields = DetailParameters._declared_fields["fields"]
    sort = serializers.ChoiceField(choices=("-listed_at", "listed_at"), default="-listed_at")
    count = serializers.ChoiceField(choices=("none", "exact"), default="none", help_text="`exact` adds `count`.")


class SearchParameters(FilterParameters):
    """Parameters of the search."""

    q = serializers.CharField(max_length=500, allow_blank=True, default="", help_text="The words to look for.")
    type = serializers.ChoiceField(choices=("release", "speech", "decree"), required=False)
    facets = serializers.ChoiceField(
        choices=("none", "all"), default="none", help_text="`all` counts by type, year, topic."
    )


# `from` is a word of Python, so the two days are added by name.
for _class in (ListParameters, SearchParameters):
    _class._declared_fields["from"] = serializers.DateField(
        required=False, validators=DAYS, help_text="First day, ISO 8601."
    )
    _class._declared_fields["to"] = serializers.DateField(
        required=False, validators=DAYS, help_text="Last day, ISO 8601."
    )


def validated(given: QueryDict, serializer_class: type[serializers.Serializer]) -> dict[str, Any]:
    """The values of a query string. Raises Problem naming each unknown, repeated or malformed parameter."""
    known = serializer_class._declared_fields
    errors = [ParameterError(name[:100], _("unknown parameter"), Fault.UNKNOWN) for name in given if name not in known]
    data: dict[str, Any] = {}
    for name in (name for name in given if name in known):
        values = given.getlist(name)
        if any("\x00" in value for value in values):
            errors.append(ParameterError(name, _("holds a character that no text may hold")))
        elif isinstance(known[name], serializers.ListField):
            data[name] = values
        elif len(values) > 1:
            errors.append(ParameterError(name, _("given more than once"), Fault.REPEATED))
        else:
            data[name] = values[0]
    serializer = serializer_class(data=data)
    if not serializer.is_valid():
        errors += [_refused(name, first_error(errors_of_one)) for name, errors_of_one in serializer.errors.items()]
    values = {} if errors else dict(serializer.validated_data)
    if values.get("from") and values.get("to") and values["from"] > values["to"]:
        errors.append(ParameterError("from", _("later than “to”")))
    if errors:
        raise invalid_parameters(errors)
    return values


def _refused(parameter: str, error: ErrorDetail) -> ParameterError:
    code = Fault.OUT_OF_RANGE if error.code in OUT_OF_RANGE else Fault.MALFORMED
    return ParameterError(parameter, str(error), code)


def first_error(errors: Any) -> ErrorDetail:
    """The first error inside what REST framework gives: a list, or a mapping of lists."""
    while not isinstance(errors, ErrorDetail):
        errors = next(iter(errors.values())) if isinstance(errors, dict) else errors[0]
    return errors


def chosen_fields(values: dict[str, Any], *, known: frozenset[str]) -> frozenset[str] | None:
    """The members that are wanted, None for all. Raises Problem for a member that the type does not have."""
    if "fields" not in values:
        return None
    wanted = frozenset(values["fields"].split(","))
    if unknown := sorted(wanted - known):
        message = _("unknown field %(names)s") % {"names": ", ".join(unknown)[:200]}
        raise invalid_parameters([ParameterError("fields", message, Fault.UNKNOWN)])
    return wanted


@dataclass(frozen=True)
class ListCursor:
    """A place in a list: after (or before) this document. It stays where it is while others come and go."""

    listed_at: dt.datetime
    content_id: UUID
    is_backward: bool = False

    def as_text(self) -> str:
        """For links: base64url of a small JSON list."""
        parts = [self.listed_at.isoformat(), self.content_id.hex, int(self.is_backward)]
        return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")

    @classmethod
    def from_text(cls, text: str) -> "ListCursor":
        """Raises Problem: not a cursor that a list gave out."""
        try:
            raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
            listed_at, content_id, backward = json.loads(raw)
            moment = dt.datetime.fromisoformat(listed_at)
            cursor = cls(listed_at=moment, content_id=UUID(hex=content_id), is_backward=bool(backward))
            if moment.tzinfo is None or not 1800 < moment.year < 3000 or cursor.as_text() != text:
                raise ValueError(text)
        except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError) as error:
            raise malformed_cursor() from error
        return cursor


def malformed_cursor():
    """The answer to a cursor that was not given out by this API."""
    return invalid_parameters([ParameterError("cursor", _("not a cursor of this list"))])
