"""The lowest wall of the public side: the database takes only what the open gate covers.

The triggers are taken off before `migrate` and put back after it, like those of the other side of the house.
"""

from dataclasses import dataclass

from django.db import connections

from frontend_api.record import PREFIX

PERMIT = """EXISTS (SELECT 1 FROM site_pages_publicationpermit p
    WHERE p.content_id = {row}.content_id AND p.locale = {row}.locale AND p.digest = {row}.digest
      AND p.purpose = '{purpose}')"""
PERMIT_FOR_TOMBSTONE = """EXISTS (SELECT 1 FROM site_pages_publicationpermit p
    WHERE p.content_id = NEW.content_id AND p.locale = NEW.locale AND p.purpose = 'withdraw')"""
PERMIT_FOR_FILE = """EXISTS (SELECT 1 FROM frontend_api_publisheddocument d
    JOIN site_pages_publicationpermit p ON p.content_id = d.content_id AND p.locale = d.locale
    WHERE d.id = NEW.document_id AND p.purpose = 'publish')"""
DOCUMENT, FILE, LOG = "frontend_api_publisheddocument", "frontend_api_publishedfile", "frontend_api_publication"
VERSION = "frontend_api_publishedversion"
TOMBSTONE = "frontend_api_tombstone"
WITHHELD = "frontend_api_withheldtext"
RECORD = "wagtailcore_modellogentry"
NO_GATE = "jarchy: only what the gate lets through is stored"
APPEND_ONLY = "jarchy: the log of publications is append-only"
WITHHELD_STAYS = "jarchy: what a restore withholds is never let go; publish it anew"
VERSIONS_STAY = "jarchy: public versions are never changed and never removed"
NEVER = "1 = 0"
NOT_ON_OUR_RECORD = f"substr(OLD.action, 1, {len(PREFIX)}) <> '{PREFIX}'"
RECORD_STAYS = "jarchy: the record of what administrators do is append-only"


@dataclass(frozen=True)
class Rule:
    """One trigger: on this event of this table, refuse unless the condition holds."""

    name: str
    table: str
    event: str
    unless: str
    message: str


def _rules(vendor: str) -> tuple[Rule, ...]:
    new, gone = PERMIT.format(row="NEW", purpose="publish"), PERMIT.format(row="OLD", purpose="withdraw")
    under_notice = f"({PERMIT.format(row='NEW', purpose='withdraw')} AND NEW.cleared = OLD.cleared)"
    withdrawn = f"(NEW.kind = 'withdrawn' AND {PERMIT.format(row='NEW', purpose='withdraw')})"
    # Only PostgreSQL can hash: there the stored bytes themselves are held against the digest.
    is_whole = (
        " AND encode(sha256(convert_to(NEW.cleared, 'UTF8')), 'hex') = NEW.digest" if vendor == "postgresql" else ""
    )
    rules = (
        Rule("jarchy_document_insert", DOCUMENT, "INSERT", new + is_whole, NO_GATE),
        Rule("jarchy_document_update", DOCUMENT, "UPDATE", f"({new}{is_whole}) OR {under_notice}", NO_GATE),
        Rule("jarchy_document_delete", DOCUMENT, "DELETE", gone, NO_GATE),
        Rule("jarchy_file_insert", FILE, "INSERT", PERMIT_FOR_FILE, NO_GATE),
        Rule("jarchy_file_update", FILE, "UPDATE", PERMIT_FOR_FILE, NO_GATE),
        Rule("jarchy_log_insert", LOG, "INSERT", f"(NEW.kind <> 'withdrawn' AND {new}) OR {withdrawn}", NO_GATE),
        Rule("jarchy_log_update", LOG, "UPDATE", NEVER, APPEND_ONLY),
        Rule("jarchy_log_delete", LOG, "DELETE", NEVER, APPEND_ONLY),
        Rule("jarchy_version_insert", VERSION, "INSERT", new + is_whole, NO_GATE),
        Rule("jarchy_version_update", VERSION, "UPDATE", NEVER, VERSIONS_STAY),
        Rule("jarchy_version_delete", VERSION, "DELETE", NEVER, VERSIONS_STAY),
        Rule("jarchy_tombstone_insert", TOMBSTONE, "INSERT", PERMIT_FOR_TOMBSTONE, NO_GATE),
        Rule("jarchy_tombstone_update", TOMBSTONE, "UPDATE", NEVER, APPEND_ONLY),
        Rule("jarchy_tombstone_delete", TOMBSTONE, "DELETE", NEVER, APPEND_ONLY),
        # Anybody may add to them: a row can only hide.
        Rule("jarchy_withheld_update", WITHHELD, "UPDATE", NEVER, WITHHELD_STAYS),
        Rule("jarchy_withheld_delete", WITHHELD, "DELETE", NEVER, WITHHELD_STAYS),
        Rule("jarchy_record_update", RECORD, "UPDATE", NOT_ON_OUR_RECORD, RECORD_STAYS),
        Rule("jarchy_record_delete", RECORD, "DELETE", NOT_ON_OUR_RECORD, RECORD_STAYS),
    )
    truncates = tuple(
        Rule(f"jarchy_{name}_truncate", table, "TRUNCATE", NEVER, message)
        for name, table, message in (
            ("document", DOCUMENT, NO_GATE),
            ("log", LOG, APPEND_ONLY),
            ("version", VERSION, VERSIONS_STAY),
            ("tombstone", TOMBSTONE, APPEND_ONLY),
            ("withheld", WITHHELD, WITHHELD_STAYS),
        )
    )
    return rules + (truncates if vendor == "postgresql" else ())


