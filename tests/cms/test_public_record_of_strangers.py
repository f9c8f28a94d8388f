"""Rows that somebody added to what readers meet, though nothing was published, withdrawn or restored, are found."""

import pytest
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import timezone

from cms import public_record
from cms.models import Restoration
from frontend_api.models import WithheldText
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
