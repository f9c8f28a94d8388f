"""PostgreSQL's own programs: where they are, and how they sign in."""

import os
import shutil
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

from cms.backup.errors import BackupError

DEBIAN = Path("/usr/lib/postgresql")
# Django's names of what a connection needs, and the variables in which the programs look for it. Nothing of it stands
# on a command line, which every user of a machine can read.
VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "passfile": "PGPASSFILE",
    "service": "PGSERVICE",
    "sslmode": "PGSSLMODE",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslrootcert": "PGSSLROOTCERT",
    "connect_timeout": "PGCONNECT_TIMEOUT",
}


def tool(name: str, *, server_version: int) -> str:
    """The path of a program: the one of the server's own version, else that of PATH, else Debian's newest.

    server_version: as PostgreSQL counts, 150014 for 15.14. Raises BackupError: there is none.
    """
    own = DEBIAN / str(server_version // 10_000) / "bin" / name
    if own.exists():
        return str(own)
    installed = [path for path in DEBIAN.glob(f"*/bin/{name}") if path.parts[-3].isdigit()]
    newest = max(installed, key=lambda path: int(path.parts[-3]), default=None)
    found = shutil.which(name) or newest
    if found is None:
        raise BackupError(f"{name} is not installed. Debian has it in the package postgresql-client.")
    return str(found)


def environment(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """The environment in which a program reaches the database of this connection."""
    parameters = connection.get_connection_params()
    named = {VARIABLES[key]: str(value) for key, value in parameters.items() if key in VARIABLES and value}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG") or name == "PGPASSFILE"}
    return {**kept, **named, "PGAPPNAME": "jarchy-backup"}
