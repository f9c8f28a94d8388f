"""The journal of closings: what was taken down, in a file that outlives the database."""

import datetime as dt
import json
import threading
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from frontend_api import closings
from frontend_api.closings import Closing, JournalUnusable, append, begin, read, record_due
from frontend_api.models import Delivery, DeliveryChannel, Tombstone, WithheldText
from site_pages.withdrawal import WithdrawalClass
from tests.approvals.withdrawal.taking_down import NO_LONGER_CURRENT, REASON, close, take_down
from tests.newsroom import publish, release

NOW = dt.datetime(2026, 11, 29, 10, tzinfo=dt.UTC)


@pytest.fixture
def path(tmp_path, settings) -> Path:
    """A journal of this office, begun."""
    settings.CLOSINGS_JOURNAL = str(tmp_path / "closings.jsonl")
    begin(Path(settings.CLOSINGS_JOURNAL), now=NOW)
    return Path(settings.CLOSINGS_JOURNAL)


def closing(number: int = 1, **changes) -> Closing:
    """Some closing."""
    known = Closing(uuid4(), "ky", number, WithdrawalClass.IN_ERROR, REASON, NOW + dt.timedelta(seconds=number))
    return replace(known, **changes)


def begin_anew(path: Path) -> None:
    """Now, and not at a moment that may be still to come."""
    path.unlink()
    begin(path, now=timezone.now())


def due() -> int:
    return Delivery.objects.filter(channel=DeliveryChannel.JOURNAL, done_at=None).count()


def test_each_withdrawal_is_a_row_and_then_a_line_without_a_word_of_the_text(room, path):
    closed = publish(release(room.author, title="Купуя аталыш"), room)
    noticed = publish(release(room.author, title="Эскирди"), room)
    assert due() == 0
    close(closed, by=room.leader)
    take_down(noticed, room, as_=NO_LONGER_CURRENT)
    assert (due(), read(path).closings) == (2, [])

    report = record_due(now=timezone.now(), limit=10)

    assert (len(report.done), due(), read(path).fault) == (2, 0, "")
    assert read(path).closings == [Closing.of(one) for one in Tombstone.objects.order_by("pk")]
    assert [one.closes for one in read(path).closings] == [True, False]
    assert "Купуя" not in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_worker_that_died_before_it_said_so_writes_nothing_twice(room, path):
    close(publish(release(room.author), room), by=room.leader)
    record_due(now=timezone.now(), limit=10)
    content = path.read_bytes()
    Delivery.objects.filter(channel=DeliveryChannel.JOURNAL).update(done_at=None)

    record_due(now=timezone.now(), limit=10)

    assert (path.read_bytes(), due()) == (content, 0)


def test_a_journal_that_is_not_there_is_not_made_and_the_closing_waits_for_it(room, path):
    path.unlink()
    close(publish(release(room.author), room), by=room.leader)

    report = record_due(now=timezone.now(), limit=10)

    assert (len(report.retried), due(), path.exists()) == (1, 1, False)
    assert "No such file" in Delivery.objects.get(channel=DeliveryChannel.JOURNAL).last_error
    begin(path, now=NOW)
    record_due(now=timezone.now() + dt.timedelta(minutes=2), limit=10)
    assert (len(read(path).closings), due()) == (1, 0)


def test_an_office_that_keeps_none_is_done_with_it(room):
    close(publish(release(room.author), room), by=room.leader)

    record_due(now=timezone.now(), limit=10)

    assert due() == 0


def taken_without_a_journal(page, room, settings) -> None:
    """The page is taken down, and a worker that knows of no journal has its row."""
    take_down(page, room)
    kept, settings.CLOSINGS_JOURNAL = settings.CLOSINGS_JOURNAL, ""
    record_due(now=timezone.now(), limit=10)
    settings.CLOSINGS_JOURNAL = kept


def test_a_withdrawal_that_the_journal_does_not_tell_of_is_named(room, path, settings, capsys):
    begin_anew(path)
    first, second = (publish(release(room.author, title=title), room) for title in ("Бир", "Эки"))
    taken_without_a_journal(first, room, settings)
    take_down(second, room)
    record_due(now=timezone.now(), limit=10)
    lost, known = Tombstone.objects.order_by("pk")
    content = path.read_bytes()

    with pytest.raises(CommandError, match=f"does not tell of 1 withdrawals .* {lost.pk} .{first.content_id}:ky"):
        call_command("closings_journal")

    assert (path.read_bytes(), due()) == (content, 0)
    call_command("closings_journal", "--complete")
    assert "is sound: 2 withdrawals" in capsys.readouterr().out
    assert read(path).closings == [Closing.of(known), Closing.of(lost)]
    assert path.read_bytes().startswith(content)


