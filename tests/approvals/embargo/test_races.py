"""Reading at the instant of the publication, with the worker's own work and real connections on PostgreSQL."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from approvals import decisions, ledger
from approvals.embargo import giving
from approvals.embargo.refusals import EmbargoRefused
from approvals.models import DuePublication, EarlyAccess, EarlyOpening, EarlyRevocation
from cms.working import everything, run_once
from tests.approvals.embargo.press import address, breach, due_of, embargoed, form_address, give, opens, somebody
from tests.approvals.test_races import at_once
from tests.newsroom import fresh
from tests.thoroughness import times

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
ROUNDS = times(4, thorough=8)
SECRET = "Купуясөз"


class Poller(threading.Thread):
    """Asks one address as fast as it can: when each question began, and what the answer was."""

    def __init__(self, path: str):
        super().__init__(daemon=True)
        self.path, self.seen, self.over = path, [], threading.Event()

    def run(self) -> None:
        client = somebody()
        try:
            while not self.over.is_set():
                began = timezone.now()
                answer = client.get(self.path)
                self.seen.append((began, answer.status_code, SECRET in answer.content.decode(errors="replace")))
        finally:
            connection.close()


class Worker(threading.Thread):
    """What `manage.py worker` does, until it is told to stop."""

    def __init__(self):
        super().__init__(daemon=True)
        self.over = threading.Event()

    def run(self) -> None:
        work = everything()
        try:
            while not self.over.is_set():
                run_once(work)
                self.over.wait(0.05)
        finally:
            connection.close()


def test_the_token_is_dead_in_the_second_in_which_the_worker_publishes(room):
    page = embargoed(room, hours=8 / 3600, title=f"{SECRET} аталыш")
    due_at, (_access, token) = due_of(page).due_at, give(page, by=room.head)
    threads = [Worker(), Poller(address(token)), Poller(form_address(token))]
    for thread in threads:
        thread.start()
    while not fresh(page).live and timezone.now() < due_at + dt.timedelta(seconds=20):
        threading.Event().wait(0.05)
    threading.Event().wait(1.0)
    for thread in threads:
        thread.over.set()
    for thread in threads:
        thread.join(timeout=30)

    assert fresh(page).live
    for poller in threads[1:]:
        shown = [began for began, status, has_text in poller.seen if status == 200 or has_text]
        late = {status for began, status, _has_text in poller.seen if began >= due_at}
        assert shown and max(shown) < due_at
        assert 303 in late and late <= {404, 303}
        assert poller.seen[-1][1:] == (303, False)
    assert max(EarlyOpening.objects.values_list("at", flat=True)) < due_at


def test_a_gift_that_is_taken_back_was_never_given(room):
    page, tokens = embargoed(room), []
    with transaction.atomic():
        tokens.append(give(page, by=room.head)[1])
        assert at_once(lambda: opens(tokens[0])) == [False]
        transaction.set_rollback(True)

    assert not opens(tokens[0])


def test_of_a_gift_and_a_stop_at_once_nothing_is_open_afterwards(room):
    for number in range(ROUNDS):
        page = embargoed(room, title=f"Кабар {number}")
        seen, call = due_of(page).digest, {"page_id": page.pk, "actor_id": room.leader.pk, "remark": "Токто."}

        gift, _stop = at_once(
            lambda page=page, seen=seen: give(page, by=room.head, seen_digest=seen),
            lambda call=call: decisions.stop_scheduled(**call, now=timezone.now()),
        )

        assert isinstance(gift, EmbargoRefused) or not opens(gift[1])
        assert not DuePublication.objects.filter(page_id=page.pk).exists()
    assert list(ledger.faults()) == []


def test_of_a_gift_and_a_breach_in_another_language_at_once_nothing_is_open_afterwards(room):
    for number in range(ROUNDS):
        page = embargoed(room, title=f"Кабар {number}")
        other = embargoed(room, title=f"Новость {number}", locale="ru", translation_key=page.translation_key)

        gift, noted = at_once(
            lambda page=page: give(page, by=room.head), lambda other=other: breach(other, by=room.leader)
        )

        assert not isinstance(noted, Exception), noted
        assert isinstance(gift, EmbargoRefused) or not opens(gift[1])


def end(access, *, by) -> None:
    giving.revoke(access_id=access.pk, actor_id=by.pk, now=timezone.now())


def test_of_a_revocation_and_a_reading_one_comes_first_and_nothing_follows_the_revocation(room):
    page = embargoed(room)
    for _ in range(ROUNDS):
        access, token = give(page, by=room.head)

        status, revoked, again = at_once(
            lambda token=token: somebody().get(address(token)).status_code,
            *[lambda access=access: end(access, by=room.leader)] * 2,
        )

        assert (revoked, again) == (None, None) and status in (200, 404)
        assert EarlyOpening.objects.filter(access=access).count() == (status == 200)
        assert not opens(token)
    assert EarlyRevocation.objects.count() == EarlyAccess.objects.count() == ROUNDS
