"""Moments as they stand in the versions of documents: text in a JSON column, which no form looks at again."""

import datetime as dt

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive


class MomentUnreadable(ValueError):
    """What stands there is no moment, or none that has a time zone."""


def moment_in(given: object) -> dt.datetime | None:
    """The moment; None where none is given. Raises MomentUnreadable."""
    if not given:
        return None
    try:
        moment = parse_datetime(given)
    except (ValueError, TypeError) as error:
        raise MomentUnreadable(given) from error
    if moment is None or is_naive(moment):
        raise MomentUnreadable(given)
    return moment
