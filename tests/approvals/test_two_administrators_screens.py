"""The screen of two administrators, one's own password, and how an installation begins."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from approvals.administration import REASONS, Fault
from approvals.ledger import faults
from approvals.models import AccountProposal, LedgerEntry
from approvals.offices import DEPARTMENT_HEADS
from tests.approvals.administrators import (
    WHY,
    group,
    offices,
    picture,
    propose,
    three_administrators,
)
from tests.attacks.houses import signed_in
from tests.newsroom import PASSWORD

pytestmark = pytest.mark.django_db
SCREEN = "approvals:administrators"


@pytest.fixture
def room():
    return three_administrators()


def form(room, **changes) -> dict:
    return {
        "change": "give_office", "person": room.outsider.pk, "group": group(DEPARTMENT_HEADS), "reason": WHY, **changes,
    }  # fmt: skip


def test_the_screen_leads_from_the_proposal_to_the_office(room):
    response = signed_in(room.boss).post(reverse(SCREEN), form(room))
    proposal = AccountProposal.objects.get()
    own = signed_in(room.boss).get(reverse(SCREEN)).content.decode()
    another = signed_in(room.second).get(reverse(SCREEN)).content.decode()
    button = reverse("approvals:administrators_confirm", args=[proposal.pk])

    done = signed_in(room.second).post(button)

    assert (response.status_code, done.status_code) == (302, 302)
    assert (button in own, button in another) == (False, True)
    assert offices(room.outsider) == [DEPARTMENT_HEADS]


@pytest.mark.parametrize("who", ["head", "leader", "author", "outsider"])
@pytest.mark.parametrize(
    "name", ["administrators", "administrators_take", "administrators_confirm", "administrators_withdraw"]
)
def test_nobody_else_sees_or_does_anything_there(room, who, name):
    proposal = propose(room)
    address = reverse(
        f"approvals:{name}", args=[] if name in ("administrators", "administrators_take") else [proposal.pk]
    )
    client, before = signed_in(getattr(room, who)), picture()

    seen, done = client.get(address), client.post(address, {**form(room), "take-taking": "close"})

    assert {seen.status_code, done.status_code} <= {302, 403, 405}
    assert WHY not in seen.content.decode()
    assert picture() == before


def test_one_person_in_two_sessions_is_one_person(room):
    first, second = signed_in(room.boss), signed_in(room.boss)
    first.post(reverse(SCREEN), form(room))
    before = picture()

    second.post(reverse("approvals:administrators_confirm", args=[AccountProposal.objects.get().pk]))

    assert picture() == before


def test_the_second_administrator_gives_the_second_factor_in_the_session(room):
    proposal = propose(room, now=timezone.now())
    factors = list(Authenticator.objects.filter(user=room.second))
    Authenticator.objects.filter(user=room.second)._raw_delete("default")
    client = signed_in(room.second)
    Authenticator.objects.bulk_create(factors)
    before = picture()

    response = client.post(reverse("approvals:administrators_confirm", args=[proposal.pk]))

    assert response.headers["Location"].startswith(reverse("mfa_reauthenticate"))
    assert picture() == before


def test_a_refusal_is_said_beside_its_field_and_nothing_is_lost(room):
    response = signed_in(room.boss).post(reverse(SCREEN), form(room, change="reopen", group=""))

    assert response.status_code == 400
    assert response.context["form"].errors == {"change": [str(REASONS[Fault.NOTHING_TO_CHANGE])]}
    assert WHY in response.content.decode()


@pytest.mark.parametrize(
    "bad", [{"change": "publish"}, {"person": "0"}, {"person": "x" * 400}, {"reason": "a" * 301}, {"group": "1e9"}]
)
def test_bad_input_changes_nothing(room, bad):
    before = picture()

    response = signed_in(room.boss).post(reverse(SCREEN), form(room, **bad))

    assert response.status_code == 400
    assert picture() == before


def test_taking_on_the_screen(room):
    values = {"take-taking": "offices", "take-person": room.head.pk, "take-reason": WHY}

    response = signed_in(room.boss).post(reverse("approvals:administrators_take"), values)

    assert (response.status_code, offices(room.head)) == (302, [])


def test_an_approver_changes_the_own_password_with_the_old_one_and_the_factor(room):
    before = LedgerEntry.objects.count()

    wrong = signed_in(room.leader).post(reverse("wagtailadmin_account"), account_form("not-the-old-one"))
    right = signed_in(room.leader).post(reverse("wagtailadmin_account"), account_form(PASSWORD))

    room.leader.refresh_from_db()
    assert (wrong.status_code, right.status_code) == (200, 302)
    assert room.leader.check_password("quite-another-phrase-2026")
    entries = LedgerEntry.objects.order_by("number")[before:]
    assert [(entry.actor_id, entry.details["fields"]) for entry in entries][-1] == (room.leader.pk, ["password"])


def test_without_a_factor_he_does_not(room):
    Authenticator.objects.filter(user=room.leader)._raw_delete("default")
    client, before = signed_in(room.leader), picture()

    response = client.post(reverse("wagtailadmin_account"), account_form(PASSWORD))

    assert response.headers["Location"] == reverse("mfa_index")
    assert picture() == before


def account_form(old_password: str) -> dict:
    return {
        "password-old_password": old_password, "password-new_password1": "quite-another-phrase-2026",
        "password-new_password2": "quite-another-phrase-2026", "name_email-first_name": "А",
        "name_email-last_name": "Б", "name_email-email": "a@example.kg", "locale-preferred_language": "ky",
        "theme-theme": "system", "theme-density": "default", "theme-contrast": "system",
        "theme-keyboard_shortcuts": "on", "notifications-submitted_notifications": "on",
    }  # fmt: skip


def test_the_first_two_administrators_and_approvers_come_from_the_installation(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    for name in ("first", "second"):
        call_command("createsuperuser", interactive=False, username=name, email="a@example.kg", verbosity=0)
    get_user_model().objects.create_user("nurlan")
    get_user_model().objects.create_user("jyldyz")

    call_command("appoint_first", heads=["nurlan"], leaders=["jyldyz"])

    entries = LedgerEntry.objects.order_by("number")
    assert [
        (entry.kind, entry.actor_id, entry.details["person"], entry.details["installation"]) for entry in entries
    ] == [
        ("account_changed", None, "first", True),
        ("account_changed", None, "second", True),
        ("office_given", None, "nurlan", True),
        ("office_given", None, "jyldyz", True),
    ]
    assert list(faults()) == []


def test_the_installation_ends_with_the_first_approver(room):
    before = picture()

    with pytest.raises(CommandError) as refused:
        call_command("appoint_first", heads=["outsider"])

    assert str(refused.value) == "Somebody is in office already: two administrators appoint the others."
    assert picture() == before


def test_one_unknown_name_and_nobody_is_appointed(db):
    get_user_model().objects.create_user("nurlan")

    with pytest.raises(CommandError):
        call_command("appoint_first", heads=["nurlan"], leaders=["nobody"])

    assert not Group.objects.get(name=DEPARTMENT_HEADS).user_set.exists()
    assert LedgerEntry.objects.count() == 0


def test_at_the_console_the_third_administrator_is_refused(room):
    before = picture()

    with pytest.raises(PermissionDenied), transaction.atomic():
        get_user_model().objects.create_superuser("fourth", password=PASSWORD)

    assert picture() == before
