"""Rows that somebody added to what readers meet, though nothing was published, withdrawn or restored, are found."""

from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone

from cms import public_record
from cms.models import Restoration
from frontend_api import triggers
from frontend_api.models import Publication, PublishedDocument, PublishedVersion, Tombstone, WithheldText
from tests.newsroom import publish, release

pytestmark = pytest.mark.django_db


def answered(address: str) -> int:
    """The status of what readers are answered."""
    with override_settings(ROOT_URLCONF="cms.urls.public"):
        return Client(raise_request_exception=False).get(f"/api/v1/{address}?locale=ky").status_code


@pytest.fixture
def page(room):
    return publish(release(room.author), room)


def withhold(page, *, up_to: int = 1, **restored) -> None:
    """Hide the text; the triggers let everybody. restored: what the record of the restore says otherwise."""
    now = timezone.now()
    WithheldText.objects.create(content_id=page.content_id, locale="ky", up_to=up_to, withheld_at=now)
    if restored:
        on_record = {"restored_at": now, "ledger_number": 0, "publication_number": up_to, **restored}
        Restoration.objects.create(taken_at=now, **on_record)


@pytest.mark.parametrize(
    "restored", [{}, {"restored_at": timezone.now()}, {"publication_number": 7}], ids=["none", "another", "other end"]
)
def test_what_is_withheld_without_a_restore_is_a_fault(page, restored):
    assert (answered(f"documents/{page.content_id}"), list(public_record.faults())) == (200, [])

    withhold(page, **restored)

    assert answered(f"documents/{page.content_id}") == 404
    assert list(public_record.faults()) == [
        f"{page.content_id} ky is withheld up to number 1, and no restore did it",
    ]


def test_how_many_texts_a_restore_withholds_is_said(page, room, capsys):
    withhold(page, ledger_number=1)

    call_command("verify_publications")
    publish(page, room)
    call_command("verify_publications")

    assert capsys.readouterr().out.splitlines() == [
        "The public record is sound: 1 publications, texts that a restore withholds: 1.",
        "The public record is sound: 2 publications, texts that a restore withholds: 0.",
    ]


@pytest.fixture
def without_triggers():
    triggers.remove(using="default")
    yield
    triggers.install(using="default")


def buried(number: int, content_id) -> Tombstone:
    """A tombstone that nobody set."""
    made_up = {"slug": "oidon", "withdrawal_class": "in_error", "reason": "Ойдон чыгарылган."}
    moments = {"first_published_at": timezone.now(), "at": timezone.now()}
    return Tombstone(publication_id=number, content_id=content_id, locale="ky", type="release", **made_up, **moments)


def test_tombstones_and_versions_that_the_log_does_not_know_are_faults(page, without_triggers):
    """Foreign keys hold at the end of a transaction, and not where somebody put them off."""
    never = uuid4()
    with transaction.atomic():
        Tombstone.objects.bulk_create([buried(998, never), buried(999, page.content_id)])
        version = PublishedVersion.objects.get()
        version.pk, version.slug = 997, "oidon-eski"
        PublishedVersion.objects.bulk_create([version])

        told = {what: answered(f"documents/{page.content_id}{what}") for what in ("", "/versions", "/versions/1")}
        told["an invented document"] = answered(f"documents/{never}")
        told["an invented address"] = answered("releases/oidon-eski")
        found = list(public_record.faults())
        transaction.set_rollback(True)

    assert told == {
        "": 200, "/versions": 404, "/versions/1": 404, "an invented document": 410, "an invented address": 301,
    }  # fmt: skip
    assert found == [
        "number 997 has a text and is not in the log",
        "number 998 has a tombstone and is not in the log",
        "number 999 has a tombstone and is not in the log",
    ]
    assert (list(public_record.faults()), answered(f"documents/{page.content_id}/versions")) == ([], 200)


def test_numbers_below_the_first_are_faults_like_any_other(page, without_triggers):
    stranger = uuid4()
    with transaction.atomic():
        rows = (Publication.objects.get(), PublishedVersion.objects.get(), PublishedDocument.objects.get())
        for row, number in zip(rows, ({"number": -1}, {"publication_id": -1}, {"version": -1, "text_version": -1})):
            kept = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
            kept.pop("id", None)
            slug = {"slug": "oidon"} if isinstance(row, PublishedDocument) else {}
            type(row).objects.bulk_create([type(row)(**{**kept, **number, **slug, "content_id": stranger})])

        found = list(public_record.faults())
        transaction.set_rollback(True)

    assert "number -1 was published without a clearance in the ledger" in found
