"""Nobody takes a document down, or pretends to, beside the gate: the lowest wall refuses it."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from wagtail.models import Page

from approvals import ledger
from approvals.models import EntryKind, LedgerEntry
from approvals.withdrawal.execution import take_down
from approvals.withdrawal.facts import public_state
from frontend_api.models import Publication, PublishedDocument, Tombstone
from frontend_api.withdrawing import receive
from site_pages.gatekeeping import GateClosed, opened
from site_pages.models import PublicationPermit
from site_pages.withdrawal import Purpose, Statement, WithdrawalClass
from tests.approvals.withdrawal.taking_down import agree, all_of_it, propose
from tests.newsroom import fresh, publish, release

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(room):
    return publish(release(room.author), room)


def unchanged(action, *errors) -> None:
    before = all_of_it()
    with pytest.raises(errors or DatabaseError), transaction.atomic():
        action()
    assert all_of_it() == before


def statement_about(page) -> Statement:
    state = public_state(content_id=page.content_id, locale=page.locale_code)
    return Statement(
        content_id=page.content_id, locale=page.locale_code, document_type=page.document_type, digest=state.digest,
        version=state.version, withdrawal_class=WithdrawalClass.IN_ERROR, reason="Жок.",
    )  # fmt: skip


def entry(kind: EntryKind, page, *, actor=None, step=None, total=2, remark="", proposal=0) -> LedgerEntry:
    """An entry that says what it likes, well-formed and with a sound hash."""
    statement = statement_about(page)
    subject = ledger.Subject(
        content_id=page.content_id, locale=page.locale_code, document_type=page.document_type, page_id=page.pk,
        revision_id=page.live_revision_id, digest=statement.own_digest,
    )  # fmt: skip
    details = {"statement": statement.as_json(), "public_digest": statement.digest, "proposal": proposal, "steps": []}
    return ledger.append(
        kind=kind, now=timezone.now(), subject=subject, actor_id=actor and actor.pk, step=step, steps_total=total,
        remark=remark, details=details,
    )  # fmt: skip


def permit(page, *, entry_number: int, purpose: str = Purpose.WITHDRAW, digest: str = "") -> PublicationPermit:
    return PublicationPermit.objects.create(
        content_id=page.content_id, locale=page.locale_code, page_id=page.pk, revision_id=page.live_revision_id,
        digest=digest or PublishedDocument.objects.get(content_id=page.content_id).digest, purpose=purpose,
        entry_number=entry_number,
    )  # fmt: skip


def test_below_the_gate_nothing_ceases_to_be_public(page):
    def by_sql(statement):
        with connection.cursor() as cursor:
            cursor.execute(statement)

    unchanged(lambda: Page.objects.filter(pk=page.pk).update(live=False))
    unchanged(lambda: by_sql("DELETE FROM frontend_api_publisheddocument WHERE version > 0"))
    unchanged(lambda: by_sql("UPDATE frontend_api_publisheddocument SET notice = 'x' WHERE version > 0"))
    unchanged(lambda: page.unpublish(), GateClosed)
    unchanged(lambda: Page.objects.get(pk=page.pk).unpublish())


def test_no_permit_to_publish_takes_down_and_none_to_withdraw_publishes(room, page):
    cleared = LedgerEntry.objects.get(kind="cleared").number
    unchanged(lambda: permit(page, entry_number=cleared))
    unchanged(lambda: permit(page, entry_number=cleared, purpose=Purpose.PUBLISH))  # published since
    withdrawal = propose(page, by=room.author)
    unchanged(lambda: permit(page, entry_number=withdrawal.entry_number))


def test_the_ledger_takes_no_clearance_without_its_approvals(room, page):
    unchanged(lambda: entry(EntryKind.WITHDRAWAL_CLEARED, page))
    proposed = entry(EntryKind.WITHDRAWAL_PROPOSED, page, actor=room.author)
    unchanged(lambda: entry(EntryKind.WITHDRAWAL_CLEARED, page))
    entry(EntryKind.WITHDRAWAL_APPROVED, page, actor=room.head, step=1, proposal=proposed.number)
    unchanged(lambda: entry(EntryKind.WITHDRAWAL_CLEARED, page))
    unchanged(lambda: entry(EntryKind.WITHDRAWAL_CLEARED, page, total=1))  # a shorter route than was proposed

    def approved_and_cleared(by):
        entry(EntryKind.WITHDRAWAL_APPROVED, page, actor=by, step=2, proposal=proposed.number)
        entry(EntryKind.WITHDRAWAL_CLEARED, page)

    unchanged(lambda: approved_and_cleared(room.head))
    unchanged(lambda: approved_and_cleared(room.author))
    entry(EntryKind.WITHDRAWAL_REFUSED, page, actor=room.leader, step=2, remark="Калсын.", proposal=proposed.number)
    unchanged(lambda: approved_and_cleared(room.leader))


def test_a_closing_without_person_or_reason_is_no_closing(room, page):
    unchanged(lambda: entry(EntryKind.CLOSED_AT_ONCE, page, actor=room.leader, step=2))
    unchanged(lambda: entry(EntryKind.CLOSED_AT_ONCE, page, step=2, remark="Жабылсын."))
    unchanged(lambda: entry(EntryKind.CLOSED_AT_ONCE, page, actor=room.head, step=1, remark="Жабылсын."))


def test_a_clearance_for_another_document_opens_nothing(room, page):
    other = publish(release(room.author, title="Башка"), room)
    withdrawal = propose(other, by=room.author)
    agree(withdrawal, by=room.head)

    def with_a_stranger():
        closing = entry(EntryKind.CLOSED_AT_ONCE, other, actor=room.leader, step=2, remark="Жабылсын.")
        permit(page, entry_number=closing.number)

    unchanged(with_a_stranger)


def test_the_gate_does_not_carry_out_what_no_step_approved(room, page):
    unchanged(lambda: take_down(entry=entry(EntryKind.WITHDRAWAL_PROPOSED, page), now=timezone.now()), GateClosed)


def test_the_public_side_takes_nothing_down_by_itself(page):
    statement = statement_about(page)

    def alone():
        receive(None, statement=statement, withdrawn_at=timezone.now(), entry_number=1)

    unchanged(alone)
    with opened(page_id=page.pk, revision_id=None):
        unchanged(lambda: fresh(page).unpublish())


def test_tombstones_stay(room, page):
    withdrawal = propose(page, by=room.author)
    agree(withdrawal, by=room.head)
    agree(withdrawal, by=room.leader)

    unchanged(lambda: Tombstone.objects.update(reason="Башка себеп"))
    unchanged(lambda: Tombstone.objects.all()._raw_delete("default"))
    unchanged(lambda: Publication.objects.filter(kind="withdrawn")._raw_delete("default"))
