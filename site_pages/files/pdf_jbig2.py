"""Scans in black and white (JBIG2) inside a PDF: the parts that draw are kept, remarks go."""

import struct

EXTENSION = 62
UNKNOWN_LENGTH = 0xFFFFFFFF
MANY = 7


def cleaned(content: bytes) -> bytes:
    """The same parts without extensions, which hold remarks. What cannot be told apart stays as it is."""
    kept, place = bytearray(), 0
    while place < len(content):
        try:
            kind, begin, length = _part(content, place)
        except (struct.error, IndexError):
            break
        if length == UNKNOWN_LENGTH:
            break
        end = begin + length
        if kind != EXTENSION:
            kept += content[place:end]
        place = end
    return bytes(kept) + content[place:]


def _part(content: bytes, place: int) -> tuple[int, int, int]:
    """Of the part that begins at the place: its kind, where its content begins, and how many bytes that has."""
    number, flags, counted = struct.unpack_from(">IBB", content, place)
    place += 5
    if counted >> 5 == MANY:
        count = struct.unpack_from(">I", content, place)[0] & 0x1FFFFFFF
        place += 4 + (count + 8) // 8
    else:
        count = counted >> 5
        place += 1
    # Each part that it refers to, by a number as wide as its own; then its page.
    width = 1 if number <= 256 else 2 if number <= 65536 else 4
    place += count * width + (4 if flags & 0x40 else 1)
    return flags & 0x3F, place + 4, struct.unpack_from(">I", content, place)[0]
