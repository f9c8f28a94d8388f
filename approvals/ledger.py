"""Writing and checking the ledger: numbers without gaps, each entry carrying the hash of the one before."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import rfc8785
from django.db import connection, transaction
from django.dispatch import Signal

from approvals.models import EntryKind, LedgerEntry, LedgerHead
from site_pages.unreadable_values import every_value_readable

# Sent with `entries`, a tuple in the order of their numbers, once for all that were appended together and inside their
# transaction: a receiver that raises undoes what was recorded.
appended = Signal()

GENESIS = "0" * 64
HASHED = (
    "number", "kind", "content_id", "locale", "document_type", "page_id", "revision_id", "digest", "step",
    "steps_total", "actor_id", "actor_name", "remark", "details", "recorded_at", "previous_hash",
)  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """Which document, in which version, an entry is about."""

    content_id: UUID
    locale: str
    document_type: str
    page_id: int
    revision_id: int
    digest: str


def subject_from(entry: LedgerEntry) -> Subject:
    """The same subject as that of an earlier entry."""
    return Subject(
        content_id=entry.content_id,
        locale=entry.locale,
        document_type=entry.document_type,
        page_id=entry.page_id,
        revision_id=entry.revision_id,
        digest=entry.digest,
    )


def hash_of(entry: LedgerEntry) -> str:
    """SHA-256 of the entry's canonical JSON (RFC 8785), the hash before it included; 64 lower-case hex digits."""
    return hashlib.sha256(rfc8785.dumps({name: _plain(getattr(entry, name)) for name in HASHED})).hexdigest()


def is_unchanged(entry: LedgerEntry) -> bool:
    """Whether it is what was written. What canonical JSON cannot say (a number beyond 2^53, infinity, half a character,
    endless nesting) was never written: it would have had no hash. Nor was 2.0, of which it says 2."""
    try:
        return hash_of(entry) == entry.hash and _is_as_canonical_json_says(entry.details)
    except (ValueError, RecursionError):
        return False


def _is_as_canonical_json_says(details: Any) -> bool:
    said = json.loads(rfc8785.dumps(details))
    return json.dumps(said, sort_keys=True) == json.dumps(details, sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    return str(value) if isinstance(value, EntryKind) else value


@dataclass(frozen=True)
class Draft:
    """What an entry is to say; number, moment and hashes are given when it is appended."""

    kind: EntryKind
    subject: Subject | None = None
    actor_id: int | None = None
    actor_name: str = ""
    step: int | None = None
    steps_total: int = 0
    remark: str = ""
    details: dict = field(default_factory=dict)


def append(*, now: dt.datetime, details: dict | None = None, **said) -> LedgerEntry:
    """Add one entry and give it back. said: as in Draft. Must run inside the transaction of what it records."""
    return append_all([Draft(**said, details=details or {})], now=now)[0]


def append_all(drafts: Sequence[Draft], *, now: dt.datetime) -> list[LedgerEntry]:
    """Add entries in this order and give them back. Must run inside the transaction of what they record.

    Locks the ledger's head. Takes the same few statements, however many there are.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A ledger entry belongs into the transaction of what it records.")
    if not drafts:
        return []
    head = LedgerHead.objects.select_for_update().get(pk=1)
    entries: list[LedgerEntry] = []
    for draft in drafts:
        before = entries[-1] if entries else head
        entry = LedgerEntry(
            number=before.number + 1,
            kind=draft.kind.value,
            actor_id=draft.actor_id,
            actor_name=draft.actor_name,
            step=draft.step,
            steps_total=draft.steps_total,
            remark=draft.remark,
            details=draft.details,
            recorded_at=now,
            previous_hash=before.hash,
            **(vars(draft.subject) if draft.subject else {}),
        )
        entry.hash = hash_of(entry)
        entries.append(entry)
    LedgerEntry.objects.bulk_create(entries)
    LedgerHead.objects.filter(pk=1).update(number=entries[-1].number, hash=entries[-1].hash)
    appended.send(sender=LedgerEntry, entries=tuple(entries))
    return entries


def hold() -> None:
    """Lock the ledger's head: nobody else records anything until the transaction ends, so nothing becomes public."""
    LedgerHead.objects.select_for_update().get(pk=1)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with the ledger. number: of the entry, or of the place where one is missing."""

    number: int
    message: str


def faults() -> Iterator[Fault]:
    """Everything that is wrong with the ledger, the first fault first; nothing when it is sound."""
    expected, previous = 1, GENESIS
    with every_value_readable():
        for entry in LedgerEntry.objects.order_by("number").iterator(chunk_size=1000):
            if entry.number != expected:
                yield Fault(expected, f"entry {expected} is missing")
            if entry.previous_hash != previous:
                yield Fault(entry.number, f"entry {entry.number} does not continue the entry before it")
            if not is_unchanged(entry):
                yield Fault(entry.number, f"entry {entry.number} was changed after it was written")
            expected, previous = entry.number + 1, entry.hash
    head = LedgerHead.objects.get(pk=1)
    if (head.number, head.hash) != (expected - 1, previous):
        yield Fault(head.number, f"the head names entry {head.number}, the last entry is {expected - 1}")
