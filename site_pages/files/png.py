"""PNG, chunk by chunk: an allow-list of what draws the picture. Nothing is decoded."""

import struct
import zlib
from collections.abc import Iterator

from site_pages.files.profiles import bare_profile, unpacked_profile
from site_pages.files.words import FileWords, orientation_exif, xmp_packet

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What says how the same pixels look, with the lengths that it may have, by the kind of pixels where it depends on them:
# grey, colours, palette, grey with alpha, colours with alpha.
GREY, COLOURS, PALETTE, GREY_ALPHA, COLOURS_ALPHA = 0, 2, 3, 4, 6
LOOKS = {
    b"gAMA": 4, b"cHRM": 32, b"sRGB": 1, b"cICP": 4, b"pHYs": 9,
    b"sBIT": {GREY: 1, COLOURS: 3, PALETTE: 3, GREY_ALPHA: 2, COLOURS_ALPHA: 4},
    b"bKGD": {GREY: 2, COLOURS: 6, PALETTE: 1, GREY_ALPHA: 2, COLOURS_ALPHA: 6},
    b"tRNS": {GREY: 2, COLOURS: 6},
}  # fmt: skip
MOST_COLOURS, HEADER_BYTES = 256, 13
# A picture of a hundred megapixels comes in some thousands; each costs time.
MOST_CHUNKS = 20_000
# The longest name of a profile that the format knows.
MOST_NAME_BYTES = 79


class PngBroken(Exception):
    """The bytes are no whole PNG."""


def cleaned(content: bytes, *, orientation: int = 1, words: FileWords | None = None) -> bytes:
    """The same picture without metadata, with its orientation and the words. Raises PngBroken."""
    kept, met, pixels = [SIGNATURE], set(), COLOURS
    for kind, chunk in chunks(content):
        body = chunk[8:-4]
        if kind == b"IHDR":
            _require(len(body) == HEADER_BYTES and not met)
            pixels = body[9]
        if kind in (b"iCCP", b"IEND"):
            body = _profile(body) if kind == b"iCCP" else b""
        if kind == b"IDAT" or (kind not in met and body is not None and _is_exact(kind, body, pixels=pixels)):
            kept.append(_chunk(kind, body))
            met.add(kind)
        if kind == b"IHDR":
            if orientation != 1:
                kept.append(_chunk(b"eXIf", orientation_exif(orientation)))
            if words:
                kept.append(_chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + xmp_packet(words)))
    return b"".join(kept)


def _is_exact(kind: bytes, body: bytes, *, pixels: int) -> bool:
    """Whether this kind draws and has as many bytes as it needs, no more."""
    if kind == b"PLTE":
        return len(body) % 3 == 0 and 0 < len(body) <= 3 * MOST_COLOURS
    if kind == b"tRNS" and pixels == PALETTE:
        return 0 < len(body) <= MOST_COLOURS
    length = LOOKS.get(kind)
    if isinstance(length, dict):
        length = length.get(pixels, -1)
    return kind in (b"IHDR", b"iCCP", b"IEND") or len(body) == length


def _profile(body: bytes) -> bytes | None:
    """The profile without what it tells, under a name that says nothing."""
    end = body.find(b"\x00", 0, MOST_NAME_BYTES + 1)
    profile = bare_profile(unpacked_profile(body[end + 2 :])) if end > 0 else None
    return profile and b"ICC\x00\x00" + zlib.compress(profile, 9)


def _require(is_so: bool) -> None:
    if not is_so:
        raise PngBroken


def after_the_end(content: bytes) -> bytes:
    """What stands behind the picture. Raises PngBroken."""
    return content[len(SIGNATURE) + sum(len(chunk) for _, chunk in chunks(content)) :]


def chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each chunk with its kind, up to and with IEND. Raises PngBroken."""
    if not content.startswith(SIGNATURE):
        raise PngBroken
    place, left = len(SIGNATURE), MOST_CHUNKS
    while True:
        left -= 1
        if place + 12 > len(content) or left < 0:
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
