"""A number that stands there as another type is another value: readers get 2.0 or true where 2 or 1 was recorded."""

import pytest

from approvals import ledger
from approvals import triggers as page_triggers
from approvals.models import LedgerEntry
from cms import public_record
from frontend_api import triggers as public_triggers
from frontend_api.models import PublishedDocument
from tests.newsroom import edit, publish, release

pytestmark = pytest.mark.django_db


@pytest.fixture
def corrected(room):
    """A document in its second version, with no trigger that refuses to tamper with it."""
    for side in (page_triggers, public_triggers):
        side.remove(using="default")
    page = publish(release(room.author), room)
    yield publish(edit(page, by=room.author, title="Башка аталыш", change_note="Такталды."), room)
    for side in (page_triggers, public_triggers):
        side.install(using="default")


@pytest.mark.parametrize("otherwise", [{"version": 2.0}, {"previous_version": 1.0}, {"previous_version": True}])
def test_a_correction_with_a_number_of_another_type_is_a_fault(corrected, otherwise):
    known = PublishedDocument.objects.get().corrections
    assert known[0] == {**known[0], **otherwise}
    assert list(public_record.faults()) == []

    PublishedDocument.objects.update(corrections=[{**known[0], **otherwise}])

    assert list(public_record.faults()) == [f"{corrected.content_id} ky tells of other corrections than the log"]


def test_the_order_of_the_names_is_none_of_its_values(corrected):
    known = PublishedDocument.objects.get().corrections

    PublishedDocument.objects.update(corrections=[dict(reversed(known[0].items()))])

    assert list(public_record.faults()) == []


def test_an_entry_with_a_number_of_another_type_was_changed(corrected):
    entry = LedgerEntry.objects.filter(kind="published").latest("number")
    assert list(ledger.faults()) == []

    LedgerEntry.objects.filter(pk=entry.pk).update(details={**entry.details, "version": 2.0})

    changed = LedgerEntry.objects.get(pk=entry.pk)
    assert ledger.hash_of(changed) == entry.hash
    assert [fault.message for fault in ledger.faults()] == [f"entry {entry.number} was changed after it was written"]
