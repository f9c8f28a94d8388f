"""One correction, one letter; one withdrawal, one letter: to each subscriber who wants it, and to nobody else."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from approvals import gate
from approvals.models import Notice, Subscriber
from frontend_api.models import PublishedDocument
from site_pages.corrections import STANDING_NOTES
from tests.approvals.bundles.coverage import CLEARED, make
from tests.approvals.bundles.coverage import run as publish_bundles
from tests.approvals.on_time import corrected, let_go, ready
from tests.approvals.subscribers.press import (
    ASEL,
    BAKYT,
    BETTER,
    NOTE,
    TITLE,
    add,
    addresses_in,
    as_reader,
    correct,
    leave,
    page_of,
    said,
    send,
    somebody,
    subscribe,
    token_of,
    written,
)
from tests.approvals.withdrawal.taking_down import NO_LONGER_CURRENT, REASON, SUPERSEDED, close, take_down
from tests.newsroom import decree, edit, publish, release

pytestmark = pytest.mark.django_db

# --- Who gets one


def test_a_correction_is_told_once_to_each_who_said_yes(page, room, sink):
    subscribe(ASEL)
    subscribe(BAKYT)
    add(ASEL, email="asked@kabar.example")
    leave(subscribe(ASEL, email="left@kabar.example"))
    publish(release(room.author, title="Башка"), room)
    assert written() == []

    correct(page, room)

    assert written() == [("published", ASEL.email), ("published", BAKYT.email)]
    assert sorted(mail.recipient for mail in send(sink)) == [
        "asel@kabar.example", "asked@kabar.example", "bakyt@24.example",
    ]  # fmt: skip
    assert send(sink) == send(sink, after=dt.timedelta(hours=3)) == []


@pytest.mark.parametrize(
    ("wishes", "gets"),
    [
        ({}, True),
        ({"locales": ("ky", "ru"), "types": ("release",)}, True),
        ({"locales": ("ru",)}, False),
        ({"types": ("decree", "speech")}, False),
        ({"locales": ("ky",), "types": ("decree",)}, False),
        ({"wants_minor": True}, True),
    ],
)
def test_only_what_is_wanted_is_told(page, room, wishes, gets):
    subscribe(**wishes)

    correct(page, room)
    take_down(page, room)

    assert written() == ([("published", ASEL.email), ("withdrawn", ASEL.email)] if gets else [])


def test_minor_corrections_are_told_to_those_who_want_them(page, room, sink):
    subscribe(ASEL)
    subscribe(BAKYT, wants_minor=True)

    correct(page, room, update_type="minor", change_note="")
    (letter,) = send(sink)

    assert (letter.recipient, written()) == (BAKYT.email, [("published", BAKYT.email)])
    assert STANDING_NOTES["minor"]["ky"] in letter.text
    assert said("ky", "A minor correction") in letter.text


def test_what_is_published_again_unchanged_or_for_the_first_time_tells_nobody(page, room):
    subscribe()

    publish(page, room)
    publish(release(room.author, title="Жаңы"), room)
    take_down(page, room)
    publish(edit(page, by=room.author, title="Кайра"), room)

    assert written() == [("withdrawn", ASEL.email)]


def test_a_subscriber_has_one_letter_of_a_move(page, room):
    subscribe()
    correct(page, room)
    letter = Notice.objects.exclude(subscriber=None).latest("pk")
    letter.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        letter.save(force_insert=True)

    assert written() == [("published", ASEL.email)]


def test_a_publication_that_is_undone_leaves_no_letter(page, room):
    subscribe()

    with pytest.raises(RuntimeError), transaction.atomic():
        correct(page, room)
        assert written() == [("published", ASEL.email)]
        raise RuntimeError

    assert written() == []


@pytest.mark.parametrize("count", [2, 7])
def test_many_corrections_at_once_take_as_many_questions_as_one(room, count):
    subscribe(ASEL)
    subscribe(BAKYT)
    noon = timezone.now().replace(microsecond=0) + dt.timedelta(hours=1)
    pages = [publish(release(room.author, title=f"Кабар {number}"), room) for number in range(count)]
    for page in pages:
        corrected(page, room, at=noon)

    ahead = ready(at=noon)
    with CaptureQueriesContext(connection) as asked:
        assert len(let_go(noon, ahead=ahead).published) == count

    about = [one["sql"] for one in asked if "approvals_subscriber" in one["sql"] or "approvals_notice" in one["sql"]]
    assert len(written()) == 2 * count
    assert len([sql for sql in about if "approvals_subscriber" in sql and sql.startswith("SELECT")]) == 1
    assert len([sql for sql in about if sql.startswith("INSERT")]) == 2


def test_corrections_in_a_bundle_are_told_one_by_one(page, room):
    subscribe()
    other = publish(release(room.author, title="Экинчи"), room)
    for one in (page, other):
        edit(one, by=room.author, lead="Башка лид.", change_note=NOTE)
    make(room, page, other, when=CLEARED)
    for one in (page, other):
        publish(one, room)
    assert written() == []

    publish_bundles()

    assert written() == [("published", ASEL.email)] * 2


# --- What it says


def test_the_letter_of_a_correction_says_what_when_and_where(page, room, sink, settings):
    subscribe()
    with time_machine.travel(dt.datetime(2026, 12, 1, 3, 4, 5, tzinfo=dt.UTC), tick=False):
        correct(page, room, title=BETTER)
        (letter,) = send(sink)

        document, before, difference, out = addresses_in(letter.text)
        answers = [as_reader(one).json() for one in (document, before, difference)]
    public = PublishedDocument.objects.get()
    assert letter.subject == said("ru", "Correction: %(title)s", title=BETTER)
    assert BETTER in letter.text and NOTE in letter.text and TITLE not in letter.text
    assert "01.12.2026 09:04:05" in letter.text
    assert said("ru", "A major correction") in letter.text
    assert (answers[0]["title"], answers[1]["title"]) == (BETTER, TITLE)
    assert (answers[2]["from"], answers[2]["to"]) == (answers[1]["version"], public.version)
    assert out.startswith(settings.WAGTAILADMIN_BASE_URL) and somebody().get(out.split("8000", 1)[1]).status_code == 200


def test_each_letter_carries_the_way_out_in_one_click(page, room, sink):
    subscriber = subscribe()
    correct(page, room)
    (letter,) = send(sink)
    out = letter.message["List-Unsubscribe"].strip("<>")

    answer = somebody().post(out.split("8000", 1)[1], {"List-Unsubscribe": "One-Click"})

    assert letter.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert out.endswith(page_of(token_of(subscriber))) and out in letter.text
    assert letter.message["Auto-Submitted"] == "auto-generated" and letter.message["To"] == ASEL.email
    assert (answer.status_code, Subscriber.objects.get().state) == (200, "ended")
    correct(page, room, lead="Дагы.", change_note="Дагы такталды.")
    assert send(sink) == []


def test_where_the_version_before_has_no_number_the_list_of_versions_is_named(room, sink, monkeypatch):
    details = gate._details
    monkeypatch.setattr(gate, "_details", lambda *args, **values: {**details(*args, **values), "version": None})
    page = publish(release(room.author, title=TITLE), room)
    monkeypatch.undo()
    subscribe()

    correct(page, room)
    (letter,) = send(sink)

    _document, versions, _out = addresses_in(letter.text)
    assert versions.endswith(f"/api/v1/documents/{page.content_id}/versions?locale=ky")
    assert len(as_reader(versions).json()["items"]) == 2


def test_a_second_correction_before_the_first_is_told_gives_two_letters_of_what_is_public(page, room, sink):
    subscribe()
    correct(page, room)
    correct(page, room, title=BETTER, change_note="Аталышы такталды.")

    first, second = send(sink)

    assert (NOTE in first.text, "Аталышы такталды." in second.text) == (True, True)
    assert first.subject == second.subject == said("ru", "Correction: %(title)s", title=BETTER)
    assert TITLE not in first.text + second.text


# --- Withdrawals


def test_what_was_in_error_is_told_without_its_title(page, room, sink):
    subscribe()

    close(page, by=room.leader)
    (letter,) = send(sink)

    assert letter.subject == said("ru", "Withdrawn from publication: %(what)s", what="пресс-релиз · Кыргызский")
    assert REASON in letter.text and TITLE not in letter.text
    assert said("ru", "This document was withdrawn from publication: it was in error.") in letter.text
    assert as_reader(addresses_in(letter.text)[0]).status_code == 410


def test_what_is_superseded_leads_to_its_successor(page, room, sink):
    subscribe()
    successor = publish(release(room.author, title=BETTER), room)

    take_down(page, room, as_=SUPERSEDED, successor=successor.content_id)
    (letter,) = send(sink)

    was, following, _out = addresses_in(letter.text)
    assert REASON in letter.text and BETTER in letter.text and TITLE not in letter.text
    assert (as_reader(was).status_code, as_reader(following).json()["title"]) == (301, BETTER)


def test_a_successor_that_is_closed_by_then_is_not_named(page, room, sink):
    subscribe(types=("release",))
    successor = publish(release(room.author, title=BETTER), room)
    take_down(page, room, as_=SUPERSEDED, successor=successor.content_id)
    close(successor, by=room.leader)

    letters = send(sink)

    assert len(letters) == 2
    assert not any(BETTER in letter.text for letter in letters)
    assert f"{successor.content_id}" not in letters[0].text


def test_what_is_no_longer_current_stays_readable(page, room, sink):
    subscribe()

    take_down(page, room, as_=NO_LONGER_CURRENT)
    (letter,) = send(sink)

    assert letter.subject == said("ru", "No longer current: %(title)s", title=TITLE)
    assert REASON in letter.text
    assert as_reader(addresses_in(letter.text)[0]).json()["withdrawn_notice"]["explanation"] == REASON


def test_an_act_and_what_rests_on_it_are_told_one_by_one(room):
    subscribe()
    act = publish(decree(room.author), room)
    publish(decree(room.author, locale="ru", title="О воде", translation_key=act.translation_key), room)

    close(act, by=room.leader)

    assert written() == [("withdrawn", ASEL.email)] * 2
