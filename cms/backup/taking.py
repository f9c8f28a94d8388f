"""Taking a backup: the database at one moment, then the files, then the manifest, then its name."""

import datetime as dt
import errno
import os
from pathlib import Path

from django.db import connection

from cms import VERSION
from cms.backup import databases, folders, manifest, media
from cms.backup.closings import position
from cms.backup.errors import BackupError
from cms.backup.manifest import DATABASES, Manifest, StoredFile


def take(*, directory: Path, journal: Path | None, now: dt.datetime) -> tuple[Manifest, str]:
    """Write a backup into a folder that appears when it is whole; its manifest and its seal.

    journal: of closings, if one is kept. Raises BackupError: nothing was left behind.
    """
    if directory.resolve().is_relative_to(media.media_folder().resolve()):
        raise BackupError(f"{directory} lies in the folder of uploaded files, which every process reads.")
    try:
        with folders.appearing(directory) as partial:
            written = _fill(partial, journal=journal, now=now)
            seal = manifest.write(partial, written)
    except OSError as error:
        what = "The disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else error.strerror
        raise BackupError(f"The backup could not be written: {what}. Nothing was left behind.") from error
    return written, seal


def _fill(partial: Path, *, journal: Path | None, now: dt.datetime) -> Manifest:
    applied, wanted = manifest.migrations_applied(connection), manifest.migrations_of_the_code()
    if applied != wanted:
        raise BackupError("The database is not of this version: run migrate, or back up with the version it has.")
    closings, _why = position(journal)
    database = partial / DATABASES[connection.vendor]
    contents = databases.dump(connection, into=database)
    size, digest = folders.sha256_of(database)
    os.chmod(database, 0o600)
    # Only now the files: what the snapshot names is there, because files are added and not taken away.
    stored = media.copy_all(into=partial)
    return Manifest(
        taken_at=now.astimezone(dt.UTC).isoformat(timespec="seconds"),
        version=VERSION,
        database=connection.vendor,
        migrations=applied,
        ledger_number=contents.ledger_number,
        ledger_hash=contents.ledger_hash,
        publication_number=contents.publication_number,
        files=(StoredFile(path=database.name, size=size, sha256=digest), *stored),
        lost=tuple(media.lost(stored, contents)),
        closings=closings,
    )
