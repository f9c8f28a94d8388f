"""PNG, chunk by chunk: an allow-list of what draws the picture. Nothing is decoded."""

import struct
import zlib
from collections.abc import Iterator

from site_pages.files.words import FileWords, orientation_exif, xmp_packet

SIGNATURE = b"\x89PNG\r\n\x1a\n"
DRAWING = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"bKGD",
    b"hIST", b"pHYs",
}  # fmt: skip
MOVING = b"acTL"


class PngBroken(Exception):
    """The bytes are no whole PNG."""


def cleaned(content: bytes, *, orientation: int = 1, words: FileWords | None = None) -> bytes:
    """The same picture without metadata, with its orientation and the words. Raises PngBroken."""
    kept = [SIGNATURE]
    for kind, chunk in chunks(content):
        if kind in DRAWING:
            kept.append(chunk)
        if kind == b"IHDR":
            if orientation != 1:
                kept.append(_chunk(b"eXIf", orientation_exif(orientation)))
            if words:
                kept.append(_chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + xmp_packet(words)))
    return b"".join(kept)


def after_the_end(content: bytes) -> bytes:
    """What stands behind the picture. Raises PngBroken."""
    return content[len(SIGNATURE) + sum(len(chunk) for _, chunk in chunks(content)) :]


def chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each chunk with its kind, up to and with IEND. Raises PngBroken."""
    if not content.startswith(SIGNATURE):
        raise PngBroken
    place = len(SIGNATURE)
    while True:
        if place + 12 > len(content):
            raise PngBroken
        length, kind = struct.unpack_from(">I4s", content, place)
        following = place + 12 + length
        if following > len(content):
            raise PngBroken
        yield kind, content[place:following]
        if kind == b"IEND":
            return
        place = following


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
