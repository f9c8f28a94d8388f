"""Links for outside readers: when they die, what their tokens open, what is on record."""

import datetime as dt
import logging

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from approvals.models import OutsideLink, OutsideReading, OutsideRemark, OutsideRevocation
from approvals.outside import guesses, links
from approvals.outside.tokens import hash_of
from tests.approvals.consultation import (
    address,
    answer_of,
    changed,
    limited,
    make,
    nothing,
    recorded,
    screen,
    sha256_of,
    somebody,
)
from tests.approvals.record_of_texts import alter, lose
from tests.attacks.houses import signed_in
from tests.newsroom import photo, publish, release

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def page(room):
    return release(room.author, image=photo(alt_text_ky="Сүрөт", credit="А. Асанов"))


@pytest.fixture
def made(room, page):
    return make(page, by=room.author)


# --- Death


DEATHS = {
    "revoked": lambda room, page, link, _: links.revoke(link=link, by=room.head, now=timezone.now()),
    "deleted": lambda room, page, *_: page.delete(),
    "limited": lambda room, page, link, monkeypatch: limited(monkeypatch),
    "maker left": lambda room, *_: changed(room.author, is_active=False),
    "maker lost the office": lambda room, *_: room.author.groups.clear(),
    "maker is a program": lambda room, *_: changed(room.author, is_agent=True),
    "text off the record": lambda room, page, link, _: lose(link.digest),
    "text altered": lambda room, page, link, _: alter(link.digest),
}


@pytest.mark.parametrize("death", DEATHS)
def test_a_dead_link_is_an_address_that_never_was(room, page, made, death, monkeypatch):
    link, token = made
    picture = f"{address(token)}pictures/{sha256_of(page)}/"
    assert somebody().get(address(token)).status_code == somebody().get(picture).status_code == 200

    DEATHS[death](room, page, link, monkeypatch)
    before = recorded()

    for dead in (address(token), f"{address(token)}?open=1", picture):
        assert answer_of(somebody().get(dead)) == nothing()
    assert answer_of(somebody().post(address(token), "remark=x", content_type=FORM)) == nothing()
    assert somebody().head(address(token)).status_code == 404
    boss = somebody()
    boss.cookies = signed_in(room.boss).cookies
    assert answer_of(boss.get(address(token))) == nothing()
    assert recorded() == before


def test_a_link_expires_to_the_second(made):
    link, token = made
    assert link.expires_at - link.made_at == dt.timedelta(hours=72)
    with time_machine.travel(link.expires_at - dt.timedelta(seconds=1), tick=False):
        assert somebody().get(address(token)).status_code == 200
    before = recorded()

    with time_machine.travel(link.expires_at, tick=False):
        gone = somebody().get(address(token))
        refused = somebody().post(address(token), "remark=x", content_type=FORM)

    assert answer_of(gone) == answer_of(refused) == nothing()
    assert recorded() == before


def test_a_decider_s_link_dies_with_his_or_her_office(room, page):
    _link, token = make(page, by=room.leader)
    assert somebody().get(address(token)).status_code == 200

    room.leader.groups.clear()

    assert answer_of(somebody().get(address(token))) == nothing()


def test_clearance_and_publication_do_not_close_it(room, page, made):
    publish(page, room)

    assert somebody().get(address(made[1])).status_code == 200


# --- Tokens


def test_the_database_has_the_hash_of_the_token_only(room, page, made):
    link, token = made

    assert len(token) == 43 and link.token_hash == hash_of(token)
    assert token not in str(recorded())
    assert token != make(page, by=room.author)[1]


@pytest.mark.parametrize(
    "guess",
    [
        "{token}A", "{short}", "{swapped}", "{hash}", "{token}%0A", "{token}%20", "{token}/x", "..%2F{token}", "%2e%2e",
        "1", "ө" * 43, "x" * 3000, "{token}%0d%0aSet-Cookie:%20a=b", "",
    ],
)  # fmt: skip
def test_what_is_nearly_a_token_is_none(made, guess):
    link, token = made
    guess = guess.format(token=token, short=token[:-1], swapped=token.swapcase(), hash=link.token_hash)

    assert answer_of(somebody().get(f"/outside/{guess}/")) == nothing()
    assert OutsideReading.objects.count() == 0


