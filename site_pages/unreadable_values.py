"""Values that PostgreSQL keeps and Python does not know: infinity, the year 20000 or 44 BC, a number of 5000 digits.

A row that holds one cannot be fetched, and the whole answer with it. Who checks what somebody may have tampered with
reads it all the same: in the place of such a value stands one that is equal to none.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from psycopg import DataError
from psycopg.adapt import Loader
from psycopg.postgres import types
from psycopg.pq import Format
from psycopg.types.datetime import DateLoader
from psycopg.types.string import TextLoader


class UnreadableValue:
    """What stands in the place of a moment or a day. Equal to nothing; whoever asks it for anything is told why."""

    def __init__(self, words: str):
        self._words = words

    def __getattr__(self, name: str) -> Any:
        raise ValueError(f"{self._words} is no moment that can be read")


@contextmanager
def every_value_readable() -> Iterator[None]:
    """Inside, no value in a row of PostgreSQL ends the reading of the others. Only for checks: nothing is written."""
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    adapters = connection.connection.adapters
    # Django has a loader of its own for moments, which knows the time zone of this connection.
    before = {name: adapters.get_loader(types[name].oid, Format.TEXT) for name in ("timestamptz", "date", "jsonb")}
    adapters.register_loader("timestamptz", _forgiving(before["timestamptz"]))
    adapters.register_loader("date", _forgiving(DateLoader))
    adapters.register_loader("jsonb", _ReadableJson)
    try:
        yield
    finally:
        for name, loader in before.items():
            adapters.register_loader(name, loader)


def _forgiving(loader: type[Loader]) -> type[Loader]:
    """The same loader, for values that it refuses as well."""

    class Forgiving(loader):
        def load(self, data: Any) -> Any:
            try:
                return super().load(data)
            except (DataError, ValueError, OverflowError):
                return UnreadableValue(bytes(data).decode())

    return Forgiving


class _ReadableJson(TextLoader):
    """JSON as text, which Django reads; a string in the place of what Python cannot read."""

    def load(self, data: Any) -> str:
        text = super().load(data)
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return json.dumps("This cannot be read.")
        return text
