"""What is public, row by row and column by column, is what the ledger and the log say; and nothing ends the search."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import models, transaction
from django.utils import timezone

from approvals.models import LedgerEntry, LedgerHead, TextOnRecord
from cms import public_record
from cms.backup import checking
from cms.backup.manifest import Manifest
from frontend_api.corrections import corrections_from
from frontend_api.models import (
    Publication,
    PublicationCounter,
    PublishedDocument,
    PublishedFile,
    PublishedReference,
    PublishedTag,
    PublishedVersion,
    Tombstone,
)
from tests.cms.record_places import House, erase, open_house, put_back, row_of, swap, without, without_last
from tests.newsroom import publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(room):
    with open_house(room) as built:
        yield built


def found_after(tamper: Callable) -> list[str]:
    """What is found once somebody has been at it; then it is as it was."""
    with transaction.atomic():
        tamper()
        found = list(public_record.faults())
        transaction.set_rollback(True)
    return found


def never_withdrawn(house: House) -> None:
    without_last(13)
    put_back(house.standing)


def under_a_made_up_notice(house: House) -> None:
    tombstone = Tombstone.objects.get(pk=13)
    put_back(house.standing, version=13, notice=tombstone.reason, notice_at=tombstone.at)


def older_text_last(house: House) -> None:
    swap(3, 4)
    old = PublishedVersion.objects.get(pk=4)
    log = Publication.objects.filter(content_id=house.ending.content_id).order_by("number")
    PublishedDocument.objects.filter(pk=row_of(house.ending).pk).update(
        cleared=old.cleared, digest=old.digest, corrections=corrections_from(log)
    )


def numbers_of_two(house: House) -> None:
    swap(5, 6)
    act, plain = row_of(house.act), row_of(house.plain)
    for row, number in ((act, -1), (plain, 5), (act, 6)):
        PublishedDocument.objects.filter(pk=row.pk).update(version=number, text_version=number)


def last_confirmation(house: House, room) -> None:
    publish(house.plain, room)
    without_last(14)
    PublishedDocument.objects.filter(pk=row_of(house.plain).pk).update(version=6, text_version=6)


def last_republication(house: House) -> None:
    """The same bytes had been public before they were closed."""
    last = PublicationCounter.objects.get().number
    for number in range(11, last + 1):
        without(number)
    PublicationCounter.objects.update(number=10)
    PublishedDocument.objects.filter(pk=row_of(house.again).pk).delete()


def gone(page) -> None:
    erase("frontend_api_publisheddocument", "version", row_of(page).version)


def bytes_everywhere(number: int, cleared: str) -> None:
    """In the version and in the log, with a digest that fits."""
    digest = hashlib.sha256(cleared.encode()).hexdigest()
    for rows in (PublishedVersion.objects.filter(pk=number), Publication.objects.filter(pk=number)):
        rows.update(digest=digest)
    PublishedVersion.objects.filter(pk=number).update(cleared=cleared)


def test_no_way_back_to_what_is_closed_or_older_is_sound(house, room):
    """The ledger is as it was; the first fault of each."""
    assert list(public_record.faults()) == []
    done = list(LedgerEntry.objects.filter(kind__in=("published", "withdrawn")).order_by("number"))
    submitted_to_published = 5
    otherwise = "has another expires_at than its log and its text"
    unknown = "the log does not know what entry {} of the ledger says was {}"
    superseded, ending, plain = (page.content_id for page in (house.superseded, house.ending, house.plain))
    stranger = uuid4()
    ways = {
        lambda: never_withdrawn(house): unknown.format(done[12].number, "withdrawn"),
        lambda: under_a_made_up_notice(house): f"{superseded} ky is public, though it was taken down",
        lambda: older_text_last(house): "number 3 is not in the ledger as published",
        lambda: numbers_of_two(house): "number 5 is not in the ledger as published",
        lambda: last_confirmation(house, room): unknown.format(done[12].number + submitted_to_published, "published"),
        lambda: last_republication(house): unknown.format(done[10].number, "published"),
        lambda: gone(house.plain): f"{plain} ky is not public, though nobody took it down",
        lambda: PublishedDocument.objects.update(expires_at=None): f"{ending} ky {otherwise}",
        lambda: put_back(house.standing, content_id=stranger, version=99): (
            f"{stranger} ky is public and was never published"
        ),
    }

    found = {way: found_after(way)[:1] for way in ways}

    assert found == {way: [fault] for way, fault in ways.items()}
    assert list(public_record.faults()) == []


def other(field: models.Field, value):
    """Something else that the column can hold."""
    kind = field.get_internal_type()
    if kind == "DateTimeField":
        return (value or timezone.now()) - dt.timedelta(days=400)
    if kind == "DateField":
        return dt.date(2001, 1, 1)
    if kind == "JSONField":
        return [{"at": "2001-01-01", "note": "Ойдон чыгарылган"}]
    if kind == "UUIDField":
        return uuid4()
    if kind in ("CharField", "TextField"):
        return "0" * 64 if field.name in ("digest", "sha256") else f"{value}x"[: field.max_length]
    return (value or 0) + 1000


def test_no_column_of_what_readers_get_can_be_changed(house):
    of_each_kind = {
        Publication: Publication.objects.filter(pk__in=(1, 2, 4, 8, 10, 13)),
        PublishedVersion: PublishedVersion.objects.filter(pk__in=(2, 3)),
        PublishedDocument: PublishedDocument.objects.filter(version__in=(2, 4, 5, 8, 11)),
        Tombstone: Tombstone.objects.all(),
        PublishedFile: PublishedFile.objects.all(),
        PublishedReference: PublishedReference.objects.all(),
        PublishedTag: PublishedTag.objects.exclude(kind="person"),
    }
    unnoticed = []

    for model, rows in of_each_kind.items():
        assert rows.exists(), model
        for row in rows:
            for field in model._meta.concrete_fields:
                if field.primary_key or field.is_relation:
                    continue
                values = {field.attname: other(field, getattr(row, field.attname))}
                if not found_after(lambda m=model, r=row, v=values: m.objects.filter(pk=r.pk).update(**v)):
                    unnoticed.append((model.__name__, str(row), field.name))

    assert unnoticed == []


def test_no_row_of_what_readers_get_can_go(house):
    tables = (PublishedVersion, PublishedDocument, Tombstone, PublishedFile, PublishedReference, PublishedTag)
    unnoticed = [
        (model.__name__, row.pk)
        for model in tables
        for row in model.objects.all()
        if not found_after(lambda m=model, r=row: erase(m._meta.db_table, m._meta.pk.column, r.pk))
    ]

    assert unnoticed == []


UNREADABLE = {
    "an empty object": (lambda: bytes_everywhere(6, "{}"), "number 6 cannot be read: KeyError: 'update_type'"),
    "no JSON": (lambda: bytes_everywhere(6, "x"), "number 6 cannot be read: JSONDecodeError"),
    "a closing without its tombstone": (
        lambda: erase("frontend_api_tombstone", "publication_id", 10),
        "number 10 tells readers another withdrawal than the one that was cleared",
    ),
    "a kind that nobody knows": (
        lambda: Publication.objects.filter(pk=6).update(kind="hidden"),
        "number 6 did something that nobody knows: hidden",
    ),
    "a statement that is gone": (
        lambda: LedgerEntry.objects.filter(kind="withdrawal_cleared").update(details={}),
        "number 8 cannot be read: KeyError: 'statement'",
    ),
    "an entry that canonical JSON cannot write": (
        lambda: LedgerEntry.objects.filter(kind="published", details__version=6).update(details={"version": 10**20}),
        "number 6 is not in the ledger as published",
    ),
}


def test_what_cannot_be_read_is_a_fault_and_the_rest_is_read(house):
    for name, (tamper, expected) in UNREADABLE.items():
        found = found_after(lambda act=tamper: (act(), PublicationCounter.objects.update(number=99)))

        assert any(fault.startswith(expected) for fault in found), (name, found)
        assert "the counter stands at 99, the log ends with 13" in found, name


def test_a_restore_names_an_entry_that_canonical_json_cannot_write_and_checks_the_rest(house):
    head = LedgerHead.objects.get()
    restored = Manifest(timezone.now().isoformat(), "", "sqlite", {}, head.number, head.hash, 13, ())
    with transaction.atomic():
        LedgerEntry.objects.filter(number=2).update(details={"version": 10**20})
        PublishedVersion.objects.filter(pk=1).update(cleared="{}")
        text = TextOnRecord.objects.get(digest=row_of(house.plain).digest)
        TextOnRecord.objects.filter(pk=text.pk).update(canonical="{}")

        found = [fault for fault in checking.faults(restored) if not fault.startswith("triggers:")]
        transaction.set_rollback(True)

    assert found == [
        "ledger: entry 2 was changed after it was written",
        f"ledger: the text on record {text.digest} is not the one that its digest names",
        "publications: number 1 is not the text that its digest names",
    ]


def test_faults_are_printed_as_they_are_found(house, monkeypatch, capsys):
    """Whatever stops the search, what was found before is on the screen."""
    PublishedVersion.objects.filter(pk=1).update(cleared=json.dumps({}))
    monkeypatch.setattr(public_record, "faults_of_texts", lambda: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        call_command("verify_publications")

    assert capsys.readouterr().err.splitlines() == ["number 1 is not the text that its digest names"]
    with pytest.raises(CommandError, match="broken"):
        monkeypatch.undo()
        call_command("verify_publications")
