"""What is wrong with one text that is due is its own affair: whatever it is, the others are public in time."""

import datetime as dt
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine
from django.db import OperationalError, connections, transaction
from django.utils import timezone
from wagtail.models import Page

from approvals import gate, scheduling
from approvals.bundles.publishing import publish_due_bundles
from approvals.cleared_texts import Ahead
from approvals.due_in_order import publish_in_order
from approvals.models import DuePublication, FailedPublication, LedgerEntry, TimedPublication
from approvals.scheduling import LOOKED_AT_AGAIN_AFTER, MOST_LOST, prepare_one, publish_due
from tests.approvals.bundles.coverage import AT, clear, make
from tests.approvals.bundles.coverage import fresh as fresh_bundle
from tests.approvals.on_time import due
from tests.newsroom import decree, fresh, open_newsroom, release, speech

HOUR, SECOND = dt.timedelta(hours=1), dt.timedelta(seconds=1)


@pytest.fixture
def noon() -> dt.datetime:
    return (timezone.now() + HOUR).replace(microsecond=0)


def let_go(at: dt.datetime, *, ahead: Ahead | None = None):
    with time_machine.travel(at, tick=False):
        return publish_due(now=at, ahead=ahead, clock=lambda: at)


def which_are_public(pages) -> list[bool]:
    return [fresh(page).live for page in pages]


@contextmanager
def in_somebodys_hands(page) -> Iterator[None]:
    """An editor's request that keeps the row of the page."""
    is_held, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Page.objects.select_for_update().get(pk=page.pk)
            is_held.set()
            may_go.wait(15)
        connections["default"].close()

    editor = threading.Thread(target=hold)
    editor.start()
    is_held.wait(30)
    try:
        yield
    finally:
        may_go.set()
        editor.join()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_page_in_somebody_elses_hands_is_passed_over_and_published_once_it_is_let_go(noon):
    room = open_newsroom()
    pages, ahead = due(room, at=noon, count=3), Ahead()
    while prepare_one(now=noon - dt.timedelta(seconds=1), ahead=ahead):
        pass
    with in_somebodys_hands(pages[0]):
        first = let_go(noon, ahead=ahead)
        while_held = which_are_public(pages)

    second = let_go(noon, ahead=ahead)

    assert (while_held, first.failed) == ([False, True, True], {})
    assert second.published == [pages[0].pk]
    assert which_are_public(pages) == [True, True, True]
    assert FailedPublication.objects.count() == 0


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_what_somebody_has_in_hand_is_made_ready_after_the_others_and_nothing_waits_for_it(noon):
    room = open_newsroom()
    (held, other), ahead = due(room, at=noon, count=2), Ahead()
    numbers = dict(DuePublication.objects.values_list("page_id", "entry_number"))
    before = noon - dt.timedelta(seconds=60)
    with in_somebodys_hands(held):
        while prepare_one(now=before, ahead=ahead):
            pass
        while_held = set(ahead.texts)

    at_once = prepare_one(now=before, ahead=ahead)
    later = prepare_one(now=before + LOOKED_AT_AGAIN_AFTER, ahead=ahead)

    assert (while_held, at_once, later) == ({numbers[other.pk]}, False, True)
    assert set(ahead.texts) == set(numbers.values())
    assert FailedPublication.objects.count() == 0


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_bundle_with_a_page_in_somebody_elses_hands_keeps_no_text_back_and_is_published_whole_after_it(noon):
    room = open_newsroom()
    pages = held, _other = [release(room.author, title="Колдо"), speech(room.author)]
    bundle = make(room, *pages, when=AT, due_at=noon)
    for page in pages:
        clear(page, room)
    (alone,) = due(room, at=noon + dt.timedelta(seconds=1))
    at = noon + dt.timedelta(seconds=2)
    with in_somebodys_hands(held):
        with time_machine.travel(at, tick=False):
            publish_in_order(now=at, ahead=Ahead(), clock=lambda: at)
        while_held = which_are_public([*pages, alone])
        waiting = fresh_bundle(bundle)

    at += dt.timedelta(seconds=8)
    with time_machine.travel(at, tick=False):
        publish_in_order(now=at, ahead=Ahead(), clock=lambda: at)

    assert (while_held, waiting.failed_at, waiting.published_at) == ([False, False, True], None, None)
    assert which_are_public(pages) == [True, True]
    late = dict(TimedPublication.objects.values_list("page_id", "late_ms"))
    assert late == {alone.pk: 1000, **{page.pk: 10_000 for page in pages}}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_bundle_that_waits_for_the_original_in_one_that_is_in_hand_is_not_given_up(noon):
    room = open_newsroom()
    act = decree(room.author)
    russian = decree(room.author, locale="ru", title="О водных ресурсах", translation_key=act.translation_key)
    bundles = [make(room, page, when=AT, due_at=noon) for page in (act, russian)]
    for page in (act, russian):
        clear(page, room)
    with time_machine.travel(noon, tick=False):
        with in_somebodys_hands(act):
            first = publish_due_bundles(now=noon, clock=lambda: noon)
        second = publish_due_bundles(now=noon, clock=lambda: noon)

    assert (first.published, first.failed, second.failed) == ([], {}, {})
    assert second.published == [bundle.pk for bundle in bundles]
    assert which_are_public([act, russian]) == [True, True]


