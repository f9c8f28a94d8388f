"""Whether a process lives and whether it can work, asked at both processes."""

import datetime as dt
import os
import socket
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from frontend_api.models import Delivery, Publication
from tests.newsroom import open_newsroom, publish, release


@pytest.fixture(autouse=True)
def _own_alarms(settings, tmp_path):
    settings.ALARMS_ROOT = tmp_path


@pytest.fixture(params=["cms.urls.editorial", "cms.urls.public"])
def process(request, settings) -> Client:
    settings.ROOT_URLCONF = request.param
    if request.param == "cms.urls.public":
        settings.MIDDLEWARE = settings.PUBLIC_MIDDLEWARE
    return Client()


def drop(trigger: str, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {trigger}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))


def test_a_process_lives_without_asking_the_database(process):
    response = process.get("/-/live")

    assert (response.status_code, response.json()) == (200, {"live": True})
    assert "no-store" in response.headers["Cache-Control"]


def test_a_process_that_has_everything_is_ready(process, db, settings):
    response = process.get("/-/ready")

    assert response.status_code == 200
    answer = response.json()
    # Only the process of the house knows what is due: the other one cannot tell what it may not read.
    nothing_was_due = {"last_late_ms": None, "worst_late_ms": None, "oldest_overdue_seconds": 0}
    assert answer.pop("schedule", None) == (nothing_was_due if "editorial" in settings.ROOT_URLCONF else None)
    assert answer == {
        "ready": True,
        "database": "ok",
        "search": "database",
        "triggers_missing": [],
        "oldest_undelivered_seconds": 0,
        "file_guessing": [],
        "canaries_touched": [],
    }
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("address", ["/-/live", "/-/ready"])
def test_health_is_only_read(address, process):
    assert process.post(address).status_code == 405


def test_a_missing_trigger_of_the_public_tables_makes_both_processes_unready(process, db):
    drop("jarchy_document_insert", "frontend_api_publisheddocument")

    response = process.get("/-/ready")

    assert response.status_code == 503
    assert response.json()["ready"] is False
    assert response.json()["triggers_missing"] == ["jarchy_document_insert"]


def test_a_missing_trigger_of_the_ledger_makes_the_editorial_process_unready(client, db):
    drop("jarchy_ledger_update", "approvals_ledgerentry")

    response = client.get("/-/ready")

    assert response.status_code == 503
    assert response.json()["triggers_missing"] == ["jarchy_ledger_update"]


ASK = """
import sys
import django; django.setup()
from django.test import Client
for address in sys.argv[1:]:
    response = Client().get(address)
    print(response.status_code, response.content.decode().strip())
"""


def asked_without_a_database(*addresses: str, process: str) -> list[str]:
    """What a process answers whose database cannot be reached: status and body, a line for each address."""
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "cms.settings.dev",
        "JARCHY_PROCESS": process,
        "DATABASE_URL": f"postgres://jarchy:wrong@127.0.0.1:{closed_port()}/jarchy",
    }
    answers = subprocess.run(
        [sys.executable, "-c", ASK, *addresses],
        cwd=django_settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return answers.stdout.splitlines()


@pytest.mark.parametrize("process", ["editorial", "public"])
def test_a_database_that_cannot_be_reached_makes_a_process_unready_and_not_dead(process):
    assert asked_without_a_database("/-/ready", "/-/live", process=process) == [
        '503 {"ready": false, "database": "unreachable", "search": "database"}',
        '200 {"live": true}',
    ]


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize("path", ["", "/no-such-path"])
def test_a_search_that_is_down_degrades_and_does_not_stop(path, process, db, settings):
    settings.ELASTICSEARCH_URL = f"http://127.0.0.1:{closed_port()}{path}"

    response = process.get("/-/ready")

    assert response.status_code == 200
    assert (response.json()["ready"], response.json()["search"]) == (True, "degraded")


@pytest.mark.elasticsearch
def test_a_search_that_answers_is_said_to_be_ok(process, db, settings, elasticsearch_url):
    settings.ELASTICSEARCH_URL = elasticsearch_url

    assert process.get("/-/ready").json()["search"] == "ok"


def test_the_wait_of_the_oldest_undelivered_publication_is_exact(process, db, monkeypatch):
    room = open_newsroom()
    publish(release(room.author), room)
    publish(release(room.author, title="Экинчи кабар"), room)
    oldest = Publication.objects.order_by("number").first()
    monkeypatch.setattr(timezone, "now", lambda: oldest.at + dt.timedelta(minutes=7, seconds=3, microseconds=999_000))

    waiting = process.get("/-/ready").json()["oldest_undelivered_seconds"]
    Delivery.objects.update(done_at=oldest.at)
    delivered = process.get("/-/ready").json()["oldest_undelivered_seconds"]

    assert (waiting, delivered) == (423, 0)
