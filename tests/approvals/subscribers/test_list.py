"""Who keeps the list, what its screen and its command do, and what it costs."""

from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from approvals.models import LedgerEntry, Notice, Subscriber, SubscriberState
from approvals.notices.screens import send_again
from approvals.offices import ADMINISTRATORS
from approvals.outside import tokens
from approvals.subscribers import keeping
from approvals.subscribers.keeping import ASKED_AT_MOST_EVERY
from approvals.subscribers.refusals import SubscriberRefused
from cms.models import User
from tests.approvals.embargo.press import without_factor
from tests.approvals.subscribers.press import ASEL, BAKYT, add, correct, picture, run, send, subscribe
from tests.approvals.test_screens import desk
from tests.attacks.houses import signed_in
from tests.newsroom import hire, publish, release

pytestmark = pytest.mark.django_db
LIST = "/admin/approvals/subscribers/"
VERBS = ("subscriber_ask", "subscriber_end")


def filled(**changes) -> dict:
    return {"name": ASEL.name, "outlet": ASEL.outlet, "email": ASEL.email, "language": "ru", **changes}


def verb(name: str, subscriber: Subscriber) -> str:
    return reverse(f"approvals:{name}", args=[subscriber.pk])


@pytest.mark.parametrize("who", ["head", "deputy_head", "leader", "boss"])
def test_those_who_decide_and_system_administrators_keep_it(room, who):
    keeper = getattr(room, who)
    client = signed_in(keeper)

    answer = client.post(LIST, filled(locales=["ky"], types=["decree"], wants_minor="on"))

    added = Subscriber.objects.get()
    assert answer.status_code == 302 and LIST in client.get("/admin/").text
    assert (added.state, added.email, added.locales, added.types) == ("asked", ASEL.email, ["ky"], ["decree"])
    entry = LedgerEntry.objects.get(kind="subscriber_added")
    assert (entry.actor_id, entry.content_id, entry.details["subscriber"]) == (keeper.pk, None, added.pk)
    assert ASEL.email not in str(entry.details) and ASEL.name not in str(entry.details)
    shown = client.get(LIST)
    assert ASEL.name in shown.text and ASEL.email in shown.text and "no-store" in shown.headers["Cache-Control"]


def test_for_everybody_else_there_is_no_such_list(room):
    subscriber, clerk = subscribe(), hire("clerk", ADMINISTRATORS)
    before = picture()

    for person in (room.author, room.colleague, clerk):
        client = signed_in(person)
        answers = [client.get(LIST), client.post(LIST, filled(email="x@y.example"))]
        answers += [client.post(verb(name, subscriber)) for name in VERBS]
        assert {answer.status_code for answer in answers} == {404}
        assert LIST not in client.get("/admin/").text
        assert ASEL.email not in "".join(answer.text for answer in answers)

    assert picture() == before


@pytest.mark.parametrize("change", [{"is_agent": True}, {"is_active": False}])
def test_a_program_and_a_closed_account_keep_nothing(room, change):
    User.objects.filter(pk=room.head.pk).update(**change)
    before = picture()

    with pytest.raises(SubscriberRefused):
        add(by=User.objects.get(pk=room.head.pk))

    assert picture() == before


@pytest.mark.parametrize("who", ["head", "boss"])
def test_without_a_second_factor_nothing_is_changed(room, who):
    subscriber = subscribe()
    keeper = without_factor(getattr(room, who))
    client, before = signed_in(keeper), picture()

    answer = client.post(LIST, filled(email="x@y.example"))
    for name in VERBS:
        client.post(verb(name, subscriber))

    assert answer.status_code == 400 and picture() == before


