"""PDF: nothing that acts, no files inside, no comments; written anew when served, so that nothing earlier is in it."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

import pikepdf

from site_pages.files import pdf_rules
from site_pages.files.pdf_streams import StreamCleaner
from site_pages.files.refusals import refusal

MOST_OBJECTS = 500_000
MOST_DEPTH = 60
# What qpdf may unpack while it reads the lists of a file; they hold objects, not pictures.
pikepdf.settings.set_qpdf_limits(
    flate_max_memory=64 * 2**20,
    png_max_memory=64 * 2**20,
    tiff_max_memory=64 * 2**20,
    run_length_max_memory=64 * 2**20,
    parser_max_container_size=MOST_OBJECTS,
    doc_max_warnings=50,
)
LAST_MARK = b"%%EOF"
FAILURES = (
    pikepdf.PdfError,
    pikepdf.DataDecodingError,
    pikepdf.DeletedObjectError,
    ValueError,
    TypeError,
    RuntimeError,
)


def inspect_pdf(content: bytes) -> None:
    """Refuse what acts, hides something, is locked or is not whole. Raises ValidationError."""
    if not content.startswith(b"%PDF-"):
        raise refusal("wrong_type", ending=".pdf")
    behind = content.rpartition(LAST_MARK)[2] if LAST_MARK in content else b""
    if behind.strip(b"\r\n\t \x00") or zipfile.is_zipfile(io.BytesIO(content)):
        raise refusal("two_files_in_one")
    with _opened(content) as pdf:
        if pdf.is_encrypted:
            raise refusal("encrypted")
        if len(pdf.pages) == 0:
            raise refusal("damaged")
        if "/OpenAction" in pdf.Root and _acts(pdf.Root.OpenAction):
            raise refusal("active_content", what="OpenAction")
        cleaner, judged = StreamCleaner(pdf), set()
        for found in _dictionaries(pdf):
            pdf_rules.check(found)
            if "/Annots" in found and found.Annots.objgen not in judged:
                pdf_rules.check_annotations(found.Annots)
                judged |= {found.Annots.objgen} if found.Annots.is_indirect else set()
            cleaner.clean(found)


def clean_pdf(content: bytes) -> bytes:
    """The same pages without author, history, earlier versions and what cameras noted in pictures."""
    target = io.BytesIO()
    with _opened(content) as pdf:
        pdf_rules.clean_roots(pdf)
        cleaner = StreamCleaner(pdf)
        for found in _dictionaries(pdf):
            pdf_rules.clean(found)
            cleaner.clean(found)
        pdf.save(
            target,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            fix_metadata_version=False,
            linearize=False,
        )
    return target.getvalue()


@contextmanager
def _opened(content: bytes) -> Iterator[pikepdf.Pdf]:
    """The document, not mended: what has to be mended is refused."""
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False, suppress_warnings=True) as pdf:
            yield pdf
    except pikepdf.PasswordError as error:
        raise refusal("encrypted") from error
    except FAILURES as error:
        raise refusal("damaged") from error


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Every dictionary and every stream of the file, also those inside of others."""
    if len(pdf.objects) > MOST_OBJECTS:
        raise refusal("zip_bomb")
    for indirect in (pdf.trailer, *pdf.objects):
        yield from _inside(indirect, depth=0)


def _inside(value: pikepdf.Object, *, depth: int) -> Iterator[pikepdf.Object]:
    if depth > MOST_DEPTH:
        raise refusal("zip_bomb")
    if isinstance(value, (pikepdf.Dictionary, pikepdf.Stream)):
        yield value
        children = [child for _key, child in value.items()]
    elif isinstance(value, pikepdf.Array):
        children = list(value)
    else:
        return
    for child in children:
        # An indirect object has a turn of its own.
        if isinstance(child, pikepdf.Object) and not child.is_indirect:
            yield from _inside(child, depth=depth + 1)


def _acts(action: pikepdf.Object) -> bool:
    """Whether opening does more than to go to a place in the document."""
    return isinstance(action, pikepdf.Dictionary) and str(action.get("/S", "")) != "/GoTo"
