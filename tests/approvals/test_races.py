"""Simultaneous decisions on PostgreSQL with real connections: exactly one counts, every time."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.utils import timezone

from approvals import ledger
from approvals.decisions import DecisionRefused
from approvals.models import LedgerEntry
from approvals.scheduling import publish_due
from frontend_api.models import Publication
from site_pages.gatekeeping import TextLocked
from tests import newsroom
from tests.newsroom import approve, digest, edit, fresh, ledger_kinds, release, send_back, submit
from tests.thoroughness import times

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
PAIRS = times(40, thorough=200)
RUNS = times(8, thorough=20)


def at_once(*actions: Callable) -> list:
    """Run each action in a thread of its own with a connection of its own; what each gave or raised, in order."""
    barrier, results = threading.Barrier(len(actions)), [None] * len(actions)

    def run(place: int, action: Callable) -> None:
        try:
            barrier.wait(timeout=30)
            results[place] = action()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def counted(results: list) -> list:
    """The results that are decisions; everything else must be a refusal."""
    assert all(isinstance(r, LedgerEntry | DecisionRefused) for r in results), results
    return [r for r in results if isinstance(r, LedgerEntry)]


def test_of_an_approval_and_a_return_at_once_exactly_one_counts(room):
    outcomes = {"approved": 0, "returned": 0}
    for number in range(PAIRS):
        page = release(room.author, title=f"Жаңылык {number}")
        submit(page, by=room.author)
        seen = digest(page)

        results = at_once(
            lambda page=page, seen=seen: approve(page, by=room.head, seen=seen),
            lambda page=page, seen=seen: send_back(page, by=room.deputy_head),
        )

        (entry,) = counted(results)
        outcomes[entry.kind] += 1
        assert ledger_kinds(page) == ["submitted", entry.kind]
        status = fresh(page).current_workflow_state.status
        assert status == ("in_progress" if entry.kind == "approved" else "needs_changes")
        assert fresh(page).live is False
    assert list(ledger.faults()) == []
    assert sum(outcomes.values()) == PAIRS


def test_of_two_leaders_at_once_one_publishes(room):
    for number in range(RUNS):
        page = release(room.author, title=f"Жаңылык {number}")
        submit(page, by=room.author)
        approve(page, by=room.head)
        seen = digest(page)

        results = at_once(
            lambda page=page, seen=seen: approve(page, by=room.leader, seen=seen),
            lambda page=page, seen=seen: approve(page, by=room.second_leader, seen=seen),
        )

        assert len(counted(results)) == 1
        assert ledger_kinds(page) == ["submitted", "approved", "approved", "cleared", "published"]
    assert list(Publication.objects.order_by("number").values_list("number", flat=True)) == list(range(1, RUNS + 1))


def test_a_return_and_the_last_approval_at_once_never_both(room):
    for number in range(RUNS):
        page = release(room.author, title=f"Жаңылык {number}")
        submit(page, by=room.author)
        approve(page, by=room.head)
        seen = digest(page)

        results = at_once(
            lambda page=page, seen=seen: approve(page, by=room.leader, seen=seen),
            lambda page=page: send_back(page, by=room.second_leader),
        )

        (entry,) = counted(results)
        assert fresh(page).live is (entry.kind == "approved")
        assert Publication.objects.filter(content_id=page.content_id).exists() is (entry.kind == "approved")


def test_an_edit_and_a_submission_at_once_leave_the_submitted_text(room):
    for number in range(RUNS):
        page = release(room.author, title=f"Жаңылык {number}")

        results = at_once(
            lambda page=page: submit(page, by=room.author),
            lambda page=page, number=number: edit(page, by=room.colleague, title=f"Башка {number}"),
        )

        assert all(result is None or isinstance(result, type(page) | TextLocked) for result in results), results
        seen = digest(page)
        approve(page, by=room.head, seen=seen)
        approve(page, by=room.leader, seen=seen)
        assert Publication.objects.get(content_id=page.content_id).digest == seen


def test_two_workers_publish_a_due_text_once(room, settings):
    settings.CACHE_SECONDS = 0
    due = timezone.now() + dt.timedelta(seconds=10)
    pages = [newsroom.publish(release(room.author, title=f"Жаңылык {n}", go_live_at=due), room) for n in range(3)]
    threading.Event().wait(max(0.0, (due - timezone.now()).total_seconds()) + 0.1)

    reports = at_once(*[lambda: publish_due(now=timezone.now())] * 4)

    assert sorted(page_id for report in reports for page_id in report.published) == sorted(page.pk for page in pages)
    assert [report.failed for report in reports] == [{}] * 4
    assert Publication.objects.count() == 3


def test_the_ledger_numbers_many_writers_without_gaps(room):
    def write() -> None:
        for _ in range(25):
            with transaction.atomic():
                ledger.append(kind=ledger.EntryKind.OFFICE_GIVEN, now=timezone.now())

    before = LedgerEntry.objects.count()
    at_once(*[write] * 4)

    numbers = list(LedgerEntry.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, before + 101))
    assert list(ledger.faults()) == []
