"""The SQL of the triggers, once for SQLite and once for PostgreSQL. Both say the same eight things.

1. A document page becomes live or changes what is live only under a permit to publish; it ceases to be live only under
   one to withdraw; it is deleted while live under neither.
2. A permit to publish needs a `cleared` ledger entry for its digest, with nothing decided on the document after it; one
   to withdraw, an entry that cleared the withdrawal of this digest.
3. A `cleared` entry needs an approval of that digest at every step, by as many people as there are steps; a
   `cleared_urgently` entry needs that of the last step, by whoever clears, and a reason.
4. A `withdrawal_cleared` entry needs approvals of its statement at every step, by as many people, none of them the
   proposer, and a proposal that nobody refused, recalled or voided; a `closed_at_once` entry needs a person of the last
   step and a reason.
5. A ledger entry is never changed and never removed.
6. Nor is what happened to a link for an outside reader.
7. Nor what happened to an early access to a text under embargo, nor a breach.
8. Nor a text on record.
"""

from dataclasses import dataclass

# The page types that hold no public text. Everything else counts as a document: a new type is guarded from its birth.
FREE_TYPES = "('wagtailcore.page', 'site_pages.homepage', 'site_pages.sectionpage')"
# Said about the version that is public; it voids no clearance (approvals.models.ledger has the same list).
ABOUT_WHAT_IS_PUBLIC = (
    "('confirmed', 'objected', 'escalated', "
    "'withdrawal_proposed', 'withdrawal_approved', 'withdrawal_refused', 'withdrawal_recalled', 'withdrawal_void',"
    " 'closing_confirmed', 'closing_overdue')"
)


@dataclass(frozen=True)
class Trigger:
    """One trigger of one vendor."""

    name: str
    table: str
    create: tuple[str, ...]
    drop: str


def _is_document(row: str) -> str:
    return (
        f"(SELECT t.app_label || '.' || t.model FROM django_content_type t WHERE t.id = {row}.content_type_id)"
        f" NOT IN {FREE_TYPES}"
    )


NO_GATE = "jarchy: only a cleared text becomes public, and only through the gate"
NO_CLEARANCE = "jarchy: the ledger does not say that this text is cleared"
NO_APPROVALS = "jarchy: not every step approved this text"
APPEND_ONLY = "jarchy: the ledger is append-only"
ACCESS_LOG = "jarchy: the access log is append-only"
OUTSIDE_APPEND_ONLY = "jarchy: the record of outside readers is append-only"
OUTSIDE_TABLES = ("outsidelink", "outsidereading", "outsideremark", "outsiderevocation")
TEXTS_APPEND_ONLY = "jarchy: the texts on record are append-only"
TEXT_TABLES = ("textonrecord",)
EMBARGO_APPEND_ONLY = "jarchy: the record of early access is append-only"
EMBARGO_TABLES = ("earlyaccess", "earlyopening", "earlyrevocation", "embargobreach", "outletreadmission")

PERMIT_EXISTS = (
    "EXISTS (SELECT 1 FROM site_pages_publicationpermit p WHERE p.page_id = {id} AND p.revision_id = {revision}"
    " AND p.purpose = '{purpose}')"
)
ENTRY_CLEARED = """EXISTS (
    SELECT 1 FROM approvals_ledgerentry e WHERE e.number = NEW.entry_number
      AND e.kind IN ('cleared', 'cleared_urgently')
      AND e.content_id = NEW.content_id AND e.locale = NEW.locale AND e.digest = NEW.digest
      AND e.page_id = NEW.page_id AND e.revision_id = NEW.revision_id)
  AND NOT EXISTS (
    SELECT 1 FROM approvals_ledgerentry e WHERE e.number > NEW.entry_number
      AND e.content_id = NEW.content_id AND e.locale = NEW.locale AND e.kind NOT IN {beside})"""
# public_digest: what readers find, which the statement names.
WITHDRAWAL_CLEARED = """EXISTS (
    SELECT 1 FROM approvals_ledgerentry e WHERE e.number = NEW.entry_number
      AND e.kind IN ('withdrawal_cleared', 'closed_at_once')
      AND e.content_id = NEW.content_id AND e.locale = NEW.locale AND {public_digest} = NEW.digest
      AND e.page_id = NEW.page_id AND e.revision_id = NEW.revision_id)
  AND NOT EXISTS (
    SELECT 1 FROM approvals_ledgerentry e WHERE e.number > NEW.entry_number
      AND e.content_id = NEW.content_id AND e.locale = NEW.locale)"""
_ROUND = """FROM approvals_ledgerentry a WHERE a.kind = 'approved' AND a.content_id = NEW.content_id
      AND a.locale = NEW.locale AND a.digest = NEW.digest AND a.number > (
        SELECT max(s.number) FROM approvals_ledgerentry s WHERE s.kind = 'submitted'
          AND s.content_id = NEW.content_id AND s.locale = NEW.locale)
      AND NOT EXISTS (
        SELECT 1 FROM approvals_ledgerentry r WHERE r.kind = 'returned' AND r.content_id = NEW.content_id
          AND r.locale = NEW.locale AND r.number > a.number AND {to_step} <= a.step)"""
