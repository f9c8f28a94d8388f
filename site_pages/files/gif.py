"""GIF, block by block: comments and what programs noted go, frames and their looping stay. Nothing is decoded."""

import struct
from collections.abc import Iterator
from itertools import islice

FRAME_CONTROL, APPLICATION, FRAME = 0xF9, 0xFF, b","
# Far more than the frames that are allowed need; each block costs time.
MOST_BLOCKS = 20_000
# Each block comes in parts of up to 255 bytes, and programs fill them.
LEAST_BYTES_OF_PARTS = 128
# Pillow copies what it has of a comment with each part of it.
COMMENT, MOST_COMMENT_BYTES = 0xFE, 2**18
LOOPING = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


class GifBroken(Exception):
    """The bytes are no whole GIF."""


def cleaned(content: bytes) -> bytes:
    """The same picture without comments and programs' notes. Raises GifBroken."""
    return b"".join(block for block in _blocks(content) if not _is_remark(block))


def after_the_end(content: bytes) -> bytes:
    """What stands behind the picture. Raises GifBroken."""
    return content[sum(len(block) for block in _blocks(content)) :]


def has_more_frames(content: bytes, *, than: int) -> bool:
    """Whether there are more frames; the rest is not read once this is known. Raises GifBroken."""
    frames = (block for block in _blocks(content) if block[:1] == FRAME)
    return next(islice(frames, than, None), None) is not None


def size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels of what every frame is drawn on: the screen, or the first frame where it is larger.

    Raises GifBroken: a later frame stands outside. Programs make room for it only when they come to it, so that the
    beginning of the file would say nothing of the memory that the rest asks for.
    """
    places = (struct.unpack_from("<HHHH", block, 1) for block in _blocks(content) if block[:1] == FRAME)
    edges = [(left + width, top + height) for left, top, width, height in places]
    wide, high = struct.unpack_from("<HH", content, 6)
    if edges:
        wide, high = max(wide, edges[0][0]), max(high, edges[0][1])
    if any(right > wide or bottom > high for right, bottom in edges):
        raise GifBroken
    return wide, high


def _is_remark(block: bytes) -> bool:
    if block[:1] != b"!" or block[1] == FRAME_CONTROL:
        return False
    # A looping extension has one block of three bytes; longer ones carry something else.
    return not (block[1] == APPLICATION and block[3:14] in LOOPING and len(block) == 19)


def _blocks(content: bytes) -> Iterator[bytes]:
    """The header with its table, then each extension and each frame, then the trailer."""
    try:
        if content[:6] not in (b"GIF87a", b"GIF89a"):
            raise GifBroken
        place = 13 + _table_bytes(content[10])
        yield content[:place]
        blocks_left, comment_left = MOST_BLOCKS, MOST_COMMENT_BYTES
        parts_left = MOST_BLOCKS + len(content) // LEAST_BYTES_OF_PARTS
        while content[place] != 0x3B:
            begin = place
            if content[place] == 0x21:
                place, parts = _after_data(content, place + 2, most=parts_left)
            elif content[place] == 0x2C:
                place, parts = _after_data(content, place + 11 + _table_bytes(content[place + 9]), most=parts_left)
            else:
                raise GifBroken
            blocks_left, parts_left = blocks_left - 1, parts_left - parts
            comment_left -= place - begin if content[begin : begin + 2] == bytes([0x21, COMMENT]) else 0
            if min(blocks_left, comment_left) < 0:
                raise GifBroken
            yield content[begin:place]
        yield content[place : place + 1]
    except IndexError as error:
        raise GifBroken from error


def _table_bytes(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _after_data(content: bytes, place: int, *, most: int) -> tuple[int, int]:
    """Where the parts of a block end, and how many there are. Raises GifBroken, IndexError."""
    parts = 0
    while length := content[place]:
        place, parts = place + length + 1, parts + 1
        if parts > most:
            raise GifBroken
    return place + 1, parts
