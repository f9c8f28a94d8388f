"""What readers get of an original: made when a public form first needs it, kept under a random name for good."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from site_pages.files.cleaning import cleaned
from site_pages.files.pictures import size_shown
from site_pages.files.words import FileWords
from site_pages.models.media import ServedFile
from site_pages.storage import SERVED, random_name, sha256_of

# Goes up when other bytes are made of the same file than before: the next public form gets new ones. What was made
# before stays under its own name and hash, and is served as long as a public form names it.
CLEANING = 4


class NotServable(Exception):
    """The original is gone or cannot be cleaned, or what was made of it is no longer what it was."""


@dataclass(frozen=True)
class Served:
    """The bytes that readers get: where the storage keeps them, their size in bytes and their SHA-256."""

    storage_name: str
    file_size: int
    sha256: str


def served_file(*, original_name: str, words: FileWords | None = None) -> Served:
    """What readers get of the original with the words, its hash read at this moment. Raises NotServable.

    The same original with the same words gives the same bytes while the cleaning is the same; other words give another
    file, and what has been published stays what it was.
    """
    try:
        with default_storage.open(original_name) as original:
            content = original.read()
    except OSError as error:
        raise NotServable(original_name) from error
    made_from = _fingerprint(content, ending=PurePosixPath(original_name).suffix.lower(), words=words)
    record = ServedFile.objects.filter(made_from=made_from).first()
    if record and not record.original_name:
        # Made by a version of the product that did not write it down.
        ServedFile.objects.filter(pk=record.pk, original_name="").update(original_name=original_name)
    return _as_kept(record or _made(content, original_name=original_name, words=words, made_from=made_from))


def shown_size(*, storage_name: str) -> tuple[int, int]:
    """Width and height in pixels of a served picture as readers see it, the right side up. Raises NotServable."""
    try:
        with default_storage.open(storage_name) as kept:
            return size_shown(kept)
    except OSError as error:
        raise NotServable(storage_name) from error


def served_name(*, sha256: str) -> str | None:
    """The storage name of the served file with this hash, or None."""
    return ServedFile.objects.filter(sha256=sha256).values_list("storage_name", flat=True).first()


def _fingerprint(content: bytes, *, ending: str, words: FileWords | None) -> str:
    original = hashlib.sha256(content).hexdigest()
    told = {"original": original, "ending": ending, "words": asdict(words) if words else None, "cleaning": CLEANING}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _made(content: bytes, *, original_name: str, words: FileWords | None, made_from: str) -> ServedFile:
    try:
        bare = cleaned(content, filename=original_name, words=words)
    except ValidationError as error:
        raise NotServable(original_name) from error
    name = default_storage.save(random_name(SERVED, filename=original_name), ContentFile(bare))
    default_storage.open_to_readers(name)
    record, is_ours = ServedFile.objects.get_or_create(
        made_from=made_from,
        defaults={
            "storage_name": name,
            "sha256": hashlib.sha256(bare).hexdigest(),
            "file_size": len(bare),
            "original_name": original_name,
        },
    )
    if not is_ours:
        default_storage.discard(name)
    return record


def _as_kept(record: ServedFile) -> Served:
    try:
        with default_storage.open(record.storage_name) as kept:
            is_whole = sha256_of(kept) == record.sha256
    except OSError as error:
        raise NotServable(record.storage_name) from error
    if not is_whole:
        raise NotServable(record.storage_name)
    return Served(storage_name=record.storage_name, file_size=record.file_size, sha256=record.sha256)
