"""Putting a backup back into an empty place, and into no other."""

import datetime as dt
import errno
from pathlib import Path

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection
from wagtail.models import Revision

from approvals.models import LedgerEntry
from cms.backup import databases, manifest, media
from cms.backup.closings import Answer, Since, closed_since
from cms.backup.errors import BackupError
from cms.backup.manifest import Manifest
from cms.backup.quieting import statements
from frontend_api.models import Publication, PublishedDocument
from site_pages.models import DocumentPage, Photo, PressFile

# A migrated database is empty as long as nobody has worked in it.
WORK = (LedgerEntry, Publication, PublishedDocument, DocumentPage, Revision, Photo, PressFile, get_user_model())


def restore(
    *, directory: Path, journal: Path | None, answer: Answer, now: dt.datetime, seal: str | None = None
) -> tuple[Manifest, Since]:
    """Check the backup whole, then the place, then put the files back, and the database last, in one transaction.

    A restore that dies on the way leaves a database without anything and files that are those of the backup: it can be
    run again. Gives what the backup is of, and what was closed after it. journal, answer: who says so. seal: of the
    backup that is meant, if it was kept.

    Raises BackupError: no row was written.
    """
    checked = manifest.check(directory, seal=seal)
    manifest.check_fits(checked, vendor=connection.vendor)
    is_migrated = _check_empty()
    media.check_room(checked.media)
    since = closed_since(checked, journal=journal, answer=answer)
    try:
        media.put_back(checked.media, source=directory)
        databases.load(
            connection,
            source=directory / checked.database_file,
            then=statements(manifest=checked, closed=since.closed, now=now),
            replaces=is_migrated,
        )
    except OSError as error:
        what = "The disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else error.strerror
        raise BackupError(f"The backup could not be put back: {what}. The database is still empty.") from error
    ContentType.objects.clear_cache()
    return checked, since


def _check_empty() -> bool:
    """Whether the tables are there already. Raises BackupError: somebody worked here, or the tables are not ours."""
    try:
        tables = set(connection.introspection.table_names())
    except DatabaseError as error:
        raise BackupError(f"The database does not answer: {error}") from error
    if not tables:
        return False
    if not {model._meta.db_table for model in WORK} <= tables:
        raise BackupError("The database has tables, and they are not those of this version. Nothing was changed.")
    if manifest.migrations_applied(connection) != manifest.migrations_of_the_code():
        raise BackupError("The database was migrated by another version: take an empty one. Nothing was changed.")
    for model in WORK:
        if model._base_manager.exists():
            name = model._meta.label
            raise BackupError(f"The database is not empty: it holds rows of {name}. Nothing was changed.")
    return True
