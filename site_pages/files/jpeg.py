"""JPEG, marker by marker: what draws the picture stays as it is, everything else goes. Nothing is decoded."""

import re
import struct
from collections.abc import Iterator
from itertools import islice

from site_pages.files.profiles import bare_profile
from site_pages.files.words import FileWords, iptc_block, orientation_exif, xmp_packet

START, END, SCAN = 0xD8, 0xD9, 0xDA
# The frame with its size, its tables, its scans and the end. 0xC8 is reserved, and 0xDC says again how high it is.
DRAWING = {*range(0xC0, 0xD0), END, SCAN, 0xDB, 0xDD} - {0xC8}
PROFILE = b"ICC_PROFILE\x00"
MOST_PROFILE_PART_BYTES = 65_519
JFIF_BYTES, ADOBE_BYTES = 14, 12
# Far more than a picture with all its metadata has; each costs time.
MOST_SEGMENTS = 20_000
# Ten times what programs write. Each goes over the whole picture once more, here and with every reader.
MOST_SCANS = 100
# Before marks, where nobody needs it. Pillow goes through it byte by byte, in a scan again with each piece.
FILLING, FILLING_IN_A_SCAN = re.compile(rb"\xff++"), b"\xff\xff"
MOST_FILLING_BYTES = 2**16
# Where coded data ends: at the first marker that is neither an escaped FF nor a restart.
END_OF_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


class JpegBroken(Exception):
    """The bytes are no whole JPEG."""


def cleaned(content: bytes, *, orientation: int = 1, words: FileWords | None = None) -> bytes:
    """The same picture without metadata, with its orientation and the words.

    Raises JpegBroken: it is no whole JPEG, or has more than MOST_SCANS scans.
    """
    if scans(content, most=MOST_SCANS) > MOST_SCANS:
        raise JpegBroken
    jfif, adobe, profile, kept = b"", b"", {}, []
    for marker, segment, _end in _segments(content):
        body = segment[4:]
        if marker in DRAWING:
            kept.append(segment)
        elif marker == 0xE0 and body.startswith(b"JFIF\x00") and len(body) >= JFIF_BYTES:
            jfif = _application(0xE0, body[:12] + b"\x00\x00")  # without the small picture that it may hold
        elif marker == 0xEE and body.startswith(b"Adobe") and len(body) >= ADOBE_BYTES:
            # Only the last byte is of colours; without it the same bytes would look different.
            adobe = _application(0xEE, b"Adobe\x00\x64\x00\x00\x00\x00" + body[11:12])
        elif marker == 0xE2 and body.startswith(PROFILE) and len(body) > len(PROFILE) + 2:
            profile.setdefault(body[len(PROFILE)], body[len(PROFILE) + 2 :])
    joined = b"".join(part for _number, part in sorted(profile.items()))
    ours = _ours(orientation=orientation, words=words)
    return b"".join([b"\xff\xd8", jfif, *ours, *_profile(bare_profile(joined)), adobe, *kept])


def after_the_end(content: bytes) -> bytes:
    """What stands behind the picture. Raises JpegBroken."""
    *_, (_marker, _segment, end) = _segments(content)
    return content[end:]


def scans(content: bytes, *, most: int) -> int:
    """How many scans there are; where there are more than `most`, the rest is not read. Raises JpegBroken."""
    found = (marker for marker, _segment, _end in _segments(content) if marker == SCAN)
    return sum(1 for _scan in islice(found, most + 1))


def _profile(profile: bytes | None) -> list[bytes]:
    """The profile in as many segments as it needs."""
    profile = profile or b""
    places = range(0, len(profile), MOST_PROFILE_PART_BYTES)
    return [
        _application(0xE2, PROFILE + bytes([number, len(places)]) + profile[place : place + MOST_PROFILE_PART_BYTES])
        for number, place in enumerate(places, start=1)
    ]


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
    place, number, filling_left = 2, 0, MOST_FILLING_BYTES
    while True:
        number += 1
        filling = FILLING.match(content, place)
        if not filling or number > MOST_SEGMENTS:
            raise JpegBroken
        filling_left -= filling.end() - place - 1
        place = filling.end()
        if place >= len(content) or filling_left < 0:
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
            end = END_OF_SCAN.search(content, place)
            if not end:
                raise JpegBroken
            filling_left -= len(FILLING_IN_A_SCAN) * content.count(FILLING_IN_A_SCAN, place, end.start())
            place = end.start()
        if place > len(content) or filling_left < 0:
            raise JpegBroken
        yield marker, content[begin:place], place
