"""Pictures inside of office files: decided on by their bytes, whatever their names say."""

import io

from django.conf import settings
from PIL import Image as PillowImage

from site_pages.files.pictures import clean_picture, inspect_picture
from site_pages.files.refusals import refusal

FIRST_BYTES = ((b"\xff\xd8\xff", ".jpg"), (b"\x89PNG\r\n\x1a\n", ".png"), (b"GIF8", ".gif"), (b"RIFF", ".webp"))
# Each is decoded when it is looked into: together they may cost as much as a few of the largest.
MOST_PICTURES_AT_ONCE = 4


class Media:
    """The pictures of one file, one after the other."""

    def __init__(self) -> None:
        self._pixels = 0

    def inspect(self, part: bytes, *, name: str) -> None:
        """Raises ValidationError: no picture that is taken, or too many of them."""
        ending = next((ending for first, ending in FIRST_BYTES if part.startswith(first)), "")
        if not ending or (ending == ".webp" and part[8:12] != b"WEBP"):
            raise refusal("picture_kind", what=name[:80])
        try:
            with PillowImage.open(io.BytesIO(part)) as picture:
                self._pixels += picture.width * picture.height
        except PillowImage.DecompressionBombError as error:
            raise refusal("too_many_pixels") from error
        except (OSError, SyntaxError, ValueError) as error:
            raise refusal("damaged") from error
        if self._pixels > MOST_PICTURES_AT_ONCE * settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
            raise refusal("too_many_pixels")
        inspect_picture(part, filename=f"a{ending}")

    @staticmethod
    def cleaned(part: bytes) -> bytes:
        """The same pixels without what the camera noted. Raises ValidationError."""
        return clean_picture(part)