def test_what_waits_for_the_journal_and_what_was_before_it_is_not_missing(room, path, settings, capsys):
    path.unlink()
    taken_without_a_journal(publish(release(room.author, title="Бир"), room), room, settings)
    begin(path, now=timezone.now())
    take_down(publish(release(room.author, title="Эки"), room), room)

    call_command("closings_journal")

    assert "is sound: 0 withdrawals" in capsys.readouterr().out
    assert (due(), Tombstone.objects.count()) == (1, 2)


def test_a_line_of_other_words_under_its_number_does_not_tell_of_a_withdrawal(room, path, settings):
    begin_anew(path)
    taken_without_a_journal(publish(release(room.author), room), room, settings)
    append(path, replace(Closing.of(Tombstone.objects.get()), reason="Башка"))
    content = path.read_bytes()

    with pytest.raises(CommandError, match="does not tell of 1 withdrawals"):
        call_command("closings_journal")

    assert path.read_bytes() == content


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_line_that_breaks_off_was_promised_to_nobody_and_goes(path, count):
    known = [closing(number) for number in range(count)]
    for one in known:
        append(path, one)
    content = path.read_bytes()
    with path.open("ab") as target:
        target.write(b'{"at":"2026-11-29T10')
    assert read(path).fault == f"line {count + 2} breaks off"
    assert read(path).closings == known
    last = closing(9)

    append(path, last)

    assert read(path).fault == ""
    assert read(path).closings == [*known, last]
    assert path.read_bytes().startswith(content)


def altered(content: bytes, how: str) -> bytes:
    """The journal after somebody was at it."""
    lines = content.splitlines(keepends=True)
    if how == "a word":
        lines[1] = lines[1].replace("кеткен".encode(), "кетти".encode())
    if how == "a line taken out":
        del lines[1]
    if how == "two lines exchanged":
        lines[1], lines[2] = lines[2], lines[1]
    if how == "a line made up":
        values = {**json.loads(lines[1]), "reason": "Башка"}
        values.pop("hash")
        lines[1] = closings._line(values)[0]
    if how == "the first line":
        lines[0] = closings._line({"format": closings.FORMAT, "begun_at": NOW.isoformat(), "salt": ""})[0]
    return b"".join(lines)


@pytest.mark.parametrize(
    "how, line",
    [("a word", 2), ("a line taken out", 2), ("two lines exchanged", 2), ("a line made up", 3), ("the first line", 2)],
)
def test_whoever_changes_it_is_found_and_nothing_is_added_to_it(path, how, line):
    for number in range(3):
        append(path, closing(number))
    path.write_bytes(altered(path.read_bytes(), how))
    content = path.read_bytes()

    with pytest.raises(JournalUnusable):
        append(path, closing(9))

    assert path.read_bytes() == content
    assert read(path).fault == f"line {line} is not as it was written"
    assert len(read(path).closings) == line - 2
    with pytest.raises(CommandError, match=f"line {line} is not as it was written"):
        call_command("closings_journal")


def test_many_at_once_are_one_chain(path):
    def write(first: int) -> None:
        for number in range(first, first + 10):
            append(path, closing(number))

    threads = [threading.Thread(target=write, args=(first,)) for first in (0, 10, 20, 30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    journal = read(path)
    assert (journal.fault, sorted(one.number for one in journal.closings)) == ("", list(range(40)))


def test_a_journal_is_begun_once(path):
    append(path, closing())
    content = path.read_bytes()

    with pytest.raises(CommandError, match="File exists"):
        call_command("closings_journal", "--begin")

    assert path.read_bytes() == content


@pytest.mark.parametrize("change", ["update", "delete"])
def test_what_a_restore_withholds_is_never_let_go(db, change):
    WithheldText.objects.create(content_id=uuid4(), locale="ky", up_to=3, withheld_at=NOW)

    with pytest.raises(DatabaseError, match="never let go"), transaction.atomic():
        if change == "update":
            WithheldText.objects.update(up_to=0)
        else:
            WithheldText.objects.all().delete()

    assert WithheldText.objects.get().up_to == 3


@pytest.mark.postgresql
def test_nor_is_its_table_emptied(db):
    with pytest.raises(DatabaseError, match="never let go"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE frontend_api_withheldtext")