def test_a_session_that_was_signed_in_without_the_factor_is_asked_for_it(room):
    subscriber, client = subscribe(), signed_in(room.head)
    session = client.session
    del session["account_authentication_methods"]
    session.save()
    before = picture()

    answers = [client.post(LIST, filled(email="x@y.example")), client.post(verb("subscriber_end", subscriber))]

    given_at = reverse("mfa_reauthenticate")
    assert {(answer.status_code, answer.url.startswith(given_at)) for answer in answers} == {(302, True)}
    assert picture() == before


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"), ({"outlet": ""}, "outlet"), ({"email": "asel"}, "email"),
        ({"email": "а@кабар"}, "email"), ({"email": "асел@kabar.example"}, "email"), ({"name": "А\x00"}, "name"),
        ({"email": BAKYT.email.upper()}, "email"), ({"language": "de"}, "language"), ({"locales": ["de"]}, "locales"),
        ({"types": ["event"]}, "types"), ({"name": "а" * 201}, "name"), ({"email": f"{'a' * 250}@kg.example"}, "email"),
        ({"name": "Асел\u202eАсанова"}, "name"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(room, changes, field):
    subscribe(BAKYT)
    before = picture()

    answer = signed_in(room.head).post(LIST, filled(**changes))

    assert answer.status_code == 400 and list(answer.context_data["form"].errors) == [field]
    assert picture() == before


def test_two_of_one_address_are_refused_by_the_database_too():
    first = subscribe()
    values = Subscriber.objects.filter(pk=first.pk).values().get()

    with pytest.raises(IntegrityError), transaction.atomic():
        Subscriber.objects.create(**{**values, "id": None, "token_hash": "0" * 64})
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscriber.objects.filter(pk=first.pk).update(state=SubscriberState.ENDED, ended_at=timezone.now())


def test_nobody_is_asked_more_than_once_a_day(room, sink):
    subscriber, client = add(), signed_in(room.head)
    client.post(verb("subscriber_ask", subscriber))
    at_once = len(send(sink))

    with time_machine.travel(timezone.now() + ASKED_AT_MOST_EVERY):
        keeping.ask_again(subscriber_id=subscriber.pk, by_id=room.head.pk, now=timezone.now())
        later = len(send(sink))

    assert (at_once, later) == (1, 1)
    assert LedgerEntry.objects.filter(kind="subscriber_asked").count() == 1


def test_who_could_not_be_reached_is_asked_again_at_once(room, sink):
    subscriber = add()
    Notice.objects.filter(subscriber=subscriber).update(state="dead", settled_at=timezone.now(), attempts=3)

    keeping.ask_again(subscriber_id=subscriber.pk, by_id=room.head.pk, now=timezone.now())

    assert [mail.recipient for mail in send(sink)] == [ASEL.email]


def test_who_said_yes_or_left_is_not_asked(room):
    confirmed, left = subscribe(), subscribe(BAKYT)
    keeping.end(subscriber_id=left.pk, by_id=room.head.pk, now=timezone.now())
    before = picture()

    for subscriber in (confirmed, left):
        assert signed_in(room.head).post(verb("subscriber_ask", subscriber)).status_code == 302
    assert signed_in(room.head).post(reverse("approvals:subscriber_ask", args=[10**6])).status_code == 404

    assert picture() == before


def test_one_is_taken_off_the_list_on_the_screen(room):
    subscriber, client = subscribe(), signed_in(room.head)

    client.post(verb("subscriber_end", subscriber))

    entry = LedgerEntry.objects.latest("number")
    assert (entry.kind, entry.actor_id) == ("subscriber_ended", room.head.pk)
    assert "№" not in client.get(LIST).text and ASEL.outlet not in client.get(LIST).text
    ended = client.get(f"{LIST}?state=ended").text
    assert f"№ {subscriber.pk}" in ended and ASEL.outlet not in ended


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"asel", "bakyt"}), ("q=Кабар", {"asel"}), ("q=24", {"bakyt"}), ("q=asel@ Асел", {"asel"}),
        ("q=нет", set()), ("state=asked", {"bakyt"}), ("state=confirmed&q=Асел", {"asel"}),
        ("state=x", {"asel", "bakyt"}), ("p=99", {"asel", "bakyt"}),
    ],
)  # fmt: skip
def test_the_list_is_narrowed(room, query, shown):
    subscribe(ASEL)
    add(BAKYT)

    text = signed_in(room.head).get(f"{LIST}?{query}").text

    assert {name for name in ("asel", "bakyt") if f"{name}@" in text.split("<tbody>")[-1].split("</tbody>")[0]} == shown


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_the_screen_speaks_three_languages(room, language):
    subscribe(ASEL)

    assert desk(room.head, language=language).get(LIST).status_code == 200


