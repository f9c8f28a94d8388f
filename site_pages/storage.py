"""Where uploaded files lie: by their own hash, never overwritten, never deleted by an edit."""

import hashlib
from pathlib import PurePosixPath

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible

ORIGINALS = "originals"
CHUNK_BYTES = 1 << 20


def sha256_of(content: File) -> str:
    """SHA-256 of the whole file, 64 lower-case hex digits; the position is put back to the start."""
    content.seek(0)
    hasher = hashlib.sha256()
    for chunk in iter(lambda: content.read(CHUNK_BYTES), b""):
        hasher.update(chunk)
    content.seek(0)
    return hasher.hexdigest()


def original_name(content: File, *, filename: str) -> str:
    """The storage name of an uploaded original: originals/ab/abcd….jpg."""
    return name_of_original(sha256=sha256_of(content), filename=filename)


def name_of_original(*, sha256: str, filename: str) -> str:
    """The storage name under which an original with this hash lies."""
    return f"{ORIGINALS}/{sha256[:2]}/{sha256}{PurePosixPath(filename).suffix.lower()[:10]}"


@deconstructible
class OriginalsStorage(FileSystemStorage):
    """A file system storage in which an original, once written, stays what it is.

    A published document refers to its files by hash: replacing or deleting a picture in the editor must not take the
    bytes away from the public. Renditions and everything else outside `originals/` behave as usual.
    """

    def save(self, name, content, max_length=None):
        if self._is_original(name):
            name = original_name(content, filename=name)
        return super().save(name, content, max_length=max_length)

    def get_available_name(self, name, max_length=None):
        return name if self._is_original(name) else super().get_available_name(name, max_length=max_length)

    def _save(self, name, content):
        if self._is_original(name) and self.exists(name):
            if self.size(name) == content.size:
                return name
            super().delete(name)  # a write that was cut off; the name is the hash of what it should have been
        return super()._save(name, content)

    def delete(self, name):
        if not self._is_original(name):
            super().delete(name)

    def _is_original(self, name) -> bool:
        return str(name).replace("\\", "/").startswith(f"{ORIGINALS}/")
