"""How the streams of a PDF are packed: never twice, and not in ways that grow without a bound."""

import re
import zlib
from collections.abc import Iterator

import pikepdf

from site_pages.files.refusals import refusal

# Readers know the short names too.
SHORT_NAMES = {"/DCT": "/DCTDecode", "/Fl": "/FlateDecode", "/LZW": "/LZWDecode", "/AHx": "/ASCIIHexDecode",
               "/A85": "/ASCII85Decode", "/RL": "/RunLengthDecode", "/CCF": "/CCITTFaxDecode"}  # fmt: skip
FLATE, RUNS = "/FlateDecode", "/RunLengthDecode"
# What makes many bytes of few. LZW is not among what is taken: nothing that unpacks it here stops at a bound.
GROWING = {FLATE, RUNS}
FILTERS = {*GROWING, "/ASCIIHexDecode", "/ASCII85Decode", "/CCITTFaxDecode", "/JBIG2Decode", "/DCTDecode", "/JPXDecode"}
NUMBERED_LETTER = re.compile(rb"#([0-9A-Fa-f]{2})")
# Six times what stands by chance in a file of forty megabytes.
MOST_NUMBERED_LETTERS = 1_000_000
LZW = re.compile(rb"/LZW(?:Decode)?(?=[\x00\t\n\x0c\r ()<>\[\]/%]|\Z)")
NAMED_RUNS = re.compile(rb"/(?:RunLengthDecode|RL)(?=[\x00\t\n\x0c\r ()<>\[\]/%]|\Z)")
# Each change that a program appends to a file brings one more list.
MOST_LISTS = 10_000
# Two bytes of runs are up to 128, and qpdf looks at its bound when all are there.
MOST_BYTES_OF_RUNS = 2**20
PIECE_BYTES = 2**20
# Around what is packed: the window and the way, and a sum at the end.
HEAD_BYTES, SUM_BYTES = 2, 4


def plain_names(content: bytes) -> bytes:
    """The same bytes with the letters that stand as numbers in names: `/#4CZW` is `/LZW`."""
    return NUMBERED_LETTER.sub(lambda found: bytes([int(found[1], 16)]), content) if b"#" in content else content


def check_names(content: bytes) -> None:
    """Refuse LZW, and lists of objects that are packed as runs, by the bytes of the file: the lists are read first.

    Raises ValidationError.
    """
    if content.count(b"#") > MOST_NUMBERED_LETTERS:
        raise refusal("zip_bomb")
    named = plain_names(content)
    if LZW.search(named):
        raise refusal("unknown_part", what="LZWDecode")
    lists_left, end = MOST_LISTS, 0
    while (found := named.find(b"/XRef", end)) >= 0:
        lists_left -= 1
        if lists_left < 0:
            raise refusal("zip_bomb")
        # What stands before the end of the last one was looked at with it: nothing is gone through twice.
        begin, following = max(end, named.rfind(b"obj", end, found)), named.find(b"stream", found)
        end = following if following >= 0 else len(named)
        if NAMED_RUNS.search(named, begin, end):
            raise refusal("unknown_part", what="RunLengthDecode")


def filters(found: pikepdf.Object) -> list[str]:
    """The long names of what a stream is packed with, the outermost first. Raises ValidationError."""
    value = found.get("/Filter")
    if value is None:
        return []
    if not isinstance(value, (pikepdf.Name, pikepdf.Array)):
        raise refusal("damaged")
    named = [value] if isinstance(value, pikepdf.Name) else list(value)
    if not all(isinstance(name, pikepdf.Name) for name in named):
        raise refusal("damaged")
    names = [SHORT_NAMES.get(str(name), str(name)) for name in named]
    if unknown := [name for name in names if name not in FILTERS]:
        raise refusal("unknown_part", what=unknown[0].strip("/")[:40])
    if sum(name in GROWING for name in names) > 1:
        raise refusal("unknown_part", what=" ".join(name.strip("/") for name in names)[:80])
    return names


def pieces(packed: bytes) -> Iterator[tuple[int, int]]:
    """Unpack Flate piece by piece and forget it: each time how many bytes came out and how many are left to read.

    At the end what is left lies behind the end of the stream. Sums that are wrong and ends that are missing are passed
    over, as by readers. Raises ValidationError: it is no Flate.
    """
    unpacker, waiting = zlib.decompressobj(-zlib.MAX_WBITS), packed[HEAD_BYTES:]
    try:
        while waiting and not unpacker.eof:
            piece = unpacker.decompress(waiting, PIECE_BYTES)
            waiting = unpacker.unused_data[SUM_BYTES:] if unpacker.eof else unpacker.unconsumed_tail
            yield len(piece), len(waiting)
    except zlib.error as error:
        raise refusal("damaged") from error


def unpacked(stream: pikepdf.Object) -> bytes:
    """The whole of a stream that is no picture, as far as qpdf may unpack it. Raises ValidationError, PdfError."""
    if RUNS not in filters(stream):
        return stream.read_bytes()
    if len(stream.read_raw_bytes()) > MOST_BYTES_OF_RUNS:
        raise refusal("zip_bomb")
    return stream.read_bytes(pikepdf.StreamDecodeLevel.specialized)