def test_a_nul_in_the_address_opens_nothing(made):
    for path in (f"{address(made[1])}%00", f"/outside/%00{made[1]}/", f"{address(made[1])}pictures/%00/"):
        assert somebody().get(path).status_code == 400
    assert OutsideReading.objects.count() == 0


def test_the_token_opens_no_other_address(made, page):
    token = made[1]
    client = somebody()
    client.get(address(token))
    client.cookies["sessionid"] = token
    paths = (
        f"/media/{page.image.file.name}", f"/media/{page.image.file.name}?token={token}", f"/admin/{token}/",
        f"/admin/approvals/{page.pk}/", f"{screen(page)}?token={token}", f"{address(token)}revoke/",
        f"/admin/pages/{page.pk}/edit/",
    )  # fmt: skip

    answers = [client.get(path, headers={"Authorization": f"Bearer {token}"}) for path in paths]

    assert {answer.status_code for answer in answers} <= {302, 404}
    assert all("/login/" in answer.headers.get("Location", "/login/") for answer in answers)


def test_the_public_process_knows_no_such_address(made, settings):
    settings.ROOT_URLCONF = "cms.urls.public"
    settings.MIDDLEWARE = settings.PUBLIC_MIDDLEWARE

    assert somebody().get(f"/outside/{made[1]}/").status_code == 404
    assert OutsideReading.objects.count() == 0


def test_who_guesses_is_shut_out_for_a_while_and_said_in_the_log(made, caplog):
    token, guesser = made[1], somebody(REMOTE_ADDR="192.0.2.1")
    with time_machine.travel(timezone.now(), tick=False) as clock, caplog.at_level(logging.WARNING, "approvals"):
        answers = {guesser.get(f"/outside/{number:043}x/").status_code for number in range(guesses.MOST_GUESSES)}
        shut_out = answer_of(guesser.get(address(token)))
        elsewhere = somebody(REMOTE_ADDR="192.0.2.2").get(address(token)).status_code
        clock.shift(guesses.WINDOW_SECONDS + 1)
        later = guesser.get(address(token)).status_code

    assert (answers, elsewhere, later) == ({404}, 200, 200)
    assert shut_out == nothing()
    assert "192.0.2.1" in caplog.text and token not in caplog.text


def test_without_a_cache_nobody_is_shut_out_and_nothing_fails(made, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django_redis.cache.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 1, "IGNORE_EXCEPTIONS": True},
        }
    }

    assert somebody().get(address("A" * 43)).status_code == 404
    assert somebody().get(address(made[1])).status_code == 200


def test_the_address_on_record_is_the_one_that_our_proxy_saw(made, settings):
    settings.TRUSTED_PROXY_COUNT = 1

    somebody().get(address(made[1]), headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9"})
    somebody().get(address(made[1]), headers={"X-Forwarded-For": "х" * 500})

    first, second = OutsideReading.objects.order_by("pk").values_list("address", flat=True)
    assert (first, len(second)) == ("203.0.113.9", 64)


# --- The record


@pytest.mark.parametrize("model", [OutsideLink, OutsideReading, OutsideRemark, OutsideRevocation])
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", pytest.param("TRUNCATE", marks=pytest.mark.postgresql)])
def test_the_record_is_never_changed(room, made, model, verb):
    link, token = made
    somebody().get(address(token))
    somebody().post(address(token), "remark=x", content_type=FORM)
    links.revoke(link=link, by=room.head, now=timezone.now())
    table, before = model._meta.db_table, recorded()
    connection.check_constraints()  # PostgreSQL truncates nothing while checks of the transaction are outstanding
    statement = {"UPDATE": f"UPDATE {table} SET id = id", "DELETE": f"DELETE FROM {table}"}.get(
        verb, f"TRUNCATE {table} CASCADE"
    )

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert recorded() == before


def test_a_second_revocation_changes_nothing(room, made):
    links.revoke(link=made[0], by=room.head, now=timezone.now())
    before = recorded()

    links.revoke(link=made[0], by=room.author, now=timezone.now())

    assert recorded() == before
