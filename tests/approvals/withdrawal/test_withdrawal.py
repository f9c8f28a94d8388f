"""Taking down is decided like putting up."""

import pytest
from django.utils import timezone

from approvals import ledger
from approvals.models import LedgerEntry, Outcome, TextOnRecord, Withdrawal
from approvals.offices import AUTHORS
from approvals.policy import Refusal
from approvals.queue import stage_of
from approvals.stages import Stage
from frontend_api.models import Publication, PublishedDocument, Tombstone
from site_pages.models import PublicationPermit
from tests.approvals.withdrawal.taking_down import (
    IN_ERROR,
    NO_LONGER_CURRENT,
    REASON,
    SUPERSEDED,
    agree,
    propose,
    refuse,
    refused,
    take_down,
)
from tests.newsroom import approve, appoint, edit, fresh, hire, ledger_kinds, open_newsroom, publish, release, submit

pytestmark = pytest.mark.django_db
PUTTING_UP = ["submitted", "approved", "approved", "cleared", "published"]


@pytest.fixture
def room():
    return open_newsroom()


@pytest.fixture
def page(room):
    return publish(release(room.author), room)


def test_a_document_in_error_is_taken_down_by_three_people(room, page):
    public = PublishedDocument.objects.get()

    withdrawal = take_down(page, room)

    assert ledger_kinds(page) == [
        *PUTTING_UP, "withdrawal_proposed", "withdrawal_approved", "withdrawal_approved", "withdrawal_cleared",
        "withdrawn",
    ]  # fmt: skip
    assert (fresh(page).live, PublishedDocument.objects.count(), PublicationPermit.objects.count()) == (False, 0, 0)
    tombstone = Tombstone.objects.get()
    assert (tombstone.pk, tombstone.reason, tombstone.withdrawal_class, tombstone.slug) == (
        2, REASON, IN_ERROR, public.slug
    )  # fmt: skip
    assert list(Publication.objects.order_by("number").values_list("number", "kind", "digest")) == [
        (1, "published", public.digest), (2, "withdrawn", public.digest)
    ]  # fmt: skip
    assert (withdrawal.outcome, stage_of(fresh(page))) == (Outcome.DONE, Stage.WITHDRAWN)
    assert list(ledger.faults()) == []
