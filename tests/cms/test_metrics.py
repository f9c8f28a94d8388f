"""The numbers that a monitor draws: exact, of this moment, and silent about what is under embargo."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from approvals import decisions
from frontend_api.models import Delivery
from tests.approvals.on_time import due, failing_for, let_go
from tests.cms.test_health import asked_without_a_database
from tests.newsroom import edit, fresh, open_newsroom, publish, release

NOON = dt.datetime(2031, 7, 17, 6, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _own_alarms(settings, tmp_path):
    settings.ALARMS_ROOT = tmp_path


def numbers(client: Client) -> dict[tuple, float]:
    """Every sample by its name and the values of its labels."""
    response = client.get("/-/metrics")
    assert response.status_code == 200
    families = text_string_to_metric_families(response.content.decode())
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def test_how_late_publications_were_is_a_histogram(db, client):
    room = open_newsroom()
    for late in (0.2, 0.9, 1.2, 7200):
        due(room, at=NOON)
        let_go(NOON, after=late)

    found = numbers(client)

    name = "jarchy_publication_delay_seconds"
    buckets = [found[f"{name}_bucket", most] for most in ("0.1", "0.25", "0.5", "1.0", "2.5", "3600.0", "+Inf")]
    assert buckets == [0, 1, 1, 2, 3, 3, 4]
    assert (found[f"{name}_count",], found[f"{name}_sum",]) == (4, pytest.approx(7202.3))
    assert found["jarchy_publications_total", "published"] == 4


def test_what_is_to_come_and_what_is_overdue_is_counted(db, client, time_machine):
    room = open_newsroom()
    due(room, at=NOON, count=2)
    before = numbers(client)
    time_machine.move_to(NOON + dt.timedelta(seconds=7), tick=False)

    after = numbers(client)

    assert before["jarchy_schedule_texts", "waiting"] == after["jarchy_schedule_texts", "waiting"] == 2
    assert (before["jarchy_schedule_overdue_seconds",], after["jarchy_schedule_overdue_seconds",]) == (0, 7)


def test_a_failure_is_counted_while_the_text_waits_and_no_longer(db, client, time_machine):
    room = open_newsroom()
    bad, other = due(room, at=NOON, count=2)
    with failing_for(bad), failing_for(other):
        let_go(NOON)
    failing = numbers(client)
    time_machine.move_to(NOON + dt.timedelta(seconds=5), tick=False)

    decisions.stop_scheduled(page_id=bad.pk, actor_id=room.leader.pk, remark="Токто.", now=timezone.now())
    stopped = numbers(client)
    publish(edit(bad, by=room.author, go_live_at=None), room)
    let_go(NOON, after=60)

    states = [found["jarchy_schedule_texts", "failed"] for found in (failing, stopped, numbers(client))]
    assert (states, fresh(bad).live, fresh(other).live) == ([2, 1, 0], True, True)


def test_what_has_not_arrived_is_counted_by_channel(db, client):
    room = open_newsroom()
    publish(release(room.author), room)
    publish(release(room.author), room)
    Delivery.objects.filter(pk=Delivery.objects.earliest("pk").pk).update(dead_at=timezone.now())

    found = numbers(client)

    assert found["jarchy_deliveries_waiting", "index"] == 1
    assert found["jarchy_deliveries_put_aside", "index"] == 1
    assert 0 < found["jarchy_deliveries_oldest_seconds", "index"] < 60
    assert found["jarchy_deliveries_waiting", "webhook"] == 0


def test_no_number_names_a_document(db, client):
    room = open_newsroom()
    page = due(room, at=NOON)[0]

    text = client.get("/-/metrics").content.decode()

    assert all(word not in text for word in (page.title, page.slug, str(page.content_id), "2031"))


def test_a_monitor_may_ask_for_openmetrics(db, client):
    response = client.get("/-/metrics", headers={"accept": "application/openmetrics-text; version=1.0.0"})

    assert response.headers["Content-Type"].startswith("application/openmetrics-text")
    assert response.content.endswith(b"# EOF\n")


def test_the_public_process_has_no_numbers(db, settings):
    settings.ROOT_URLCONF, settings.MIDDLEWARE = "cms.urls.public", settings.PUBLIC_MIDDLEWARE

    assert Client().get("/-/metrics").status_code == 404


def test_numbers_are_only_read(db, client):
    assert client.post("/-/metrics").status_code == 405


def test_without_a_database_the_monitor_hears_so():
    assert asked_without_a_database("/-/metrics", process="editorial") == ["503 The database cannot be reached."]
