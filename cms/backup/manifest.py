"""The manifest: what a backup is of, and the hash of everything in it. It is written last: without it there is none."""

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

import rfc8785
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from cms import VERSION
from cms.backup import folders
from cms.backup.errors import BackupError

NAME = "manifest.json"
FORMAT = "jarchy-backup-1"
DATABASES = {"postgresql": "database.dump", "sqlite": "database.sqlite3"}
MEDIA = "media"


@dataclass(frozen=True)
class StoredFile:
    """One file of a backup."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class JournalPosition:
    """How far the journal of closings had come: how many it told of, and the hash of its last line."""

    closings: int
    hash: str


@dataclass(frozen=True)
class Manifest:
    """What the backup is of. migrations: the last of each app. ledger, publications: where the two logs ended.

    closings: where the journal of closings stood just before; None where none was kept.
    lost: files that the database names and that were not in the media folder, or not as they were published.
    seal: the hash of all the rest, once it is written.
    """

    taken_at: str
    version: str
    database: str
    migrations: dict[str, list[str]]
    ledger_number: int
    ledger_hash: str
    publication_number: int
    files: tuple[StoredFile, ...]
    lost: tuple[str, ...] = ()
    closings: JournalPosition | None = None
    format: str = field(default=FORMAT)
    seal: str = ""

    @property
    def database_file(self) -> str:
        """The name of the database's file."""
        return DATABASES[self.database]

    @property
    def media(self) -> tuple[StoredFile, ...]:
        """The files of the media folder."""
        return tuple(file for file in self.files if file.path.startswith(f"{MEDIA}/"))


def write(directory: Path, manifest: Manifest) -> str:
    """Write it, sealed by its own hash; gives the seal."""
    content = json.loads(json.dumps(asdict(manifest)))
    content.pop("seal")
    seal = hashlib.sha256(rfc8785.dumps(content)).hexdigest()
    with folders.new_file(directory / NAME) as target:
        target.write(rfc8785.dumps({**content, "seal": seal}))
    return seal


def read(directory: Path) -> Manifest:
    """The manifest of a backup. Raises BackupError: there is none, or it is not as it was written."""
    try:
        stored = (directory / NAME).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise BackupError(f"{directory} is not a whole backup: it has no {NAME}.") from None
    except OSError as error:
        raise BackupError(f"{directory / NAME} cannot be read: {error.strerror}.") from error
    try:
        content = json.loads(stored)
        seal = content.pop("seal")
        is_as_written = rfc8785.dumps({**content, "seal": seal}) == stored
        if not is_as_written or hashlib.sha256(rfc8785.dumps(content)).hexdigest() != seal:
            raise ValueError("seal")
        return replace(_from(content), seal=seal)
    except BackupError:
        raise
    except Exception as error:
        raise BackupError(f"{directory / NAME} was changed after it was written.") from error


def _from(content: dict[str, Any]) -> Manifest:
    if content.get("format") != FORMAT:
        raise BackupError(f"The backup has the format {content.get('format')}; this version reads {FORMAT}.")
    files = tuple(StoredFile(**file) for file in content.pop("files"))
    then = content.pop("closings", None)
    closings = JournalPosition(**then) if then else None
    manifest = Manifest(**{**content, "files": files, "lost": tuple(content["lost"]), "closings": closings})
    known: set[str] = set()
    for file in files:
        path = PurePosixPath(file.path)
        if str(path) != file.path or file.path in known:
            raise BackupError(f"The manifest names a file twice, or not plainly: {file.path}")
        known.add(file.path)
        is_media = path.parts[0] == MEDIA and len(path.parts) > 1
        below_root = PurePosixPath(*path.parts[1:])
        if (
            path.is_absolute()
            or below_root.is_absolute()
            or ".." in path.parts
            or not (is_media or file.path == manifest.database_file)
        ):
            raise BackupError(f"The manifest names a file outside of the backup: {file.path}")
    return manifest


def check(directory: Path, *, seal: str | None = None) -> Manifest:
    """Hold the manifest against the seal that was kept elsewhere, if one was, and every file against the manifest.

    Raises BackupError: the first that is amiss.
    """
    manifest = read(directory)
    if seal is not None and seal.strip().lower() != manifest.seal:
        raise BackupError(f"{directory} is another backup than the one of this seal: its own is {manifest.seal}.")
    try:
        _check_files(directory, manifest)
    except OSError as error:
        raise BackupError(f"The backup cannot be read: {error.filename}: {error.strerror}.") from error
    return manifest


def _check_files(directory: Path, manifest: Manifest) -> None:
    for file in manifest.files:
        path = directory / file.path
        if path.is_symlink() or not path.is_file():
            raise BackupError(f"The backup is damaged: {file.path} is missing.")
        if folders.sha256_of(path) != (file.size, file.sha256):
            raise BackupError(f"The backup is damaged: {file.path} is not what was backed up.")
    expected = {NAME, *(file.path for file in manifest.files)}
    for path in folders.files_below(directory):
        if (name := path.relative_to(directory).as_posix()) not in expected:
            raise BackupError(f"The backup is damaged: {name} does not belong to it.")


def migrations_of_the_code() -> dict[str, list[str]]:
    """The last migrations of each app in this version of the product."""
    return _last(MigrationLoader(None, ignore_no_migrations=True))


def migrations_applied(connection: BaseDatabaseWrapper) -> dict[str, list[str]]:
    """The last migrations of each app that the database has; other than the code's when `migrate` has work to do."""
    loader = MigrationLoader(connection, ignore_no_migrations=True)
    wanted = _last(loader)
    applied = set(loader.applied_migrations)
    return {
        app: names if all((app, name) in applied for name in names) else sorted(n for a, n in applied if a == app)[-1:]
        for app, names in wanted.items()
    }


def _last(loader: MigrationLoader) -> dict[str, list[str]]:
    last: dict[str, list[str]] = {}
    for app, name in sorted(loader.graph.leaf_nodes()):
        last.setdefault(app, []).append(name)
    return last


def check_fits(manifest: Manifest, *, vendor: str) -> None:
    """Raises BackupError: the backup is of another version of the product, or of another kind of database."""
    if manifest.version != VERSION:
        raise BackupError(
            f"The backup is of version {manifest.version}, this is {VERSION}: "
            f"install {manifest.version}, restore, then upgrade."
        )
    here = migrations_of_the_code()
    if manifest.migrations != here:
        apps = sorted(app for app in {*here, *manifest.migrations} if here.get(app) != manifest.migrations.get(app))
        raise BackupError(
            f"The backup has other migrations than this version of the product ({', '.join(apps)}): "
            "install the version that it was taken with, restore, then upgrade."
        )
    if manifest.database != vendor:
        raise BackupError(f"The backup is of {manifest.database}, DATABASE_URL names {vendor}.")
