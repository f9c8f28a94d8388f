"""What has not arrived, and putting it back in line."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.utils import timezone
from wagtail.models import ModelLogEntry

from frontend_api.deliveries import deliver_due
from frontend_api.models import Delivery, DeliveryChannel, WebhookEndpoint
from frontend_api.search.port import DocumentRejected
from frontend_api.undelivered import channels, put_aside, retry, undelivered
from frontend_api.webhooks import receivers
from tests.frontend_api.test_deliveries import RecordingIndex
from tests.newsroom import publish, release

pytestmark = pytest.mark.django_db


@pytest.fixture
def refused_one(room) -> Delivery:
    """One that the index refused, and one that waits."""
    publish(release(room.author, title="Бир"), room)
    deliver_due(now=timezone.now(), limit=10, index=RecordingIndex(DocumentRejected("mapping")))
    publish(release(room.author, title="Эки"), room)
    return Delivery.objects.exclude(dead_at=None).get()


def picture() -> tuple[list, list]:
    return list(Delivery.objects.order_by("pk").values()), list(ModelLogEntry.objects.values())


def test_each_channel_says_what_waits_since_when_and_what_was_put_aside(refused_one):
    now = timezone.now()
    waiting = Delivery.objects.get(dead_at=None)

    index, *others = channels(now=now)

    assert (index.channel, index.waiting, index.put_aside) == ("index", 1, 1)
    assert index.oldest_at == waiting.publication.at
    assert [(one.waiting, one.oldest_at, one.put_aside) for one in others] == [(0, None, 0)] * (
        len(DeliveryChannel) - 1
    )
    assert list(undelivered(now=now)) == [refused_one, waiting]


def test_the_end_of_a_document_that_is_still_to_come_is_not_late(room):
    now = timezone.now()
    publish(release(room.author, expire_at=now + dt.timedelta(days=9)), room)
    deliver_due(now=timezone.now(), limit=10, index=None)

    assert Delivery.objects.filter(channel="expiry", done_at=None).count() == 1
    assert list(undelivered(now=timezone.now())) == []
    assert [row.channel for row in undelivered(now=now + dt.timedelta(days=10))] == ["expiry"]


def test_what_was_put_aside_goes_back_in_line_once_and_on_record(room, refused_one):
    now = timezone.now()

    counts = [retry(number=refused_one.pk, by=room.boss, now=now) for _ in range(2)]

    assert counts == [1, 0]
    entry = ModelLogEntry.objects.get(action="jarchy.deliveries_retried")
    assert (entry.user_id, entry.data) == (room.boss.pk, {"deliveries": [refused_one.pk]})
    assert len(deliver_due(now=now, limit=10, index=RecordingIndex()).done) == 2


def test_what_waits_arrived_or_is_of_a_removed_receiver_is_not_put_back(room, refused_one):
    waiting = Delivery.objects.get(dead_at=None)
    gone = receivers.add(name="gone", url="https://www.example/", locales=[], types=[], by=None, now=timezone.now())
    dead = Delivery.objects.create(
        publication=waiting.publication,
        channel="webhook",
        target=str(gone.key),
        next_attempt_at=timezone.now(),
        dead_at=timezone.now(),
    )
    assert set(put_aside()) == {refused_one, dead}
    receivers.remove(key=gone.key, by=None, now=timezone.now())
    before = picture()

    counts = [retry(number=number, by=None, now=timezone.now()) for number in (waiting.pk, dead.pk, 10**9)]

    assert (counts, picture()) == ([0, 0, 0], before)
    assert retry(by=None, now=timezone.now()) == 1
    assert list(put_aside()) == []
    assert WebhookEndpoint.objects.get().removed_at is not None


@pytest.mark.parametrize("who", ["author", "head", "deputy_head", "leader", "outsider"])
def test_nobody_but_an_administrator_puts_anything_back(room, refused_one, who):
    before = picture()

    with pytest.raises(PermissionDenied):
        retry(by=getattr(room, who), now=timezone.now())

    assert picture() == before


def test_the_command_lists_and_retries_by_the_same_rules(refused_one, capsys):
    with pytest.raises(CommandError):
        call_command("deliveries")
    listed = capsys.readouterr().out
    call_command("deliveries", retry="all")
    call_command("deliveries")

    assert "mapping" in listed and "1 wait, 1 put aside." in listed
    assert "2 wait, 0 put aside." in capsys.readouterr().out
