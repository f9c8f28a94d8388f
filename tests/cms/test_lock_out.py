"""Ten wrong passwords for one name from one address shut that pair out, and nobody else."""

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from cms.client_address import client_address
from tests.newsroom import PASSWORD, open_newsroom

LIMIT = 10


@pytest.fixture
def room(db, settings):
    settings.AXES_ENABLED = True
    return open_newsroom()


def sign_in(password: str, *, username: str = "author", address: str = "10.0.0.1", forwarded: str = "") -> int:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    form = {"username": username, "password": password}
    return Client(REMOTE_ADDR=address).post(reverse("wagtailadmin_login"), form, headers=headers).status_code


def fail(times: int, **whom) -> list[int]:
    return [sign_in("wrong", **whom) for _ in range(times)]


def test_nine_wrong_passwords_leave_the_door_open(room):
    statuses = fail(LIMIT - 1)

    assert statuses == [200] * (LIMIT - 1)
    assert sign_in(PASSWORD) == 302


def test_after_ten_the_right_password_does_not_help(room):
    statuses = fail(LIMIT)

    assert statuses == [200] * (LIMIT - 1) + [429]
    assert sign_in(PASSWORD) == 429


def test_others_and_other_addresses_are_not_shut_out(room):
    fail(LIMIT)

    assert sign_in(PASSWORD, username="head") == 302
    assert sign_in(PASSWORD, address="10.0.0.2") == 302


def test_behind_no_proxy_a_forged_address_is_not_believed(room, settings):
    settings.TRUSTED_PROXY_COUNT = 0

    for number in range(LIMIT):
        sign_in("wrong", forwarded=f"198.51.100.{number}")

    assert sign_in(PASSWORD, forwarded="203.0.113.9") == 429


def test_behind_one_proxy_its_word_decides_whose_address_counts(room, settings):
    settings.TRUSTED_PROXY_COUNT = 1

    fail(LIMIT, forwarded="203.0.113.1")

    assert sign_in(PASSWORD, forwarded="203.0.113.1") == 429
    assert sign_in(PASSWORD, forwarded="203.0.113.2") == 302


def test_what_the_client_writes_left_of_the_proxys_word_is_not_believed(room, settings):
    settings.TRUSTED_PROXY_COUNT = 1

    for number in range(LIMIT):
        sign_in("wrong", forwarded=f"198.51.100.{number}, 203.0.113.1")

    assert sign_in(PASSWORD, forwarded="198.51.100.99, 203.0.113.1") == 429


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.1", "10.0.0.1"),
        (1, "203.0.113.1", "203.0.113.1"),
        (1, "198.51.100.1, 203.0.113.1", "203.0.113.1"),
        (2, "198.51.100.1, 203.0.113.1,10.0.0.9", "203.0.113.1"),
        (2, "203.0.113.1", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, " , ", "10.0.0.1"),
    ],
)
def test_the_address_is_the_one_that_the_outermost_trusted_proxy_saw(proxies, forwarded, address, settings):
    settings.TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="10.0.0.1")

    assert client_address(request) == address
