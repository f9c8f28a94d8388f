"""Pictures: measured by their header before anything decodes them, and served without what the camera noted."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image as PillowImage
from PIL import ImageOps

from site_pages.files import gif, jpeg, png, webp
from site_pages.files.refusals import refusal
from site_pages.files.words import FileWords

# What Pillow calls each kind; MPO is a JPEG with more pictures behind the first, as telephones make it.
FORMATS = {".jpg": ("JPEG", "MPO"), ".jpeg": ("JPEG", "MPO"), ".png": ("PNG",), ".gif": ("GIF",), ".webp": ("WEBP",)}
MOST_FRAMES = 200
# Programs build up a photograph in ten steps, or some more. The largest that is taken may have as many.
ORDINARY_SCANS = 12
ORIENTATION_TAG = 0x0112
# From this orientation on a picture lies on its side.
LYING = 5
AFTER_THE_END: dict[str, Callable[[bytes], bytes]] = {
    "JPEG": jpeg.after_the_end,
    "MPO": jpeg.after_the_end,
    "PNG": png.after_the_end,
    "GIF": gif.after_the_end,
    "WEBP": webp.after_the_end,
}
SVG = re.compile(rb"<\s*(?:\?xml\b.*?<\s*svg|!doctype\s+svg|!--.*?<\s*svg|svg)\b", re.IGNORECASE | re.DOTALL)
ANOTHER_FILE = re.compile(
    rb"PK\x03\x04|PK\x05\x06|%PDF-|Rar!\x1a|7z\xbc\xaf\x27\x1c|<\s*(?:svg|html|script)\b", re.IGNORECASE
)
FIRST_BYTES = 1024


def inspect_picture(content: bytes, *, filename: str) -> None:
    """Refuse a picture that is too large, cut off, of another kind than its name says, or more than a picture.

    The size, and that of every frame, is read first, so that a small file cannot ask for a large memory or for minutes
    of work. What is served of it is made as well, and the library's small picture: what fails later would fail for
    everybody who opens the library. Raises ValidationError.
    """
    inspect_pixels(content, filename=filename)
    clean_picture(content)


def inspect_pixels(content: bytes, *, filename: str) -> None:
    """The same without making what is served: for a picture that is cleaned afterwards. Raises ValidationError."""
    ending = PurePosixPath(filename).suffix.lower()
    if looks_like_svg(content) or ending in (".svg", ".svgz"):
        raise refusal("svg")
    try:
        check_work(content)
        with PillowImage.open(io.BytesIO(content)) as picture:
            _check_size(picture)
            _check_scans(content, picture)
            if ending in FORMATS and picture.format not in FORMATS[ending]:
                raise refusal("wrong_type", ending=ending)
            if picture.format in AFTER_THE_END:
                _check_ends(content, picture.format)
            _check_frames(picture)
            _check_notes(picture)
    except ValidationError:
        raise
    except PillowImage.DecompressionBombError as error:
        raise refusal("too_many_pixels") from error
    except Exception as error:
        # Whatever Pillow stumbles over in a made-up file, it would stumble over again in the library.
        raise refusal("damaged") from error


def check_work(content: bytes) -> None:
    """Look through the blocks of a picture, and what is drawn one upon the other, before anything else reads it.

    A frame of a GIF has a size of its own; those of PNG and WebP are held to the picture's by whoever reads them.
    Raises ValidationError, JpegBroken, GifBroken, PngBroken, WebpBroken.
    """
    if content.startswith(b"GIF8"):
        if gif.has_more_frames(content, than=MOST_FRAMES):
            raise refusal("animated", most=MOST_FRAMES)
        gif.size(content)
    elif content.startswith(b"\xff\xd8\xff"):
        if jpeg.scans(content, most=jpeg.MOST_SCANS) > jpeg.MOST_SCANS:
            raise refusal("too_many_scans", most=jpeg.MOST_SCANS)
    elif content.startswith(png.SIGNATURE):
        png.after_the_end(content)
    elif content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        webp.after_the_end(content)


def pixels_of(content: bytes, picture: PillowImage.Image) -> int:
    """The pixels of all its frames; one that is built up in more steps than usual counts that much more often.

    Raises JpegBroken.
    """
    frames = 1 if picture.format == "MPO" else getattr(picture, "n_frames", 1)
    steps = max(ORDINARY_SCANS, _scans(content, picture))
    return picture.width * picture.height * frames * steps // ORDINARY_SCANS


def looks_like_svg(content: bytes) -> bool:
    """Whether the bytes begin as a drawing in XML does, in any of the encodings that browsers guess."""
    first = content[: 8 * FIRST_BYTES].replace(b"\x00", b"")
    return content.startswith(b"\x1f\x8b") or bool(SVG.match(first.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")))


def clean_picture(content: bytes, *, words: FileWords | None = None) -> bytes:
    """The same pixels without metadata, which side is up, and the words, inspected once more. Raises ValidationError.

    Only JPEG, PNG and WebP carry words; a GIF has no place for them that readers know.
    """
    bare = _bare(content, words=words)
    # What was taken away may have kept two files apart, or a marker out of reach: what readers get is looked into too.
    inspect_pixels(bare, filename="")
    return bare


def orientation_of(picture: PillowImage.Image) -> int:
    """Which side is up, 1 to 8; 1 where it is not said, or not as the format says it."""
    orientation = picture.getexif().get(ORIENTATION_TAG, 1)
    return orientation if type(orientation) is int and orientation in range(1, 9) else 1


def size_shown(content: BinaryIO) -> tuple[int, int]:
    """Width and height in pixels once a cleaned picture is turned the right side up. Raises OSError: it is no picture.

    Only its header is read: that is where the cleaning writes which side is up.
    """
    with PillowImage.open(content) as picture:
        width, height = picture.size
        is_lying = "exif" in picture.info and orientation_of(picture) >= LYING
    return (height, width) if is_lying else (width, height)


def _bare(content: bytes, *, words: FileWords | None) -> bytes:
    try:
        with PillowImage.open(io.BytesIO(content)) as picture:
            kind, size = picture.format, picture.size
            orientation = orientation_of(picture)
            has_alpha = "A" in picture.getbands()
        if kind in ("JPEG", "MPO"):
            return jpeg.cleaned(content, orientation=orientation, words=words)
        if kind == "PNG":
            return png.cleaned(content, orientation=orientation, words=words)
        if kind == "WEBP":
            return webp.cleaned(content, size=size, has_alpha=has_alpha, orientation=orientation, words=words)
        if kind == "GIF":
            return gif.cleaned(content)
    except Exception as error:
        raise refusal("damaged") from error
    raise refusal("unknown_type", ending=f".{str(kind).lower()}")


def _check_size(picture: PillowImage.Image) -> None:
    width, height = picture.size
    most = settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS
    frames = 1 if picture.format == "MPO" else getattr(picture, "n_frames", 1)
    if width * height * frames > most:
        raise ValidationError(
            _("The picture has %(width)s × %(height)s pixels, more than the %(most)s that are allowed."),
            code="too_many_pixels",
            params={"width": width, "height": height, "most": most},
        )


def _check_scans(content: bytes, picture: PillowImage.Image) -> None:
    """Each step goes over the whole picture: the larger it is, the fewer it may have."""
    most = ORDINARY_SCANS * settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS // (picture.width * picture.height)
    if _scans(content, picture) > most:
        raise refusal("too_many_scans", most=most)


def _scans(content: bytes, picture: PillowImage.Image) -> int:
    return jpeg.scans(content, most=jpeg.MOST_SCANS) if picture.format in FORMATS[".jpg"] else 1


def _check_ends(content: bytes, kind: str) -> None:
    """A picture begins with itself and ends with itself; what telephones put behind it is not served anyway."""
    behind = AFTER_THE_END[kind](content)
    is_archive = zipfile.is_zipfile(io.BytesIO(content))
    if is_archive or b"%PDF-" in content[:FIRST_BYTES] or ANOTHER_FILE.search(behind):
        raise refusal("two_files_in_one")


def _check_frames(picture: PillowImage.Image) -> None:
    """Decode every frame to its last line."""
    frames = getattr(picture, "n_frames", 1)
    if frames > MOST_FRAMES or (picture.format == "PNG" and frames > 1):
        raise refusal("animated", most=MOST_FRAMES)
    for number in range(frames if picture.format in ("GIF", "WEBP") else 1):
        picture.seek(number)
        picture.load()


def _check_notes(picture: PillowImage.Image) -> None:
    """Turn and save one pixel with all that the picture notes, as the library does when it makes a small one."""
    pixel = PillowImage.new("RGB", (1, 1))
    # Which of its colours are clear is said in the picture's own kind of pixels.
    pixel.info = {name: note for name, note in picture.info.items() if name != "transparency"}
    orientation_of(picture)
    turned = ImageOps.exif_transpose(pixel)
    kept = {name: turned.info[name] for name in ("exif", "icc_profile") if turned.info.get(name) is not None}
    turned.save(io.BytesIO(), "JPEG" if picture.format == "MPO" else picture.format, **kept)
