"""Killed with SIGKILL in the middle of a backup or of a restore: whole, or not there, and the next attempt succeeds."""

import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.cms.places import first_place, second_place, working_office

pytestmark = pytest.mark.django_db(transaction=True)
KILLED = -9
SURE = "--nothing-was-closed-since"
# Where a backup dies: the audit event, a text in its arguments, which of those, and how many seconds later.
WRITING = {
    "sqlite": [
        ("os.mkdir", "jarchy-partial", 1, 0),
        ("sqlite3.connect", "database.sqlite3", 1, 0.0),
        ("sqlite3.connect", "database.sqlite3", 1, 0.005),
        ("open", "jarchy-partial/media", 1, 0),
        ("open", "jarchy-partial/media", 2, 0),
        ("open", "manifest.json", 1, 0),
        ("os.rename", "jarchy-partial", 1, 0),
    ],
    "postgresql": [
        ("os.mkdir", "jarchy-partial", 1, 0),
        ("subprocess.Popen", "pg_dump", 1, 0),
        ("subprocess.Popen", "pg_dump", 1, 0.03),
        ("open", "jarchy-partial/media", 1, 0),
        ("open", "jarchy-partial/media", 2, 0),
        ("open", "manifest.json", 1, 0),
        ("os.rename", "jarchy-partial", 1, 0),
    ],
}
FILES = [
    ("open", "jarchy-restoring", 1, 0),
    ("os.rename", "jarchy-restoring", 1, 0),
    ("os.rename", "jarchy-restoring", 2, 0),
]
READING = {
    "sqlite": [
        *FILES,
        ("open", ".restoring", 1, 0),
        ("sqlite3.connect", ".restoring", 1, 0),
        ("sqlite3.connect", ".restoring", 1, 0.003),
        ("sqlite3.connect", ".restoring", 1, 0.01),
        ("sqlite3.connect", ".restoring", 1, 0.05),
    ],
    "postgresql": [
        *FILES,
        ("subprocess.Popen", "pg_restore", 1, 0),
        ("subprocess.Popen", "psql", 1, 0),
        ("subprocess.Popen", "psql", 1, 0.05),
        ("subprocess.Popen", "psql", 1, 0.15),
        ("subprocess.Popen", "psql", 1, 0.3),
        ("subprocess.Popen", "psql", 1, 0.6),
    ],
}


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path) -> None:
    """Files of other tests are not of this office."""
    settings.MEDIA_ROOT = tmp_path / "media"


def test_a_backup_killed_anywhere_is_not_there_and_the_next_one_is_whole(tmp_path):
    working_office()
    target = tmp_path / "backups" / "one"
    target.parent.mkdir()

    for event, part, count, delay in WRITING[connection.vendor]:
        status = first_place().kill_at(event, part, "backup", str(target), count=count, delay=delay)

        if delay and target.exists():  # it was faster than the clock: then it is whole
            call_command("verify_backup", target, verbosity=0)
            shutil.rmtree(target)
            continue
        assert (status, target.exists()) == (KILLED, False), (event, part, count, delay)
        if event != "os.rename":  # then it is whole, and lacks its name only
            with pytest.raises(CommandError, match=r"not a whole backup|changed after"):
                call_command("verify_backup", next(target.parent.iterdir(), target), verbosity=0)

    call_command("backup", target, verbosity=0)
    call_command("verify_backup", target, verbosity=0)
    assert [path.name for path in target.parent.iterdir()] == ["one"]


def test_a_restore_killed_anywhere_has_put_back_nothing_or_all_and_can_be_repeated(tmp_path):
    working_office()
    call_command("backup", tmp_path / "backup", verbosity=0)
    before, books = first_place().answers(), first_place().ledger()
    killed, whole = 0, 0

    for event, part, count, delay in READING[connection.vendor]:
        with second_place(tmp_path) as place:
            status = place.kill_at(event, part, "restore", str(tmp_path / "backup"), SURE, count=count, delay=delay)
            killed += status == KILLED
            if place.is_empty():
                again = place.manage("restore", str(tmp_path / "backup"), SURE)
                assert (again.returncode, again.stderr) == (0, ""), (event, part, count, delay)
            else:
                whole += 1
            assert [place.rows(sql) for sql in PENDING] == [[], []], (event, part, count, delay)
            assert place.ledger() == books, (event, part, count, delay)
            assert left_over(place.media) == []

    assert killed >= 6
    assert whole < len(READING[connection.vendor])
    with second_place(tmp_path) as place:
        place.kill_at("open", "jarchy-restoring", "restore", str(tmp_path / "backup"), SURE, count=2)
        assert place.manage("restore", str(tmp_path / "backup"), SURE).returncode == 0
        assert place.answers() == before
        assert place.manage("verify_ledger").returncode == 0


# What would be sent or published there by itself, now or later.
PENDING = (
    "SELECT id FROM approvals_notice WHERE state = 'due'",
    "SELECT id FROM approvals_duepublication WHERE held_at IS NULL",
)


def left_over(folder: Path) -> list[Path]:
    """What a killed restore left in the folder."""
    return list(folder.rglob("*.jarchy-restoring"))
