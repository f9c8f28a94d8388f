"""The names and media types under which files go out."""

import re
from pathlib import PurePosixPath

from site_pages.romanisation import romanise

# What we send out, by ending; an unlisted ending is served as bytes and never shown inline.
CONTENT_TYPES = {
    ".avif": "image/avif",
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".txt": "text/plain",
    ".webp": "image/webp",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}


def public_filename(record) -> str:
    """The uploaded name in safe ASCII: letters, digits, dot, dash, underscore; never a path."""
    path = PurePosixPath(record.original_filename.replace("\\", "/"))
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", romanise(path.stem, locale="ky")).strip("-") or "file"
    return f"{stem[:80]}{re.sub(r'[^.a-z0-9]', '', path.suffix.lower())[:10]}"


def content_type_of(record) -> str:
    """The media type by the file's ending."""
    return CONTENT_TYPES.get(PurePosixPath(record.file.name).suffix.lower(), "application/octet-stream")
