"""The worker: its parts do not stop one another, and `--once` leaves nothing undone."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.utils import timezone

from cms import working
from cms.working import Part, Punctual
from frontend_api.models import Delivery
from tests.newsroom import open_newsroom, publish, release

NOON = dt.datetime(2026, 7, 17, 6, 0, tzinfo=dt.UTC)


def seconds(number: float) -> dt.datetime:
    return NOON + dt.timedelta(seconds=number)


class Work:
    """A kind of work that fails as often as it is told to."""

    __name__ = "work"

    def __init__(self, *, failures: int = 0):
        self.failures, self.calls = failures, []

    def __call__(self, now: dt.datetime) -> int:
        self.calls.append(now)
        if len(self.calls) <= self.failures:
            raise RuntimeError("no luck")
        return 3


def test_a_part_says_how_much_it_did():
    assert Part(Work()).run(NOON) == 3


def test_a_part_that_fails_rests_and_then_works_again():
    work = Work(failures=1)
    part = Part(work)

    done = [part.run(seconds(at)) for at in (0, 0.5, 1.9, 2, 2.1)]

    assert done == [0, 0, 0, 3, 3]
    assert work.calls == [NOON, seconds(2), seconds(2.1)]


def test_a_clock_that_is_set_back_ends_every_rest():
    often, failed = Part(Work(), every=dt.timedelta(seconds=2)), Part(Work(failures=1))
    assert (often.run(seconds(600)), failed.run(seconds(600))) == (3, 0)

    assert (often.run(NOON), failed.run(NOON)) == (3, 3)
    assert often.run(seconds(1)) == 0


def test_what_is_punctual_never_rests_longer_than_a_second():
    for part in Punctual().parts():
        part.work = Work(failures=9)

        for second in range(9):
            assert part.run(seconds(second)) == 0

        assert part.run(seconds(9)) == 3


def test_the_rest_grows_with_the_failures_up_to_thirty_seconds():
    part, now, rests = Part(Work(failures=7)), NOON, []

    for _ in range(7):
        part.run(now)
        rests.append((part.rests_until - now).total_seconds())
        now = part.rests_until

    assert rests == [2, 4, 8, 16, 30, 30, 30]
    assert part.run(now) == 3
    assert part.failures == 0


@pytest.mark.django_db(transaction=True)
def test_a_part_that_fails_does_not_stop_the_next():
    broken, sound = Part(Work(failures=100)), Part(Work())

    done = working.run_once([broken, sound])

    assert (done, broken.failures, sound.failures) == (3, 1, 0)


@pytest.mark.django_db(transaction=True)
def test_the_failure_is_logged_with_its_reason(caplog):
    working.run_once([Part(Work(failures=1))])

    assert [record.getMessage() for record in caplog.records if record.name == "cms.working"] == ["work failed"]
    assert "no luck" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_once_delivers_everything_in_as_many_rounds_as_it_takes(monkeypatch):
    room = open_newsroom()
    for number in range(3):
        publish(release(room.author, title=f"Кабар {number}"), room)
    monkeypatch.setattr(working, "BATCH", 1)
    before = Delivery.objects.filter(done_at=None).count()

    call_command("worker", "--once")

    assert (before, Delivery.objects.filter(done_at=None).count()) == (3, 0)
    assert Delivery.objects.filter(done_at__lte=timezone.now()).count() == 3
