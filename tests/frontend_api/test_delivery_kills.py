"""Workers that die while they deliver, and what is put aside: nothing is lost, and nothing is there twice."""

import datetime as dt
import io

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from frontend_api.deliveries import LEASE, MOST_ATTEMPTS, deliver_due, lease
from frontend_api.models import Delivery
from frontend_api.search import service
from frontend_api.search.port import DocumentRejected, IndexUnavailable
from frontend_api.search.reconciling import compare
from tests.cms.places import first_place
from tests.frontend_api.test_deliveries import RecordingIndex
from tests.newsroom import open_newsroom, publish, release
from tests.thoroughness import times

KILLED = -9
POINTS = times(6, thorough=12)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_at_any_request_to_the_index_loses_and_doubles_nothing(settings, elasticsearch_url):
    prefix = f"{django_settings.SEARCH_INDEX_PREFIX}-kills"
    settings.ELASTICSEARCH_URL, settings.SEARCH_INDEX_PREFIX = elasticsearch_url, prefix
    service.forget_connections()
    place = first_place(ELASTICSEARCH_URL=elasticsearch_url, SEARCH_INDEX_PREFIX=prefix)
    assert place.manage("worker", "--once").returncode == 0
    room, index, kills = open_newsroom(), service.elasticsearch_index(for_batches=True), 0

    # Each request, before it goes out and when its answer may be there.
    for point in range(POINTS):
        for number in range(3):
            publish(release(room.author, title=f"Жаңылык {point} {number}"), room)
        count, delay = point // 2 + 1, 0.05 * (point % 2)
        kills += place.kill_at("http.client.send", "", "worker", "--once", count=count, delay=delay) == KILLED

        after = timezone.now() + LEASE + dt.timedelta(seconds=1)
        deliver_due(now=after, limit=50, index=index)

        assert Delivery.objects.filter(done_at=None).count() == 0, point
        compared = compare(index, locale="ky", now=after)
        assert (compared.published, compared.held, compared.differences) == (3 * point + 3, 3 * point + 3, ()), point
    assert kills >= POINTS * 2 // 3
    service.forget_connections()


def test_a_worker_too_slow_for_its_lease_changes_nothing_of_what_another_has(room):
    publish(release(room.author), room)
    now = timezone.now()
    later = now + LEASE + dt.timedelta(seconds=1)

    class Slow(RecordingIndex):
        def put(self, document, *, version: int):
            lease(now=later, limit=10)
            raise DocumentRejected("too late")

    deliver_due(now=now, limit=10, index=Slow())

    row = Delivery.objects.get()
    assert (row.dead_at, row.done_at, row.leased_until, row.attempts) == (None, None, later + LEASE, 2)


def test_what_fails_again_and_again_is_put_aside_listed_and_tried_again_when_asked(room):
    publish(release(room.author, title="Бир"), room)
    index, now = RecordingIndex(*[KeyError("surprise") for _ in range(MOST_ATTEMPTS)]), timezone.now()
    reports = [deliver_due(now=now + attempt * LEASE * 2, limit=10, index=index) for attempt in range(MOST_ATTEMPTS)]
    number = Delivery.objects.get().pk
    listed = io.StringIO()

    with pytest.raises(CommandError, match="put aside") as error:
        call_command("deliveries", stdout=listed)
    with pytest.raises(CommandError, match="No such delivery"):
        call_command("deliveries", retry=str(number + 1))
    still_dead = Delivery.objects.exclude(dead_at=None).count()
    call_command("deliveries", retry=str(number), stdout=listed)
    again = deliver_due(now=timezone.now(), limit=10, index=index)

    assert [len(report.dead) for report in reports] == [0] * (MOST_ATTEMPTS - 1) + [1]
    assert (
        f"{number}\tput aside\tpublication 1\tindex\t{MOST_ATTEMPTS} attempts\tKeyError('surprise')"
        in listed.getvalue()
    )
    assert (error.value.returncode, still_dead) == (1, 1)
    assert (again.done, index.stored) == ([number], [("Бир", 1)])


def test_a_server_that_is_down_is_never_given_up(room):
    publish(release(room.author), room)
    Delivery.objects.update(attempts=10 * MOST_ATTEMPTS)
    now = timezone.now()

    deliver_due(now=now, limit=10, index=RecordingIndex(IndexUnavailable("refused")))

    assert Delivery.objects.get().dead_at is None