def many(count: int) -> None:
    """So many who said yes, each with a letter."""
    now = timezone.now()
    entry = LedgerEntry.objects.latest("number").number
    rows = Subscriber.objects.bulk_create(
        Subscriber(
            state="confirmed", name=f"А {n}", outlet="Б", email=f"a{n}@b.example", language="ky", locales=["ky"],
            seed=tokens.new_seed(), token_hash=f"{n:064}", asked_at=now, confirmed_at=now,
        )
        for n in range(count)
    )  # fmt: skip
    Notice.objects.bulk_create(
        Notice(entry_number=entry, subscriber=row, recipient_id=0, recipient_name=str(row), written_at=now,
               next_attempt_at=now)
        for row in rows
    )  # fmt: skip


def test_the_screen_asks_as_often_for_five_hundred_as_for_five(room):
    publish(release(room.author), room)
    client = signed_in(room.head)
    counted = []
    for count in (5, 500):
        Notice.objects.exclude(subscriber=None).delete()
        Subscriber.objects.all().delete()
        many(count)
        client.get(LIST)
        with CaptureQueriesContext(connection) as asked:
            client.get(LIST)
        counted.append(len(asked))

    assert counted[0] == counted[1] <= 40


# --- Beside it


@pytest.mark.parametrize("state", ["unknown", "dead", "closed"])
def test_a_letter_that_was_not_sent_stands_among_the_notices(room, sink, state):
    page = publish(release(room.author), room)
    subscriber = subscribe()
    correct(page, room)
    settled = {"state": state, "settled_at": timezone.now(), "handed_over_at": timezone.now()}
    closing = {"closing": "not_public"} if state == "closed" else {"last_error": "550"}
    letter = Notice.objects.filter(subscriber=subscriber).latest("pk")
    Notice.objects.filter(pk=letter.pk).update(**settled, **closing)

    text = desk(room.boss, language="en").get(reverse("approvals:notices")).text
    assert send_again(notice_id=letter.pk) == [letter.pk]

    assert f"Subscriber № {subscriber.pk}" in text and "Published" in text
    assert not any(word in text for word in (ASEL.email, ASEL.name, page.title))
    assert [mail.recipient for mail in send(sink)] == [ASEL.email]


def test_the_command_does_the_same(room, sink):
    def said(*words: str) -> str:
        told = StringIO()
        call_command("subscribers", *words, stdout=told, stderr=told)
        return told.getvalue()

    said("add", ASEL.email, "--name", ASEL.name, "--outlet", ASEL.outlet, "--language", "ru", "--type", "decree")
    assert [mail.recipient for mail in send(sink)] == [ASEL.email]
    entry = LedgerEntry.objects.get(kind="subscriber_added")
    assert (entry.actor_id, entry.details["by"]) == (None, "command")
    assert f"asked\t{ASEL.email}" in said("list") and "decree" in said("list")
    for wrong, field in ((("add", "x", "--name", "А", "--outlet", "Б"), "email"), (("end", "no@x.example"), "subscr")):
        with pytest.raises(CommandError, match=field):
            said(*wrong)
    assert "0 asked once more" in said("ask", "all")
    with time_machine.travel(timezone.now() + ASKED_AT_MOST_EVERY):
        assert "1 asked once more" in said("ask", "all")
    said("end", ASEL.email.upper())
    assert (Subscriber.objects.get().state, "1 have left" in said("list")) == ("ended", True)
    assert run().sent == []
