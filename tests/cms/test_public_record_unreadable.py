"""What PostgreSQL keeps and Python cannot read is a fault of its row, and all other rows are checked."""

import datetime as dt
from itertools import cycle

import pytest
from django.db import DataError, connection, transaction
from django.utils import timezone

from approvals import ledger
from approvals.models import LedgerEntry
from cms import public_record
from frontend_api.models import Publication, PublishedDocument, Tombstone, WithheldText
from site_pages.unreadable_values import every_value_readable
from tests.cms.record_places import open_house

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

MOMENTS = ("infinity", "-infinity", "20000-01-01", "0044-03-15 BC")
OTHERS = "number 11 is not the text that its digest names", "the counter stands at 99, the log ends with 13"


@pytest.fixture
def house(room):
    with open_house(room) as built:
        yield built


def set_to(value: str, model, column: str, key: object) -> None:
    """Past Django, which has no words for it."""
    table, of_the_key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {of_the_key} = %s", [value, key])
        assert cursor.rowcount == 1


def found_with(value: str, model, column: str, key: object) -> tuple[list[str], list[str]]:
    """What both checks say; two other faults stand behind it."""
    with transaction.atomic(), connection.cursor() as cursor:
        set_to(value, model, column, key)
        cursor.execute("UPDATE frontend_api_publishedversion SET cleared = '{}' WHERE number = 11")
        cursor.execute("UPDATE frontend_api_publicationcounter SET number = 99")
        cursor.execute("UPDATE approvals_ledgerentry SET remark = 'x' WHERE number = 3")
        found = list(public_record.faults()), [fault.message for fault in ledger.faults()]
        transaction.set_rollback(True)
    return found


def places() -> list[tuple]:
    """One row of each kind, with its columns of moments, days and JSON."""
    rows = [Publication.objects.get(pk=number) for number in (6, 8, 10, 13)]
    rows += PublishedDocument.objects.filter(version__in=(4, 5, 6, 8)).order_by("version")
    rows += Tombstone.objects.order_by("pk")
    kinds = ("DateTimeField", "DateField")
    return [
        (type(row), field.column, row.pk)
        for row in rows
        for field in row._meta.concrete_fields
        if field.get_internal_type() in kinds
    ]


def test_a_moment_that_cannot_be_read_is_a_fault_and_the_rest_is_checked(house):
    unnoticed = []

    for value, place in zip(cycle(MOMENTS), places()):
        of_the_record, of_the_ledger = found_with(value, *place)

        assert of_the_ledger == ["entry 3 was changed after it was written"]
        assert set(OTHERS) <= set(of_the_record), place
        if not set(of_the_record) - set(OTHERS):
            unnoticed.append(place)

    assert len(places()) > 30
    assert unnoticed == []
    assert (list(public_record.faults()), list(ledger.faults())) == ([], [])


DEEP = "[" * 3000 + "]" * 3000


@pytest.mark.parametrize(
    ("column", "value"),
    [*(("recorded_at", value) for value in MOMENTS), ("details", '{"version": 1e5000}'), ("details", DEEP)],
    ids=[*MOMENTS, "a long number", "deep"],
)
def test_an_entry_that_cannot_be_read_was_changed_and_the_rest_is_checked(house, column, value):
    entry = LedgerEntry.objects.get(kind="published", details__version=6)

    of_the_record, of_the_ledger = found_with(value, LedgerEntry, column, entry.pk)

    assert of_the_ledger == [f"entry {number} was changed after it was written" for number in (3, entry.pk)]
    assert set(OTHERS) < set(of_the_record)
    says = "has another moment than the ledger says" if column == "recorded_at" else "is not in the ledger as published"
    assert f"number 6 {says}" in of_the_record


@pytest.mark.parametrize("column", ["corrections", "change_history"])
def test_json_of_a_document_that_cannot_be_read_is_a_fault(house, column):
    document = PublishedDocument.objects.get(version=6)

    found, _of_the_ledger = found_with("[1e5000]", PublishedDocument, column, document.pk)

    assert any(fault.startswith(f"{document.content_id} ky ") for fault in found)
    assert set(OTHERS) < set(found)


def test_what_is_withheld_at_no_moment_is_a_fault(house):
    withheld = WithheldText.objects.create(
        content_id=house.plain.content_id, locale="ky", up_to=6, withheld_at=timezone.now()
    )

    found, _of_the_ledger = found_with("infinity", WithheldText, "withheld_at", withheld.pk)

    assert f"{house.plain.content_id} ky is withheld up to number 6, and no restore did it" in found


def test_readable_values_are_read_as_ever_and_afterwards_all_is_as_it_was(house):
    documents = PublishedDocument.objects.order_by("version").values_list("updated_at", "signed_on", "corrections")
    before = list(documents)

    with every_value_readable():
        inside = list(documents.all())

    assert inside == before == list(documents.all())
    assert {type(one) for row in before for one in row} == {dt.datetime, dt.date, type(None), list}
    with transaction.atomic():
        set_to("infinity", PublishedDocument, "updated_at", PublishedDocument.objects.get(version=6).pk)
        with pytest.raises(DataError):
            list(documents.all())
        transaction.set_rollback(True)
