"""What waits for a slow server holds up nothing else of the worker, the journal of closings least of all."""

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from cms.models import Restoration
from frontend_api.closings import begin, read
from tests.approvals.withdrawal.taking_down import close
from tests.cms.places import first_place
from tests.newsroom import open_newsroom, publish, release

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def journal(tmp_path) -> Path:
    path = tmp_path / "closings.jsonl"
    begin(path, now=timezone.now())
    return path


def test_a_closing_is_in_the_journal_while_the_search_server_is_silent(journal):
    room = open_newsroom()
    page = publish(release(room.author, title="Жабылат"), room)
    # After a restore the index is filled anew, and a batch of that may take a minute.
    now = timezone.now()
    Restoration.objects.create(taken_at=now, restored_at=now, ledger_number=1, publication_number=1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = first_place(
            ELASTICSEARCH_URL=f"http://127.0.0.1:{silent.getsockname()[1]}", CLOSINGS_JOURNAL=str(journal)
        )
        worker = subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=django_settings.BASE_DIR,
                                  env=place.environment)  # fmt: skip
        try:
            silent.settimeout(60)
            asked, _address = silent.accept()
            close(page, by=room.leader)
            until = time.monotonic() + 30
            while not read(journal).closings and time.monotonic() < until:
                time.sleep(0.05)

            assert [one.content_id for one in read(journal).closings] == [page.content_id]
            assert Restoration.objects.filter(index_rebuilt_at=None).exists()
            asked.close()
        finally:
            worker.kill()
            worker.wait(timeout=60)
