"""What draws a picture is looked into as well: profiles, tables and markers hold nothing but what draws."""

import io
import re
import struct
import zipfile
import zlib

import pytest
from django.core.exceptions import ValidationError
from PIL import Image, ImageCms

from site_pages.files import jpeg, png, webp
from site_pages.files.cleaning import cleaned
from site_pages.files.pictures import clean_picture, inspect_picture
from site_pages.files.profiles import bare_profile
from tests.site_pages.samples import exif_of, gradient, jpeg_with, picture_bytes, png_with, telling_profile, zip_of

BETRAYING = re.compile(rb"Bakirov|SERIAL-0815|mmod")
TOLD = b"B. Bakirov SERIAL-0815"
ORIENTATION = 0x0112
ENDINGS = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp"}
HIDDEN = zip_of([("secret.txt", TOLD)])
# What is taken away: as long as this, and a ZIP before it is out of reach of who looks for one.
LONG = b"x" * 65_000


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


# --- Profiles


@pytest.mark.parametrize("kind", sorted(ENDINGS))
def test_a_profile_keeps_its_colours_and_loses_its_owner(kind):
    before = picture_bytes(kind, icc_profile=telling_profile())
    assert BETRAYING.search(opened(before).info["icc_profile"])

    after = opened(cleaned(before, filename=f"a{ENDINGS[kind]}"))

    kept = ImageCms.ImageCmsProfile(io.BytesIO(after.info["icc_profile"]))
    assert not BETRAYING.search(after.info["icc_profile"])
    assert ImageCms.getProfileDescription(kept).strip() == "Colour profile"
    assert after.tobytes() == opened(before).tobytes()


def profile_of(tags: dict[bytes, bytes], *, space: bytes, version: int = 2, connection: bytes = b"Lab ") -> bytes:
    """A profile exactly as it is told."""
    header = bytearray(128)
    header[4:8], header[8], header[12:24], header[36:40] = b"BBak", version, b"prtr" + space + connection, b"acsp"
    header[24:36], header[80:100] = b"\x07\xea" * 6, TOLD[:20]
    header[68:80] = struct.pack(">III", 0xF6D6, 0x10000, 0xD32D)
    rows, bodies, place = b"", b"", 132 + 12 * len(tags)
    for name, body in tags.items():
        rows += struct.pack(">4sII", name, place + len(bodies), len(body))
        bodies += body + bytes(-len(body) % 4)
    whole = bytes(header[4:]) + struct.pack(">I", len(tags)) + rows + bodies
    return struct.pack(">I", len(whole) + 4) + whole


def table(*, into: int, out: int, kind: bytes = b"mft2", behind: bytes = b"") -> bytes:
    """A table of two points in each direction that runs from dark to light."""
    unit = b"".join(struct.pack(">i", 0x10000 * (n % 4 == 0)) for n in range(9))
    head = kind + bytes(4) + bytes([into, out, 2, 0]) + unit
    if kind == b"mft1":
        ramp = bytes(range(256))
        return head + ramp * into + b"".join(bytes([n]) * out for n in range(2**into)) + ramp * out + behind
    ramp = b"\x00\x00\xff\xff"
    grid = b"".join(struct.pack(">H", 900 * n) * out for n in range(2**into))
    return head + b"\x00\x02\x00\x02" + ramp * into + grid + ramp * out + behind


@pytest.mark.parametrize("kind", [b"mft1", b"mft2"])
def test_a_profile_of_a_printer_keeps_its_tables_without_what_stands_behind_them(kind):
    before = profile_of({b"A2B0": table(into=4, out=3, kind=kind, behind=TOLD)}, space=b"CMYK")

    after = bare_profile(before)

    told, kept = (ImageCms.ImageCmsProfile(io.BytesIO(profile)) for profile in (before, after))
    target, image = ImageCms.createProfile("sRGB"), gradient("CMYK")
    pixels = [ImageCms.profileToProfile(image, p, target, outputMode="RGB").tobytes() for p in (told, kept)]
    assert pixels[0] == pixels[1]
    assert not BETRAYING.search(after)
    assert after[4:8] == bytes(4) and after[24:36] == bytes(12) and after[80:128] == bytes(48)
    assert bare_profile(after) == after


