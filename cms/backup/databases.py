"""The two kinds of database: how each is read at one moment, and how it is put back in one transaction."""

import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import OperationalError

from cms.backup import client_tools
from cms.backup.contents import Contents, contents_of
from cms.backup.errors import BackupError
from cms.backup.folders import new_file

# SQL with %s, and its parameters as the database takes them.
Statement = tuple[str, Sequence[Any]]


def dump(connection: BaseDatabaseWrapper, *, into: Path) -> Contents:
    """Write the database of the connection into a new file, as it is at one moment; what it says at that moment.

    Raises BackupError: a program is missing or failed. OSError: the file cannot be written.
    """
    read = _dump_postgresql if connection.vendor == "postgresql" else _dump_sqlite
    return read(connection, into=into)


def load(connection: BaseDatabaseWrapper, *, source: Path, then: Sequence[Statement], replaces: bool) -> None:
    """Put a database back and execute the statements, all or nothing: nobody ever sees the one without the other.

    replaces: the tables are there already, without the work of an office. Raises BackupError: nothing changed.
    """
    connection.close()
    if connection.vendor == "postgresql":
        _load_postgresql(connection, source=source, then=then, replaces=replaces)
    else:
        _load_sqlite(connection, source=source, then=then)


# PostgreSQL


def _dump_postgresql(connection: BaseDatabaseWrapper, *, into: Path) -> Contents:
    with _reading(connection) as reader, reader.cursor() as cursor:

        def ask(query: str) -> list[tuple]:
            cursor.execute(query)
            return cursor.fetchall()

        ((snapshot,),) = ask("SELECT pg_export_snapshot()")
        contents = contents_of(ask)
        command = [client_tools.tool("pg_dump", server_version=reader.connection.info.server_version)]
        command += ["--format=custom", "--no-owner", "--no-privileges", "--no-password", f"--snapshot={snapshot}"]
        with new_file(into) as target, tempfile.TemporaryFile() as said:
            done = subprocess.run(  # noqa: S603 PostgreSQL's own program
                command, env=client_tools.environment(reader), stdout=target, stderr=said, check=False
            )
            if done.returncode:
                raise BackupError(f"pg_dump failed: {_end_of(said) or done.returncode}")
    return contents


@contextmanager
def _reading(connection: BaseDatabaseWrapper) -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own, in a transaction that sees one moment from its first to its last question."""
    reader = connection.copy()
    try:
        with closing(reader):
            reader.set_autocommit(False)
            with reader.cursor() as cursor:
                # It stands still while files are copied, and holds nobody up.
                cursor.execute("SET idle_in_transaction_session_timeout = 0")
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield reader
            reader.rollback()
    except OperationalError as error:
        raise BackupError(f"The database does not answer: {error}") from error


def _load_postgresql(
    connection: BaseDatabaseWrapper, *, source: Path, then: Sequence[Statement], replaces: bool
) -> None:
    with closing(connection.copy()) as asked, asked.cursor() as cursor:
        version = asked.connection.info.server_version
        last = [cursor.mogrify(sql, parameters) for sql, parameters in then]
        environment = client_tools.environment(asked)
    reading = [client_tools.tool("pg_restore", server_version=version), "--file=-", "--no-owner", "--no-privileges"]
    reading += [*(["--clean", "--if-exists"] if replaces else []), str(source)]
    writing = [client_tools.tool("psql", server_version=version), "--no-psqlrc", "--quiet", "--no-password"]
    writing += ["--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    with tempfile.TemporaryFile() as unread, tempfile.TemporaryFile() as refused:
        reader = subprocess.Popen(reading, env=environment, stdout=subprocess.PIPE, stderr=unread)  # noqa: S603
        writer = subprocess.Popen(writing, env=environment, stdin=subprocess.PIPE, stderr=refused)  # noqa: S603
        try:
            is_whole = _carry(reader, writer, last=last)
        finally:
            reader.stdout.close()
            reader.wait()
            status = writer.wait()
        if not is_whole or status:
            raise BackupError(f"PostgreSQL did not take the backup: {_end_of(refused) or _end_of(unread) or status}")


def _carry(reader: subprocess.Popen, writer: subprocess.Popen, *, last: list[str]) -> bool:
    """Pass the dump on inside a transaction, which only this process can end: if it dies, psql sees the end of its
    input before any COMMIT, and nothing has happened. Whether everything was passed on."""
    try:
        with writer.stdin as target:
            target.write(b"BEGIN;\n")
            shutil.copyfileobj(reader.stdout, target)
            if reader.wait():
                return False
            target.write("\n".join(["SET LOCAL search_path = public;", *(f"{line};" for line in last)]).encode())
            target.write(b"\nCOMMIT;\n")
    except BrokenPipeError:
        return False
    return True


def _end_of(said: IO[bytes]) -> str:
    said.seek(0)
    lines = [line for line in said.read().decode(errors="replace").splitlines() if line.strip()]
    return " ".join(lines[-3:])


# SQLite


def _dump_sqlite(connection: BaseDatabaseWrapper, *, into: Path) -> Contents:
    """By SQLite's own online backup: a copy of the file would miss what is in the write-ahead log."""
    with new_file(into):
        pass
    try:
        with closing(sqlite3.connect(_path(connection))) as source, closing(sqlite3.connect(into)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
            contents = contents_of(lambda query: target.execute(query).fetchall())
    except sqlite3.Error as error:
        raise BackupError(f"SQLite could not be read or copied: {error}") from error
    return contents


def _load_sqlite(connection: BaseDatabaseWrapper, *, source: Path, then: Sequence[Statement]) -> None:
    """Prepare a copy beside the database, then carry it over in one transaction of SQLite's online backup."""
    place = _path(connection)
    prepared = place.with_name(f".{place.name}.restoring")
    prepared.unlink(missing_ok=True)
    try:
        with source.open("rb") as stored, new_file(prepared) as copied:
            shutil.copyfileobj(stored, copied)
        with closing(sqlite3.connect(prepared)) as copy, closing(sqlite3.connect(place)) as target:
            with copy:
                for sql, parameters in then:
                    copy.execute(sql.replace("%s", "?"), parameters)
            copy.backup(target)
    except sqlite3.Error as error:
        raise BackupError(f"SQLite did not take the backup: {error}") from error
    finally:
        prepared.unlink(missing_ok=True)


def _path(connection: BaseDatabaseWrapper) -> Path:
    return Path(connection.get_connection_params()["database"])
