"""Power is given by two administrators, neither of them the person concerned, and taken by one."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from approvals import administration
from approvals.administration import PROPOSAL_LASTS, Fault
from approvals.ledger import faults
from approvals.models import AccountProposal, Change, EntryKind, LedgerEntry, Taking
from approvals.offices import APPARATUS_LEADERSHIP, AUTHORS, DEPARTMENT_HEADS
from tests.approvals.administrators import (
    NOW,
    WHY,
    confirm,
    group,
    offices,
    propose,
    refused,
    three_administrators,
)
from tests.attacks.houses import signed_in
from tests.newsroom import PASSWORD, approve, give_telephone, ledger_kinds, release, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def room():
    return three_administrators()


def last_entry() -> LedgerEntry:
    return LedgerEntry.objects.order_by("number").last()


def test_two_give_an_office_and_the_ledger_names_both(room):
    proposal = propose(room)
    between = offices(room.outsider)

    confirm(proposal, by=room.second)

    assert (between, offices(room.outsider)) == ([], [DEPARTMENT_HEADS])
    proposed = LedgerEntry.objects.get(number=proposal.entry_number)
    assert (proposed.kind, proposed.actor_id, proposed.remark) == ("change_proposed", room.boss.pk, WHY)
    entry = last_entry()
    assert (entry.kind, entry.actor_id, entry.actor_name) == (EntryKind.OFFICE_GIVEN, room.second.pk, "second")
    assert entry.details == {
        "person_id": room.outsider.pk, "person": "outsider", "group": DEPARTMENT_HEADS,
        "proposed_by_id": room.boss.pk, "proposed_by": "boss", "proposed_by_entry": proposal.entry_number,
        "confirmed_by_id": room.second.pk, "confirmed_by": "second",
    }  # fmt: skip
    assert list(faults()) == []


def test_who_came_into_office_so_decides(room):
    page = release(room.author)
    submit(page, by=room.author)
    confirm(propose(room), by=room.second)

    approve(page, by=room.outsider)

    assert ledger_kinds(page) == ["submitted", "approved"]


CHANGES = {
    Change.MAKE_ADMINISTRATOR: ("outsider", lambda user: user.is_superuser, ["is_superuser"]),
    Change.REOPEN: ("head", lambda user: user.is_active, ["is_active"]),
    Change.RESET_PASSWORD: ("leader", lambda user: not user.check_password(PASSWORD), ["password"]),
    Change.REMOVE_SECOND_FACTOR: (
        "leader", lambda user: not Authenticator.objects.filter(user=user).exists(), ["second_factor"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_is_made_on_confirmation_and_recorded(room, change):
    who, is_made, fields = CHANGES[change]
    person = getattr(room, who)
    if change == Change.REOPEN:
        get_user_model().objects.filter(pk=person.pk).update(is_active=False)
        person.refresh_from_db()
    proposal = propose(room, change=change, person=person)
    before = is_made(person)

    confirm(proposal, by=room.second)

    person.refresh_from_db()
    assert (bool(before), bool(is_made(person))) == (False, True)
    entry = last_entry()
    assert (entry.kind, entry.actor_id, entry.details["fields"]) == ("account_changed", room.second.pk, fields)
    assert (entry.details["proposed_by_id"], entry.details["confirmed_by_id"]) == (room.boss.pk, room.second.pk)
    assert list(faults()) == []


def test_a_new_password_is_given_to_the_confirmer_once_and_kept_nowhere(room):
    desk = signed_in(room.leader)
    proposal = propose(room, change=Change.RESET_PASSWORD, person=room.leader, now=timezone.now())

    response = signed_in(room.second).post(reverse("approvals:administrators_confirm", args=[proposal.pk]))

    password = response.context["password"]
    room.leader.refresh_from_db()
    assert (len(password) >= 16, room.leader.check_password(password)) == (True, True)
    assert f"<code>{password}</code>" in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]
    assert not any(password in str(entry.details) + entry.remark for entry in LedgerEntry.objects.all())
    assert desk.get("/admin/").status_code == 302  # sessions with the old password are over


@pytest.mark.parametrize(
    ("who", "fault"),
    [
        ("boss", Fault.SAME_PERSON),
        ("outsider", Fault.NOT_AN_ADMINISTRATOR),
        ("head", Fault.NOT_AN_ADMINISTRATOR),
        ("author", Fault.NOT_AN_ADMINISTRATOR),
    ],
)
def test_only_another_administrator_confirms(room, who, fault):
    proposal = propose(room)

    assert refused(lambda: confirm(proposal, by=getattr(room, who))) is fault


@pytest.mark.parametrize("change", [Change.RESET_PASSWORD, Change.REMOVE_SECOND_FACTOR])
def test_an_administrator_concerned_neither_proposes_nor_confirms(room, change):
    proposal = propose(room, change=change, person=room.second)

    assert refused(lambda: confirm(proposal, by=room.second)) is Fault.CONCERNED
    assert refused(lambda: propose(room, change=change, person=room.boss)) is Fault.CONCERNED
    confirm(proposal, by=room.third)


@pytest.mark.parametrize("who", ["head", "leader", "author", "outsider"])
def test_only_administrators_propose(room, who):
    assert refused(lambda: propose(room, by=getattr(room, who), person=room.colleague)) is Fault.NOT_AN_ADMINISTRATOR


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_superuser": False}, {"is_agent": True}])
def test_the_proposal_of_a_dismissed_administrator_is_worth_nothing(room, change):
    proposal = propose(room)
    get_user_model().objects.filter(pk=room.boss.pk).update(**change)

    assert refused(lambda: confirm(proposal, by=room.second)) is Fault.NOT_AN_ADMINISTRATOR


@pytest.mark.parametrize("who", ["boss", "second"])
def test_both_need_a_second_factor(room, who):
    proposal = propose(room)
    Authenticator.objects.filter(user=getattr(room, who))._raw_delete("default")

    assert refused(lambda: confirm(proposal, by=room.second)) is Fault.NO_SECOND_FACTOR
    assert refused(lambda: propose(room, by=getattr(room, who), person=room.colleague)) is Fault.NO_SECOND_FACTOR


@pytest.mark.parametrize(
    ("after", "is_good"),
    [
        (PROPOSAL_LASTS - dt.timedelta(seconds=1), True),
        (PROPOSAL_LASTS, False),
        (PROPOSAL_LASTS + dt.timedelta(days=30), False),
    ],
)
def test_a_proposal_lasts_72_hours(room, after, is_good):
    proposal = propose(room)

    if is_good:
        confirm(proposal, by=room.second, after=after)
        assert offices(room.outsider) == [DEPARTMENT_HEADS]
    else:
        assert refused(lambda: confirm(proposal, by=room.second, after=after)) is Fault.EXPIRED


@pytest.mark.parametrize(
    "change",
    [
        {"username": "somebody-else"}, {"password": "!"}, {"email": "thief@example.kg"}, {"last_name": "Башка"},
        {"is_active": False}, {"is_agent": True}, {"is_superuser": True},
    ],
)  # fmt: skip
def test_what_was_proposed_for_an_account_that_changed_since_is_not_done(room, change):
    proposal = propose(room)
    get_user_model().objects.filter(pk=room.outsider.pk).update(**change)

    assert refused(lambda: confirm(proposal, by=room.second)) is Fault.CHANGED_MEANWHILE


def test_an_office_more_is_a_change_too(room):
    proposal = propose(room)
    confirm(propose(room, group_id=group(APPARATUS_LEADERSHIP)), by=room.second)

    assert refused(lambda: confirm(proposal, by=room.second)) is Fault.CHANGED_MEANWHILE


def test_another_telephone_voids_the_removal_of_the_old_one(room):
    proposal = propose(room, change=Change.REMOVE_SECOND_FACTOR, person=room.leader)
    Authenticator.objects.filter(user=room.leader)._raw_delete("default")
    give_telephone(room.leader)

    assert refused(lambda: confirm(proposal, by=room.second)) is Fault.CHANGED_MEANWHILE


def test_a_proposal_is_confirmed_once(room):
    proposal = propose(room)
    confirm(proposal, by=room.second)

    assert refused(lambda: confirm(proposal, by=room.third)) is Fault.NO_LONGER_OPEN


@pytest.mark.parametrize("who", ["boss", "second"])
def test_any_administrator_withdraws_it(room, who):
    proposal = propose(room)

    administration.withdraw(proposal_id=proposal.pk, administrator_id=getattr(room, who).pk, now=NOW)

    assert refused(lambda: confirm(proposal, by=room.third)) is Fault.NO_LONGER_OPEN
    assert offices(room.outsider) == []


@pytest.mark.parametrize(
    "changes", [{"person": "colleague"}, {"group": APPARATUS_LEADERSHIP}, {"proposed_by": "third"}]
)
def test_a_row_that_the_ledger_does_not_know_gives_nothing(room, changes):
    proposal = propose(room)
    values = {
        "person": lambda name: {"person": getattr(room, name)},
        "group": lambda name: {"group": Group.objects.get(name=name)},
        "proposed_by": lambda name: {"proposed_by": getattr(room, name)},
    }
    for name, value in changes.items():
        AccountProposal.objects.filter(pk=proposal.pk).update(**values[name](value))

    assert refused(lambda: confirm(proposal, by=room.second)) is Fault.NOT_ON_RECORD


def test_the_database_itself_wants_two(room):
    proposal = propose(room)

    for by in (room.boss, room.outsider):
        with pytest.raises(IntegrityError), transaction.atomic():
            AccountProposal.objects.filter(pk=proposal.pk).update(confirmed_by=by, confirmed_at=NOW)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"reason": "  "}, Fault.NO_REASON),
        ({"person": "head"}, Fault.NOTHING_TO_CHANGE),
        ({"group_id": None}, Fault.NOTHING_TO_CHANGE),
        ({"group_id": AUTHORS}, Fault.NOTHING_TO_CHANGE),
        ({"change": Change.MAKE_ADMINISTRATOR, "person": "second"}, Fault.NOTHING_TO_CHANGE),
        ({"change": Change.REOPEN, "person": "head"}, Fault.NOTHING_TO_CHANGE),
    ],
)
def test_an_empty_proposal_is_refused(room, changes, fault):
    changes = dict(changes)
    if "person" in changes:
        changes["person"] = getattr(room, changes["person"])
    if changes.get("group_id") == AUTHORS:
        changes["group_id"] = group(AUTHORS)

    assert refused(lambda: propose(room, **changes)) is fault


def test_nothing_is_proposed_twice_until_it_is_over(room):
    propose(room)

    assert refused(lambda: propose(room, by=room.second)) is Fault.PROPOSED_ALREADY
    propose(room, by=room.second, now=NOW + PROPOSAL_LASTS)


TAKEN = {
    Taking.CLOSE: ("head", lambda user: not user.is_active, "account_changed"),
    Taking.OFFICES: ("head", lambda user: not user.groups.exists(), "office_taken"),
    Taking.ADMINISTRATION: ("second", lambda user: not user.is_superuser, "account_changed"),
}


@pytest.mark.parametrize("taking", TAKEN)
def test_one_takes_at_once_even_without_a_second_factor(room, taking):
    who, is_taken, kind = TAKEN[taking]
    person = getattr(room, who)
    Authenticator.objects.filter(user=room.boss)._raw_delete("default")

    administration.take(taking=taking, person_id=person.pk, administrator_id=room.boss.pk, reason=WHY)

    person.refresh_from_db()
    assert is_taken(person)
    entry = last_entry()
    assert (entry.kind, entry.actor_id, entry.details["reason"]) == (kind, room.boss.pk, WHY)
    assert list(faults()) == []


@pytest.mark.parametrize(
    ("by", "person", "reason", "fault"),
    [
        ("head", "leader", WHY, Fault.NOT_AN_ADMINISTRATOR),
        ("boss", "boss", WHY, Fault.CONCERNED),
        ("boss", "head", " ", Fault.NO_REASON),
        ("boss", "author", WHY, Fault.NOTHING_TO_CHANGE),
    ],
)
def test_taking_has_its_rules_too(room, by, person, reason, fault):
    assert refused(
        lambda: administration.take(
            taking=Taking.OFFICES, person_id=getattr(room, person).pk, administrator_id=getattr(room, by).pk,
            reason=reason,
        )
    ) is fault  # fmt: skip
