"""Everything that can go wrong with a backup: it is said clearly, nothing changes, nothing half done is left."""

import dataclasses
import os
import resource
import shutil
import tomllib
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from approvals.models import LedgerEntry
from cms import VERSION
from cms.backup import client_tools, folders, manifest
from cms.backup.errors import BackupError
from tests.cms.places import first_place, second_place, small_office
from tests.newsroom import photo

pytestmark = pytest.mark.django_db(transaction=True)
IS_POSTGRESQL = connection.vendor == "postgresql"
DATABASE_FILE = manifest.DATABASES[connection.vendor]


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path) -> None:
    """Files of other tests are not of this office."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def backup(tmp_path) -> Path:
    """The backup of a small office."""
    small_office()
    directory = tmp_path / "backups" / "one"
    directory.parent.mkdir()
    call_command("backup", directory, verbosity=0)
    return directory


def refusal(command: str, directory: Path, **options) -> str:
    """What a command says that refuses; nothing of this place has changed."""
    before = state()
    with pytest.raises(CommandError) as error:
        call_command(command, directory, verbosity=0, **options)
    assert state() == before
    return str(error.value)


def state() -> tuple:
    """The ledger and the files of this place."""
    return list(LedgerEntry.objects.order_by("number").values_list("hash", flat=True)), names_in(
        Path(settings.MEDIA_ROOT)
    )


def names_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_a_backup_is_for_its_owner_alone(backup):
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in [backup, *backup.rglob("*")]}

    assert {modes[name] for name in ("one", "media")} == {"0o700"}
    assert {mode for name, mode in modes.items() if "." in name} == {"0o600"}


def test_a_bit_that_flipped_in_any_file_is_found_before_anything_is_touched(backup):
    files = [path for path in backup.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} > {".jpg"}

    for path in files:
        content = path.read_bytes()
        for place in {0, len(content) // 2, len(content) - 1}:
            path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
            for command in ("verify_backup", "restore"):
                assert path.name in refusal(command, backup)
        path.write_bytes(content)
    call_command("verify_backup", backup, verbosity=0)


def test_a_file_that_is_missing_or_too_many_is_found(backup):
    original = next((backup / "media").rglob("*.jpg"))
    shutil.move(original, original.with_name("other.jpg"))
    assert f"{original.name} is missing" in refusal("restore", backup)
    shutil.move(original.with_name("other.jpg"), original)
    (backup / "media" / "surplus.txt").write_text("x")
    assert "surplus.txt does not belong to it" in refusal("verify_backup", backup)


def test_another_backup_in_the_place_of_this_one_is_known_by_its_seal(backup):
    seal = manifest.read(backup).seal
    said = StringIO()
    call_command("verify_backup", backup, seal=seal, stdout=said)
    assert f"Seal: {seal}" in said.getvalue()
    another = dataclasses.replace(manifest.read(backup), taken_at="2026-01-01T00:00:00+00:00")
    (backup / manifest.NAME).unlink()
    own = manifest.write(backup, another)
    call_command("verify_backup", backup, verbosity=0)

    for command in ("verify_backup", "restore"):
        for named in (seal, ""):
            assert f"is another backup than the one of this seal: its own is {own}" in refusal(
                command, backup, seal=named
            )


def test_what_the_process_may_not_read_is_named(backup, monkeypatch):
    def denied(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(folders, "sha256_of", denied)

    for command in ("verify_backup", "restore"):
        assert f"{DATABASE_FILE}: Permission denied" in refusal(command, backup)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"version": "9.9.9"}, f"of version 9.9.9, this is {VERSION}"),
        ({"migrations": {"approvals": ["0001_ledger_and_routes"]}}, "other migrations"),
        ({"database": "sqlite" if IS_POSTGRESQL else "postgresql"}, "DATABASE_URL names"),
        ({"format": "jarchy-backup-9"}, "has the format jarchy-backup-9"),
    ],
    ids=["version", "migrations", "kind of database", "format"],
)
def test_a_backup_of_something_else_is_refused(backup, changes, words):
    of_another = dataclasses.replace(manifest.read(backup), **changes)
    if "database" in changes:
        (backup / DATABASE_FILE).rename(backup / of_another.database_file)
        files = tuple(
            dataclasses.replace(file, path=file.path.replace(DATABASE_FILE, of_another.database_file))
            for file in of_another.files
        )
        of_another = dataclasses.replace(of_another, files=files)
    (backup / manifest.NAME).unlink()
    manifest.write(backup, of_another)

    assert words in refusal("restore", backup)


@pytest.mark.parametrize("path", ["media/{outside}", "media//{outside}", "media/./x", "media/x/"])
def test_a_path_that_is_not_plain_is_refused(backup, tmp_path, path):
    outside = tmp_path / "outside"
    named = manifest.StoredFile(path=path.format(outside=outside), size=1, sha256="0" * 64)
    whole = manifest.read(backup)
    (backup / manifest.NAME).unlink()
    manifest.write(backup, dataclasses.replace(whole, files=(*whole.files, named)))

    with pytest.raises(BackupError, match=r"not plainly|outside of the backup"):
        manifest.read(backup)
    assert not outside.exists()


def test_a_manifest_that_leads_out_of_the_backup_is_refused(backup, tmp_path):
    (tmp_path / "backups" / "secret").write_text("x")
    whole = manifest.read(backup)
    outside = manifest.StoredFile(path="media/../../secret", size=1, sha256="0" * 64)
    (backup / manifest.NAME).unlink()
    manifest.write(backup, dataclasses.replace(whole, files=(*whole.files, outside)))

    assert "outside of the backup" in refusal("restore", backup)


def test_an_office_that_works_is_never_restored_over(backup):
    assert "The database is not empty" in refusal("restore", backup)


def test_files_that_lie_in_the_place_are_never_restored_over(backup, tmp_path):
    with second_place(tmp_path) as place:
        (place.media / "of-somebody.txt").write_text("x")

        done = place.manage("restore", str(backup))

        assert done.returncode == 1
        assert "The media folder is not empty: of-somebody.txt" in done.stderr
        assert names_in(place.media) == ["of-somebody.txt"]
        assert place.is_empty()


def test_a_backup_never_writes_over_anything(backup):
    before = names_in(backup.parent)

    said = refusal("backup", backup)

    assert "is there already" in said
    assert names_in(backup.parent) == before


@pytest.mark.parametrize("place", ["one", "originals/one", "originals/../one"])
def test_a_backup_is_not_laid_among_the_files_that_every_process_reads(backup, place):
    assert "uploaded files" in refusal("backup", Path(settings.MEDIA_ROOT) / place)


def test_a_place_that_cannot_be_written_is_named(backup):
    assert "No such file or directory" in refusal("backup", backup / "nowhere" / "two")


def test_a_full_disk_leaves_nothing_behind(backup):
    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    before = names_in(backup.parent)

    done = first_place().manage("backup", str(backup.with_name("two")), preexec_fn=little_room)

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert names_in(backup.parent) == before


@pytest.mark.postgresql
def test_a_missing_program_is_named(backup, monkeypatch, tmp_path):
    monkeypatch.setattr(client_tools, "DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    before = names_in(backup.parent)

    assert "pg_dump is not installed" in refusal("backup", backup.with_name("two"))
    assert names_in(backup.parent) == before


@pytest.mark.postgresql
def test_the_password_stands_on_no_command_line(backup, monkeypatch, tmp_path):
    version = connection.connection.info.server_version
    real = client_tools.tool("pg_dump", server_version=version)
    program = tmp_path / str(version // 10_000) / "bin" / "pg_dump"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/said\nexec {real} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setattr(client_tools, "DEBIAN", tmp_path)

    call_command("backup", backup.with_name("two"), verbosity=0)

    said = (tmp_path / "said").read_text()
    assert "--format=custom" in said
    assert connection.settings_dict["PASSWORD"] not in said


def test_files_that_the_office_lost_are_named_and_the_backup_is_whole_all_the_same(backup):
    picture = photo(title="Жоголду")
    os.unlink(picture.file.path)

    with pytest.raises(CommandError) as error:
        call_command("backup", backup.with_name("two"), verbosity=0)

    assert error.value.returncode == 3
    assert manifest.check(backup.with_name("two")).lost == (picture.file.name,)


def test_the_version_of_the_product_is_written_down_once_more_and_agrees():
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        assert tomllib.load(file)["project"]["version"] == VERSION