ALL_APPROVED = f"""NEW.steps_total > 0
  AND (SELECT count(DISTINCT a.step) {_ROUND}) = NEW.steps_total
  AND (SELECT count(DISTINCT a.actor_id) {_ROUND}) = NEW.steps_total"""

# One of the last step, with a reason: what it skipped is confirmed afterwards.
ONE_LEADER_APPROVED = f"""NEW.remark <> '' AND NEW.steps_total > 0
  AND EXISTS (SELECT 1 {_ROUND} AND a.step = NEW.steps_total AND a.actor_id = NEW.actor_id)"""

_PROPOSAL = """(SELECT max(s.number) FROM approvals_ledgerentry s WHERE s.kind = 'withdrawal_proposed'
      AND s.content_id = NEW.content_id AND s.locale = NEW.locale AND s.digest = NEW.digest)"""
_AGREED = f"""FROM approvals_ledgerentry a WHERE a.kind = 'withdrawal_approved' AND a.content_id = NEW.content_id
      AND a.locale = NEW.locale AND a.digest = NEW.digest AND a.number > {_PROPOSAL}"""
# Without a proposal the comparisons are with nothing, and so not true. The proposal names how many steps there are.
ALL_AGREED = f"""NEW.steps_total > 0
  AND EXISTS (SELECT 1 FROM approvals_ledgerentry s WHERE s.number = {_PROPOSAL} AND s.steps_total = NEW.steps_total)
  AND (SELECT count(DISTINCT a.step) {_AGREED}) = NEW.steps_total
  AND (SELECT count(DISTINCT a.actor_id) {_AGREED}) = NEW.steps_total
  AND NOT EXISTS (SELECT 1 {_AGREED} AND a.actor_id = (
    SELECT s.actor_id FROM approvals_ledgerentry s WHERE s.number = {_PROPOSAL}))
  AND NOT EXISTS (
    SELECT 1 FROM approvals_ledgerentry r WHERE r.content_id = NEW.content_id AND r.locale = NEW.locale
      AND r.number > {_PROPOSAL}
      AND r.kind IN ('withdrawal_refused', 'withdrawal_recalled', 'withdrawal_void', 'withdrawn', 'published'))"""
ONE_LEADER_CLOSES = """NEW.remark <> '' AND NEW.actor_id IS NOT NULL
  AND NEW.steps_total > 0 AND NEW.step = NEW.steps_total"""

_BECOMES_LIVE = "(NEW.live AND (NOT OLD.live OR NEW.live_revision_id {is_not} OLD.live_revision_id))"
_CEASES = "(OLD.live AND NOT NEW.live)"


def _sqlite(*, name: str, table: str, event: str, when: str, unless: str, message: str) -> Trigger:
    return Trigger(
        name=name,
        table=table,
        create=(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{message}') WHERE NOT ({unless}); END",
        ),
        drop=f"DROP TRIGGER IF EXISTS {name}",
    )


def _postgresql(*, name: str, table: str, event: str, when: str, unless: str, message: str) -> Trigger:
    returned = "OLD" if event == "DELETE" else "NEW"
    scope = "STATEMENT" if event == "TRUNCATE" else "ROW"
    body = (
        f"BEGIN IF ({when}) AND NOT ({unless}) THEN RAISE EXCEPTION '{message}' USING ERRCODE = '23000'; END IF; "
        f"RETURN {returned if scope == 'ROW' else 'NULL'}; END"
    )
    return Trigger(
        name=name,
        table=table,
        create=(
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $jarchy$ {body} $jarchy$",
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {scope} EXECUTE FUNCTION {name}()",
        ),
        drop=f"DROP TRIGGER IF EXISTS {name} ON {table}",
    )


def _on_pages(make, *, is_not: str, never: str) -> tuple[Trigger, ...]:
    changes = f"({_BECOMES_LIVE.format(is_not=is_not)} OR {_CEASES})"
    open_for_new = PERMIT_EXISTS.format(id="NEW.id", revision="NEW.live_revision_id", purpose="publish")
    open_for_old = PERMIT_EXISTS.format(id="OLD.id", revision="OLD.live_revision_id", purpose="withdraw")
    return (
        make(
            name="jarchy_page_insert",
            table="wagtailcore_page",
            event="INSERT",
            when=f"NEW.live AND {_is_document('NEW')}",
            unless=open_for_new,
            message=NO_GATE,
        ),
        make(
            name="jarchy_page_update",
            table="wagtailcore_page",
            event="UPDATE",
            when=f"{changes} AND ({_is_document('NEW')} OR {_is_document('OLD')})",
            unless=f"(NEW.live AND {open_for_new}) OR (NOT NEW.live AND {open_for_old})",
            message=NO_GATE,
        ),
        make(
            name="jarchy_page_delete",
            table="wagtailcore_page",
            event="DELETE",
            when=f"OLD.live AND {_is_document('OLD')}",
            unless=never,
            message=NO_GATE,
        ),
    )


