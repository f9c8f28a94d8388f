"""Who decides has a second factor, and gave it in the session at hand."""

import datetime as dt

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import LogContext

from approvals import acting, urgency
from approvals.decisions import DecisionRefused
from approvals.ledger import faults
from approvals.models import LedgerEntry
from approvals.policy import REASONS, Refusal
from approvals.queue import queue_of
from tests.attacks.houses import everything, signed_in
from tests.newsroom import (
    PASSWORD,
    approve,
    code_of,
    digest,
    give_telephone,
    ledger_kinds,
    release,
    send_back,
    submit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(room):
    document = release(room.author)
    submit(document, by=room.author)
    return document


def without_factor(*people):
    """Take their telephones away, beside every rule."""
    Authenticator.objects.filter(user__in=people)._raw_delete("default")


def without_its_factor(user) -> Client:
    """A session that was signed in before the person had a second factor."""
    factors = list(Authenticator.objects.filter(user=user))
    without_factor(user)
    client = signed_in(user)
    Authenticator.objects.bulk_create(factors)
    return client


def press_approve(client: Client, page, **headers):
    return client.post(reverse("approvals:approve", args=[page.pk]), {"digest": digest(page)}, headers=headers)


def refused(action) -> Refusal:
    before = everything()
    with pytest.raises(DecisionRefused) as error, transaction.atomic():
        action()
    assert everything() == before
    return error.value.refusal


def test_an_approver_without_a_second_factor_decides_nothing(room, page):
    without_factor(room.head)

    assert refused(lambda: approve(page, by=room.head)) is Refusal.NO_SECOND_FACTOR
    assert refused(lambda: send_back(page, by=room.head)) is Refusal.NO_SECOND_FACTOR
    assert queue_of(user_id=room.head.pk, now=timezone.now()) == []


def test_recovery_codes_alone_are_no_second_factor(room, page):
    Authenticator.objects.filter(user=room.head).update(type=Authenticator.Type.RECOVERY_CODES)

    assert refused(lambda: approve(page, by=room.head)) is Refusal.NO_SECOND_FACTOR


def test_a_passkey_is_a_second_factor(room, page):
    Authenticator.objects.filter(user=room.head).update(type=Authenticator.Type.WEBAUTHN)

    approve(page, by=room.head)

    assert ledger_kinds(page) == ["submitted", "approved"]


def test_a_leader_without_one_publishes_nothing_urgently(room, page):
    without_factor(room.leader)
    now = timezone.now()

    urgent = lambda: urgency.publish_urgently(  # noqa: E731
        page_id=page.pk, actor_id=room.leader.pk, seen_digest=digest(page), reason="Жер титирөө", now=now
    )

    assert refused(urgent) is Refusal.NO_SECOND_FACTOR


def test_a_deputy_needs_one_of_his_own(room, page):
    without_factor(room.colleague)
    now = timezone.now()
    acting.appoint(
        principal_id=room.head.pk, deputy_id=room.colleague.pk, group_id=room.head.groups.get().pk, legal_basis="№ 45",
        starts_at=now, ends_at=now + dt.timedelta(days=1), appointer_id=room.boss.pk, now=now,
    )  # fmt: skip

    assert refused(lambda: approve(page, by=room.colleague)) is Refusal.NO_SECOND_FACTOR
    give_telephone(room.colleague)
    approve(page, by=room.colleague)
    assert ledger_kinds(page) == ["submitted", "approved"]


def test_with_the_first_one_the_text_appears_and_the_decision_counts(room, page):
    without_factor(room.head)
    give_telephone(room.head)

    assert len(queue_of(user_id=room.head.pk, now=timezone.now())) == 1
    assert press_approve(signed_in(room.head), page).status_code == 302
    assert ledger_kinds(page) == ["submitted", "approved"]


def test_without_the_rule_a_password_is_enough(room, page, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    without_factor(room.head)

    press_approve(signed_in(room.head), page)

    assert ledger_kinds(page) == ["submitted", "approved"]


def test_the_screen_says_what_is_missing_and_leads_there(room, page):
    without_factor(room.head)
    client, before = signed_in(room.head), everything()

    screen = client.get(reverse("approvals:document", args=[page.pk]))
    inbox = client.get(reverse("approvals:waiting_for_me"))
    answer = press_approve(client, page)

    assert (screen.status_code, answer.status_code) == (200, 403)
    for response in (screen, inbox, answer):
        assert f'href="{reverse("mfa_index")}"' in response.content.decode()
        assert str(REASONS[Refusal.NO_SECOND_FACTOR]) in response.content.decode()
    assert everything() == before


VERBS = {
    "approve": lambda page: ("approvals:approve", [page.pk], {"digest": digest(page)}),
    "return": lambda page: ("approvals:return", [page.pk], {"digest": digest(page), "remark": "Тактаңыз."}),
    "urgent": lambda page: ("approvals:publish_urgently", [page.pk], {"digest": digest(page), "reason": "Жер титирөө"}),
}


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_a_session_from_before_the_factor_decides_nothing(room, page, verb):
    person = room.leader if verb == "urgent" else room.head
    client, before = without_its_factor(person), everything()
    name, args, form = VERBS[verb](page)

    where = {"Referer": f"http://testserver/admin/approvals/{page.pk}/"}
    answer = client.post(reverse(name, args=args), form, headers=where)

    wanted = f"{reverse('mfa_reauthenticate')}?next=%2Fadmin%2Fapprovals%2F{page.pk}%2F"
    assert (answer.status_code, answer.headers["Location"]) == (302, wanted)
    assert everything() == before


def test_given_afterwards_it_counts_in_the_same_session(room, page):
    client = without_its_factor(room.head)

    asked = press_approve(client, page)
    given = client.post(asked.headers["Location"], {"code": code_of(room.head)})
    press_approve(client, page)

    assert given.headers["Location"] == reverse("approvals:waiting_for_me")
    assert ledger_kinds(page) == ["submitted", "approved"]


@pytest.mark.parametrize("referer", ["https://evil.example/admin/", "http://testserver/media/x", "javascript:x", ""])
def test_the_way_back_stays_in_the_house(room, page, referer):
    answer = press_approve(without_its_factor(room.head), page, Referer=referer)

    assert answer.headers["Location"].endswith("?next=%2Fadmin%2Fapprovals%2F")


def test_a_wrong_code_gives_nothing(room, page):
    client, before = without_its_factor(room.head), everything()

    client.post(reverse("mfa_reauthenticate"), {"code": "000000"})
    press_approve(client, page)

    assert everything() == before


def test_the_password_again_is_not_the_second_factor(room, page):
    client, before = without_its_factor(room.head), everything()

    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    press_approve(client, page)

    assert everything() == before


def test_a_session_with_a_factor_that_was_taken_off_counts_no_more(room, page):
    client = signed_in(room.head)
    without_factor(room.head)
    give_telephone(room.head)
    before = everything()

    answer = press_approve(client, page)

    assert answer.headers["Location"].startswith(reverse("mfa_reauthenticate"))
    assert everything() == before


def test_what_another_account_gave_does_not_count(room, page):
    """The record in the session names its person and its factor."""
    client = without_its_factor(room.head)
    session = client.session
    other = Authenticator.objects.get(user=room.leader)
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "at": 1, "id": other.pk, "type": "totp"}]
    session.save()
    before = everything()

    press_approve(client, page)

    assert everything() == before


