"""The database role of the public process: it reads what is published, and nothing else exists for it."""

import os
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from psycopg import sql

ROLE = "jarchy_public"
READABLE = "frontend_api_"
SHORTEST_PASSWORD = 12


class Command(BaseCommand):
    help = "Create or renew the PostgreSQL role that may only read published documents. Safe to repeat."

    def add_arguments(self, parser):
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("--password-file", type=Path, help="A file that holds the password.")
        source.add_argument("--password-from", metavar="NAME", help="The environment variable that holds it.")
        parser.add_argument("--role", default=ROLE)
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS)

    def handle(self, *args, role: str, database: str, password_file: Path | None, password_from: str | None, **options):
        connection = connections[database]
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL knows roles.")
        password = _password(file=password_file, variable=password_from)
        # Not only the tables of models: the search texts lie in one that a migration made by hand.
        tables = [name for name in connection.introspection.table_names() if name.startswith(READABLE)]
        if not tables:
            raise CommandError("The tables of the public side are not there: run migrate first.")
        with transaction.atomic(using=database), connection.cursor() as cursor:
            for statement in _statements(role=role, password=password, tables=tables, cursor=cursor):
                cursor.execute(statement)
        self.stdout.write(f"{role} may read {len(tables)} tables.")


def _password(*, file: Path | None, variable: str | None) -> str:
    try:
        password = file.read_text().strip() if file else os.environ.get(variable, "")
    except OSError as error:
        raise CommandError(f"The password cannot be read: {error.strerror}: {file}") from error
    if len(password) < SHORTEST_PASSWORD:
        raise CommandError(f"The password is missing or shorter than {SHORTEST_PASSWORD} characters.")
    return password


def _statements(*, role: str, password: str, tables: list[str], cursor) -> list[sql.Composed]:
    """What makes the role what it should be, whatever it was before."""
    cursor.execute("SELECT current_database(), EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s)", [role])
    database, is_there = cursor.fetchone()
    names = {
        "role": sql.Identifier(role),
        "database": sql.Identifier(database),
        "password": sql.Literal(password),
        "tables": sql.SQL(", ").join(map(sql.Identifier, sorted(tables))),
    }
    lines = [
        ("ALTER" if is_there else "CREATE") + " ROLE {role} WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"
        " NOREPLICATION NOBYPASSRLS NOINHERIT PASSWORD {password}",
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
        "REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role}",
        "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM {role}",
        "REVOKE ALL ON SCHEMA public FROM {role}",
        "REVOKE ALL ON DATABASE {database} FROM {role}",
        # What every role has from PUBLIC would otherwise be the role's as well: new tables and temporary ones.
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {role}",
        "GRANT CONNECT ON DATABASE {database} TO {role}",
        "GRANT USAGE ON SCHEMA public TO {role}",
        "GRANT SELECT ON {tables} TO {role}",
        "ALTER ROLE {role} SET default_transaction_read_only = on",
    ]
    return [sql.SQL(line).format(**names) for line in lines]