def _on_permits(make, *, never: str, public_digest: str) -> tuple[Trigger, ...]:
    to_publish = f"NEW.purpose = 'publish' AND {ENTRY_CLEARED.format(beside=ABOUT_WHAT_IS_PUBLIC)}"
    to_withdraw = f"NEW.purpose = 'withdraw' AND {WITHDRAWAL_CLEARED.format(public_digest=public_digest)}"
    return (
        make(
            name="jarchy_permit_insert",
            table="site_pages_publicationpermit",
            event="INSERT",
            when=f"NOT ({never})",
            unless=f"({to_publish}) OR ({to_withdraw})",
            message=NO_CLEARANCE,
        ),
        make(
            name="jarchy_permit_update",
            table="site_pages_publicationpermit",
            event="UPDATE",
            when=f"NOT ({never})",
            unless=never,
            message=NO_CLEARANCE,
        ),
    )


def _on_ledger(make, *, never: str, to_step: str) -> tuple[Trigger, ...]:
    needed = {
        "jarchy_ledger_insert": ("cleared", ALL_APPROVED.format(to_step=to_step)),
        "jarchy_ledger_urgent": ("cleared_urgently", ONE_LEADER_APPROVED.format(to_step=to_step)),
        "jarchy_ledger_withdrawal": ("withdrawal_cleared", ALL_AGREED),
        "jarchy_ledger_closing": ("closed_at_once", ONE_LEADER_CLOSES),
    }
    table = "approvals_ledgerentry"
    return (
        *(
            make(
                name=name,
                table=table,
                event="INSERT",
                when=f"NEW.kind = '{kind}'",
                unless=condition,
                message=NO_APPROVALS,
            )
            for name, (kind, condition) in needed.items()
        ),
        *(
            make(
                name=f"jarchy_ledger_{event.lower()}",
                table=table,
                event=event,
                when=f"NOT ({never})",
                unless=never,
                message=APPEND_ONLY,
            )
            for event in ("UPDATE", "DELETE")
        ),
    )


def _on_access_log(make, *, never: str) -> tuple[Trigger, ...]:
    """Who saw a limited document, and who was let in, stays on record."""
    return tuple(
        make(
            name=f"jarchy_access_log_{event.lower()}",
            table="site_pages_accessevent",
            event=event,
            when=f"NOT ({never})",
            unless=never,
            message=ACCESS_LOG,
        )
        for event in ("UPDATE", "DELETE")
    )


def _on_records(make, *, never: str, events: tuple[str, ...] = ("UPDATE", "DELETE")) -> tuple[Trigger, ...]:
    """What was decided on, and what people outside the office were shown, stays on record."""
    records = (
        (TEXT_TABLES, TEXTS_APPEND_ONLY),
        (OUTSIDE_TABLES, OUTSIDE_APPEND_ONLY),
        (EMBARGO_TABLES, EMBARGO_APPEND_ONLY),
    )
    return tuple(
        make(
            name=f"jarchy_{table}_{event.lower()}",
            table=f"approvals_{table}",
            event=event,
            when=f"NOT ({never})",
            unless=never,
            message=message,
        )
        for tables, message in records
        for table in tables
        for event in events
    )


def _all(make, *, is_not: str, never: str, to_step: str, public_digest: str) -> tuple[Trigger, ...]:
    return (
        *_on_pages(make, is_not=is_not, never=never),
        *_on_permits(make, never=never, public_digest=public_digest),
        *_on_ledger(make, never=never, to_step=to_step),
        *_on_access_log(make, never=never),
        *_on_records(make, never=never),
    )


# to_step: the step to which an entry returns a text; 0 for its author.
SQLITE = _all(
    _sqlite,
    is_not="IS NOT",
    never="0",
    to_step="COALESCE(json_extract(r.details, '$.to_step'), 0)",
    public_digest="json_extract(e.details, '$.public_digest')",
)
POSTGRESQL = (
    *_all(
        _postgresql,
        is_not="IS DISTINCT FROM",
        never="FALSE",
        to_step="COALESCE((r.details ->> 'to_step')::int, 0)",
        public_digest="(e.details ->> 'public_digest')",
    ),
    _postgresql(
        name="jarchy_ledger_truncate",
        table="approvals_ledgerentry",
        event="TRUNCATE",
        when="TRUE",
        unless="FALSE",
        message=APPEND_ONLY,
    ),
    *_on_records(_postgresql, never="FALSE", events=("TRUNCATE",)),
)
