"""Signing in: password, then the second factor, and no door round it."""

import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.newsroom import PASSWORD, code_of

pytestmark = pytest.mark.django_db
LIMIT = 10
LOGIN, CODE, HOME = "/admin/login/", "/admin/login/code/", "/admin/"


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


def password(client: Client, user, *, next_url: str = "", words: str = PASSWORD, **headers):
    form = {"username": user.username, "password": words, **({"next": next_url} if next_url else {})}
    return client.post(LOGIN, form, headers=headers)


def code(client: Client, value: str, **headers):
    return client.post(CODE, {"code": value}, headers=headers)


def sign_in(user, *, ahead: int = 0) -> Client:
    """A browser in which the person has passed both steps."""
    client = Client(raise_request_exception=False)
    assert password(client, user).headers["Location"] == CODE
    assert code(client, code_of(user, ahead=ahead)).headers["Location"] == HOME
    return client


def is_in(client: Client) -> bool:
    return client.get(HOME).status_code == 200


def without_telephone(user):
    Authenticator.objects.filter(user=user)._raw_delete("default")
    return user


def telephone(user) -> Authenticator:
    return Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)


def test_password_and_code_sign_in(room, client):
    first = password(client, room.head)
    between = is_in(client)
    second = code(client, code_of(room.head))

    assert (first.status_code, first.headers["Location"], between) == (302, CODE, False)
    assert (second.status_code, second.headers["Location"], is_in(client)) == (302, HOME, True)


def test_who_has_no_second_factor_signs_in_with_the_password(room, client):
    without_telephone(room.author)

    response = password(client, room.author)

    assert (response.headers["Location"], is_in(client)) == (HOME, True)


@pytest.mark.parametrize(
    "address",
    [
        HOME,
        "/admin/approvals/",
        "/admin/pages/",
        "/admin/account/",
        "/admin/second-factor/",
        "/admin/login/",
        "/media/x",
    ],
)
def test_the_password_alone_opens_nothing(room, client, address):
    password(client, room.head)

    response = client.get(address)

    assert response.status_code in (200, 302, 403, 404)
    assert "_auth_user_id" not in client.session
    assert response.status_code != 200 or "login-form" in response.content.decode()


def test_wagtails_own_view_of_signing_in_is_not_reached(room, client):
    """Both names of the address lead to the one view that asks for the second factor."""
    assert reverse("wagtailadmin_login") == reverse("account_login") == LOGIN

    client.post(reverse("wagtailadmin_login"), {"username": "head", "password": PASSWORD})

    assert not is_in(client)


@pytest.mark.parametrize(
    "address",
    [
        "signup/",
        "login/",
        "password/reset/",
        "password/change/",
        "email/",
        "login/code/confirm/",
        "2fa/webauthn/login/",
    ],
)
def test_allauths_own_addresses_are_not_there(room, address):
    client = sign_in(room.boss)

    for prefix in ("/accounts/", "/admin/accounts/", "/"):
        assert client.get(prefix + address).status_code == 404


@pytest.mark.parametrize("wrong", ["000000", "", "x" * 20, "1" * 500, "12345\x00", "１２３４５６"])
def test_a_wrong_code_does_not_sign_in(room, client, wrong):
    password(client, room.head)

    response = code(client, wrong)

    assert response.status_code == 200
    assert response.context["form"].errors
    assert not is_in(client)


@pytest.mark.parametrize("minutes", [-5, -2, 2, 5])
def test_a_code_of_another_time_does_not_sign_in(room, client, minutes):
    password(client, room.head)

    assert code(client, code_of(room.head, ahead=2 * minutes)).status_code == 200
    assert not is_in(client)


def test_the_code_of_another_person_does_not_sign_in(room, client):
    other = telephone(room.leader)
    other.data = {"secret": "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"}
    other.save()
    password(client, room.head)

    assert code(client, code_of(room.leader)).status_code == 200
    assert not is_in(client)


@pytest.mark.parametrize("is_memory_lost", [False, True])
@pytest.mark.parametrize("later_seconds", [0, 29, 35, 59])
def test_a_code_works_once_for_as_long_as_it_would_be_taken(room, later_seconds, is_memory_lost):
    """Allauth remembers used codes in the cache, for thirty seconds; clocks half a minute wrong are good for ninety."""
    with time_machine.travel("2026-07-17T04:00:00Z", tick=False) as clock:
        used = code_of(room.head)
        sign_in(room.head)
        if is_memory_lost:
            cache.clear()
        clock.shift(later_seconds)
        thief = Client()
        password(thief, room.head)

        response = code(thief, used)

        assert (response.status_code, is_in(thief)) == (200, False)
        assert code(thief, code_of(room.head, ahead=1)).status_code == 302


def test_an_earlier_code_than_the_last_one_is_not_taken(room, client):
    with time_machine.travel("2026-07-17T04:00:00Z", tick=False):
        sign_in(room.head, ahead=1)
        password(client, room.head)

        assert code(client, code_of(room.head)).status_code == 200


def test_ten_wrong_codes_lock_out(room, client, settings):
    settings.AXES_ENABLED = True
    password(client, room.head)

    statuses = [code(client, "000000").status_code for _ in range(LIMIT)]

    assert statuses == [200] * (LIMIT - 1) + [429]
    assert code(client, code_of(room.head)).status_code == 429
    assert password(Client(), room.head).status_code == 429
    assert not is_in(client)


