"""WebP, chunk by chunk: an allow-list of what draws the picture. Nothing is decoded."""

import struct
from collections.abc import Iterable, Iterator

from site_pages.files.profiles import bare_profile
from site_pages.files.words import FileWords, orientation_exif, xmp_packet

PICTURE = {b"VP8 ", b"VP8L", b"ALPH"}
DRAWING = PICTURE | {b"ANIM", b"ANMF", b"ICCP"}
FRAME_HEADER_BYTES, ANIMATION_BYTES = 16, 6
# Far more than the frames that are allowed need; each costs time and memory. A frame has two or three.
MOST_CHUNKS, MOST_CHUNKS_OF_A_FRAME = 20_000, 100
HAS_PROFILE, HAS_ALPHA, HAS_EXIF, HAS_XMP, IS_MOVING = 0x20, 0x10, 0x08, 0x04, 0x02


class WebpBroken(Exception):
    """The bytes are no whole WebP."""


def cleaned(
    content: bytes, *, size: tuple[int, int], has_alpha: bool, orientation: int = 1, words: FileWords | None = None
) -> bytes:
    """The same picture without metadata, with its orientation and the words. Raises WebpBroken.

    size: width and height in pixels of the whole picture.
    """
    found = list(chunks(content))
    kept = [(kind, bare) for kind, body in _once(found, DRAWING) if (bare := _bare(kind, body)) is not None]
    told = next((body[:1] for kind, body in found if kind == b"VP8X"), bytes([HAS_ALPHA if has_alpha else 0]))
    if not told:
        raise WebpBroken
    flags = told[0] & (HAS_ALPHA | IS_MOVING)
    if any(kind == b"ICCP" for kind, _ in kept):
        flags |= HAS_PROFILE
    if orientation != 1:
        flags |= HAS_EXIF
        kept.append((b"EXIF", orientation_exif(orientation)))
    if words:
        flags |= HAS_XMP
        kept.append((b"XMP ", xmp_packet(words)))
    if flags & ~HAS_ALPHA or any(kind == b"ALPH" for kind, _ in kept):
        canvas = b"".join((edge - 1).to_bytes(3, "little") for edge in size)
        kept.insert(0, (b"VP8X", bytes([flags, 0, 0, 0]) + canvas))
    body = b"".join(_chunk(kind, body) for kind, body in kept)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def after_the_end(content: bytes) -> bytes:
    """What stands behind the picture, whose chunks are counted. Raises WebpBroken."""
    for _chunk_of_it in chunks(content):
        pass
    return content[_end(content) :]


def chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each chunk of the picture: its kind and its body. Raises WebpBroken."""
    yield from _chunks_between(content, 12, _end(content), most=MOST_CHUNKS)


def _end(content: bytes) -> int:
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        raise WebpBroken
    (length,) = struct.unpack_from("<I", content, 4)
    if length < 4 or 8 + length > len(content):
        raise WebpBroken
    return 8 + length


def _chunks_between(content: bytes, place: int, end: int, *, most: int) -> Iterator[tuple[bytes, bytes]]:
    while place < end:
        most -= 1
        if place + 8 > end or most < 0:
            raise WebpBroken
        kind, length = struct.unpack_from("<4sI", content, place)
        if place + 8 + length > end:
            raise WebpBroken
        yield kind, content[place + 8 : place + 8 + length]
        place += 8 + length + length % 2


def _once(found: Iterable[tuple[bytes, bytes]], kinds: set[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The first chunk of each of the kinds; only frames come more than once."""
    met = set()
    for kind, body in found:
        if kind in kinds and kind not in met:
            met |= {kind} - {b"ANMF"}
            yield kind, body


def _bare(kind: bytes, body: bytes) -> bytes | None:
    """What is served of one chunk, or None."""
    if kind == b"ICCP":
        return bare_profile(body)
    if kind == b"ANIM":
        return body[:ANIMATION_BYTES]
    return _frame(body) if kind == b"ANMF" else body


def _frame(body: bytes) -> bytes:
    """One frame of a moving picture, without what stands in it beside the picture."""
    inner = _once(_chunks_between(body, FRAME_HEADER_BYTES, len(body), most=MOST_CHUNKS_OF_A_FRAME), PICTURE)
    return body[:FRAME_HEADER_BYTES] + b"".join(_chunk(kind, part) for kind, part in inner)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\x00" * (len(body) % 2)
