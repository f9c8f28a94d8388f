"""JPEG 2000, box by box: what draws the picture stays as it is, everything else goes. Nothing is decoded."""

import struct
from collections.abc import Iterator

SIGNATURE = b"\x00\x00\x00\x0cjP  "
DRAWING = {b"jP  ", b"ftyp", b"rreq", b"jp2h", b"jpch", b"jplh", b"jp2c"}
HEADERS = {b"jp2h", b"jpch", b"jplh"}
DRAWING_IN_A_HEADER = {b"ihdr", b"bpcc", b"colr", b"pclr", b"cmap", b"cdef", b"res ", b"cgrp", b"opct", b"creg"}
BEGIN, TILE, DATA, END, COMMENT = 0xFF4F, 0xFF90, 0xFF93, 0xFFD9, 0xFF64
LENGTH_WITH_64_BITS = 1


class Jpeg2000Broken(Exception):
    """The bytes are no whole JPEG 2000, or hold a remark that cannot be taken out."""


def cleaned(content: bytes) -> bytes:
    """The same picture without boxes and remarks of cameras and programs. Raises Jpeg2000Broken."""
    if not content.startswith(SIGNATURE):
        return _bare_code(content)
    return b"".join(_kept(kind, body) for kind, body in _boxes(content) if kind in DRAWING)


def _kept(kind: bytes, body: bytes) -> bytes:
    if kind in HEADERS:
        body = b"".join(_box(inner, part) for inner, part in _boxes(body) if inner in DRAWING_IN_A_HEADER)
    elif kind == b"jp2c":
        body = _bare_code(body)
    return _box(kind, body)


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 0
    while place < len(content):
        if place + 8 > len(content):
            raise Jpeg2000Broken
        length, kind = struct.unpack_from(">I4s", content, place)
        head = 8
        if length == LENGTH_WITH_64_BITS:
            if place + 16 > len(content):
                raise Jpeg2000Broken
            (length,), head = struct.unpack_from(">Q", content, place + 8), 16
        length = length or len(content) - place
        if length < head or place + length > len(content):
            raise Jpeg2000Broken
        yield kind, content[place + head : place + length]
        place += length


def _bare_code(code: bytes) -> bytes:
    """The coded data without the remarks in its first header, and without what stands behind its end."""
    if code[:2] != b"\xff\x4f":
        raise Jpeg2000Broken
    kept, place = [code[:2]], 2
    for marker, segment in _segments(code, place):
        place += len(segment)
        if marker != COMMENT:
            kept.append(segment)
    return b"".join(kept) + code[place : _end_of_tiles(code, place)] + b"\xff\xd9"


def _segments(code: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """Each marker with its bytes, up to the first tile or its data."""
    while True:
        if place + 4 > len(code):
            raise Jpeg2000Broken
        marker, length = struct.unpack_from(">HH", code, place)
        if marker in (TILE, DATA):
            return
        if not 0xFF00 < marker < END or length < 2 or place + 2 + length > len(code):
            raise Jpeg2000Broken
        yield marker, code[place : place + 2 + length]
        place += 2 + length


def _end_of_tiles(code: bytes, place: int) -> int:
    """Where the last tile ends. Raises Jpeg2000Broken: a tile holds a remark, whose length others count on."""
    while code[place : place + 2] == b"\xff\x90":
        if place + 12 > len(code):
            raise Jpeg2000Broken
        (length,) = struct.unpack_from(">I", code, place + 6)
        for marker, _segment in _segments(code, place + 12):
            if marker == COMMENT:
                raise Jpeg2000Broken
        if length == 0:
            return len(code) - 2 if code.endswith(b"\xff\xd9") else len(code)
        if length < 14 or place + length > len(code):
            raise Jpeg2000Broken
        place += length
    if code[place : place + 2] not in (b"\xff\xd9", b""):
        raise Jpeg2000Broken
    return place