def test_who_loses_the_office_decides_no_more_whatever_the_session_gave(room, page):
    client = signed_in(room.head)
    room.head.groups.clear()
    before = everything()

    answer = press_approve(client, page)

    assert answer.status_code == 302 and "login" in answer.headers["Location"]
    assert everything() == before


def test_a_closed_account_is_out_at_once(room, page):
    client = signed_in(room.head)
    room.head.is_active = False
    room.head.save()
    before = everything()

    press_approve(client, page)

    assert everything() == before


def test_who_takes_off_the_last_factor_decides_no_more(room, page):
    client = signed_in(room.head)
    client.post(reverse("mfa_reauthenticate"), {"code": code_of(room.head)})
    client.post(reverse("mfa_deactivate_totp"))
    before = everything()

    answer = press_approve(client, page)

    assert answer.status_code == 403
    assert everything() == before


def test_what_was_decided_with_a_factor_stays_decided(room, page):
    approve(page, by=room.head)
    without_factor(room.head)
    approve(page, by=room.leader)

    assert ledger_kinds(page)[-1] == "published"


@pytest.mark.parametrize("who", ["boss", "author", "leader", None])
def test_nobody_else_gives_or_takes_an_approvers_factor(room, who):
    by = getattr(room, who) if who else None
    factor, before = Authenticator.objects.get(user=room.head), everything()

    with LogContext(user=by):
        with pytest.raises(PermissionDenied), transaction.atomic():
            factor.delete()
        with pytest.raises(PermissionDenied), transaction.atomic():
            Authenticator.objects.create(user=room.head, type=Authenticator.Type.WEBAUTHN, data={})

    assert list(Authenticator.objects.filter(user=room.head)) == [factor]
    assert everything() == before


def test_one_gives_and_takes_ones_own_and_both_are_on_record(room):
    before = LedgerEntry.objects.count()

    with LogContext(user=room.head):
        key = Authenticator.objects.create(user=room.head, type=Authenticator.Type.WEBAUTHN, data={})
        key.delete()

    entries = LedgerEntry.objects.order_by("number")[before:]
    about = {"person_id": room.head.pk, "person": "head", "fields": ["second_factor"], "factor": "webauthn"}
    assert [entry.details for entry in entries] == [{**about, "how": "set_up"}, {**about, "how": "removed"}]
    assert list(faults()) == []
