"""A picture that moves without end, grows while it is read, or is gone over again and again is refused undecoded."""

import io
import struct

import pytest
from PIL import Image

from site_pages.files import jpeg
from site_pages.files.cleaning import cleaned
from tests.site_pages import samples
from tests.site_pages.refused import code_of
from tests.site_pages.samples import picture_bytes


def test_an_animation_without_end_is_refused():
    frames = [Image.new("P", (2, 2), number % 256) for number in range(201)]
    target = io.BytesIO()
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:], duration=20, optimize=False)

    assert Image.open(io.BytesIO(target.getvalue())).n_frames == 201
    assert code_of(target.getvalue(), "a.gif") == "animated"


ONE_PIXEL, FOUR_PIXELS = b"\x02\x02\x44\x01\x00", b"\x02\x03\x84\x81\x05\x00"


def gif(screen: tuple[int, int], *frames: tuple[int, int, int, int, bytes]) -> bytes:
    """A GIF in two colours. frames: each with the place of its corner, its width and height, and its pixels."""
    head = b"GIF89a" + struct.pack("<HH", *screen) + b"\x80\x00\x00\x00\x00\x00\xff\xff\xff"
    return head + b"".join(b"," + struct.pack("<HHHHB", *frame[:4], 0) + frame[4] for frame in frames) + b";"


@pytest.mark.parametrize(("left", "top"), [(0, 0), (1, 0), (0, 1)])
def test_a_frame_that_asks_for_more_room_than_the_picture_has_is_refused(left, top):
    edge = 2 if (left, top) == (0, 0) else 1
    pixels = FOUR_PIXELS if edge == 2 else ONE_PIXEL
    larger = gif((1, 1), (0, 0, 1, 1, ONE_PIXEL), (left, top, edge, edge, pixels))

    assert code_of(larger, "a.gif") == "damaged"
    assert code_of(larger.replace(b"a\x01\x00\x01", b"a\x02\x00\x02"), "a.gif") is None


def test_a_first_frame_that_is_larger_than_its_screen_is_the_picture():
    frames = [(0, 0, 2, 2, FOUR_PIXELS), (1, 1, 1, 1, ONE_PIXEL)]

    assert code_of(gif((0, 0), *frames), "a.gif") is None


def test_the_frames_of_a_gif_count_as_large_as_the_whole_picture():
    frames = [(0, 0, 1, 1, ONE_PIXEL)] * 2

    assert code_of(gif((9_000, 9_000), *frames), "a.gif") == "too_many_pixels"
    assert code_of(gif((1, 1), (8_999, 8_999, 1, 1, ONE_PIXEL), *frames), "a.gif") == "too_many_pixels"


@pytest.mark.parametrize("place", [0, 3])
def test_a_frame_of_a_moving_webp_that_stands_outside_is_refused(place):
    frames = [samples.gradient(), samples.gradient().transpose(Image.Transpose.ROTATE_180)]
    moving = picture_bytes("WEBP", image=frames[0], save_all=True, append_images=frames[1:], lossless=True)
    second = moving.rindex(b"ANMF") + 8 + place

    assert code_of(moving, "a.webp") is None
    assert code_of(moving[:second] + b"\x01" + moving[second + 1 :], "a.webp") == "damaged"


def with_scans(count: int) -> bytes:
    """A progressive JPEG with so many scans: the last but one again and again."""
    segments = [segment for _marker, segment, _end in jpeg._segments(picture_bytes("JPEG", progressive=True))]
    scans = [place for place, segment in enumerate(segments) if segment[1] == jpeg.SCAN]
    again = scans[-2] + 1
    return b"".join([b"\xff\xd8", *segments[:again], *[segments[again - 1]] * (count - len(scans)), *segments[again:]])


def test_a_jpeg_that_is_gone_over_again_and_again_is_refused():
    assert code_of(picture_bytes("JPEG", progressive=True), "a.jpg") is None
    assert code_of(with_scans(100), "a.jpg") is None
    assert code_of(with_scans(101), "a.jpg") == "too_many_scans"
    with pytest.raises(jpeg.JpegBroken):
        jpeg.cleaned(with_scans(101))


def test_the_larger_a_jpeg_is_the_fewer_times_it_may_be_gone_over(settings):
    # As large as may be: an ordinary photograph in ten steps, and up to twelve.
    settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS = 61 * 43

    assert code_of(picture_bytes("JPEG", progressive=True), "a.jpg") is None
    assert code_of(with_scans(12), "a.jpg") is None
    assert code_of(with_scans(13), "a.jpg") == "too_many_scans"
    settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS *= 2
    assert code_of(with_scans(24), "a.jpg") is None
    assert code_of(with_scans(25), "a.jpg") == "too_many_scans"


def test_steps_beyond_the_usual_count_among_the_pixels_of_a_file(settings):
    settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS = 61 * 43 * 4
    many, usual = with_scans(48), with_scans(12)

    assert code_of(many, "a.jpg") is None
    for make in (zipped, lambda *parts: samples.docx(**{f"word/media/{n}.jpg": p for n, p in enumerate(parts)})):
        ending = "a.zip" if make is zipped else "a.docx"
        assert code_of(make(*[many] * 4), ending) is None
        assert code_of(make(*[usual] * 16), ending) is None
        assert code_of(make(*[many] * 4, usual), ending) == "too_many_pixels"


def zipped(*parts: bytes) -> bytes:
    return samples.zip_of([(f"{number}.jpg", part) for number, part in enumerate(parts)])


def test_a_jpeg_in_very_many_pieces_is_refused():
    pieces = samples.jpeg_with(*[(0xFE, b"")] * 19_900)

    assert code_of(pieces, "a.jpg") is None
    assert code_of(pieces[:2] + b"\xff\xfe\x00\x02" * 100 + pieces[2:], "a.jpg") == "damaged"


def test_a_moving_png_is_refused():
    frames = [samples.gradient(), samples.gradient().transpose(Image.Transpose.ROTATE_180)]

    assert (
        code_of(picture_bytes("PNG", image=frames[0], save_all=True, append_images=frames[1:]), "a.png") == "animated"
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_picture_that_is_cut_off_is_refused(kind):
    content = picture_bytes(kind)

    assert {
        code_of(content[: len(content) * part // 8], f"a.{kind.lower().replace('jpeg', 'jpg')}") for part in range(1, 8)
    } == {"damaged"}


GREY = samples.gradient().convert("L")
CLEAR = samples.gradient().convert("RGBA")
CLEAR.putalpha(GREY)


@pytest.mark.parametrize(
    ("image", "options"),
    [
        (CLEAR.convert("RGB").quantize(16), {"transparency": 0}),
        (CLEAR.quantize(32), {}),
        (GREY, {"transparency": 10}),
        (GREY.convert("1"), {"transparency": 1}),
        (CLEAR.convert("RGB"), {"transparency": (1, 2, 3)}),
    ],
    ids=["one colour", "a palette with alpha", "a grey", "white", "a colour of many"],
)
def test_a_coat_of_arms_on_nothing_is_taken_and_stays_so(image, options):
    content = picture_bytes("PNG", image=image, **options)

    assert code_of(content, "logo.png") is None
    assert code_of(samples.docx(**{"word/media/image1.png": content}), "a.docx") is None
    with Image.open(io.BytesIO(content)) as before, Image.open(io.BytesIO(cleaned(content, filename="a.png"))) as after:
        assert after.info["transparency"] == before.info["transparency"]
        assert after.convert("RGBA").tobytes() == before.convert("RGBA").tobytes()
