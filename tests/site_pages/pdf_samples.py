"""PDFs written by hand, as no program would write them."""

import struct
import zlib

HEAD = b"%PDF-1.5\n"
FIRST = {
    1: b"<</Type/Catalog/Pages 2 0 R>>",
    2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    3: b"<</Type/Page/Parent 2 0 R/Resources<<>>/MediaBox[0 0 9 9]>>",
}


def stream(body: bytes, keys: bytes = b"") -> bytes:
    """An object that is a stream."""
    return b"<<%s/Length %d>>\nstream\n" % (keys, len(body)) + body + b"\nendstream"


def packed_objects(
    objects: dict[int, bytes], *, filters: bytes = b"/FlateDecode", pack=zlib.compress, kind: bytes = b"/Type/ObjStm"
) -> bytes:
    """A stream of objects. filters, pack: how it is packed."""
    heads, place = b"", 0
    for number, told in objects.items():
        heads += b"%d %d " % (number, place)
        place += len(told) + 1
    keys = b"%s/N %d/First %d/Filter %s" % (kind, len(objects), len(heads), filters)
    return stream(pack(heads + b" ".join(objects.values())), keys)


def pdf_of(objects: dict[int, bytes], *, packed: dict[int, tuple[int, int]] | None = None) -> bytes:
    """The objects and a stream that lists them. packed: of an object the stream that holds it, and its turn in it."""
    written, rows = HEAD, {0: (0, 0, 65535), **{number: (2, *place) for number, place in (packed or {}).items()}}
    for number, told in {**FIRST, **objects}.items():
        if number not in rows:
            rows[number] = (1, len(written), 0)
            written += b"%d 0 obj\n" % number + told + b"\nendobj\n"
    own = max(rows) + 1
    rows[own] = (1, len(written), 0)
    table = b"".join(struct.pack(">BIH", *rows.get(number, (0, 0, 0))) for number in range(own + 1))
    listed = stream(table, b"/Type/XRef/Size %d/W[1 4 2]/Root 1 0 R" % (own + 1))
    end = b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(written)
    return written + b"%d 0 obj\n" % own + listed + end


def pdf_with_packed(*told: bytes, **ways) -> bytes:
    """A PDF that holds these objects in one stream. ways: of `packed_objects`."""
    objects = dict(enumerate(told, start=5))
    places = {number: (4, turn) for turn, number in enumerate(objects)}
    return pdf_of({4: packed_objects(objects, **ways)}, packed=places)


def lzw(rounds: int) -> bytes:
    """LZW that unpacks to eight megabytes of blanks in each round."""
    codes = [f"{256:09b}{32:09b}", *(f"{code:0{(code + 1).bit_length()}b}" for code in range(258, 4094)), f"{256:012b}"]
    bits = "".join(codes * rounds)
    return int(bits + "0" * (-len(bits) % 8), 2).to_bytes(-(-len(bits) // 8), "big")