def test_wrong_passwords_and_wrong_codes_count_together(room, settings):
    settings.AXES_ENABLED = True

    for _ in range(LIMIT // 2):
        password(Client(), room.head, words="wrong")
    client = Client()
    password(client, room.head)
    statuses = [code(client, "000000").status_code for _ in range(LIMIT // 2)]

    assert statuses[-1] == 429
    assert password(Client(), room.head).status_code == 429


def test_the_right_password_between_wrong_codes_forgives_none(room, settings):
    settings.AXES_ENABLED = True

    for _ in range(LIMIT):
        client = Client()
        last = password(client, room.head)
        last = code(client, "000000")

    assert last.status_code == 429


def test_wrong_codes_are_counted_by_the_address_that_our_proxy_saw(room, settings):
    settings.AXES_ENABLED, settings.TRUSTED_PROXY_COUNT = True, 1
    forged = [{"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.1"} for number in range(LIMIT)]
    client = Client()
    password(client, room.head, **forged[0])

    statuses = [code(client, "000000", **headers).status_code for headers in forged]

    assert statuses[-1] == 429
    other = Client()
    password(other, room.head, **{"X-Forwarded-For": "203.0.113.2"})
    assert code(other, code_of(room.head), **{"X-Forwarded-For": "203.0.113.2"}).status_code == 302


def test_codes_are_not_guessed_from_many_addresses(room, settings):
    settings.AXES_ENABLED = True

    for number in range(25):
        client = Client(REMOTE_ADDR=f"198.51.100.{number}")
        password(client, room.head)
        code(client, "000000")
    last = Client(REMOTE_ADDR="198.51.100.99")
    password(last, room.head)

    assert code(last, code_of(room.head)).status_code == 200
    assert not is_in(last)


def test_what_was_typed_as_a_code_is_not_kept(room, settings, client):
    settings.AXES_ENABLED = True
    password(client, room.head)

    code(client, "987654")

    attempt = AccessAttempt.objects.get()
    assert (attempt.username, "987654" in attempt.post_data) == ("head", False)


def test_the_session_gets_another_key_at_each_step(room, client):
    client.get(LOGIN)
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted

    password(client, room.head)
    between = client.session.session_key
    code(client, code_of(room.head))
    after = client.session.session_key

    assert len({planted, between, after}) == 3
    assert "planted" not in client.session
    stranger = Client()
    stranger.cookies["sessionid"] = planted
    assert not is_in(stranger)
    stranger.cookies["sessionid"] = between
    assert not is_in(stranger)


def test_signing_in_over_somebody_elses_session_ends_it(room):
    client = sign_in(room.leader)

    password(client, room.head)

    assert not is_in(client)
    code(client, code_of(room.head))
    assert client.session["_auth_user_id"] == str(room.head.pk)


def test_between_the_steps_five_minutes_are_enough(room, client):
    with time_machine.travel("2026-07-17T04:00:00Z", tick=False) as clock:
        password(client, room.head)
        clock.shift(5 * 60 + 1)

        response = code(client, code_of(room.head))

    assert response.headers["Location"] == LOGIN
    assert not is_in(client)


def test_who_is_shut_out_between_the_steps_stays_out(room, client):
    password(client, room.head)
    get_user_model().objects.filter(pk=room.head.pk).update(is_active=False)

    code(client, code_of(room.head))

    assert not is_in(client)


@pytest.mark.parametrize("next_url", ["/admin/approvals/", "/admin/pages/?ordering=title"])
def test_after_both_steps_one_is_where_one_wanted_to_be(room, client, next_url):
    password(client, room.head, next_url=next_url)

    assert code(client, code_of(room.head)).headers["Location"] == next_url


@pytest.mark.parametrize(
    "evil",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "\thttps://e",
    ],
)
def test_nobody_is_led_to_another_site(room, client, evil):
    first = password(client, room.head, next_url=evil)
    second = client.post(f"{CODE}?next={evil}", {"code": code_of(room.head), "next": evil})

    assert (first.headers["Location"], second.headers["Location"]) == (CODE, HOME)
    again = client.post(
        f"{reverse('mfa_reauthenticate')}?next={evil}", {"code": code_of(room.head, ahead=1), "next": evil}
    )
    assert again.headers["Location"] == HOME


def test_a_recovery_code_works_once(room, client):
    browser = sign_in(room.head)
    browser.post(reverse("mfa_reauthenticate"), {"code": code_of(room.head, ahead=1)})
    browser.post(reverse("mfa_generate_recovery_codes"))
    page = browser.get(reverse("mfa_view_recovery_codes")).content.decode()
    codes = re.findall(r"<li><code>(\d{8})</code></li>", page)
    shown_again = browser.get(reverse("mfa_view_recovery_codes")).content.decode()

    password(client, room.head)
    first = code(client, codes[3])
    thief = Client()
    password(thief, room.head)
    second = code(thief, codes[3])

    assert len(set(codes)) == 10 and codes[0] not in shown_again
    assert (first.status_code, second.status_code, is_in(client), is_in(thief)) == (302, 200, True, False)


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
@pytest.mark.parametrize("address", [LOGIN, CODE])
def test_the_screens_load_nothing_from_elsewhere(room, client, address, language):
    password(client, room.head)

    response = client.get(address, headers={"Accept-Language": language})

    page = response.content.decode()
    assert f'<html lang="{language}"' in page
    assert re.findall(r'(?:src|action)="(?:https?:)?//|<link[^>]*href="(?:https?:)?//', page) == []
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert "no-store" in response.headers["Cache-Control"]
