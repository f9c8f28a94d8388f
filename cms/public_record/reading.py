"""Reading rows that may hold anything."""

import json
from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError, models

# So many rows of the log at once, and so many texts with all that belongs to them.
PIECE = 500
TEXTS = 100


def readable(name: str, check: Iterator[str]) -> Iterator[str]:
    """The faults of one row, each after its name. What cannot be read is one of them, and the next row is read."""
    try:
        for fault in check:
            yield f"{name} {fault}"
    except DatabaseError:
        raise
    except Exception as error:
        # Whatever nobody foresaw in one row must not hide what is wrong with the others.
        yield f"{name} cannot be read: {type(error).__name__}: {error}"


def subject_of(row: Any) -> tuple:
    """What a row is about."""
    return row.content_id, row.locale, row.digest


def columns_that_differ(found: models.Model, expected: models.Model) -> list[str]:
    """The names of the columns, but for the key, in which two rows of one table differ."""
    columns = [field.attname for field in found._meta.concrete_fields if not field.primary_key]
    return [name for name in columns if _value(found, name) != _value(expected, name)]


def _value(row: models.Model, name: str) -> Any:
    """What stands in a column. JSON as it is written: Python takes 1, 1.0 and true for the same, and readers do not."""
    value = getattr(row, name)
    is_json = isinstance(row._meta.get_field(name), models.JSONField)
    return json.dumps(value, sort_keys=True) if is_json else value
