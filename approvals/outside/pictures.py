"""The pictures of the version that a link shows: by the hash that the version names, and no other file."""

from collections.abc import Iterator

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage

from site_pages.files.serving import served_name
from site_pages.public_form.canonical import PublicForm
from site_pages.storage import sha256_of

# What a browser shows without running anything; SVG is not among them.
SHOWN = {"image/avif", "image/gif", "image/jpeg", "image/png", "image/webp"}


def pictures_of(form: PublicForm) -> list[dict]:
    """The pictures as the public form names them: file_id, sha256, filename, content_type and their words."""
    return [image for image in _images(form.payload) if image["content_type"] in SHOWN]


def _images(payload: dict) -> Iterator[dict]:
    if payload.get("image"):
        yield payload["image"]
    for block in payload["body"]["blocks"]:
        yield from block.get("images", ())
        if block.get("image"):
            yield block["image"]


def bytes_of(form: PublicForm, *, sha256: str) -> tuple[bytes, str] | None:
    """The bytes and the media type of one picture; None when the version or the storage has no such picture."""
    image = next((image for image in pictures_of(form) if image["sha256"] == sha256), None)
    name = served_name(sha256=sha256) if image else None
    if name is None:
        return None
    try:
        with default_storage.open(name) as content:
            if sha256_of(content) != sha256:
                return None
            return content.read(), image["content_type"]
    except (OSError, SuspiciousFileOperation):
        return None
