"""The page behind the link of a letter: looking changes nothing, a button does what it says, all else is one 404."""

import logging

import pytest
import time_machine
from django.test.client import MULTIPART_CONTENT
from django.utils import timezone

from approvals.models import LedgerEntry, Notice, Subscriber
from approvals.outside import guesses
from approvals.outside.sealed import SEALED
from tests.approvals.consultation import answer_of
from tests.approvals.subscribers.press import (
    ASEL,
    NO_TOKEN,
    add,
    correct,
    leave,
    page_of,
    picture,
    send,
    somebody,
    subscribe,
    token_of,
)
from tests.attacks.houses import everything, signed_in
from tests.newsroom import publish, release

pytestmark = pytest.mark.django_db
URLENCODED = "application/x-www-form-urlencoded"
SCANNERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36",
    "Barracuda Sentinel (EE)",
    "Mozilla/5.0 (compatible; Googlebot/2.1)",
    "python-requests/2.32",
)


def nothing() -> tuple:
    """The answer to an address that never was one."""
    return answer_of(somebody(REMOTE_ADDR="192.0.2.99").get(page_of(NO_TOKEN)))


def state() -> str:
    return Subscriber.objects.get().state


@pytest.mark.parametrize("agent", SCANNERS)
@pytest.mark.parametrize("begin", [add, subscribe])
def test_programs_that_follow_links_change_nothing(begin, agent):
    token, before = token_of(begin()), (picture(), everything())

    for method in ("get", "head", "options", "put", "delete", "patch"):
        for more in ("", "?act=confirm", "?act=leave", "?List-Unsubscribe=One-Click"):
            getattr(somebody(HTTP_USER_AGENT=agent), method)(page_of(token) + more)

    assert (picture(), everything()) == before


def test_the_mail_that_asks_leads_to_a_page_with_one_button(sink):
    subscriber = add(locales=("ky",), types=("decree",))

    (question,) = send(sink)
    page = somebody().get(page_of(token_of(subscriber)))

    assert question.recipient == ASEL.email and page_of(token_of(subscriber)) in question.text
    assert ASEL.name in question.text and "List-Unsubscribe" not in question.message
    assert page.status_code == 200 and page.text.count("<button") == 1 and 'value="confirm"' in page.text
    assert page.headers["Content-Language"] == "ru" and "Кыргызский" in page.text
    assert ASEL.name not in page.text and ASEL.email not in page.text
    assert state() == "asked"


@pytest.mark.parametrize("times", [1, 2])
def test_who_says_yes_is_subscribed_once(times):
    token = token_of(add())

    answers = [somebody().post(page_of(token), {"act": "confirm"}) for _ in range(times)]

    assert {answer.status_code for answer in answers} == {200}
    assert 'value="leave"' in answers[-1].text and state() == "confirmed"
    assert LedgerEntry.objects.filter(kind="subscriber_confirmed").count() == 1


