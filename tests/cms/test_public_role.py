"""The public process's role, met as PostgreSQL enforces it: a connection of its own, outside of Django."""

import uuid

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from frontend_api.models import PublishedDocument
from tests.newsroom import open_newsroom, publish, release

PASSWORD = "a-password-for-one-test"
CLOSED = (
    "wagtailcore_page",
    "wagtailcore_revision",
    "site_pages_pressreleasepage",
    "site_pages_speechpage",
    "site_pages_decreepage",
    "site_pages_photo",
    "site_pages_publicationpermit",
    "approvals_ledgerentry",
    "approvals_route",
    "cms_user",
    "auth_group",
    "django_session",
)
WRITES = (
    "INSERT INTO frontend_api_publisheddocument (slug) VALUES ('x')",
    "UPDATE frontend_api_publisheddocument SET title = 'x'",
    "DELETE FROM frontend_api_publisheddocument",
    "TRUNCATE frontend_api_publisheddocument",
    "CREATE TABLE public.mine (id int)",
    "CREATE TEMPORARY TABLE mine (id int)",
)


@pytest.mark.parametrize("given", [{}, {"JARCHY_TEST_PASSWORD": "short"}])
@pytest.mark.postgresql
@pytest.mark.django_db
def test_a_role_without_a_proper_password_is_not_made(given, monkeypatch, role_name):
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(CommandError, match="missing or shorter than 12"):
        call_command("grant_public_role", password_from="JARCHY_TEST_PASSWORD", role=role_name)

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role_name])
        assert cursor.fetchone() is None


@pytest.fixture
def role_name() -> str:
    # Roles belong to the whole server, on which other runs have databases.
    return f"jarchy_public_{uuid.uuid4().hex[:12]}"


@pytest.fixture
def as_public(transactional_db, role_name, tmp_path):
    (tmp_path / "password").write_text(PASSWORD + "\n")
    with connection.cursor() as cursor:
        # A role that had too much before: renewing it takes that away.
        cursor.execute(f"CREATE ROLE {role_name} LOGIN CREATEDB")
        cursor.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role_name}")
    for _ in range(2):
        call_command("grant_public_role", password_file=tmp_path / "password", role=role_name)
    room = open_newsroom()
    publish(release(room.author), room)
    address = connection.get_connection_params()
    reached = psycopg.connect(
        host=address.get("host"), port=address.get("port"), dbname=address["dbname"], user=role_name, password=PASSWORD,
        autocommit=True,
    )  # fmt: skip
    yield reached
    reached.close()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {role_name}")
        cursor.execute(f"DROP ROLE {role_name}")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_role_reads_what_is_published_and_nothing_else_exists_for_it(as_public):
    title = as_public.execute("SELECT title FROM frontend_api_publisheddocument").fetchall()
    refused = {table: refusal(as_public, f"SELECT * FROM {table}") for table in CLOSED}
    stored = list(PublishedDocument.objects.values_list("title", "digest"))
    written = {statement: refusal(as_public, statement) for statement in WRITES}

    assert title == [("Өкмөттүн жыйыны өттү",)]
    assert refused == dict.fromkeys(CLOSED, "42501")
    assert written == dict.fromkeys(WRITES, "25006")
    assert list(PublishedDocument.objects.values_list("title", "digest")) == stored


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_leaving_the_read_only_transaction_opens_nothing(as_public):
    as_public.execute("SET default_transaction_read_only = off")

    assert {statement: refusal(as_public, statement) for statement in WRITES} == dict.fromkeys(WRITES, "42501")
    assert PublishedDocument.objects.get().title == "Өкмөттүн жыйыны өттү"


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_every_table_of_the_public_side_may_be_read_so_that_the_database_can_search(as_public):
    tables = [name for name in connection.introspection.table_names() if name.startswith("frontend_api_")]

    assert "frontend_api_searchterms" in tables
    for table in tables:
        as_public.execute(f"SELECT count(*) FROM {table}")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_no_table_outside_the_public_side_may_be_read(as_public, role_name):
    readable = as_public.execute(
        "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE relkind IN ('r', 'v', 'm', 'p') AND nspname = 'public'"
        " AND has_table_privilege(%s, c.oid, 'SELECT')",
        [role_name],
    ).fetchall()

    assert readable
    assert all(name.startswith("frontend_api_") for (name,) in readable)


def refusal(reached: psycopg.Connection, statement: str) -> str:
    """PostgreSQL's code for the refusal: 42501 is no privilege, 25006 a transaction that only reads."""
    with pytest.raises(psycopg.Error) as error:
        reached.execute(statement)
    return error.value.sqlstate
