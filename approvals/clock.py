"""What time it is where the records are kept. Nothing is published before its time by this clock."""

import datetime as dt

from django.db import connection
from django.utils import timezone


def database_now() -> dt.datetime:
    """The database's clock; on SQLite the machine's, which is the same."""
    return asked() if connection.vendor == "postgresql" else timezone.now()


def asked() -> dt.datetime:
    """What PostgreSQL's clock says at this instant, however long the transaction has been open."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
