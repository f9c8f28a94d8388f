"""What a database must know the moment it is back: that it was restored, and what must not happen a second time."""

import datetime as dt
from collections.abc import Iterable

from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql import UpdateQuery

from approvals.restored import quietings
from cms.backup.databases import Statement
from cms.backup.manifest import Manifest
from cms.models import Restoration
from frontend_api.restored import Closed, erasures, withholding
from frontend_api.restored import quietings as messages_held


def statements(*, manifest: Manifest, closed: Iterable[Closed], now: dt.datetime) -> list[Statement]:
    """The statements that belong into the transaction of the restore, for the database of this process.

    closed: what was closed after the backup; readers do not find it. Sessions end: one that was closed since the backup
    would be open again.
    """
    taken_at = dt.datetime.fromisoformat(manifest.taken_at)
    changes = [_update(rows, values) for rows, values in quietings(now=now, taken_at=taken_at)]
    changes += [withholding(one, up_to=manifest.publication_number, now=now) for one in closed]
    changes += [_update(rows, values) for rows, values in (*erasures(), *messages_held(now=now))]
    return [*changes, (f"DELETE FROM {Session._meta.db_table}", ()), _on_record(manifest, taken_at=taken_at, now=now)]


def _update(rows: QuerySet, values: dict) -> Statement:
    query = rows.query.chain(UpdateQuery)
    query.add_update_values(values)
    return query.get_compiler(connection=connection).as_sql()


def _on_record(manifest: Manifest, *, taken_at: dt.datetime, now: dt.datetime) -> Statement:
    at = connection.ops.adapt_datetimefield_value
    columns = ("taken_at", "restored_at", "ledger_number", "publication_number")
    values = (at(taken_at), at(now), manifest.ledger_number, manifest.publication_number)
    table = Restoration._meta.db_table
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES (%s, %s, %s, %s)", values
