"""One's own second factor and password, and the doors by which others would change them."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import default_token_generator
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from approvals.appointments import REASONS, Refusal
from approvals.models import LedgerEntry
from tests.cms.test_sign_in import code, is_in, password, sign_in, telephone, without_telephone
from tests.newsroom import PASSWORD, code_from, code_of, hire

pytestmark = pytest.mark.django_db
OTHER_PASSWORD = "quite-another-phrase-2026"


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


def test_a_telephone_is_set_up_with_the_password_and_its_first_code(room):
    without_telephone(room.head)
    client = Client()
    password(client, room.head)
    address = reverse("mfa_activate_totp")

    asked = client.get(address)
    client.post(asked.headers["Location"], {"password": PASSWORD})
    screen = client.get(address)
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", screen.content.decode()).group(1)
    wrong = client.post(address, {"code": "000000"})
    right = client.post(address, {"code": code_from(secret)})

    assert asked.status_code == 302 and asked.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert 'src="data:image/svg+xml;base64,' in screen.content.decode()
    assert (wrong.status_code, right.headers["Location"]) == (200, reverse("mfa_view_recovery_codes"))
    assert telephone(room.head).data["secret"] == secret
    entry = LedgerEntry.objects.order_by("number").last()
    assert (entry.kind, entry.actor_id, entry.details["fields"], entry.details["how"]) == (
        "account_changed", room.head.pk, ["second_factor"], "set_up",
    )  # fmt: skip
    thief = Client()
    password(thief, room.head)
    assert code(thief, code_from(secret)).status_code == 200  # the first code is used up


def test_a_wrong_password_sets_up_nothing(room):
    without_telephone(room.head)
    client = Client()
    password(client, room.head)

    client.post(reverse("account_reauthenticate"), {"password": "wrong"})
    client.get(reverse("mfa_activate_totp"))
    client.post(reverse("mfa_activate_totp"), {"code": "000000"})

    assert not Authenticator.objects.filter(user=room.head).exists()


def test_who_tries_too_often_to_show_who_it_is_waits(room):
    client = sign_in(room.head)

    answers = [client.post(reverse("mfa_reauthenticate"), {"code": "000000"}) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert "Too many attempts" in answers[-1].content.decode() or "Аракет" in answers[-1].content.decode()


@pytest.mark.parametrize("name", ["mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn"])
def test_an_open_desk_and_the_password_take_no_factor_off(room, name):
    """Who has a factor is asked for it, not for the password, before it is changed."""
    client = sign_in(room.head)

    shortcut = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    response = client.post(reverse(name))

    assert shortcut.headers["Location"].startswith(reverse("mfa_reauthenticate"))
    assert response.headers["Location"].startswith(reverse("mfa_reauthenticate"))
    assert telephone(room.head)


def test_one_removes_ones_own_telephone_and_the_ledger_says_so(room):
    client = sign_in(room.head)
    client.post(reverse("mfa_reauthenticate"), {"code": code_of(room.head, ahead=1)})

    response = client.post(reverse("mfa_deactivate_totp"))

    assert response.headers["Location"] == reverse("mfa_index")
    assert not Authenticator.objects.filter(user=room.head).exists()
    entry = LedgerEntry.objects.order_by("number").last()
    assert (entry.actor_id, entry.details["factor"], entry.details["how"]) == (room.head.pk, "totp", "removed")


def test_a_passkey_of_another_cannot_be_removed(room):
    key = Authenticator.objects.bulk_create(
        [Authenticator(user=room.leader, type="webauthn", data={"name": "Key", "credential": {}})]
    )[0]
    client = sign_in(room.head)
    client.post(reverse("mfa_reauthenticate"), {"code": code_of(room.head, ahead=1)})

    assert client.post(reverse("mfa_remove_webauthn", args=[key.pk])).status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()


@pytest.mark.parametrize("who", ["head", "leader", "boss"])
def test_no_mail_gives_a_new_password_to_who_decides_or_administers(room, client, who):
    person = getattr(room, who)
    get_user_model().objects.filter(pk=person.pk).update(email="a@example.kg")
    before = LedgerEntry.objects.count()

    response = client.post(reverse("wagtailadmin_password_reset"), {"email": "a@example.kg"})

    assert response.headers["Location"] == reverse("wagtailadmin_password_reset_done")
    assert (mail.outbox, LedgerEntry.objects.count()) == ([], before)


def test_others_get_one(room, client):
    get_user_model().objects.filter(pk=room.author.pk).update(email="a@example.kg")

    client.post(reverse("wagtailadmin_password_reset"), {"email": "a@example.kg"})

    assert [message.to for message in mail.outbox] == [["a@example.kg"]]


@pytest.mark.parametrize("who", ["head", "boss"])
def test_a_mail_that_was_sent_before_leads_nowhere(room, client, who):
    person = getattr(room, who)
    place = [urlsafe_base64_encode(force_bytes(person.pk)), default_token_generator.make_token(person)]
    address = reverse("wagtailadmin_password_reset_confirm", args=place)

    answers = [
        client.get(address, follow=True),
        client.post(address, {"new_password1": OTHER_PASSWORD, "new_password2": OTHER_PASSWORD}, follow=True),
        client.post(
            reverse("wagtailadmin_password_reset_confirm", args=[place[0], "set-password"]),
            {"new_password1": OTHER_PASSWORD, "new_password2": OTHER_PASSWORD},
        ),
    ]

    person.refresh_from_db()
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert person.check_password(PASSWORD)


@pytest.mark.parametrize("who", ["head", "boss"])
def test_the_command_changes_no_such_password(room, who, monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda *args, **kwargs: OTHER_PASSWORD)
    person = getattr(room, who)

    with pytest.raises(CommandError) as refused:
        call_command("changepassword", person.username)

    person.refresh_from_db()
    with translation.override("en"):
        assert str(refused.value) == str(REASONS[Refusal.TWO_ADMINISTRATORS])
    assert person.check_password(PASSWORD)


def test_a_stronger_hash_of_the_same_password_is_no_change(room, client, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", *settings.PASSWORD_HASHERS]
    before = LedgerEntry.objects.count()

    password(client, room.head)
    code(client, code_of(room.head))

    room.head.refresh_from_db()
    assert room.head.password.startswith("pbkdf2_sha256$")
    assert (is_in(client), LedgerEntry.objects.count()) == (True, before)


def test_the_demo_gives_codes_only_where_the_demo_is_allowed(room, settings, capsys):
    call_command("demo_code", "head")
    printed = capsys.readouterr().out.strip()
    settings.DEMO_OFFICE_ALLOWED = False

    with pytest.raises(CommandError):
        call_command("demo_code", "head")

    assert re.fullmatch(r"\d{6}", printed)
    assert capsys.readouterr().out == ""


def test_a_third_administrator_is_not_made_at_the_console(room, monkeypatch):
    hire("second-boss", is_superuser=True)
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", OTHER_PASSWORD)

    with pytest.raises(CommandError) as refused:
        call_command("createsuperuser", interactive=False, username="third", email="t@example.kg", verbosity=0)

    with translation.override("en"):
        assert str(refused.value) == str(REASONS[Refusal.TWO_ADMINISTRATORS])
    assert not get_user_model().objects.filter(username="third").exists()
