"""DATABASE_URL chooses the database; without it a SQLite file is embedded."""

from contextlib import contextmanager

import pytest
from django.db.utils import ConnectionHandler

from cms.settings.databases import SQLITE, database


def test_no_address_is_the_embedded_file(tmp_path):
    embedded = tmp_path / "var" / "jarchy #1.sqlite3"

    settings = database("", embedded=embedded)

    assert (settings["ENGINE"], settings["NAME"]) == (SQLITE, str(embedded))
    assert settings["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert embedded.parent.is_dir()


def test_an_address_of_postgresql_is_taken_apart(tmp_path):
    settings = database("postgres://office:p%40ss@127.0.0.1:5433/jarchy", embedded=tmp_path / "unused")

    assert settings["ENGINE"] == "django.db.backends.postgresql"
    named = {key: settings[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")}
    assert named == {"USER": "office", "PASSWORD": "p@ss", "HOST": "127.0.0.1", "PORT": 5433, "NAME": "jarchy"}


@pytest.mark.parametrize(
    "url", ["jarchy.sqlite3", "nosuchthing://127.0.0.1/jarchy", "postgres://127.0.0.1:port/jarchy"]
)
def test_what_is_no_address_of_a_database_is_refused(url, tmp_path):
    with pytest.raises(ValueError):
        database(url, embedded=tmp_path / "unused")


@pytest.mark.django_db
def test_readers_of_the_embedded_file_go_on_while_one_writes(tmp_path):
    settings = database("", embedded=tmp_path / "jarchy.sqlite3")
    writer, reader = (ConnectionHandler({"default": dict(settings)})["default"] for _ in range(2))
    with writer.cursor() as cursor:
        cursor.execute("CREATE TABLE text (title TEXT)")

    with transaction_on(writer), writer.cursor() as writing, reader.cursor() as reading:
        writing.execute("INSERT INTO text VALUES ('Жарлык')")
        reading.execute("SELECT count(*) FROM text")
        seen_meanwhile = reading.fetchone()[0]
    with reader.cursor() as reading:
        reading.execute("SELECT count(*) FROM text")
        seen_afterwards = reading.fetchone()[0]

    assert (seen_meanwhile, seen_afterwards) == (0, 1)


@contextmanager
def transaction_on(connection):
    connection.set_autocommit(False)
    yield
    connection.commit()
    connection.set_autocommit(True)
