"""Looking into a file before it is kept: whatever is doubtful is refused, and nothing of it is stored."""

import re
from collections.abc import Callable
from pathlib import PurePosixPath

from django.conf import settings

from site_pages.files.archives import OLE, Archive
from site_pages.files.office_open import MAIN_PARTS, inspect_office
from site_pages.files.open_document import inspect_open_document
from site_pages.files.pdfs import inspect_pdf
from site_pages.files.pictures import FORMATS as PICTURES
from site_pages.files.pictures import inspect_pixels, looks_like_svg
from site_pages.files.pixels import Pixels
from site_pages.files.refusals import refusal
from site_pages.files.texts import inspect_table, inspect_text

# Signs that turn the order of the letters around, so that a name seems to end otherwise, and folders of one person.
TELLING_NAME = re.compile(
    "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|(?:^|/)(?:Users|home|Documents and Settings)/[^/]+/", re.IGNORECASE
)
ZIP = b"PK\x03\x04"
INSPECTORS: dict[str, Callable[[bytes], None]] = {
    ".odt": inspect_open_document,
    ".pdf": inspect_pdf,
    ".txt": lambda content: inspect_text(content, ending=".txt"),
    ".csv": inspect_table,
    ".docx": lambda content: inspect_office(content, ending=".docx"),
    ".xlsx": lambda content: inspect_office(content, ending=".xlsx"),
    ".pptx": lambda content: inspect_office(content, ending=".pptx"),
    ".zip": lambda content: _inspect_zip(content),
}


def inspect_file(content: bytes, *, filename: str) -> None:
    """Refuse a file whose content is not what its name says, or that could harm or betray. Raises ValidationError."""
    ending = PurePosixPath(filename).suffix.lower()
    if len(content) > settings.PRESS_FILE_MAX_BYTES:
        raise refusal("too_large", most=settings.PRESS_FILE_MAX_BYTES // 2**20)
    if looks_like_svg(content) or ending in (".svg", ".svgz"):
        raise refusal("svg")
    if ending not in INSPECTORS:
        raise refusal("unknown_type", ending=ending)
    is_zip = content.startswith(ZIP)
    # Office programs write a locked DOCX as an OLE file.
    if ending in MAIN_PARTS and content.startswith(OLE):
        raise refusal("encrypted")
    if is_zip != (ending in (*MAIN_PARTS, ".odt", ".zip")):
        raise refusal("wrong_type", ending=ending)
    INSPECTORS[ending](content)


def _inspect_zip(content: bytes) -> None:
    """An archive for readers holds files that would be taken one by one; no archive in an archive."""
    archive = Archive(content)
    if not archive.files:
        raise refusal("damaged")
    # Office files are archives too: inside of another they could unpack without end.
    for name in archive.files:
        if TELLING_NAME.search(name):
            raise refusal("telling_name", what=ascii(name)[1:-1][:80] if not name.isprintable() else name[:80])
    archive.check_parts()
    pixels = Pixels()
    for name in archive.files:
        if _is_picture(name):
            pixels.add(archive.part(name))
    for name in archive.files:
        if _is_picture(name):
            inspect_pixels(archive.part(name), filename=name)
        else:
            inspect_file(archive.part(name), filename=name)


def _is_picture(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in PICTURES
