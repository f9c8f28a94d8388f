"""The ledger cannot be changed, and when it is, `verify_ledger` says where."""

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from approvals import ledger, triggers
from approvals.models import EntryKind, LedgerEntry, LedgerHead

pytestmark = pytest.mark.django_db


def write(number: int) -> list[LedgerEntry]:
    return [
        ledger.append(kind=EntryKind.OFFICE_GIVEN, now=timezone.now(), actor_name=f"адам {i}") for i in range(number)
    ]


@pytest.fixture
def without_triggers():
    triggers.remove(using="default")
    yield
    triggers.install(using="default")


def test_numbers_have_no_gaps_and_each_entry_carries_the_hash_before_it():
    first, second, third = write(3)

    assert [e.number for e in (first, second, third)] == [1, 2, 3]
    assert (first.previous_hash, second.previous_hash) == (ledger.GENESIS, first.hash)
    assert list(ledger.faults()) == []


@pytest.mark.parametrize(
    "tamper",
    [
        lambda: LedgerEntry.objects.filter(number=2).update(remark="башка"),
        lambda: LedgerEntry.objects.filter(number=2).delete(),
        lambda: LedgerEntry.objects.get(number=2).delete(),
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(tamper):
    write(3)
    before = list(LedgerEntry.objects.order_by("number").values())

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        tamper()

    assert list(LedgerEntry.objects.order_by("number").values()) == before


@pytest.mark.parametrize(
    ("tamper", "number"),
    [
        ("UPDATE approvals_ledgerentry SET remark = 'x' WHERE number = 2", 2),
        ("UPDATE approvals_ledgerentry SET actor_name = 'x' WHERE number = 1", 1),
        ("DELETE FROM approvals_ledgerentry WHERE number = 2", 2),
        ("DELETE FROM approvals_ledgerentry WHERE number = 3", 3),
    ],
)
def test_verify_names_the_first_bad_entry(without_triggers, tamper, number):
    write(3)
    with connection.cursor() as cursor:
        cursor.execute(tamper)

    assert next(ledger.faults()).number == number
    with pytest.raises(CommandError, match=rf"\b{number}\b"):
        call_command("verify_ledger")


def test_verify_sees_an_inserted_entry(without_triggers):
    write(2)
    head = LedgerHead.objects.get()
    LedgerEntry.objects.create(
        number=3, kind="approved", recorded_at=timezone.now(), previous_hash=head.hash, hash="f" * 64
    )

    assert next(ledger.faults()).number == 3


# PostgreSQL takes no half characters.
HALF_CHARACTERS = [] if connection.vendor == "postgresql" else ['{"a": "\\ud800"}', '{"\\ud800": 1}']


@pytest.mark.parametrize(
    "details",
    ['{"version": 99999999999999999999}', "[1e999]", "[" * 400 + "]" * 400, "null", '"x"', *HALF_CHARACTERS],
)
def test_what_canonical_json_cannot_write_was_changed_and_the_rest_is_read(without_triggers, details):
    write(4)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE approvals_ledgerentry SET details = %s WHERE number = 2", [details])
        cursor.execute("UPDATE approvals_ledgerentry SET remark = 'x' WHERE number = 4")

    assert [fault.message for fault in ledger.faults()] == [
        "entry 2 was changed after it was written",
        "entry 4 was changed after it was written",
    ]
    with pytest.raises(CommandError, match="entry 2 was changed after it was written"):
        call_command("verify_ledger")


def test_every_trigger_is_there_after_migrate():
    assert triggers.missing(using="default") == []
