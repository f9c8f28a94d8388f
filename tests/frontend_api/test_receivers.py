"""The verbs of webhooks: one place for the command and the screen, refused to others, on record without secrets."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from standardwebhooks import Webhook
from wagtail.models import ModelLogEntry

from frontend_api.models import Delivery, Publication, WebhookEndpoint
from frontend_api.record import OF_RECEIVERS, latest
from frontend_api.webhooks import receivers, sending
from frontend_api.webhooks.overview import receivers as all_receivers
from frontend_api.webhooks.receivers import Fault, ReceiverRefused
from frontend_api.webhooks.sending import send_due
from tests.newsroom import publish, release
from tests.services.http_sink import HttpSink

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 7, 17, 6, 0, tzinfo=dt.UTC)


@pytest.fixture
def site():
    with HttpSink() as sink:
        yield sink


def add(by=None, **changes) -> WebhookEndpoint:
    values = {"name": "president.kg", "url": "https://www.example/hook", "locales": [], "types": []}
    return receivers.add(**{**values, **changes}, by=by, now=NOW)


def picture() -> tuple[list, list, list]:
    """All that a verb could change."""
    return tuple(list(model.objects.order_by("pk").values()) for model in (WebhookEndpoint, Delivery, ModelLogEntry))


def refused(action) -> Fault:
    """Why; nothing has changed."""
    before = picture()
    with pytest.raises(ReceiverRefused) as error:
        action()
    assert picture() == before
    return error.value.fault


def acts() -> list[tuple]:
    """What is on record, the first first: what, by whom, and what else was said."""
    entries = latest(OF_RECEIVERS, limit=100)
    return [(one.action.removeprefix("jarchy.receiver_"), one.user_id, one.data) for one in reversed(entries)]


@pytest.mark.parametrize(
    "url, fault",
    [
        ("http://www.example/hook", Fault.ADDRESS),
        ("www.example/hook", Fault.ADDRESS),
        ("https://name:word@www.example/", Fault.ADDRESS),
        ("https://www.example/a b", Fault.ADDRESS),
        ("https://www.example/" + "a" * 500, Fault.ADDRESS_TOO_LONG),
        ("https://127.0.0.1/hook", Fault.ADDRESS_PRIVATE),
        ("https://127.1/hook", Fault.ADDRESS_PRIVATE),
        ("https://2130706433/hook", Fault.ADDRESS_PRIVATE),
        ("https://10.0.0.7:8443/hook", Fault.ADDRESS_PRIVATE),
        ("https://169.254.169.254/latest/", Fault.ADDRESS_PRIVATE),
        ("https://[::1]/hook", Fault.ADDRESS_PRIVATE),
        ("https://[::ffff:10.0.0.1]/hook", Fault.ADDRESS_PRIVATE),
        ("https://localhost/hook", Fault.ADDRESS_PRIVATE),
        ("https://search.internal/hook", Fault.ADDRESS_PRIVATE),
        ("https://elasticsearch:9200/", Fault.ADDRESS_PRIVATE),
    ],
)
def test_an_address_that_cannot_be_one_or_is_private_is_refused(settings, url, fault):
    settings.OUTGOING_PRIVATE_ADDRESSES = False

    assert refused(lambda: add(url=url)) == fault


@pytest.mark.parametrize("url", ["https://www.example/hook", "https://8.8.8.8/hook", "https://xn--80aa.kg:8443/a?b=c"])
def test_a_public_address_is_taken(settings, url):
    settings.OUTGOING_PRIVATE_ADDRESSES = False

    assert add(url=url).url == url


def test_a_name_is_given_once_and_choices_are_of_the_house():
    add()
    receivers.remove(key=WebhookEndpoint.objects.get().key, by=None, now=NOW)

    assert refused(add) == Fault.NAME_TAKEN
    assert refused(lambda: add(name="  ")) == Fault.NAME
    assert refused(lambda: add(name="a\nb")) == Fault.NAME
    assert refused(lambda: add(name="b", locales=["de"])) == Fault.UNKNOWN_CHOICE
    assert refused(lambda: add(name="b", types=["poem"])) == Fault.UNKNOWN_CHOICE


def test_every_verb_is_on_record_by_whom_and_without_the_secret(room, site):
    receiver = add(by=room.boss, url=site.url, locales=["ky"])
    secrets = {receiver.secret}
    receivers.send_test(key=receiver.key, by=room.boss, now=NOW)
    receivers.switch_off(key=receiver.key, by=room.boss, now=NOW)
    secrets.add(receivers.change_secret(key=receiver.key, by=None).secret)
    receivers.switch_on(key=receiver.key, by=room.boss, now=NOW)
    receivers.remove(key=receiver.key, by=room.boss, now=NOW)

    boss = room.boss.pk
    assert acts() == [
        ("added", boss, {"url": site.url, "locales": ["ky"], "types": []}),
        ("tested", boss, {"is_yes": True, "said": ""}),
        ("off", boss, {}),
        ("secret_changed", None, {}),
        ("on", boss, {"messages": 0}),
        ("removed", boss, {}),
    ]
    assert len(secrets) == 2
    assert not any(
        secret in json.dumps([one.data, one.label]) for one in ModelLogEntry.objects.all() for secret in secrets
    )


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_record_stays_and_that_of_others_is_left_alone(room, change):
    add(by=room.boss)
    ours = ModelLogEntry.objects.filter(action="jarchy.receiver_added")
    others = ModelLogEntry.objects.log_action(room.boss, "wagtail.edit", user=room.boss)
    words = {"label": "Башка"} if change == "update" else {}
    before = list(ours.values())

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        getattr(ours, change)(**words)

    assert list(ours.values()) == before
    getattr(ModelLogEntry.objects.filter(pk=others.pk), change)(**words)


def test_what_is_off_gets_nothing_and_is_sent_everything_when_it_is_on(room, site):
    receiver = add(url=site.url)
    receivers.switch_off(key=receiver.key, by=None, now=NOW)
    for title in ("Бир", "Эки"):
        publish(release(room.author, title=title), room)

    off = send_due(now=timezone.now(), limit=10)
    again = refused(lambda: receivers.switch_off(key=receiver.key, by=None, now=NOW))
    count = receivers.switch_on(key=receiver.key, by=None, now=timezone.now())
    on = send_due(now=timezone.now(), limit=10)

    assert (off.done, again, count, len(on.done)) == ([], Fault.OFF_ALREADY, 2, 2)
    assert [json.loads(one.body)["data"]["number"] for one in site.received] == [1, 2]
    assert refused(lambda: receivers.switch_on(key=receiver.key, by=None, now=NOW)) == Fault.ON_ALREADY


def test_after_a_new_secret_messages_are_signed_with_it_alone(room, site):
    old = add(url=site.url)
    new = receivers.change_secret(key=old.key, by=None)
    publish(release(room.author), room)

    send_due(now=timezone.now(), limit=10)

    (message,) = site.received
    assert new.secret != old.secret
    assert Webhook(new.secret).verify(message.body, message.headers)["type"] == "document.published"


def test_a_test_message_is_signed_tells_of_nothing_and_is_sent_to_one_that_is_off(room, site):
    receiver = add(url=site.url)
    receivers.switch_off(key=receiver.key, by=None, now=NOW)

    answer = receivers.send_test(key=receiver.key, by=room.boss, now=timezone.now())

    (message,) = site.received
    told = Webhook(receiver.secret).verify(message.body, message.headers)
    assert (answer.is_yes, told["type"], told["data"]) == (True, "test", {"receiver": "president.kg"})
    assert message.headers["webhook-id"].startswith("test-")
    assert Publication.objects.count() == Delivery.objects.count() == 0


@pytest.mark.parametrize(
    "status, said", [(500, "HTTP 500"), (302, "HTTP 302"), (410, "HTTP 410"), (0, "ConnectionError")]
)
def test_what_is_no_yes_to_a_test_is_said_and_parks_nobody(site, status, said):
    receiver = add(url=site.url)
    site.statuses.append(status)

    answer = receivers.send_test(key=receiver.key, by=None, now=timezone.now())

    receiver.refresh_from_db()
    assert (answer.is_yes, answer.said, receiver.parked_at) == (False, said, None)


def test_a_test_of_one_that_is_silent_ends_after_the_time_limit(settings):
    settings.OUTGOING_TIMEOUT_SECONDS = 0.2
    with HttpSink(delay_seconds=2) as silent:
        receiver = add(url=silent.url)
        began = timezone.now()

        answer = receivers.send_test(key=receiver.key, by=None, now=began)

        assert (answer.said, timezone.now() - began < dt.timedelta(seconds=1.5)) == ("Timeout", True)


def test_a_name_that_leads_into_a_private_network_gets_no_test(site, settings):
    receiver = add(url=site.url)
    settings.OUTGOING_PRIVATE_ADDRESSES = False

    answer = receivers.send_test(key=receiver.key, by=None, now=timezone.now())

    assert (answer.is_yes, answer.said, site.received) == (False, "InvalidIPAddress", [])


@pytest.mark.django_db(transaction=True)
def test_the_network_is_asked_outside_of_every_transaction(site, monkeypatch):
    receiver, asked = add(url=site.url), []

    def watched(*args, **kwargs):
        asked.append(connection.in_atomic_block)
        return send(*args, **kwargs)

    send = receivers.send
    monkeypatch.setattr(receivers, "send", watched)

    receivers.send_test(key=receiver.key, by=None, now=timezone.now())

    assert (asked, len(site.received)) == ([False], 1)


def verbs(key):
    """Every verb, by an actor."""
    return [
        lambda by: add(by=by, name="башка"),
        lambda by: receivers.change_secret(key=key, by=by),
        lambda by: receivers.switch_off(key=key, by=by, now=NOW),
        lambda by: receivers.switch_on(key=key, by=by, now=NOW),
        lambda by: receivers.send_test(key=key, by=by, now=NOW),
        lambda by: receivers.remove(key=key, by=by, now=NOW),
    ]


@pytest.mark.parametrize("who", ["author", "head", "deputy_head", "leader", "outsider", "agent", "closed"])
def test_nobody_but_an_administrator_does_any_of_it(room, site, who):
    receiver = add(url=site.url)
    person = room.boss if who in ("agent", "closed") else getattr(room, who)
    person.is_agent, person.is_active = who == "agent", who != "closed"
    before = picture()

    for verb in verbs(receiver.key):
        with pytest.raises(PermissionDenied):
            verb(person)

    assert (picture(), site.received) == (before, [])


def test_of_one_that_was_removed_nothing_is_done(room, site):
    receiver = add(url=site.url)
    receivers.remove(key=receiver.key, by=None, now=NOW)

    assert [refused(lambda verb=verb: verb(None)) for verb in verbs(receiver.key)[1:]] == [Fault.NONE_SUCH] * 5
    assert site.received == []


def test_the_command_does_it_all_by_the_same_verbs(site, monkeypatch):
    def said(*words: str) -> str:
        out = StringIO()
        call_command("webhooks", *words, stdout=out)
        return out.getvalue()

    first = said("add", "site", site.url).split()[-1]
    second = said("rotate", "site").split()[-1]
    said("off", "site")
    tested = said("test", "site")
    site.statuses.append(503)
    with pytest.raises(CommandError, match="HTTP 503"):
        said("test", "site")
    said("on", "site")
    with pytest.raises(CommandError, match="It is on already"):
        said("release", "site")

    assert (WebhookEndpoint.objects.get().secret, first != second) == (second, True)
    assert "took the test message" in tested
    assert [(act, by) for act, by, _ in acts()] == [
        (act, None) for act in ("added", "secret_changed", "off", "tested", "tested", "on")
    ]


def test_the_list_says_how_the_telling_goes_in_three_questions(room, site, monkeypatch):
    monkeypatch.setattr(sending, "MOST_ATTEMPTS", 1)
    good = add(name="a", url=site.url, types=["release"])
    publish(release(room.author), room)
    send_due(now=timezone.now(), limit=10)
    add(name="b", url=site.url)
    site.statuses.append(503)
    publish(release(room.author, title="Эки"), room)
    Delivery.objects.filter(target=str(good.key), done_at=None).update(next_attempt_at=timezone.now() + dt.timedelta(1))
    send_due(now=timezone.now(), limit=10)

    first, second = all_receivers()

    assert (first.name, first.is_off, first.waiting, first.put_aside, first.last_error) == ("a", False, 1, 0, "")
    assert first.last_done_at is not None
    assert (second.is_off, second.waiting, second.put_aside, second.last_error) == (True, 1, 1, "HTTP 503")
    with CaptureQueriesContext(connection) as queries:
        all_receivers()
    assert len(queries) == 3
    assert "secret" not in queries[0]["sql"]
