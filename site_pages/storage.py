"""Where uploaded files lie: under random names that tell nothing, never overwritten, never deleted by an edit."""

import hashlib
import re
import secrets
from pathlib import Path, PurePosixPath

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

# What was uploaded, for staff; what is made of it, for readers; small pictures for the editor's screens.
ORIGINALS, SERVED, RENDITIONS = "originals", "served", "renditions"
# Where Wagtail keeps an upload whose title or other words are still wrong.
WAITING = "wagtail_uploads"
NAME_BYTES = 20
CHUNK_BYTES = 1 << 20
# nginx reads what is served, as a member of the group, and nothing else.
OPEN_TO_GROUP_FILE, OPEN_TO_GROUP_FOLDER = 0o640, 0o750


def sha256_of(content: File) -> str:
    """SHA-256 of the whole file, 64 lower-case hex digits; the position is put back to the start."""
    content.seek(0)
    hasher = hashlib.sha256()
    for chunk in iter(lambda: content.read(CHUNK_BYTES), b""):
        hasher.update(chunk)
    content.seek(0)
    return hasher.hexdigest()


def random_name(folder: str, *, filename: str) -> str:
    """A storage name that nobody can guess (160 bits) and that keeps only the ending: originals/ab/abcd….jpg."""
    token = secrets.token_hex(NAME_BYTES)
    ending = re.sub(r"[^.a-z0-9]", "", PurePosixPath(filename).suffix.lower())[:10]
    return f"{folder}/{token[:2]}/{token}{ending}"


@deconstructible
class OriginalsStorage(FileSystemStorage):
    """A file system storage in which an original, and what is served of it, once written, stays what it is.

    A published document refers to its files by name and hash: replacing or deleting a picture in the editor must not
    take the bytes away from the public. Renditions and everything else behave as usual.
    """

    def save(self, name, content, max_length=None):
        if self._folder(name) == ORIGINALS:
            name = random_name(ORIGINALS, filename=name)
        elif self._folder(name) == WAITING:
            # In a folder that nobody can guess; Wagtail reads the uploaded name from the file's own.
            name = f"{random_name(WAITING, filename='')}/{PurePosixPath(name).name}"
        return super().save(name, content, max_length=max_length)

    def get_valid_name(self, name):
        # Django takes symbols out of a name: of “№.jpg” it would leave “.jpg”, which is a name without an ending.
        path = PurePosixPath(name)
        return super().get_valid_name(name if re.search(r"\w", path.stem) else f"file{path.suffix}")

    def delete(self, name):
        if self._folder(name) not in (ORIGINALS, SERVED):
            super().delete(name)

    def discard(self, name: str) -> None:
        """Delete a served file that nothing refers to: another process has made the same one first."""
        if self._folder(name) == SERVED:
            super().delete(name)

    def open_to_readers(self, name: str) -> None:
        """Let nginx's group read a served file and come to it."""
        if self._folder(name) != SERVED:
            raise ValueError(name)
        path = Path(self.path(name))
        path.chmod(OPEN_TO_GROUP_FILE)
        for folder in (path.parent, path.parent.parent):
            folder.chmod(OPEN_TO_GROUP_FOLDER)

    def _folder(self, name) -> str:
        return str(name).replace("\\", "/").partition("/")[0]