@pytest.mark.django_db
def test_where_the_database_fails_with_one_text_the_others_go_by_themselves(room, noon, monkeypatch):
    pages, through = due(room, at=noon, count=4), gate.publish_all

    def publish_all(*, entries, **rest):
        if pages[1].pk in {entry.page_id for entry in entries}:
            raise OperationalError("canceling statement due to statement timeout")
        return through(entries=entries, **rest)

    monkeypatch.setattr(gate, "publish_all", publish_all)

    report = let_go(noon)

    assert which_are_public(pages) == [True, False, True, True]
    assert report.published == [page.pk for page in (pages[0], *pages[2:])]
    monkeypatch.undo()
    assert let_go(noon + LOOKED_AT_AGAIN_AFTER).published == [pages[1].pk]


@pytest.mark.django_db
def test_texts_with_which_the_database_fails_rest_and_say_so_while_others_go(room, noon, monkeypatch):
    """As many as make a round give up: the next one begins with others."""
    bad, good, through = due(room, at=noon, count=MOST_LOST), due(room, at=noon + SECOND, count=2), gate.publish_all
    numbers = {page.pk for page in bad}

    def publish_all(*, entries, **rest):
        if numbers & {entry.page_id for entry in entries}:
            raise OperationalError("string is too long for tsvector")
        return through(entries=entries, **rest)

    monkeypatch.setattr(gate, "publish_all", publish_all)

    first = let_go(noon + SECOND)
    said = list(FailedPublication.objects.values_list("reason", flat=True))
    second = let_go(noon + SECOND)

    assert (first.published, len(said), second.published) == ([], MOST_LOST, [page.pk for page in good])
    assert all("tsvector" in reason for reason in said)
    monkeypatch.undo()
    assert sorted(let_go(noon + SECOND + LOOKED_AT_AGAIN_AFTER).published) == sorted(numbers)
    assert FailedPublication.objects.count() == 0


@pytest.mark.django_db
def test_a_text_with_which_the_database_fails_keeps_no_other_from_being_made_ready(room, noon, monkeypatch):
    (bad, *good), ahead, written = due(room, at=noon, count=3), Ahead(), scheduling.write
    before = noon - dt.timedelta(seconds=60)

    def write(entry):
        if entry.page_id == bad.pk:
            raise OperationalError("string is too long for tsvector")
        written(entry)

    monkeypatch.setattr(scheduling, "write", write)
    with pytest.raises(OperationalError):
        prepare_one(now=before, ahead=ahead)
    while prepare_one(now=before, ahead=ahead):
        pass

    assert {text.page.pk for text in ahead.texts.values()} == {page.pk for page in good}


@pytest.mark.django_db
def test_a_bundle_with_which_the_database_fails_again_and_again_says_so(room, noon, monkeypatch):
    page, ahead = release(room.author), Ahead()
    bundle = make(room, page, when=AT, due_at=noon)
    clear(page, room)

    def publish_all(**named):
        raise OperationalError("string is too long for tsvector")

    monkeypatch.setattr(gate, "publish_all", publish_all)
    with time_machine.travel(noon, tick=False):
        rounds = [list(publish_due_bundles(now=noon, ahead=ahead, clock=lambda: noon).failed) for _ in range(5)]

    assert (rounds, ahead.lost) == ([[], [], [], [], [bundle.pk]], {})
    assert "tsvector" in fresh_bundle(bundle).failure
    assert which_are_public([page]) == [False]


@pytest.mark.django_db
def test_a_database_that_is_away_is_not_asked_for_each_text(room, noon, monkeypatch):
    pages, asked = due(room, at=noon, count=8), []

    def publish_all(*, entries, **rest):
        asked.append(len(list(entries)))
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(gate, "publish_all", publish_all)

    let_go(noon)

    assert asked[1:] == [1, 1, 1]
    assert which_are_public(pages) == [False] * 8
    assert FailedPublication.objects.count() == 3


def names_no_entry(pages) -> None:
    DuePublication.objects.filter(page_id=pages[0].pk).update(entry_number=10**9)


def names_the_entry_of_another(pages) -> None:
    others = DuePublication.objects.get(page_id=pages[1].pk).entry_number
    DuePublication.objects.filter(page_id=pages[0].pk).update(entry_number=others)


def has_no_page(pages) -> None:
    DuePublication.objects.filter(page_id=pages[0].pk).update(page_id=10**9)


@pytest.mark.django_db
@pytest.mark.parametrize("damage", [names_no_entry, names_the_entry_of_another, has_no_page])
@pytest.mark.parametrize("is_ready", [True, False])
def test_a_damaged_row_of_the_schedule_fails_alone(room, noon, damage, is_ready):
    pages, ahead = due(room, at=noon, count=3), Ahead()
    damage(pages)
    while is_ready and prepare_one(now=noon - dt.timedelta(seconds=1), ahead=ahead):
        pass

    report = let_go(noon, ahead=ahead)

    assert which_are_public(pages) == [False, True, True]
    assert sorted(report.published) == sorted(page.pk for page in pages[1:])
    assert list(report.failed) == [DuePublication.objects.get().page_id]
    assert FailedPublication.objects.get().reason
    assert LedgerEntry.objects.filter(kind="published").count() == 2