@pytest.mark.parametrize(
    "profile",
    [
        b"",
        TOLD,
        b"\x00" * 128 + TOLD,
        telling_profile()[:300],
        telling_profile().replace(b"acsp", b"acsq"),
        telling_profile().replace(b"rTRC", b"rTRX"),
        profile_of({b"A2B0": b"mft2" + b"\xff" * 60 + TOLD}, space=b"CMYK"),
        profile_of({b"A2B0": table(into=4, out=3)}, space=b"nCLR"),
        profile_of({b"A2B0": table(into=4, out=3)[:-2]}, space=b"CMYK"),
    ],
)
def test_a_profile_that_cannot_be_read_is_left_out(profile):
    content = jpeg_with((0xE2, b"ICC_PROFILE\x00\x01\x01" + profile))

    after = clean_picture(content)

    assert after == clean_picture(picture_bytes("JPEG"))


def test_a_profile_in_several_parts_is_joined_in_their_order():
    half = len(telling_profile()) // 2
    parts = [(2, telling_profile()[half:]), (1, telling_profile()[:half])]
    content = jpeg_with(*((0xE2, b"ICC_PROFILE\x00" + bytes([number, 2]) + part) for number, part in parts))

    assert opened(clean_picture(content)).info["icc_profile"] == bare_profile(telling_profile())


def test_the_name_of_a_profile_in_a_png_says_nothing():
    after = clean_picture(png_with((b"iCCP", TOLD + b"\x00\x00" + zlib.compress(telling_profile()))))

    (body,) = [chunk[8:-4] for kind, chunk in png.chunks(after) if kind == b"iCCP"]
    assert body.startswith(b"ICC\x00\x00")
    assert not BETRAYING.search(body + zlib.decompress(body[5:]))


# --- Markers and chunks


