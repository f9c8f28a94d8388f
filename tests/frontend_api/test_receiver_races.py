"""Of what administrators do at once at the public side, on PostgreSQL with real connections, one counts."""

import pytest
from django.utils import timezone
from wagtail.models import ModelLogEntry

from frontend_api import canaries
from frontend_api.canaries import CanaryRefused
from frontend_api.deliveries import deliver_due
from frontend_api.models import Delivery, WebhookEndpoint
from frontend_api.search.port import DocumentRejected
from frontend_api.undelivered import retry
from frontend_api.webhooks import receivers
from frontend_api.webhooks.receivers import Fault, ReceiverRefused
from tests.approvals.test_races import at_once
from tests.frontend_api.test_deliveries import RecordingIndex
from tests.newsroom import publish, release

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
TIMES = 10


def add(name: str) -> WebhookEndpoint:
    now = timezone.now()
    return receivers.add(name=name, url="https://www.example/hook", locales=[], types=[], by=None, now=now)


def acts(action: str) -> int:
    return ModelLogEntry.objects.filter(action=f"jarchy.{action}").count()


def test_one_name_added_twice_at_once_is_given_once():
    for number in range(TIMES):
        name = f"{number}.kg"
        results = at_once(lambda name=name: add(name), lambda name=name: add(name))

        assert [one.fault for one in results if isinstance(one, ReceiverRefused)] == [Fault.NAME_TAKEN], results
    assert WebhookEndpoint.objects.count() == acts("receiver_added") == TIMES


def test_switched_off_twice_at_once_is_recorded_once():
    for number in range(TIMES):
        key, now = add(f"{number}.kg").key, timezone.now()
        off = lambda key=key, now=now: receivers.switch_off(key=key, by=None, now=now)  # noqa: E731
        results = at_once(off, off)

        assert [one.fault for one in results if isinstance(one, ReceiverRefused)] == [Fault.OFF_ALREADY], results
    assert acts("receiver_off") == TIMES


def test_a_delivery_put_back_twice_at_once_goes_back_once(room):
    publish(release(room.author), room)
    deliver_due(now=timezone.now(), limit=10, index=RecordingIndex(DocumentRejected("mapping")))
    number, now = Delivery.objects.get().pk, timezone.now()

    results = at_once(lambda: retry(by=None, now=now, number=number), lambda: retry(by=None, now=now))

    assert (sorted(results), acts("deliveries_retried")) == ([0, 1], 1)


def test_a_canary_retired_twice_at_once_is_retired_once():
    for _ in range(TIMES):
        canary = canaries.plant(filename="a.pdf", note="x", by=None, now=timezone.now())
        gone = lambda pk=canary.pk: canaries.retire(file_id=pk, by=None)  # noqa: E731
        results = at_once(gone, gone)

        assert len([one for one in results if isinstance(one, CanaryRefused)]) == 1, results
    assert acts("canary_retired") == TIMES
