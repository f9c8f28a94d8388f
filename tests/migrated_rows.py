"""The rows that migrations made (groups, languages, the root page, the head of the ledger), kept beside the tables.

A test with real transactions leaves its rows behind, so all tables are emptied after it; what the migrations had put
there is then put back, with the same keys, so that nothing that was looked up before becomes stale.
"""

from typing import Any

from django.core.management import call_command
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from approvals import triggers as approvals_triggers
from frontend_api import triggers as frontend_api_triggers

# Every module that guards tables by triggers: while tables are emptied, the guards are off.
TRIGGERS = (approvals_triggers, frontend_api_triggers)
SCHEMA = "migrated_rows"


def keep(*, using: str) -> None:
    """Copy the rows of a database on which nothing ran but its migrations."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"CREATE SCHEMA {SCHEMA}")
        for table in _tables(connection):
            cursor.execute(f"SELECT 1 FROM {_name(connection, table)} LIMIT 1")
            if cursor.fetchone():
                copy, source = _copy(connection, table), _name(connection, table)
                cursor.execute(f"CREATE TABLE {copy} AS SELECT * FROM {source}")


def restore(*, using: str) -> None:
    """Empty every table and put the kept rows back."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        _restore_in_postgresql(connection)
        return
    for module in TRIGGERS:
        module.remove(using=using)
    call_command(
        "flush", verbosity=0, interactive=False, database=using, inhibit_post_migrate=True, reset_sequences=False
    )
    with transaction.atomic(using=using), connection.cursor() as cursor:
        _put_back(connection, cursor)
    for module in TRIGGERS:
        module.install(using=using)


def _restore_in_postgresql(connection: BaseDatabaseWrapper) -> None:
    """Only the tables that hold something are emptied: to truncate all of them takes ten times as long.

    As a replica the session fires no trigger and checks no reference, in whatever order the tables come.
    """
    questions = [
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {_name(connection, table)})" for table in _tables(connection)
    ]
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(" UNION ALL ".join(questions))
        for (table,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {_name(connection, table)}")
        _put_back(connection, cursor)


def _put_back(connection: BaseDatabaseWrapper, cursor: Any) -> None:
    for table in _kept(connection):
        cursor.execute(f"INSERT INTO {_name(connection, table)} SELECT * FROM {_copy(connection, table)}")


def _tables(connection: BaseDatabaseWrapper) -> list[str]:
    return connection.introspection.django_table_names(only_existing=True, include_views=False)


def _kept(connection: BaseDatabaseWrapper) -> list[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [SCHEMA])
            return [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "SELECT substr(name, %s) FROM sqlite_master WHERE name LIKE %s", [len(SCHEMA) + 2, f"{SCHEMA}.%"]
        )
        return [row[0] for row in cursor.fetchall()]


def _name(connection: BaseDatabaseWrapper, table: str) -> str:
    return connection.ops.quote_name(table)


def _copy(connection: BaseDatabaseWrapper, table: str) -> str:
    if connection.vendor == "postgresql":
        return f"{SCHEMA}.{_name(connection, table)}"
    return _name(connection, f"{SCHEMA}.{table}")
