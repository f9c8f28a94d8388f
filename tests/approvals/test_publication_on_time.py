"""Publication at its time: prepared early, checked again at the instant, one bad one alone, and its delay on record."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from wagtail.models import Revision

from approvals import ledger
from approvals.at_the_moment import next_moment
from approvals.cleared_texts import Ahead
from approvals.models import DuePublication, FailedPublication, LedgerEntry, Notice, TimedPublication
from approvals.punctuality import punctuality
from approvals.schedule import ScheduleState, schedule_for
from approvals.schedule_alarms import warn_of_uncleared
from approvals.scheduling import PREPARED_BEFORE, TRIED_AGAIN_AFTER, prepare_one, publish_due
from frontend_api.models import Publication, PublishedDocument
from site_pages.models import Photo, PublicationPermit, Topic
from tests.approvals.bundles.coverage import submitted_all_the_same
from tests.approvals.on_time import corrected, due, failing_for, let_go, ready, rewrite, stop
from tests.attacks.houses import everything
from tests.newsroom import edit, fresh, ledger_kinds, photo, publish, release

pytestmark = pytest.mark.django_db


@pytest.fixture
def noon():
    return (timezone.now() + dt.timedelta(hours=1)).replace(microsecond=0)


def test_what_is_prepared_is_written_and_not_public(room, noon):
    (page,) = due(room, at=noon)
    before = everything()

    ahead = ready(at=noon - PREPARED_BEFORE)

    assert everything() == before
    assert (fresh(page).title, fresh(page).live) == ("Кабар 0", False)
    assert [text.form.digest for text in ahead.texts.values()] == [DuePublication.objects.get().digest]


def test_nothing_is_prepared_too_early_or_twice(room, noon):
    due(room, at=noon)

    early = ready(at=noon - PREPARED_BEFORE - dt.timedelta(seconds=1))
    ahead = ready(at=noon - dt.timedelta(seconds=10))

    assert (early.texts, len(ahead.texts)) == ({}, 1)
    assert prepare_one(now=noon - dt.timedelta(seconds=9), ahead=ahead) is False


def test_what_was_prepared_is_published_with_its_delay_on_record(room, noon):
    (page,) = due(room, at=noon)
    ahead = ready(at=noon - dt.timedelta(seconds=10))

    report = let_go(noon, ahead=ahead, after=0.25)

    assert (report.published, report.failed, ahead.texts) == ([page.pk], {}, {})
    kept = TimedPublication.objects.get()
    assert (kept.due_at, kept.published_at, kept.late_ms) == (noon, noon + dt.timedelta(seconds=0.25), 250)
    said = LedgerEntry.objects.get(kind="published")
    assert (said.number, said.details["due_at"], said.details["late_ms"]) == (kept.entry_number, noon.isoformat(), 250)
    assert fresh(page).first_published_at == PublishedDocument.objects.get().first_published_at == kept.published_at
    assert (list(ledger.faults()), PublicationPermit.objects.count()) == ([], 0)


def test_prepared_and_not_prepared_give_the_same(room, noon):
    due(room, at=noon, count=2)
    ahead = ready(at=noon - dt.timedelta(seconds=10))
    first = min(ahead.texts)
    ahead.texts.pop(first)

    let_go(noon, ahead=ahead)

    left, right = PublishedDocument.objects.order_by("title").values("type", "summary", "listed_at", "updated_at")
    assert left == right
    assert sorted(PublishedDocument.objects.values_list("title", flat=True)) == ["Кабар 0", "Кабар 1"]


def something_later(page, room) -> None:
    entry = LedgerEntry.objects.filter(page_id=page.pk).latest("number")
    subject = ledger.Subject(page.content_id, "ky", "release", page.pk, entry.revision_id, entry.digest)
    ledger.append(kind=ledger.EntryKind.RECALLED, now=timezone.now(), subject=subject)


def contributed(page, room) -> None:
    """It turns out that who approved had written at it."""
    Revision.objects.filter(pk=page.latest_revision_id).update(user=room.leader)


@pytest.mark.parametrize("happens", [rewrite, stop, something_later, contributed])
def test_what_happens_after_it_was_prepared_counts_at_the_instant(room, noon, happens):
    page, other = due(room, at=noon, count=2)
    ahead = ready(at=noon - dt.timedelta(seconds=10))
    happens(page, room)

    report = let_go(noon, ahead=ahead)

    assert report.published == [other.pk]
    assert (fresh(page).live, PublishedDocument.objects.get().content_id) == (False, other.content_id)


def test_a_picture_that_is_gone_keeps_its_text_back(room, noon, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    words = {f"alt_text_{code}": "Сөз" for code in ("ky", "ru", "en")}
    picture = photo(credit="Басма сөз", **words)
    (page,) = due(room, at=noon, image=picture)
    ahead = ready(at=noon - dt.timedelta(seconds=10))
    for path in tmp_path.rglob("*.jpg"):
        path.unlink()

    report = let_go(noon, ahead=ahead)

    assert (report.published, list(report.failed), Photo.objects.count()) == ([], [page.pk], 1)
    assert FailedPublication.objects.get().reason == report.failed[page.pk]


def test_of_many_that_are_published_together_one_bad_one_falls_out_alone(room, noon):
    pages = due(room, at=noon, count=5)
    ahead = ready(at=noon - dt.timedelta(seconds=10))
    bad = pages[2]

    with failing_for(bad):
        report = let_go(noon, ahead=ahead)

    assert (sorted(report.published), report.failed) == (
        [page.pk for page in pages if page != bad],
        {bad.pk: "OSError('no space left')"},
    )
    assert [fresh(page).live for page in pages] == [True, True, False, True, True]
    assert list(Publication.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]
    assert (list(ledger.faults()), PublicationPermit.objects.count()) == ([], 0)
    assert ledger_kinds(bad)[-1] == "cleared"

    # Its cause is gone, so it follows by itself, and nothing more is said against it.
    assert let_go(noon, after=1).published == []
    assert let_go(noon, after=TRIED_AGAIN_AFTER.total_seconds()).published == [bad.pk]
    assert FailedPublication.objects.count() == 0


def test_after_a_stop_everything_follows_in_the_order_in_which_it_was_due(room, noon):
    last, first, middle = (due(room, at=noon + dt.timedelta(minutes=minutes))[0] for minutes in (20, 0, 10))

    let_go(noon, after=3600)

    order = [row.content_id for row in Publication.objects.order_by("number")]
    assert order == [first.content_id, middle.content_id, last.content_id]
    late = list(TimedPublication.objects.order_by("entry_number").values_list("late_ms", flat=True))
    assert late == [3_600_000, 3_000_000, 2_400_000]
    assert punctuality(now=noon).worst_late_ms == 3_600_000


def test_many_cost_as_many_statements_as_few(room, noon):
    counts = []
    for count, minutes in ((1, 0), (2, 10), (6, 20)):
        at = noon + dt.timedelta(minutes=minutes)
        due(room, at=at, count=count)
        ahead = ready(at=at - dt.timedelta(seconds=10))
        with CaptureQueriesContext(connection) as queries:
            assert len(let_go(at, ahead=ahead).published) == count
        counts.append(len(queries))

    # The first finds nothing remembered.
    assert counts[1] == counts[2] <= 70


def test_what_ended_before_it_was_published_is_taken_off_the_schedule_once_and_told(room, noon):
    end = noon + dt.timedelta(minutes=10)
    page, other = due(room, at=noon, expire_at=end)[0], due(room, at=noon)[0]
    ahead = ready(at=noon - dt.timedelta(seconds=10))

    first, second = let_go(noon, ahead=ahead, after=600), let_go(noon, after=640)

    assert (first.published, list(first.failed), second.published, second.failed) == ([other.pk], [page.pk], [], {})
    assert (ledger_kinds(page)[-2:], fresh(page).live) == (["cleared", "stopped"], False)
    assert (DuePublication.objects.count(), FailedPublication.objects.count()) == (0, 0)
    stopped = LedgerEntry.objects.get(kind="stopped")
    assert (stopped.actor_id, stopped.remark) == (None, first.failed[page.pk])
    told = Notice.objects.filter(entry_number=stopped.number).values_list("recipient_name", flat=True)
    assert set(told) == {"author", "head", "leader"}

    # It is a draft again: with a later end it goes the whole way anew.
    with time_machine.travel(noon + dt.timedelta(minutes=20), tick=False):
        publish(edit(page, by=room.author, expire_at=None), room)
    assert (fresh(page).live, list(ledger.faults())) == (True, [])


def test_a_correction_that_ended_leaves_what_is_public(room, noon):
    page = publish(release(room.author, title="Эски"), room)
    corrected(page, room, at=noon, title="Жаңы", expire_at=noon + dt.timedelta(minutes=10))

    report = let_go(noon, ahead=ready(at=noon - dt.timedelta(seconds=10)), after=600)

    assert (report.published, list(report.failed), ledger_kinds(page)[-1]) == ([], [page.pk], "stopped")
    assert (fresh(page).live, fresh(page).title, PublishedDocument.objects.get().title) == (True, "Эски", "Эски")


def test_nothing_is_early_by_the_clock_that_is_asked(room, noon):
    (page,) = due(room, at=noon)

    report = publish_due(now=noon, clock=lambda: noon - dt.timedelta(milliseconds=1))

    assert (report.published, list(report.failed)) == ([], [page.pk])
    assert fresh(page).live is False


def test_the_next_moment_is_that_of_what_waits(room, noon):
    assert next_moment(after=timezone.now()) is None

    due(room, at=noon)

    assert next_moment(after=timezone.now()) == noon
    assert next_moment(after=noon) is None


def test_what_is_overdue_is_told_to_those_who_watch(room, noon):
    due(room, at=noon)

    numbers = punctuality(now=noon + dt.timedelta(seconds=90))

    assert (numbers.last_late_ms, numbers.oldest_overdue_seconds) == (None, 90)


def test_what_is_slow_and_due_earlier_goes_before_what_is_ready_and_due_later(room, noon):
    (first,) = due(room, at=noon)
    (second,) = due(room, at=noon + dt.timedelta(seconds=30))
    ahead = ready(at=noon - dt.timedelta(seconds=10))
    del ahead.texts[DuePublication.objects.get(page_id=first.pk).entry_number]

    let_go(noon, ahead=ahead, after=60)

    order = [row.content_id for row in Publication.objects.order_by("number")]
    assert order == [first.content_id, second.content_id]


def test_what_cannot_be_made_ready_says_so_before_its_moment(room, noon):
    topic = Topic.objects.create(key="bilim", label_ky="Билим", label_ru="Образование", label_en="Education")
    (page,) = due(room, at=noon, topics=[topic])
    Topic.objects.update(label_ky="Билим берүү")  # by other hands than ours: no signal says so
    minute = noon - dt.timedelta(minutes=1)

    with time_machine.travel(minute, tick=False):
        ahead = ready(at=minute)
        (row,) = schedule_for(room.author, now=minute)
        warned = warn_of_uncleared(now=minute)

    assert (row.state, bool(row.reason), warned) == (ScheduleState.UNREADY, True, 1)
    assert let_go(noon, ahead=ahead).failed.keys() == {page.pk}
    assert FailedPublication.objects.get().attempts == 2


def test_what_could_not_be_made_ready_is_tried_again_before_its_moment(room, noon, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    picture = photo(credit="Басма сөз", **{f"alt_text_{code}": "Сөз" for code in ("ky", "ru", "en")})
    (page,) = due(room, at=noon, image=picture)
    away = settings.MEDIA_ROOT.rename(tmp_path / "away")
    ahead, minute = Ahead(), noon - dt.timedelta(minutes=1)
    assert prepare_one(now=minute, ahead=ahead) is True
    away.rename(settings.MEDIA_ROOT)
    before = TRIED_AGAIN_AFTER - dt.timedelta(seconds=1)

    tried = [prepare_one(now=minute + later, ahead=ahead) for later in (before, TRIED_AGAIN_AFTER, TRIED_AGAIN_AFTER)]

    assert (tried, len(ahead.texts), FailedPublication.objects.count()) == ([False, True, False], 1, 0)
    assert let_go(noon, ahead=ahead).published == [page.pk]


def test_the_cause_is_told_in_words(room, noon):
    with submitted_all_the_same():
        one, two = (due(room, at=noon, slug="bir-darek")[0] for _ in range(2))
    with translation.override("en"):
        report = let_go(noon)

    assert (report.published, list(report.failed)) == ([one.pk], [two.pk])
    assert "“bir-darek” is already the address of another document" in report.failed[two.pk]
    assert not {"{", "["} & set(FailedPublication.objects.get().reason)
