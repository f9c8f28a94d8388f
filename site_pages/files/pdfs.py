"""PDF: nothing that acts, no files inside, no comments; written anew when served, so that nothing earlier is in it."""

import io
import zipfile
from collections.abc import Iterator

import pikepdf

from site_pages.files import pdf_rules
from site_pages.files.pdf_layers import check_layers
from site_pages.files.pdf_opening import MOST_VALUES, opened
from site_pages.files.pdf_pages import clean_pages, write_tree_anew
from site_pages.files.pdf_places import Places
from site_pages.files.pdf_streams import StreamCleaner
from site_pages.files.refusals import refusal

MOST_PAGES = 10_000
MOST_DEPTH = 60
# Whoever goes along a list goes along it again for each that names it. Programs share lists of a few numbers.
MOST_SHARED_PARTS = 5_000_000
LAST_MARK = b"%%EOF"


def inspect_pdf(content: bytes) -> None:
    """Refuse what acts, hides something, is locked or is not whole. Raises ValidationError."""
    if not content.startswith(b"%PDF-"):
        raise refusal("wrong_type", ending=".pdf")
    behind = content.rpartition(LAST_MARK)[2] if LAST_MARK in content else b""
    if behind.strip(b"\r\n\t \x00") or zipfile.is_zipfile(io.BytesIO(content)):
        raise refusal("two_files_in_one")
    with opened(content) as pdf:
        if len(pdf.pages) == 0:
            raise refusal("damaged")
        if len(pdf.pages) > MOST_PAGES:
            raise refusal("zip_bomb")
        if "/OpenAction" in pdf.Root and _acts(pdf.Root.OpenAction):
            raise refusal("active_content", what="OpenAction")
        check_layers(pdf)
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
    with opened(content) as pdf:
        pdf_rules.clean_roots(pdf)
        pages = write_tree_anew(pdf)
        places = Places(pdf, pages={page.objgen for page in pages})
        cleaner = StreamCleaner(pdf)
        for found in _dictionaries(pdf):
            places.clean(found, found.keys())
            pdf_rules.clean(found)
            cleaner.clean(found)
        clean_pages(pdf, pages)
        pdf.save(
            target,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            fix_metadata_version=False,
            linearize=False,
        )
    return target.getvalue()


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Every dictionary and every stream of the file, also those inside of others."""
    left, shared_left = MOST_VALUES, MOST_SHARED_PARTS
    for indirect in (pdf.trailer, *pdf.objects):
        waiting = [(indirect, 0)]
        while waiting:
            value, depth = waiting.pop()
            is_dictionary = isinstance(value, (pikepdf.Dictionary, pikepdf.Stream))
            if not is_dictionary and not isinstance(value, pikepdf.Array):
                continue
            if not isinstance(value, pikepdf.Stream) and len(value) == 0:
                continue
            if is_dictionary:
                yield value
            children = list(value.values() if is_dictionary else value)
            left -= len(children)
            # An indirect object has a turn of its own.
            inside = [child for child in reversed(children) if isinstance(child, pikepdf.Object)]
            shared_left -= sum(len(one) for one in inside if one.is_indirect and isinstance(one, pikepdf.Array))
            if depth > MOST_DEPTH or left < 0 or shared_left < 0:
                raise refusal("zip_bomb")
            waiting += [(child, depth + 1) for child in inside if not child.is_indirect]


def _acts(action: pikepdf.Object) -> bool:
    """Whether opening does more than to go to a place in the document."""
    return isinstance(action, pikepdf.Dictionary) and str(action.get("/S", "")) != "/GoTo"