@pytest.mark.parametrize(
    ("marker", "body"),
    [
        (0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x03\x03" + TOLD),
        (0xE2, b"ICC_PROFILE\x00\x01\x01" + TOLD),
        (0xEE, b"Adobe\x00d\x00\x00\x00\x00\x01" + TOLD),
        (0xEE, b"Adobe" + TOLD[:6] + b"\x01"),
        (0xDC, TOLD),
    ],
)
def test_a_marker_of_a_jpeg_holds_only_what_draws(marker, body):
    before = jpeg_with((marker, body))

    after = clean_picture(before)

    assert opened(after).tobytes() == opened(before).tobytes()
    assert not re.search(rb"Bakir|SERIAL", after)


def test_a_jpeg_of_adobe_keeps_its_colours():
    before = picture_bytes("JPEG", image=gradient("CMYK"))
    assert b"Adobe" in before

    after = clean_picture(before)

    assert opened(after).tobytes() == opened(before).tobytes()
    assert [len(segment) for marker, segment, _end in jpeg._segments(after) if marker == 0xEE] == [16]


@pytest.mark.parametrize(
    "chunk",
    [
        (b"sBIT", b"\x08\x08\x08" + TOLD),
        (b"pHYs", struct.pack(">IIB", 1, 1, 1) + TOLD),
        (b"hIST", TOLD),
        (b"cICP", b"\x01\x01\x01\x01" + TOLD),
        (b"gAMA", struct.pack(">I", 45455) + TOLD),
        (b"bKGD", TOLD),
    ],
)
def test_a_chunk_of_a_png_is_as_long_as_it_must_be_or_goes(chunk):
    before = png_with(chunk)

    after = clean_picture(before)

    assert after == clean_picture(picture_bytes("PNG"))


def test_a_png_keeps_what_says_how_it_looks_once():
    chunks = [(b"gAMA", struct.pack(">I", 45455)), (b"pHYs", struct.pack(">IIB", 2835, 2835, 1)), (b"sRGB", b"\x00")]

    after = clean_picture(png_with(*chunks, (b"pHYs", b"BAKIROV-1")))

    assert [(kind, chunk[8:-4]) for kind, chunk in png.chunks(after)][1:4] == chunks
    assert opened(after).info["dpi"] == pytest.approx((72, 72), abs=0.1)


def webp_chunks(content: bytes) -> list[bytes]:
    return [kind for kind, _ in webp.chunks(content)]


def test_a_webp_without_a_readable_profile_says_that_it_has_none():
    after = clean_picture(picture_bytes("WEBP", lossless=True, icc_profile=TOLD))

    assert after == clean_picture(picture_bytes("WEBP", lossless=True))
    assert webp_chunks(after) == [b"VP8L"]


def test_a_webp_keeps_one_profile():
    before = picture_bytes("WEBP", lossless=True, icc_profile=telling_profile())
    more = b"ICCP" + struct.pack("<I", len(TOLD)) + TOLD
    longer = before[:4] + struct.pack("<I", len(before) - 8 + len(more)) + before[8:] + more

    assert webp_chunks(longer).count(b"ICCP") == 2
    assert clean_picture(longer) == clean_picture(before)


def test_a_moving_webp_keeps_its_frames():
    frames = [gradient(), gradient().transpose(Image.Transpose.ROTATE_180)]
    before = picture_bytes("WEBP", image=frames[0], save_all=True, append_images=frames[1:], lossless=True, loop=3,
                           icc_profile=telling_profile())  # fmt: skip

    old, new = Image.open(io.BytesIO(before)), Image.open(io.BytesIO(clean_picture(before)))

    assert (new.n_frames, new.info["loop"]) == (2, 3)
    for number in range(2):
        old.seek(number), new.seek(number)
        assert new.convert("RGB").tobytes() == old.convert("RGB").tobytes()


# --- Files that exist only in what is served


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (png_with((b"iCCP", b"x\x00\x00" + HIDDEN), (b"tEXt", b"Comment\x00" + LONG)), "a.png"),
        (png_with((b"sBIT", HIDDEN), (b"tEXt", b"Comment\x00" + LONG)), "a.png"),
        (jpeg_with((0xEE, b"Adobe\x00d\x00\x00\x00\x00\x00" + HIDDEN), (0xFE, LONG), (0xFE, LONG)), "a.jpg"),
        (jpeg_with((0xFE, b"x" * 1_100), (0xE2, b"ICC_PROFILE\x00\x01\x01%PDF-1.4\n")), "a.jpg"),
    ],
)  # fmt: skip
def test_nothing_else_is_in_what_is_served(content, name):
    inspect_picture(content, filename=name)

    after = cleaned(content, filename=name)

    assert not zipfile.is_zipfile(io.BytesIO(after)) and b"PK\x03\x04" not in after and b"%PDF-" not in after


def test_a_file_that_comes_within_reach_when_something_is_taken_away_is_refused():
    # In a picture's own data, which is kept, behind a comment, which is not: the first bytes are what programs look at.
    content = jpeg_with((0xFE, b"x" * 1_100), (0xDB, b"\x03" + b"%PDF-1.4\n".ljust(64, b"\x01")))

    with pytest.raises(ValidationError) as refused:
        inspect_picture(content, filename="a.jpg")

    assert b"%PDF-" not in content[:1024]
    assert refused.value.code == "two_files_in_one"


# --- Which side is up


@pytest.mark.parametrize(
    ("kind", "value", "behind"),
    [(12, struct.pack(">I", 26), struct.pack(">d", 6.0)), (5, struct.pack(">I", 26), struct.pack(">II", 6, 1)),
     (5, struct.pack(">I", 26), bytes(8)), (11, struct.pack(">f", 6.0), b""), (2, b"6\x00\x00\x00", b""),
     (3, b"\x00\x09\x00\x00", b"")],
)  # fmt: skip
def test_only_a_whole_number_from_one_to_eight_says_which_side_is_up(kind, value, behind):
    content = jpeg_with((0xE1, exif_of(ORIENTATION, kind, value, behind)))
    inspect_picture(content, filename="a.jpg")

    assert clean_picture(content) == clean_picture(picture_bytes("JPEG"))


def test_a_side_that_is_said_as_the_format_says_it_is_kept():
    content = jpeg_with((0xE1, exif_of(ORIENTATION, 3, b"\x00\x06\x00\x00")))

    assert dict(opened(clean_picture(content)).getexif()) == {ORIENTATION: 6}
