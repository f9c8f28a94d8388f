"""The files beside the database: uploaded originals, their sizes for the screens, everything in the media folder."""

import logging
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage

from cms.backup import folders
from cms.backup.contents import Contents
from cms.backup.errors import BackupError
from cms.backup.manifest import MEDIA, StoredFile
from site_pages.storage import SERVED

logger = logging.getLogger(__name__)
# What a restore that was killed was writing; it is nobody's file.
UNFINISHED = ".jarchy-restoring"


def media_folder() -> Path:
    """Where the files lie."""
    return Path(settings.MEDIA_ROOT)


def copy_all(*, into: Path) -> list[StoredFile]:
    """Copy every file. What is deleted meanwhile, a rendition of a picture that goes, is left out."""
    root, stored = media_folder(), []
    (into / MEDIA).mkdir(mode=0o700)
    for path in folders.files_below(root):
        name = path.relative_to(root)
        target = into / MEDIA / name
        _make_folders(target.parent, below=into / MEDIA)
        with suppress(FileNotFoundError), path.open("rb") as source, folders.new_file(target) as copied:
            size, digest = folders.copy(source, copied)
            stored.append(StoredFile(path=f"{MEDIA}/{name.as_posix()}", size=size, sha256=digest))
    return stored


def _make_folders(folder: Path, *, below: Path) -> None:
    if folder != below and not folder.exists():
        _make_folders(folder.parent, below=below)
        folder.mkdir(mode=settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS or 0o700)


def lost(stored: Iterable[StoredFile], contents: Contents) -> list[str]:
    """The files that the database names and the backup has not, or has otherwise than they were published."""
    digests = {file.path.removeprefix(f"{MEDIA}/"): file.sha256 for file in stored}
    altered = {name for name, sha256 in contents.published if name in digests and digests[name] != sha256}
    return sorted({name for name in contents.files if name not in digests} | altered)


def check_room(files: Iterable[StoredFile]) -> None:
    """Raise BackupError unless the media folder holds nothing but files of this backup, byte for byte.

    Those are what a restore that was interrupted has put there, or what outlived the database.
    """
    expected = {file.path.removeprefix(f"{MEDIA}/"): file for file in files}
    root = media_folder()
    for path in folders.files_below(root):
        name = path.relative_to(root).as_posix()
        if path.name.endswith(UNFINISHED):
            continue
        file = expected.get(name)
        if file is None or folders.sha256_of(path) != (file.size, file.sha256):
            raise BackupError(f"The media folder is not empty: {name} is not of this backup. Nothing was changed.")


def put_back(files: Iterable[StoredFile], *, source: Path) -> None:
    """Copy the files of a checked backup to their places; a file appears under its name when it is whole."""
    root, touched = media_folder(), set()
    root.mkdir(parents=True, exist_ok=True)
    for left in root.rglob(f"*{UNFINISHED}"):
        left.unlink()
    for file in files:
        name = file.path.removeprefix(f"{MEDIA}/")
        place = root / name
        if place.exists():
            _give_modes(place, name=name)
            continue
        _make_folders(place.parent, below=root)
        unfinished = place.with_name(f".{file.sha256}{UNFINISHED}")
        with (source / file.path).open("rb") as stored, folders.new_file(unfinished, mode=_file_mode()) as target:
            if folders.copy(stored, target) != (file.size, file.sha256):
                raise BackupError(f"{file.path} changed while it was put back.")
        unfinished.rename(place)
        _give_modes(place, name=name)
        touched.add(place.parent)
    for folder in {root, *touched, *(parent for one in touched for parent in one.parents if root in parent.parents)}:
        folders.sync_folder(folder)


def _give_modes(place: Path, *, name: str) -> None:
    """As the storage gives them: nginx's group comes to what is served, and to nothing else."""
    place.chmod(_file_mode())
    if name.startswith(f"{SERVED}/"):
        default_storage.open_to_readers(name)


def _file_mode() -> int:
    return settings.FILE_UPLOAD_PERMISSIONS or 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
