"""The debt of an urgent publication outlives what readers found: withdrawn first, and the page deleted afterwards."""

import datetime as dt

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from approvals import ledger, urgency
from approvals.models import LedgerEntry, UrgentPublication
from site_pages.gatekeeping import NOT_ANSWERED, TextLocked
from site_pages.models import DocumentPage
from tests.approvals.test_urgency import publish_urgently
from tests.approvals.withdrawal.taking_down import agree, all_of_it, close, propose
from tests.attacks.houses import signed_in
from tests.newsroom import fresh, ledger_kinds, release, submit

pytestmark = pytest.mark.django_db


def urgent(room, *, by, **fields):
    page = release(room.author, **fields)
    submit(page, by=room.author)
    publish_urgently(page, by=by)
    return fresh(page)


def withdrawn_by_the_route(page, room) -> None:
    withdrawal = propose(page, by=room.author)
    agree(withdrawal, by=room.head)
    agree(withdrawal, by=room.second_leader)


def closed_at_once_and_confirmed(page, room) -> None:
    (closing,) = close(page, by=room.leader)
    agree(closing, by=room.head)
    agree(closing, by=room.second_leader)


def debt_of(page) -> UrgentPublication:
    return UrgentPublication.objects.get(page_id=page.pk)


def deleted_before_it_was_forbidden(page, room) -> None:
    """What an earlier version of the product let happen."""
    debt = UrgentPublication.objects.filter(page_id=page.pk)
    (row,) = debt.values()
    debt.delete()
    fresh(page).delete()
    UrgentPublication.objects.create(**row)


def answer(verb, page, *, by, **words):
    return verb(debt_id=debt_of(page).pk, actor_id=by.pk, now=timezone.now(), **words)


@pytest.mark.parametrize("goes", [withdrawn_by_the_route, closed_at_once_and_confirmed])
@pytest.mark.parametrize("who", ["author", "boss"])
def test_the_page_is_not_deleted_while_nobody_has_answered(room, goes, who):
    page = urgent(room, by=room.leader)
    goes(page, room)
    before, debts = all_of_it(), list(UrgentPublication.objects.values())

    with pytest.raises(TextLocked) as refused, transaction.atomic():
        fresh(page).delete()
    signed_in(getattr(room, who)).post(reverse("wagtailadmin_pages:delete", args=[page.pk]))

    assert str(refused.value) == str(NOT_ANSWERED)
    assert (all_of_it(), list(UrgentPublication.objects.values())) == (before, debts)


@pytest.mark.parametrize("verb", [urgency.confirm, urgency.object_to])
def test_once_it_is_answered_the_page_can_be_deleted(room, verb):
    page = urgent(room, by=room.leader)
    withdrawn_by_the_route(page, room)
    answer(verb, page, by=room.head, remark="Көрдүм.")

    fresh(page).delete()

    assert not DocumentPage.objects.filter(pk=page.pk).exists()


def test_an_objection_is_escalated_and_can_be_settled_though_the_page_is_gone(room):
    page = urgent(room, by=room.leader)
    withdrawn_by_the_route(page, room)
    answer(urgency.object_to, page, by=room.head, remark="Эртелик кылды.")
    fresh(page).delete()

    assert urgency.escalate_overdue(now=timezone.now()) == 1
    answer(urgency.confirm, page, by=room.head)

    assert ledger_kinds(page)[-3:] == ["objected", "escalated", "confirmed"]
    assert not urgency.has_debt(room.leader.pk)


def test_the_debt_of_a_deleted_page_is_escalated_and_so_is_every_other(room):
    gone, other = urgent(room, by=room.leader), urgent(room, by=room.second_leader, title="Башка")
    withdrawn_by_the_route(gone, room)
    deleted_before_it_was_forbidden(gone, room)
    late = timezone.now() + dt.timedelta(hours=25)

    assert (urgency.escalate_overdue(now=late), urgency.escalate_overdue(now=late)) == (2, 0)

    escalated = LedgerEntry.objects.filter(kind="escalated").order_by("page_id")
    assert [(e.page_id, e.details["leader_id"]) for e in escalated] == [
        (gone.pk, room.leader.pk), (other.pk, room.second_leader.pk)
    ]  # fmt: skip
    assert list(ledger.faults()) == []


def test_one_that_cannot_be_told_of_never_stops_the_next(room):
    bad, other = urgent(room, by=room.leader), urgent(room, by=room.second_leader, title="Башка")
    UrgentPublication.objects.filter(page_id=bad.pk).update(entry_number=10**9)

    assert urgency.escalate_overdue(now=timezone.now() + dt.timedelta(hours=25)) == 1

    assert ledger_kinds(other)[-1] == "escalated"
    assert debt_of(bad).escalated_at is None


def test_the_debt_of_a_deleted_page_is_paid_on_the_screen(room):
    page = urgent(room, by=room.leader)
    withdrawn_by_the_route(page, room)
    deleted_before_it_was_forbidden(page, room)
    head, debt = signed_in(room.head), debt_of(page)
    shown = head.get(reverse("approvals:urgent")).text
    assert reverse("approvals:urgent_confirm", args=[debt.pk]) in shown
    assert reverse("approvals:document", args=[page.pk]) not in shown

    head.post(reverse("approvals:urgent_confirm", args=[debt.pk]), {"remark": ""})

    assert ledger_kinds(page)[-1] == "confirmed"
    assert not urgency.has_debt(room.leader.pk)
    entry = LedgerEntry.objects.get(kind="confirmed")
    cleared = LedgerEntry.objects.get(number=debt.entry_number)
    assert (entry.digest, entry.revision_id, entry.page_id) == (cleared.digest, cleared.revision_id, page.pk)
    assert list(ledger.faults()) == []
