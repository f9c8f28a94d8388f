"""Other sites are told of each publication: signed, in order, and not lost when they do not answer."""

import datetime as dt
import json
import time
from contextlib import ExitStack
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from approvals.models import LedgerEntry
from frontend_api.deliveries import LEASE, deliver_due
from frontend_api.models import Delivery, Publication, PublishedDocument, WebhookEndpoint
from frontend_api.purging import purge_due
from frontend_api.webhooks import sending
from frontend_api.webhooks.sending import send_due
from site_pages.withdrawal import WithdrawalClass
from tests.approvals.withdrawal.taking_down import REASON, SUPERSEDED, take_down
from tests.newsroom import edit, publish, release
from tests.services.http_sink import Dripping, HttpSink

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def site():
    with HttpSink() as sink:
        yield sink


def tell(site: HttpSink, name: str = "site", **choice) -> WebhookEndpoint:
    """Add an endpoint as an operator does."""
    arguments = [f"--{key}={value}" for key, values in choice.items() for value in values]
    call_command("webhooks", "add", name, site.url, *arguments, stdout=StringIO())
    return WebhookEndpoint.objects.get(name=name)


def numbers(site: HttpSink) -> list[int]:
    """Of which publications it was told, in order of arrival."""
    return [json.loads(one.body)["data"]["number"] for one in site.received]


def test_a_publication_is_told_once_signed_and_without_its_text(room, site):
    endpoint = tell(site)
    page = publish(release(room.author, title="Купуя эмес", summary="Кыскача"), room)

    first, second = (send_due(now=timezone.now(), limit=10) for _ in range(2))

    (message,) = site.received
    publication = Publication.objects.get()
    told = Webhook(endpoint.secret).verify(message.body, message.headers)
    assert told["type"] == "document.published"
    assert told["data"] == {
        "number": 1, "content_id": str(page.content_id), "locale": "ky", "document_type": "release",
        "digest": publication.digest, "update_type": "major", "change_note": "",
        "url": f"http://127.0.0.1:8001/api/v1/documents/{page.content_id}?locale=ky",
    }  # fmt: skip
    assert "Купуя" not in message.body
    assert message.headers["user-agent"] == "Jarchy"
    assert (len(first.done), len(second.done)) == (1, 0)


def test_one_changed_letter_of_a_message_is_found(room, site):
    endpoint = tell(site)
    publish(release(room.author), room)
    send_due(now=timezone.now(), limit=10)
    (message,) = site.received

    with pytest.raises(WebhookVerificationError):
        Webhook(endpoint.secret).verify(message.body.replace('"ky"', '"ru"'), message.headers)


def test_each_is_told_of_what_it_asked_for(room):
    with HttpSink() as all_of_it, HttpSink() as russian, HttpSink() as acts:
        tell(all_of_it, "all")
        tell(russian, "russian", locale=["ru"])
        tell(acts, "acts", type=["decree"])
        publish(release(room.author), room)
        publish(release(room.author, title="Новость", locale="ru"), room)

        send_due(now=timezone.now(), limit=10)

        assert (numbers(all_of_it), numbers(russian), numbers(acts)) == ([1, 2], [2], [])


@pytest.mark.parametrize("status", [500, 302, 404, 429, 0])
def test_what_is_no_yes_is_tried_again_later_and_in_order(room, status):
    with HttpSink(statuses=[status]) as site, HttpSink() as elsewhere:
        site.location = elsewhere.url
        tell(site)
        for title in ("Бир", "Эки"):
            publish(release(room.author, title=title), room)
        now = timezone.now()

        reports = [send_due(now=now + pause, limit=10) for pause in (0 * DAY, dt.timedelta(seconds=3))]

        assert [(len(r.done), len(r.retried)) for r in reports] == [(0, 1), (2, 0)]
        assert numbers(site) == [1, 1, 2]
        assert elsewhere.received == []


def test_one_that_is_silent_holds_up_no_other_and_not_the_index(room, settings):
    settings.OUTGOING_TIMEOUT_SECONDS = 0.2
    with HttpSink(delay_seconds=1) as silent, HttpSink() as other:
        tell(silent, "a")
        tell(other, "b")
        for title in ("Бир", "Эки"):
            publish(release(room.author, title=title), room)

        report = send_due(now=timezone.now(), limit=10)

        assert numbers(other) == [1, 2]
        assert len(report.retried) == 1
        assert len(deliver_due(now=timezone.now(), limit=10, index=None).done) == 2


