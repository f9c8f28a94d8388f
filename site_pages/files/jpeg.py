"""JPEG, marker by marker: what draws the picture stays as it is, everything else goes. Nothing is decoded."""

import struct
from collections.abc import Iterator

from site_pages.files.words import FileWords, iptc_block, orientation_exif, xmp_packet

START, END, SCAN = 0xD8, 0xD9, 0xDA
# JFIF, the colour profile and Adobe's word on the colours: without them the same bytes would look different.
DRAWING = ((0xE0, b"JFIF\x00"), (0xE2, b"ICC_PROFILE\x00"), (0xEE, b"Adobe"))


class JpegBroken(Exception):
    """The bytes are no whole JPEG."""


def cleaned(content: bytes, *, orientation: int = 1, words: FileWords | None = None) -> bytes:
    """The same picture without metadata, with its orientation and the words. Raises JpegBroken."""
    kept = [b"\xff\xd8"]
    is_begun = False
    for marker, segment, _end in _segments(content):
        if not is_begun and not (marker == 0xE0 and _draws(marker, segment)):
            kept += _ours(orientation=orientation, words=words)
            is_begun = True
        if marker == 0xE0 and _draws(marker, segment):
            kept.append(_application(0xE0, segment[4:16] + b"\x00\x00"))  # without the small picture that it may hold
        elif _draws(marker, segment):
            kept.append(segment)
    return b"".join(kept)


def after_the_end(content: bytes) -> bytes:
    """What stands behind the picture. Raises JpegBroken."""
    *_, (_marker, _segment, end) = _segments(content)
    return content[end:]


def _draws(marker: int, segment: bytes) -> bool:
    if 0xE0 <= marker <= 0xEF:
        return any(marker == kind and segment[4:].startswith(name) for kind, name in DRAWING)
    return marker != 0xFE


def _ours(*, orientation: int, words: FileWords | None) -> list[bytes]:
    segments = []
    if orientation != 1:
        segments.append(_application(0xE1, b"Exif\x00\x00" + orientation_exif(orientation)))
    if words:
        segments.append(_application(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + xmp_packet(words)))
        segments.append(_application(0xED, b"Photoshop 3.0\x00" + iptc_block(words)))
    return segments


def _application(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _segments(content: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Each marker with its bytes and where they end, a scan with its data, up to and with the end of the picture."""
    if content[:2] != b"\xff\xd8":
        raise JpegBroken
    place = 2
    while True:
        if content[place : place + 1] != b"\xff":
            raise JpegBroken
        while content[place : place + 1] == b"\xff":
            place += 1
        if place >= len(content):
            raise JpegBroken
        begin, marker = place - 1, content[place]
        place += 1
        if marker == END:
            yield marker, content[begin:place], place
            return
        if not 0xD0 <= marker <= 0xD7 and marker != 0x01:
            if place + 2 > len(content):
                raise JpegBroken
            (length,) = struct.unpack_from(">H", content, place)
            place += max(length, 2)
        if marker == SCAN:
            place = _end_of_scan(content, place)
        if place > len(content):
            raise JpegBroken
        yield marker, content[begin:place], place


def _end_of_scan(content: bytes, place: int) -> int:
    """Where the coded data ends: at the first marker that is neither an escaped FF nor a restart."""
    while True:
        place = content.find(b"\xff", place)
        if place < 0 or place + 1 >= len(content):
            raise JpegBroken
        following = content[place + 1]
        if following == 0xFF:
            place += 1
        elif following == 0 or 0xD0 <= following <= 0xD7:
            place += 2
        else:
            return place
