"""Pictures of more blocks than anybody needs are refused before they are read: each block costs time and memory."""

import io
import struct
import time
import zipfile

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from site_pages.files import gif, jpeg, pictures, png, webp
from site_pages.files.inspection import inspect_file
from site_pages.files.pictures import inspect_picture
from tests.site_pages.samples import gradient, picture_bytes, png_chunk, png_with

GIF_HEAD = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff"
GIF_FRAME = b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00"


def code_of(content: bytes) -> str | None:
    try:
        inspect_picture(content, filename="")
    except ValidationError as error:
        return error.code
    return None


def jpeg_filled(number: int, *, with_: bytes = b"\xff") -> bytes:
    """A JPEG whose scan ends in these bytes."""
    content = picture_bytes("JPEG")
    return content[:-2] + with_ * number + content[-2:]


def jpeg_filled_before_the_tables(number: int) -> bytes:
    content = picture_bytes("JPEG")
    return content[:2] + b"\xff" * number + content[2:]


def gif_with(*extensions: bytes) -> bytes:
    return GIF_HEAD + b"".join(b"!" + one + b"\x00" for one in extensions) + GIF_FRAME + b";"


def webp_with(chunks: bytes) -> bytes:
    body = picture_bytes("WEBP", exif=b"Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00")[8:] + chunks
    return b"RIFF" + struct.pack("<I", len(body)) + body


MANY = {
    "filling in a scan": lambda: jpeg_filled(4_000_000),
    "filling before marks": lambda: jpeg_filled_before_the_tables(4_000_000),
    "parts of a comment": lambda: gif_with(b"\xfe" + b"\x01a" * 1_000_000),
    "parts of a note": lambda: gif_with(b"\x01" + b"\x01a" * 1_000_000),
    "parts of a frame": lambda: GIF_HEAD + GIF_FRAME[:-1] + b"\x01a" * 1_000_000 + b"\x00;",
    "a comment": lambda: gif_with(b"\xfe" + (b"\xff" + b"a" * 255) * 1_100),
    "comments": lambda: gif_with(*[b"\xfe" + (b"\xff" + b"a" * 255) * 110] * 10),
    "chunks of a WebP": lambda: webp_with(b"abcd\x00\x00\x00\x00" * 100_000),
    "chunks of a PNG": lambda: png_with(*[(b"abCd", b"")] * 100_000),
}


@pytest.mark.parametrize("what", sorted(MANY))
def test_a_picture_of_blocks_without_end_is_refused_before_anything_else_reads_it(what, monkeypatch):
    content = MANY[what]()
    opened = []
    monkeypatch.setattr(pictures.PillowImage, "open", lambda *_args: opened.append(1))
    begun = time.process_time()

    code = code_of(content)

    assert code == "damaged"
    assert opened == []
    assert time.process_time() - begun < 2


def test_an_archive_of_filled_pictures_is_refused_at_once():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"{number}.jpg", jpeg_filled(4_000_000))
    begun = time.process_time()

    with pytest.raises(ValidationError) as refused:
        inspect_file(target.getvalue(), filename="a.zip")

    assert refused.value.code == "damaged"
    assert time.process_time() - begun < 3


TAKEN = {
    "a little filling": lambda: jpeg_filled(1000),
    "a little filling before marks": lambda: jpeg_filled_before_the_tables(1000),
    "restarts": lambda: jpeg_filled(1000, with_=b"\xff\xd0"),
    "a long comment": lambda: gif_with(b"\xfe" + (b"\xff" + b"a" * 255) * 200),
    "a note in small parts": lambda: gif_with(b"\xff\x0bXMP DataXMP" + (b"\x20" + b"a" * 32) * 10_000),
    "a GIF of four megabytes": lambda: picture_bytes("GIF", image=Image.effect_noise((2000, 2000), 100)),
    "a PNG in small pieces": lambda: png_in_pieces(picture_bytes("PNG", image=gradient("RGB", (300, 200))), of=4),
    "chunks of a WebP": lambda: webp_with(b"abcd\x00\x00\x00\x00" * 1000),
}


def png_in_pieces(content: bytes, *, of: int) -> bytes:
    """The same PNG with its pixels in chunks of this many bytes."""
    packed = b"".join(chunk[8:-4] for kind, chunk in png.chunks(content) if kind == b"IDAT")
    pieces = [png_chunk(b"IDAT", packed[place : place + of]) for place in range(0, len(packed), of)]
    return content[:33] + b"".join(pieces) + png_chunk(b"IEND", b"")


@pytest.mark.parametrize("what", sorted(TAKEN))
def test_what_programs_write_is_taken(what):
    assert code_of(TAKEN[what]()) is None


@pytest.mark.parametrize(
    ("behind", "marker"), [(b"\xff\xd9", 0xD9), (b"\xff\xff\xff\xd9", 0xD9), (b"\xff\x00\xff\xd0\xff\xff\xd9", 0xD9)]
)
def test_a_scan_ends_at_the_first_mark(behind, marker):
    content = jpeg_filled(0)[:-2] + behind

    assert jpeg.after_the_end(content + b"BEHIND") == b"BEHIND"
    assert content.endswith(bytes([0xFF, marker]))


def test_a_scan_that_never_ends_is_broken():
    for behind in (b"", b"\xff", b"\xff\x00", b"\xff" * 1000):
        with pytest.raises(jpeg.JpegBroken):
            jpeg.after_the_end(jpeg_filled(0)[:-2] + behind)


def test_a_frame_of_a_moving_picture_has_few_chunks():
    frames = picture_bytes("WEBP", save_all=True, append_images=[gradient("L").convert("RGB")])
    place = frames.index(b"ANMF")
    (length,) = struct.unpack_from("<I", frames, place + 4)
    more = b"abcd\x00\x00\x00\x00" * webp.MOST_CHUNKS_OF_A_FRAME
    longer = frames[:place] + b"ANMF" + struct.pack("<I", length + len(more)) + frames[place + 8 : place + 8 + length]
    whole = longer + more + frames[place + 8 + length :]
    whole = b"RIFF" + struct.pack("<I", len(whole) - 8) + whole[8:]

    assert code_of(frames) is None
    assert code_of(whole) == "damaged"


def test_the_parts_of_a_gif_may_be_as_many_as_its_bytes_need():
    parts = (b"\xff" + b"a" * 255) * (5 * gif.MOST_BLOCKS)

    assert gif.after_the_end(GIF_HEAD + GIF_FRAME[:-1] + parts + b"\x00;BEHIND") == b"BEHIND"