@pytest.mark.parametrize("habit", ["headers", "continue", "redirect"])
def test_one_that_never_ends_is_left_at_the_time_limit(room, settings, habit):
    settings.OUTGOING_TIMEOUT_SECONDS = 1.0
    with Dripping(habit) as endless, HttpSink() as other:
        tell(endless, "a")
        tell(other, "b")
        publish(release(room.author), room)
        began = time.monotonic()

        report = send_due(now=timezone.now(), limit=10)

    assert time.monotonic() - began < 3
    assert (len(report.retried), numbers(other)) == (1, [1])


def test_many_that_hang_do_not_keep_one_that_answers_from_its_messages(room, settings):
    settings.OUTGOING_TIMEOUT_SECONDS = 0.5
    with ExitStack() as stack:
        for number in range(10):
            tell(stack.enter_context(HttpSink(delay_seconds=2)), f"silent-{number}")
        other = stack.enter_context(HttpSink())
        tell(other, "z")
        publish(release(room.author), room)

        report = send_due(now=timezone.now(), limit=50)

        assert (len(report.retried), numbers(other)) == (10, [1])


def test_what_comes_later_waits_for_what_failed_before_it_and_a_withdrawal_overtakes_nothing(room, site):
    tell(site)
    page = publish(release(room.author), room)
    site.statuses.append(500)
    now = timezone.now()
    send_due(now=now, limit=10)
    publish(release(room.author, title="Эки"), room)
    take_down(page, room)

    too_soon = send_due(now=now + dt.timedelta(seconds=0.5), limit=10)
    send_due(now=now + DAY, limit=10)

    assert (too_soon.done, numbers(site)) == ([], [1, 1, 2, 3])


def test_one_that_cannot_be_signed_for_holds_up_no_other(room, site):
    broken = tell(site, "broken")
    with HttpSink() as other:
        tell(other, "other")
        WebhookEndpoint.objects.filter(pk=broken.pk).update(secret="whsec_?")
        publish(release(room.author), room)

        report = send_due(now=timezone.now(), limit=10)

        assert (len(report.retried), numbers(other)) == (1, [1])
    assert Delivery.objects.get(target=str(broken.key)).leased_until is None


def test_after_many_attempts_it_is_left_alone_until_an_operator_releases_it(room, site, monkeypatch):
    monkeypatch.setattr(sending, "MOST_ATTEMPTS", 3)
    tell(site)
    for title in ("Бир", "Эки"):
        publish(release(room.author, title=title), room)
    site.statuses += [503] * 3
    now = timezone.now()

    dead = [len(send_due(now=now + day * DAY, limit=10).dead) for day in range(5)]
    listed = StringIO()
    call_command("webhooks", "list", stdout=listed)
    call_command("webhooks", "release", "site", stdout=StringIO())
    after = send_due(now=timezone.now(), limit=10)

    assert dead == [0, 0, 1, 0, 0]
    assert "parked since" in listed.getvalue() and "2 not delivered" in listed.getvalue()
    assert len(after.done) == 2
    assert numbers(site) == [1, 1, 1, 1, 2]


def test_who_says_gone_is_left_alone_at_once(room, site):
    endpoint = tell(site)
    publish(release(room.author), room)
    site.statuses.append(410)

    report = send_due(now=timezone.now(), limit=10)

    endpoint.refresh_from_db()
    assert (len(report.dead), endpoint.parked_at is not None) == (1, True)


def test_a_worker_that_died_after_sending_leaves_the_same_message_under_the_same_name(room, site):
    tell(site)
    publish(release(room.author), room)
    now = timezone.now()
    send_due(now=now, limit=10)
    Delivery.objects.filter(channel="webhook").update(done_at=None, leased_until=now + LEASE)  # as if it had died

    too_soon, later = (send_due(now=at, limit=10) for at in (now, now + 2 * LEASE))

    assert (len(too_soon.done), len(later.done)) == (0, 1)
    first, second = site.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