def _create(rule: Rule, vendor: str) -> tuple[str, ...]:
    if vendor == "sqlite":
        return (
            f"CREATE TRIGGER {rule.name} BEFORE {rule.event} ON {rule.table} FOR EACH ROW "
            f"BEGIN SELECT RAISE(ABORT, '{rule.message}') WHERE NOT ({rule.unless}); END",
        )
    scope = "STATEMENT" if rule.event == "TRUNCATE" else "ROW"
    returned = {"TRUNCATE": "NULL", "DELETE": "OLD"}.get(rule.event, "NEW")
    body = (
        f"BEGIN IF NOT ({rule.unless}) THEN RAISE EXCEPTION '{rule.message}' USING ERRCODE = '23000'; END IF; "
        f"RETURN {returned}; END"
    )
    return (
        f"CREATE OR REPLACE FUNCTION {rule.name}() RETURNS trigger LANGUAGE plpgsql AS $jarchy$ {body} $jarchy$",
        f"CREATE TRIGGER {rule.name} BEFORE {rule.event} ON {rule.table} FOR EACH {scope} "
        f"EXECUTE FUNCTION {rule.name}()",
    )


def install(*, using: str) -> None:
    """Put every trigger in place; safe to repeat."""
    remove(using=using)
    connection = connections[using]
    with connection.cursor() as cursor:
        for rule in _rules(connection.vendor):
            for statement in _create(rule, connection.vendor):
                cursor.execute(statement)


def remove(*, using: str) -> None:
    """Take every trigger off; safe to repeat. For migrations, and for tests that empty tables."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for rule in _rules(connection.vendor):
            if rule.table in tables:
                on = f" ON {rule.table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {rule.name}{on}")


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
    return [rule.name for rule in _rules(connection.vendor) if rule.name not in present]


def before_migrate(sender, using: str, **kwargs) -> None:
    """pre_migrate: take the triggers off."""
    remove(using=using)


def after_migrate(sender, using: str, **kwargs) -> None:
    """post_migrate: put the triggers back, once the tables are there."""
    connection = connections[using]
    if {rule.table for rule in _rules(connection.vendor)} <= set(connection.introspection.table_names()):
        install(using=using)
