"""Opening a PDF: what it would cost is counted before anything of it is unpacked and kept in memory.

A value in a PDF takes a byte or two packed in the file and more than a hundred in memory, so values are counted.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pikepdf

from site_pages.files import pdf_packing
from site_pages.files.refusals import refusal

MOST_OBJECTS = 500_000
# Each needs up to 140 bytes of memory. The tables of a budget of 300 pages, with marks for the blind, have two million.
MOST_VALUES = 3_000_000
MOST_BYTES_OF_LISTS = 64 * 2**20
# What qpdf may unpack of one stream.
pikepdf.settings.set_qpdf_limits(
    flate_max_memory=64 * 2**20,
    png_max_memory=64 * 2**20,
    tiff_max_memory=64 * 2**20,
    run_length_max_memory=16 * 2**20,
    parser_max_container_size=MOST_OBJECTS,
    max_stream_filters=4,
    doc_max_warnings=50,
)
FAILURES = (
    pikepdf.PdfError,
    pikepdf.DataDecodingError,
    pikepdf.DeletedObjectError,
    ValueError,
    TypeError,
    RuntimeError,
)
LOCKED = re.compile(rb"/Encrypt[\x00\t\n\x0c\r ]*+[<%\d]")
REFERENCE = re.compile(rb"(?<!\d)(\d{1,10})[\x00\t\n\x0c\r ]{1,9}\d{1,5}[\x00\t\n\x0c\r ]{1,9}R")
START = re.compile(rb"startxref[\x00\t\n\x0c\r ]+(\d{1,12})")
BEGIN = re.compile(rb"[\x00\t\n\x0c\r ]*\d{1,10}[\x00\t\n\x0c\r ]+\d{1,5}[\x00\t\n\x0c\r ]+obj")
# Another document, to stand behind the file: the lists before it are read then, and nothing that they list.
PAGE = b"%d 0 obj\n<</Type/Page/Parent %d 0 R/MediaBox[0 0 9 9]/Resources<<>>>>\nendobj\n"
PAGES = b"%d 0 obj\n<</Type/Pages/Count 1/Kids[%d 0 R]>>\nendobj\n"
LISTED = b"xref\n%d 2\n%010d 00000 n \n%010d 00000 n \ntrailer\n"
END = b"<</Size %d/Root<</Type/Catalog/Pages %d 0 R>>/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
STREAM, PACKED, PLAIN = b"stream", 2, 1
MOST_HEAD_BYTES = 2**16
BLANKS = bytes(ord(" ") if code in b"\x00\t\n\x0c\r " else ord("x") for code in range(256))


@contextmanager
def opened(content: bytes) -> Iterator[pikepdf.Pdf]:
    """The document, not mended: what has to be mended is refused. Raises ValidationError."""
    pdf_packing.check_names(content)
    if LOCKED.search(pdf_packing.plain_names(content)):
        raise refusal("encrypted")
    try:
        _check_costs(content)
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise refusal("encrypted")
            yield pdf
    except pikepdf.PasswordError as error:
        raise refusal("encrypted") from error
    except FAILURES as error:
        raise refusal("damaged") from error


def _check_costs(content: bytes) -> None:
    """Refuse what holds more values than anybody needs. Raises ValidationError and FAILURES."""
    starts = START.findall(content[-2048:])
    if not starts:
        raise refusal("damaged")
    with_other = io.BytesIO(_with_other_behind(content, before=int(starts[-1])))
    with pikepdf.open(with_other, attempt_recovery=False, suppress_warnings=True) as lists:
        table = lists.get_xref_table()
        if len(table) > MOST_OBJECTS:
            raise refusal("zip_bomb")
        left = _left_of_plain_sight(content, table)
        _check_packed(lists, content, table=table, left=left)


def _with_other_behind(content: bytes, *, before: int) -> bytes:
    """The file and another document behind it, whose list names the list before. before: where that stands, in bytes.

    Opening the file itself would unpack the stream of objects in which its first dictionary is.
    """
    # qpdf takes no number as high as a third of the bytes: the file has no objects with these two.
    content += b" " * 60 + b"\n"
    page, pages = len(content) // 3 - 3, len(content) // 3 - 2
    with_page = content + PAGE % (page, pages)
    with_pages = with_page + PAGES % (pages, page)
    listed = LISTED % (page, len(content), len(with_page))
    return with_pages + listed + END % (pages + 1, pages, before, len(with_pages))


def _left_of_plain_sight(content: bytes, table: dict) -> int:
    """How many values there may still be besides those that stand in the file itself, outside of streams."""
    left = MOST_VALUES
    places = sorted({entry.offset for entry in table.values() if entry.type == PLAIN})
    for begin, end in zip(places, [*places[1:], len(content)], strict=True):
        part = content[begin:end]
        head, found, behind = part.partition(STREAM)
        left -= _values(head)
        if left < 0:
            raise refusal("zip_bomb")
        if found and not _ends_a_dictionary(head):
            left -= _values(behind)
    return left


def _ends_a_dictionary(head: bytes) -> bool:
    """Whether it is a whole dictionary: then bytes follow it. The word that announces them may stand in a string."""
    begin = BEGIN.match(head)
    try:
        told = pikepdf.Object.parse(REFERENCE.sub(b"null", head[begin.end() if begin else 0 :]))
    except FAILURES:
        return False
    return isinstance(told, pikepdf.Dictionary)


def _check_packed(lists: pikepdf.Pdf, content: bytes, *, table: dict, left: int) -> None:
    """Count what is packed in streams of objects, one stream after the other."""
    bytes_left = MOST_BYTES_OF_LISTS
    for number in sorted({entry.obj_stream_number for entry in table.values() if entry.type == PACKED}):
        entry = table.get((number, 0))
        if entry is None or entry.type != PLAIN or _leans_on_packed(content, entry.offset, table):
            raise refusal("damaged")
        packed = lists.get_object(number, 0)
        if not isinstance(packed, pikepdf.Stream) or pdf_packing.filters(packed) not in ([], [pdf_packing.FLATE]):
            raise refusal("damaged")
        if pdf_packing.filters(packed):
            for came, _left in pdf_packing.pieces(packed.read_raw_bytes()):
                bytes_left -= came
                if bytes_left < 0:
                    raise refusal("zip_bomb")
        left -= _values(packed.read_bytes())
        if left < 0:
            raise refusal("zip_bomb")


def _leans_on_packed(content: bytes, place: int, table: dict) -> bool:
    """Whether another stream of objects would have to be unpacked to know how long this one is."""
    head = content[place : place + MOST_HEAD_BYTES].partition(STREAM)[0]
    named = (table.get((int(found[1]), 0)) for found in REFERENCE.finditer(head))
    return not _ends_a_dictionary(head) or any(entry and entry.type == PACKED for entry in named)


def _values(told: bytes) -> int:
    """At least as many values as are written there. Keys count too, and dictionaries twice: they cost twice as much."""
    marks = sum(told.count(mark) for mark in (b"[", b"<", b"/", b"("))
    words = told.translate(BLANKS).count(b" x") if marks < MOST_VALUES else 0
    # A reference is one value of three words.
    return marks + words - 2 * sum(1 for _found in REFERENCE.finditer(told)) if words else marks
