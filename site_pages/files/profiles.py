"""Colour profiles (ICC): only what draws is kept, under standing words; who owns which screen goes.

A profile is rebuilt from the header and the tags of an allow-list, each with exactly the bytes that its type needs.
"""

import struct
import zlib
from collections.abc import Iterator

HEADER_BYTES, MOST_BYTES, MOST_TAGS = 128, 4 * 2**20, 100
CURVES = (b"rTRC", b"gTRC", b"bTRC", b"kTRC")
POINTS = (b"rXYZ", b"gXYZ", b"bXYZ", b"wtpt", b"bkpt")
TABLES = (b"A2B0", b"A2B1", b"A2B2", b"B2A0", b"B2A1", b"B2A2")
CLASSES, SPACES, CONNECTIONS = (b"mntr", b"scnr", b"prtr", b"spac"), (b"RGB ", b"GRAY", b"CMYK"), (b"XYZ ", b"Lab ")
MATRIX = {b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC"}
# Without one of these sets of tags a profile of that kind says nothing about colours.
NEEDED = {b"RGB ": (MATRIX, {b"A2B0"}), b"GRAY": ({b"kTRC"}, {b"A2B0"}), b"CMYK": ({b"A2B0"},)}
D50 = struct.pack(">III", 0xF6D6, 0x10000, 0xD32D)
WAYS = (b"D2B0", b"D2B1", b"D2B2", b"D2B3", b"B2D0", b"B2D1", b"B2D2", b"B2D3")
COLOURS = {*CURVES, *POINTS, *TABLES, *WAYS, b"chad", b"gamt"}
COLOUR_TYPES = {b"curv", b"para", b"XYZ ", b"sf32", b"mft1", b"mft2", b"mAB ", b"mBA ", b"mpet"}
# In the header: who handles colours, the day, the platform, maker and model, the creator and the number.
SAYING_WHO = ((4, 8), (24, 36), (40, 44), (48, 56), (80, 100))
# How many numbers each kind of parametric curve has.
PARAMETERS = (1, 3, 4, 5, 7)
NAME, RIGHTS = "Colour profile", "None"


class _Unreadable(Exception):
    """The bytes are no profile that can be rebuilt."""


def bare_profile(profile: bytes) -> bytes | None:
    """The profile with nothing but its colours, or None where they cannot be read. The same for the same profile."""
    try:
        header, tags = _header(profile), dict(_tags(profile))
    except (_Unreadable, struct.error, IndexError):
        return None
    if not any(needed <= set(tags) for needed in NEEDED[header[16:20]]):
        return None
    is_fourth = header[8] >= 4
    tags[b"desc"] = _localised(NAME) if is_fourth else _described(NAME)
    tags[b"cprt"] = _localised(RIGHTS) if is_fourth else b"text\x00\x00\x00\x00" + RIGHTS.encode() + b"\x00"
    return _written(header, tags)


def silenced_profile(profile: bytes) -> bytes | None:
    """The profile as it is, but for what says no colour: day, maker and number in its header, words, private tags.

    For files whose colours must not change though `bare_profile` cannot read them. None: it is no profile.
    """
    if not HEADER_BYTES + 4 <= len(profile) <= MOST_BYTES or profile[36:40] != b"acsp":
        return None
    (number,) = struct.unpack_from(">I", profile, HEADER_BYTES)
    first = HEADER_BYTES + 4 + 12 * number
    if number > MOST_TAGS or first > len(profile):
        return None
    silent = bytearray(profile[:first]) + bytes(len(profile) - first)
    for begin, end in SAYING_WHO:
        silent[begin:end] = bytes(end - begin)
    for place in range(HEADER_BYTES + 4, first, 12):
        name, begin, length = struct.unpack_from(">4sII", profile, place)
        body = profile[begin : begin + length]
        if begin < first or len(body) != length or length < 8:
            return None
        says_colours = name in COLOURS and body[:4] in COLOUR_TYPES
        # Of the rest its kind is left, and zeros: an empty text.
        silent[begin : begin + length] = body if says_colours else body[:4] + bytes(length - 4)
    return bytes(silent)


def unpacked_profile(packed: bytes) -> bytes:
    """A profile as PNG packs it; empty where it is damaged or unpacks to more than any profile needs."""
    unpacker = zlib.decompressobj()
    try:
        profile = unpacker.decompress(packed, MOST_BYTES)
    except zlib.error:
        return b""
    return profile if unpacker.eof else b""


def _header(profile: bytes) -> bytes:
    kind, space, connection = (profile[place : place + 4] for place in (12, 16, 20))
    if not HEADER_BYTES + 4 <= len(profile) <= MOST_BYTES or profile[36:40] != b"acsp":
        raise _Unreadable
    if kind not in CLASSES or space not in SPACES or connection not in CONNECTIONS or profile[8] not in (2, 4):
        raise _Unreadable
    # Day, maker, model, creator and number of the profile stay zero: the header has the same shape for everybody.
    bare = bytearray(HEADER_BYTES)
    bare[8:10], bare[12:24], bare[36:40] = profile[8:10], kind + space + connection, b"acsp"
    bare[67], bare[68:80] = profile[67] & 3, D50
    return bytes(bare)


def _tags(profile: bytes) -> Iterator[tuple[bytes, bytes]]:
    (number,) = struct.unpack_from(">I", profile, HEADER_BYTES)
    if number > MOST_TAGS:
        raise _Unreadable
    channels = {b"RGB ": 3, b"GRAY": 1, b"CMYK": 4}[profile[16:20]]
    for place in range(HEADER_BYTES + 4, HEADER_BYTES + 4 + 12 * number, 12):
        name, begin, length = struct.unpack_from(">4sII", profile, place)
        body = profile[begin : begin + length]
        if name in POINTS:
            yield name, _exact(body, kind=b"XYZ ", length=20)
        elif name == b"chad":
            yield name, _exact(body, kind=b"sf32", length=44)
        elif name in CURVES:
            yield name, _curve(body)
        # Tables in the newest form are not read: such a profile seldom stands alone in a picture for readers.
        elif name in TABLES and body[:4] in (b"mft1", b"mft2"):
            yield name, _table(body, inside=channels if name.startswith(b"A2B") else 3, outside=channels)


def _curve(body: bytes) -> bytes:
    if body[:4] == b"curv":
        return _exact(body, kind=b"curv", length=12 + 2 * struct.unpack_from(">I", body, 8)[0])
    (function,) = struct.unpack_from(">H", body, 8)
    bare = _exact(body, kind=b"para", length=12 + 4 * PARAMETERS[function])
    return bare[:10] + b"\x00\x00" + bare[12:]


def _table(body: bytes, *, inside: int, outside: int) -> bytes:
    """One table from colour to colour: its curves, its grid, its curves again."""
    into, out, points = body[8], body[9], body[10]
    if into != inside or out not in (3, outside):
        raise _Unreadable
    grid = points**into * out
    if body[:4] == b"mft1":
        return _exact(body, kind=b"mft1", length=48 + 256 * into + grid + 256 * out)
    first, last = struct.unpack_from(">HH", body, 48)
    return _exact(body, kind=b"mft2", length=52 + 2 * (first * into + grid + last * out))


def _exact(body: bytes, *, kind: bytes, length: int) -> bytes:
    if body[:4] != kind or len(body) < length:
        raise _Unreadable
    return kind + b"\x00\x00\x00\x00" + body[8:length]


def _localised(text: str) -> bytes:
    written = text.encode("utf-16-be")
    return b"mluc" + struct.pack(">IIIHHII", 0, 1, 12, 0x656E, 0x5553, len(written), 28) + written


def _described(text: str) -> bytes:
    return b"desc" + struct.pack(">II", 0, len(text) + 1) + text.encode() + bytes(1 + 8 + 3 + 67)


def _written(header: bytes, tags: dict[bytes, bytes]) -> bytes:
    """The whole profile; tags that say the same share their place."""
    begin = HEADER_BYTES + 4 + 12 * len(tags)
    rows, bodies, places = [], b"", {}
    for name, body in sorted(tags.items()):
        if body not in places:
            places[body] = begin + len(bodies)
            bodies += body + bytes(-len(body) % 4)
        rows.append(struct.pack(">4sII", name, places[body], len(body)))
    whole = header[4:] + struct.pack(">I", len(tags)) + b"".join(rows) + bodies
    return struct.pack(">I", len(whole) + 4) + whole
