"""Leaving while something is published, with real connections on PostgreSQL; and workers that are killed."""

import datetime as dt
import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from approvals.models import Notice, Subscriber
from approvals.notices.leasing import lease_seconds
from approvals.subscribers import answering
from tests.approvals.mail_room import deliver
from tests.approvals.subscribers.press import ASEL, add, subscribe, token_of, written
from tests.approvals.test_notice_workers import WORKER, wait_until
from tests.approvals.test_races import at_once
from tests.newsroom import approve, edit, publish, release, submit

ROUNDS = 6


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_who_leaves_or_says_yes_during_a_publication_waits_for_it_or_comes_first(room):
    page = publish(release(room.author), room)
    for number in range(ROUNDS):
        staying = add(email=f"yes{number}@kabar.example")
        going = subscribe(email=f"no{number}@kabar.example")
        edit(page, by=room.author, lead=f"Лид {number}.", change_note=f"Түзөтүү {number}.")
        submit(page, by=room.author)
        approve(page, by=room.head)

        results = at_once(
            lambda: approve(page, by=room.leader),
            lambda going=going: answering.leave(token=token_of(going), now=timezone.now()),
            lambda staying=staying: answering.confirm(token=token_of(staying), now=timezone.now()),
        )

        assert not [result for result in results if isinstance(result, Exception)], results
        assert Subscriber.objects.filter(state="confirmed").count() == number + 1
    assert len(written()) >= sum(range(ROUNDS))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("verb", "first"), [("RCPT", "sent"), ("DOT", "unknown")], ids=["before the dot", "after the dot"]
)
def test_a_worker_killed_while_it_tells_doubles_nothing(room, sink, verb, first):
    page = publish(release(room.author), room)
    subscribe()
    publish(edit(page, by=room.author, lead="Башка.", change_note="Такталды."), room)
    Notice.objects.filter(subscriber=None).delete()
    deliver_question()
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
    deliver(after=dt.timedelta(seconds=lease_seconds() + 200))
    deliver(after=dt.timedelta(hours=3))

    assert sink.recipients() == [ASEL.email]
    assert list(Notice.objects.exclude(closing="answered").values_list("state", flat=True)) == [first]


def deliver_question() -> None:
    """The question was answered before its mail went out: only the letter is left."""
    question = Notice.objects.earliest("pk")
    Notice.objects.filter(pk=question.pk).update(state="closed", closing="answered", settled_at=timezone.now())
