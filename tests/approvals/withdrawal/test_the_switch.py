"""One of the leadership closes a document at once, everywhere; the route confirms it afterwards, or not."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from approvals import acting, ledger, urgency
from approvals.models import DuePublication, LedgerEntry, Outcome, Withdrawal
from approvals.offices import APPARATUS_LEADERSHIP
from approvals.policy import Refusal
from approvals.queue import stage_of
from approvals.scheduling import publish_due
from approvals.stages import Stage
from frontend_api.models import PublishedDocument, Tombstone
from tests.approvals.withdrawal.taking_down import (
    REASON,
    SUPERSEDED,
    agree,
    all_of_it,
    close,
    propose,
    refuse,
    refused,
    take_down,
)
from tests.attacks.houses import signed_in
from tests.newsroom import approve, decree, digest, fresh, ledger_kinds, publish, release, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(room):
    return publish(release(room.author), room)


def test_one_leader_closes_at_once_and_two_others_confirm(room, page):
    (debt,) = close(page, by=room.leader)

    assert ledger_kinds(page)[-2:] == ["closed_at_once", "withdrawn"]
    entry = LedgerEntry.objects.get(kind="closed_at_once")
    assert (entry.actor_id, entry.remark, entry.step, entry.steps_total) == (room.leader.pk, REASON, 2, 2)
    assert (fresh(page).live, PublishedDocument.objects.count(), Tombstone.objects.get().reason) == (False, 0, REASON)
    assert (debt.is_closing, debt.outcome, debt.confirm_by - debt.proposed_at) == (True, "", dt.timedelta(days=1))
    refused(lambda: agree(debt, by=room.leader), Refusal.NOT_IN_GROUP)

    agree(debt, by=room.head)
    refused(lambda: agree(debt, by=room.leader), Refusal.CONTRIBUTOR)
    agree(debt, by=room.second_leader)

    debt.refresh_from_db()
    assert (debt.outcome, ledger_kinds(page)[-1]) == (Outcome.CONFIRMED, "closing_confirmed")
    assert stage_of(fresh(page)) == Stage.WITHDRAWN
    assert list(ledger.faults()) == []


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("author", Refusal.NOT_IN_GROUP), ("head", Refusal.NOT_IN_GROUP), ("boss", Refusal.SUPERUSER),
        ("outsider", Refusal.NOT_IN_GROUP),
    ],
)  # fmt: skip
def test_nobody_else_closes(room, page, who, refusal):
    refused(lambda: close(page, by=getattr(room, who)), refusal)


def test_nobody_closes_in_anothers_place(room, page):
    now = timezone.now()
    acting.appoint(
        principal_id=room.leader.pk, deputy_id=room.outsider.pk, starts_at=now, ends_at=now + dt.timedelta(days=1),
        group_id=Group.objects.get(name=APPARATUS_LEADERSHIP).pk, now=now, legal_basis="№ 1",
        appointer_id=room.boss.pk,
    )  # fmt: skip

    refused(lambda: close(page, by=room.outsider), Refusal.NOT_IN_GROUP)


def test_without_a_reason_nothing_is_closed(room, page):
    refused(lambda: close(page, by=room.leader, reason="  "), Refusal.PUBLIC_REASON_MISSING)


@pytest.mark.parametrize(
    ("reason", "refusal"),
    [
        ("\u200b\u2060\ufeff\u00ad ...", Refusal.PUBLIC_REASON_UNREADABLE),
        ("\u3164", Refusal.PUBLIC_REASON_CHARACTERS),
        ("\u202eатаК", Refusal.PUBLIC_REASON_CHARACTERS),
        ("а" * 2001, Refusal.PUBLIC_REASON_TOO_LONG),
    ],
)
def test_nothing_is_closed_for_a_reason_that_nobody_can_read(room, page, reason, refusal):
    refused(lambda: close(page, by=room.leader, reason=reason), refusal)


@pytest.mark.parametrize("how", ["the switch", "in error", "superseded"])
def test_what_was_closed_comes_back_by_its_whole_route_alone(room, page, how):
    """Else one leader would undo alone what the route decided, or what he or she still owes an answer for."""
    if how == "the switch":
        close(page, by=room.leader)
    else:
        other = publish(release(room.author, title="Башка"), room)
        take_down(page, room, **({"as_": SUPERSEDED, "successor": other.content_id} if how == "superseded" else {}))
    submit(page, by=room.author)
    address, seen = reverse("approvals:publish_urgently", args=[page.pk]), digest(page)

    for leader in (room.leader, room.second_leader):
        refused(
            lambda leader=leader: urgency.publish_urgently(
                page_id=page.pk, actor_id=leader.pk, seen_digest=seen, reason=REASON, now=timezone.now()
            ),
            Refusal.CLOSED_BEFORE,
        )
        before = all_of_it()
        assert address not in signed_in(leader).get(reverse("approvals:document", args=[page.pk])).text
        answer = signed_in(leader).post(address, {"digest": seen, "reason": REASON}, follow=True)
        assert "Бул документ окурмандардан алынган" in answer.text and all_of_it() == before

    approve(page, by=room.head)
    approve(page, by=room.second_leader)
    assert fresh(page).live


def test_what_is_disputed_or_forgotten_stays_closed_until_it_is_published_anew(room, page):
    (debt,) = close(page, by=room.leader)

    refuse(debt, by=room.head, remark="Документ туура эле.")

    assert Withdrawal.objects.get().outcome == Outcome.DISPUTED
    assert (fresh(page).live, stage_of(fresh(page))) == (False, Stage.WITHDRAWN)
    publish(page, room)
    assert (fresh(page).live, PublishedDocument.objects.get().version) == (True, 3)


def test_a_new_publication_voids_an_unconfirmed_closing(room, page):
    close(page, by=room.leader)

    publish(page, room)

    assert Withdrawal.objects.get().outcome == Outcome.VOID


def test_what_is_cleared_and_waits_is_stopped(room):
    soon = timezone.now() + dt.timedelta(hours=1)
    page = release(room.author, go_live_at=soon)
    submit(page, by=room.author)
    approve(page, by=room.head)
    approve(page, by=room.leader)

    assert close(page, by=room.second_leader) == []

    assert ledger_kinds(page)[-1] == "stopped"
    assert DuePublication.objects.count() == 0
    assert publish_due(now=soon).published == []
    refused(lambda: close(page, by=room.second_leader), Refusal.NOTHING_TO_DECIDE)


def test_the_translations_of_an_act_are_closed_with_it(room):
    page = publish(decree(room.author), room)
    russian = publish(decree(room.author, locale="ru", translation_key=page.content_id, title="О воде"), room)

    debts = close(page, by=room.leader)

    assert [debt.locale for debt in debts] == ["ru", "ky"]
    assert (PublishedDocument.objects.count(), Tombstone.objects.count()) == (0, 2)
    assert not fresh(russian).live


def test_the_switch_takes_the_place_of_a_proposal(room, page):
    withdrawal = propose(page, by=room.author)
    agree(withdrawal, by=room.head)

    close(page, by=room.leader)

    withdrawal.refresh_from_db()
    assert (withdrawal.outcome, fresh(page).live) == (Outcome.VOID, False)