def test_a_correction_is_told_with_its_note_and_where_it_is_shown(room, site, settings, client):
    page = publish(release(room.author), room)
    tell(site)
    settings.ROOT_URLCONF, settings.MIDDLEWARE = "cms.urls.public", settings.PUBLIC_MIDDLEWARE
    edit(page, by=room.author, lead="Башкача.", change_note="Такталды.")
    publish(page, room)

    send_due(now=timezone.now(), limit=10)

    (message,) = site.received
    told = json.loads(message.body)
    assert (told["type"], told["data"]["change_note"]) == ("document.corrected", "Такталды.")
    difference = f"/api/v1/documents/{page.content_id}/versions/2/difference?locale=ky"
    assert told["data"]["difference"].endswith(difference)
    assert client.get(difference).status_code == 200


@pytest.mark.parametrize("withdrawal_class", WithdrawalClass.values)
def test_a_withdrawal_is_told_with_its_class_its_reason_and_its_successor(room, site, withdrawal_class):
    page, other = (publish(release(room.author), room) for _ in range(2))
    tell(site)
    successor = other.content_id if withdrawal_class == SUPERSEDED else None
    take_down(page, room, as_=withdrawal_class, successor=successor)

    send_due(now=timezone.now(), limit=10)

    (message,) = site.received
    told = json.loads(message.body)
    assert (told["type"], told["data"]["content_id"]) == ("document.withdrawn", str(page.content_id))
    said = {name: told["data"]["withdrawal"][name] for name in ("class", "reason", "successor")}
    assert said == {"class": withdrawal_class, "reason": REASON, "successor": successor and str(successor)}


def test_who_is_removed_is_told_nothing_more(room, site):
    tell(site)
    publish(release(room.author), room)
    call_command("webhooks", "remove", "site", stdout=StringIO())
    publish(release(room.author, title="Эки"), room)

    report = send_due(now=timezone.now(), limit=10)

    assert (len(report.dead), site.received) == (1, [])
    assert WebhookEndpoint.objects.get().secret == ""


def test_a_publication_that_fails_tells_nobody(room, site, monkeypatch):
    tell(site)
    page = release(room.author)
    monkeypatch.setattr("approvals.gate._store", lambda *args, **kwargs: 1 / 0)
    before = LedgerEntry.objects.count()

    with pytest.raises(ZeroDivisionError):
        publish(page, room)

    assert LedgerEntry.objects.count() == before + 2  # submitted and approved by the head
    assert not Delivery.objects.exists() and not PublishedDocument.objects.exists()
    assert send_due(now=timezone.now(), limit=10).done == []


@pytest.mark.parametrize(
    "url",
    ["ftp://x.kg/", "https://", "https://name:word@x.kg/", "x.kg", "https://x.kg:0/", "https://x.kg/\n", "http://[1/"],
)
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(CommandError, match="url:"):
        call_command("webhooks", "add", "site", url)

    assert not WebhookEndpoint.objects.exists()


def test_private_addresses_are_left_alone_unless_the_operator_allows_them(room, site, settings):
    tell(site)
    publish(release(room.author), room)
    settings.OUTGOING_PRIVATE_ADDRESSES = False

    report = send_due(now=timezone.now(), limit=10)

    assert (len(report.retried), site.received) == (1, [])
    assert Delivery.objects.get(channel="webhook").last_error == "InvalidIPAddress"
    with pytest.raises(CommandError, match="https"):
        call_command("webhooks", "add", "plain", "http://x.kg/")


def test_secrets_lie_outside_the_tables_that_the_public_role_reads():
    assert not WebhookEndpoint._meta.db_table.startswith("frontend_api_")
    assert "webhooks_endpoint" in connection.introspection.table_names()


def test_the_cache_in_front_is_emptied_once_for_all_that_was_published(room, site, settings, client):
    settings.CACHE_PURGE_URL = site.url
    for title in ("Бир", "Эки"):
        publish(release(room.author, title=title), room)
    site.statuses.append(503)
    now = timezone.now()

    reports = [purge_due(now=now + pause, limit=10) for pause in (0 * DAY, dt.timedelta(seconds=3))]

    assert [(len(r.done), len(r.retried)) for r in reports] == [(0, 2), (2, 0)]
    assert [(one.method, one.headers["surrogate-key"]) for one in site.received] == [("PURGE", "jarchy")] * 2
    settings.CACHE_PURGE_URL = ""
    assert purge_due(now=now + DAY, limit=10).done == []


def test_without_a_cache_no_row_waits_for_one(room):
    publish(release(room.author), room)

    assert list(Delivery.objects.values_list("channel", "target")) == [("index", "")]
