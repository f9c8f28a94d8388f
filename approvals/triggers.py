"""The lowest wall: the database itself refuses what did not come through the gate.

The triggers are taken off before `migrate` and put back after it, because SQLite rebuilds tables when it alters them
and would lose some triggers silently and stumble over others.
"""

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from approvals.trigger_sql import POSTGRESQL, SQLITE, Trigger


def statements_for(connection: BaseDatabaseWrapper) -> tuple[Trigger, ...]:
    """The triggers for the vendor of this connection."""
    return POSTGRESQL if connection.vendor == "postgresql" else SQLITE


def install(*, using: str) -> None:
    """Put every trigger in place; safe to repeat."""
    connection = connections[using]
    remove(using=using)
    with connection.cursor() as cursor:
        for trigger in statements_for(connection):
            for statement in trigger.create:
                cursor.execute(statement)


def remove(*, using: str) -> None:
    """Take every trigger off; safe to repeat. For migrations, and for tests that empty tables."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for trigger in statements_for(connection):
            if trigger.table in tables:
                cursor.execute(trigger.drop)


def missing(*, using: str) -> list[str]:
    """The names of the triggers that should be there and are not."""
    connection = connections[using]
    query = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {row[0] for row in cursor.fetchall()}
    return [trigger.name for trigger in statements_for(connection) if trigger.name not in present]


def before_migrate(sender, using: str, **kwargs) -> None:
    """pre_migrate: take the triggers off."""
    remove(using=using)


def after_migrate(sender, using: str, **kwargs) -> None:
    """post_migrate: put the triggers back, once the tables are there."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if {trigger.table for trigger in statements_for(connection)} <= tables:
        install(using=using)