@pytest.mark.parametrize("content_type", [URLENCODED, MULTIPART_CONTENT])
@pytest.mark.parametrize("begin", [add, subscribe])
def test_one_click_of_a_mail_program_is_enough(begin, content_type):
    token = token_of(begin())
    multipart = {"List-Unsubscribe": "One-Click"}
    data = multipart if content_type == MULTIPART_CONTENT else "List-Unsubscribe=One-Click"

    answers = [somebody().post(page_of(token), data, content_type=content_type) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert not any("Location" in answer.headers or answer.cookies for answer in answers)
    assert state() == "ended"
    assert LedgerEntry.objects.filter(kind="subscriber_ended").count() == 1


def test_whoever_leaves_is_erased_and_the_record_stays(room, sink):
    page = publish(release(room.author), room)
    subscriber = subscribe()
    token = token_of(subscriber)
    correct(page, room)
    Notice.objects.filter(subscriber=subscriber).update(last_error=f"550 {ASEL.email}")

    somebody().post(page_of(token), {"act": "leave"})

    left = Subscriber.objects.values().get()
    assert (left["state"], left["name"], left["outlet"], left["email"], left["seed"]) == ("ended", "", "", "", "")
    records = [*Notice.objects.values(), *LedgerEntry.objects.values()]
    traces = (ASEL.email, ASEL.name, ASEL.outlet, "asel", token)
    assert not [row for row in records for trace in traces if trace in str(row)]
    assert list(LedgerEntry.objects.filter(kind__startswith="subscri").order_by("number").values_list("kind")) == [
        ("subscriber_added",), ("subscriber_confirmed",), ("subscriber_ended",),
    ]  # fmt: skip
    assert send(sink) == []


def test_whoever_left_stays_away_and_can_be_put_on_the_list_anew():
    token = token_of(subscriber := subscribe())
    leave(subscriber)
    before = picture()

    answers = [somebody().post(page_of(token), {"act": act}) for act in ("confirm", "leave")]
    looked = somebody().get(page_of(token))

    assert [answer.status_code for answer in (*answers, looked)] == [200, 200, 200]
    assert "<button" not in looked.text and picture() == before
    anew = add()
    assert anew.pk != subscriber.pk and token_of(anew) != token and anew.state == "asked"


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        ("", URLENCODED), ("act=", URLENCODED), ("act=publish", URLENCODED), ("List-Unsubscribe=Two", URLENCODED),
        ('{"act": "leave"}', "application/json"), ("act=leave", "text/plain"), (b"act=\xff\xfe", URLENCODED),
        ("--x\r\nbroken", "multipart/form-data; boundary=x"), ("x", "multipart/form-data; boundary="),
        ("&".join(f"a{n}=1" for n in range(1200)), URLENCODED), ("act=leave", f"{URLENCODED}; charset=latin-1"),
    ],
)  # fmt: skip
def test_what_is_none_of_the_two_changes_nothing(data, content_type):
    token = token_of(subscribe())
    before = picture()

    answer = somebody().post(page_of(token), data, content_type=content_type)

    assert answer.status_code == 400 and picture() == before


@pytest.mark.parametrize("method", ["get", "post", "head", "put"])
@pytest.mark.parametrize("token", [NO_TOKEN, "x", "1", "C" * 44, "жаңы"])
def test_a_wrong_token_opens_nothing(method, token):
    subscribe()
    before = picture()

    answer = getattr(somebody(), method)(f"/letters/{token}/", {"act": "leave"} if method == "post" else None)

    assert answer.status_code == 404 and picture() == before
    if method != "head":
        assert answer_of(answer) == nothing()


def test_other_addresses_below_open_nothing():
    token = token_of(subscribe())

    for path in ("/letters/", f"/letters/{token}", f"/letters/{token}/confirm/", "/letters/x/y/"):
        assert answer_of(somebody().get(path)) == nothing()


def test_guesses_at_all_three_doors_count_together(caplog):
    token, guesser = token_of(subscribe()), somebody(REMOTE_ADDR="192.0.2.1")
    doors = ("letters", "outside", "early")
    with time_machine.travel(timezone.now(), tick=False) as clock, caplog.at_level(logging.WARNING, "approvals"):
        for number in range(guesses.MOST_GUESSES):
            assert guesser.get(f"/{doors[number % 3]}/{number:042}x/").status_code == 404
        shut_out = answer_of(guesser.get(page_of(token)))
        by_post = guesser.post(page_of(token), {"act": "leave"}).status_code
        elsewhere = somebody(REMOTE_ADDR="192.0.2.2").get(page_of(token)).status_code
        clock.shift(guesses.WINDOW_SECONDS + 1)
        later = guesser.get(page_of(token)).status_code

    assert (shut_out, by_post, elsewhere, later) == (nothing(), 404, 200, 200)
    assert state() == "confirmed" and token not in caplog.text


def test_answers_are_sealed_and_know_no_session(room):
    token = token_of(subscribe())
    boss = somebody()
    boss.cookies = signed_in(room.boss).cookies

    answers = [boss.get(page_of(token)), somebody().get(page_of(token)), somebody().post(page_of(token), {"act": "x"})]

    assert answer_of(answers[0]) == answer_of(answers[1])
    for answer in answers:
        assert {name: answer.headers[name] for name in SEALED} == SEALED and not answer.cookies
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_public_process_knows_no_such_address(settings):
    token = token_of(subscribe())
    settings.ROOT_URLCONF, settings.MIDDLEWARE = "cms.urls.public", settings.PUBLIC_MIDDLEWARE

    assert somebody().get(f"/letters/{token}/").status_code == 404
