"""Making what readers get: the same content, without what it could betray about people and places."""

from collections.abc import Callable
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError

from site_pages.files.archives import Archive, packed
from site_pages.files.inspection import inspect_file
from site_pages.files.office_open import clean_office
from site_pages.files.open_document import clean_open_document
from site_pages.files.pdfs import clean_pdf
from site_pages.files.pictures import FORMATS as PICTURES
from site_pages.files.pictures import clean_picture
from site_pages.files.refusals import refusal
from site_pages.files.words import FileWords

CLEANERS: dict[str, Callable[[bytes], bytes]] = {
    ".csv": bytes,
    ".docx": clean_office,
    ".odt": clean_open_document,
    ".pdf": clean_pdf,
    ".pptx": clean_office,
    ".txt": bytes,
    ".xlsx": clean_office,
    ".zip": lambda content: packed(_cleaned_parts(Archive(content))),
}


def cleaned(content: bytes, *, filename: str, words: FileWords | None = None) -> bytes:
    """The bytes to serve: the same for the same content and words, inspected once more. words: written into pictures.

    Raises ValidationError: the file cannot be cleaned, and so cannot be served.
    """
    bare = _bare(content, filename=filename, words=words)
    if PurePosixPath(filename).suffix.lower() not in PICTURES:
        inspect_file(bare, filename=filename)
    return bare


def require_servable(content: bytes, *, filename: str) -> None:
    """Refuse at the upload what could not be served later. Raises ValidationError."""
    try:
        cleaned(content, filename=filename)
    except ValidationError:
        raise
    except Exception as error:
        raise refusal("damaged") from error


def _bare(content: bytes, *, filename: str, words: FileWords | None = None) -> bytes:
    ending = PurePosixPath(filename).suffix.lower()
    if ending in PICTURES:
        return clean_picture(content, words=words)
    if ending not in CLEANERS:
        raise refusal("unknown_type", ending=ending)
    return CLEANERS[ending](content)


def _cleaned_parts(archive: Archive):
    for name in archive.files:
        yield name, _bare(archive.part(name), filename=name)
