"""Alarms before the moment."""

import datetime as dt


def warn_of_uncleared(*, now: dt.datetime) -> int:
    """Nothing yet."""
    return 0
