"""Workers that send notices: they are slow, they die, there are several, and each notice still goes out once."""

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from approvals.models import Notice
from approvals.notices import delivery
from approvals.notices.delivery import deliver_notices
from approvals.notices.leasing import lease, lease_seconds
from approvals.notices.smtp import MailServer, MailSession
from tests.approvals.mail_room import BOTH, deliver, states, two_notices
from tests.newsroom import open_newsroom, release, submit

pytestmark = pytest.mark.django_db


def test_the_lease_of_a_worker_that_died_before_it_began_expires(sink):
    two_notices()
    now = timezone.now()
    lease(now=now, limit=50)

    meanwhile = deliver_notices(now=now, limit=50)
    after = deliver_notices(now=now + dt.timedelta(seconds=lease_seconds() + 1), limit=50)

    assert (len(meanwhile.sent), len(after.sent)) == (0, 2)
    assert sink.recipients() == BOTH


def test_a_worker_too_slow_for_its_lease_hands_nothing_over(sink):
    two_notices()
    server = MailServer(host="127.0.0.1", port=sink.port, timeout_seconds=5)
    now = timezone.now()
    slow = lease(now=now, limit=50)
    others = deliver_notices(now=now + dt.timedelta(seconds=lease_seconds() + 1), limit=50)

    with MailSession(server, own_name="office.example") as session:
        run = delivery.Run(session=session, report=delivery.NoticeReport(), started_at=now)
        run.deliver(slow)

    assert len(others.sent) == 2
    assert sink.recipients() == BOTH
    assert run.report == delivery.NoticeReport()


WORKER = """
import django; django.setup()
from django.utils import timezone
from approvals.notices.delivery import deliver_notices
from django.test.utils import override_settings
from django.db import connection
import sys
connection.settings_dict.update(NAME=sys.argv[2])
with override_settings(EMAIL_HOST="127.0.0.1", EMAIL_PORT=int(sys.argv[1]), NOTICE_TIMEOUT_SECONDS=30):
    deliver_notices(now=timezone.now(), limit=50)
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("verb", "first"), [("RCPT", "sent"), ("DOT", "unknown")], ids=["before the dot", "after the dot"]
)
def test_a_worker_killed_while_it_sends_doubles_nothing(sink, verb, first):
    two_notices()
    sink.delay(**{verb: 60.0})
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "cms.settings.test"}
    name = str(connection.settings_dict["NAME"])
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(sink.port), name], cwd=django_settings.BASE_DIR, env=environment
    )
    wait_until(lambda: sink.said["." if verb == "DOT" else verb])

    worker.send_signal(signal.SIGKILL)
    worker.wait(timeout=30)
    sink.work()
    at_once = deliver()
    report = deliver(after=dt.timedelta(seconds=lease_seconds() + 200))

    assert at_once.sent == []
    assert sink.recipients() == BOTH
    assert len(report.unknown) == (first == "unknown")
    assert states() == [(first, 0), ("sent", 0)]


def wait_until(condition) -> None:
    """Wait for the condition; fails after half a minute."""
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_for_digest", [False, True])
def test_several_workers_at_once_send_each_once(sink, is_for_digest):
    room = open_newsroom()
    type(room.head).objects.filter(pk=room.head.pk).update(email=BOTH[0])
    type(room.deputy_head).objects.filter(pk=room.deputy_head.pk).update(email=BOTH[1])
    for number in range(8):
        submit(release(room.author, title=f"Жаңылык {number}"), by=room.author)
    Notice.objects.update(is_for_digest=is_for_digest)
    failures = []

    def work() -> None:
        try:
            for _ in range(5):
                deliver(limit=3)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    deliver()
    assert failures == []
    assert sorted(sink.recipients()) == sorted(BOTH * (1 if is_for_digest else 8))
    assert {state for state, _attempts in states()} == {"sent"}
