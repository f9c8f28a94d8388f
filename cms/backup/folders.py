"""Folders that are whole or not there at all: filled under another name, put on the disk, then renamed."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from cms.backup.errors import BackupError

CHUNK_BYTES = 1 << 20
PARTIAL = ".jarchy-partial"


@contextmanager
def appearing(directory: Path) -> Iterator[Path]:
    """A folder to fill, which becomes `directory` at the end of the block; removed when the block fails.

    What a run left behind that was killed is removed first; the folder of a run that still goes on is locked and stays.
    Raises BackupError: `directory` is there already, or its parent is not, or cannot be written.
    """
    if directory.exists() or directory.is_symlink():
        raise BackupError(f"{directory} is there already. A backup never writes over anything.")
    partial = directory.parent / f".{directory.name}{PARTIAL}"
    try:
        _remove_abandoned(directory.parent)
        partial.mkdir(mode=0o700)
    except FileExistsError:
        raise BackupError(f"Another backup to {directory} is under way.") from None
    except OSError as error:
        raise BackupError(f"{directory} cannot be written: {error.strerror}.") from error
    descriptor = os.open(partial, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield partial
        for folder, _folders, _files in os.walk(partial, topdown=False):
            sync_folder(Path(folder))
        partial.rename(directory)
        sync_folder(directory.parent)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    finally:
        os.close(descriptor)


def _remove_abandoned(parent: Path) -> None:
    for left in parent.glob(f".*{PARTIAL}"):
        descriptor = os.open(left, os.O_RDONLY)
        try:
            with suppress(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left)
        finally:
            os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def new_file(path: Path, *, mode: int = 0o600) -> Iterator[BinaryIO]:
    """A file that was not there, on the disk at the end of the block."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as target:
        yield target
        target.flush()
        os.fsync(target.fileno())


def copy(source: BinaryIO, target: BinaryIO) -> tuple[int, str]:
    """Copy all of it: how many bytes, and their SHA-256."""
    hasher, size = hashlib.sha256(), 0
    for chunk in iter(lambda: source.read(CHUNK_BYTES), b""):
        hasher.update(chunk)
        target.write(chunk)
        size += len(chunk)
    return size, hasher.hexdigest()


def sha256_of(path: Path) -> tuple[int, str]:
    """How many bytes a file has, and their SHA-256."""
    with path.open("rb") as content, open(os.devnull, "wb") as nowhere:
        return copy(content, nowhere)


def files_below(folder: Path) -> Iterator[Path]:
    """Every plain file below a folder, in order; links and other things are nobody's uploads."""
    for name, folders, files in os.walk(folder):
        folders.sort()
        for file in sorted(files):
            path = Path(name) / file
            if path.is_file() and not path.is_symlink():
                yield path
