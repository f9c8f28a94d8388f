"""How much the pictures of one file cost together, told by their headers before anything decodes them."""

import io

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image as PillowImage

from site_pages.files.pictures import check_work, pixels_of

# Each is decoded when it is looked into: together they may cost as much as a few of the largest.
MOST_PICTURES_AT_ONCE = 4
MILLION = 1_000_000


class Pixels:
    """The pixels of all pictures in one file, each frame of a moving one counted, and each step beyond the usual."""

    def __init__(self) -> None:
        self._number = 0

    def add(self, picture: bytes) -> None:
        """Count one more. Raises ValidationError: too many pixels with those before.

        What is no picture counts nothing: whoever looks into it says what is wrong with it.
        """
        try:
            # Reading a header, and counting the frames of a GIF, takes time as well.
            check_work(picture)
            with PillowImage.open(io.BytesIO(picture)) as opened:
                self._number += pixels_of(picture, opened)
        except ValidationError:
            raise
        except Exception:
            # Whatever Pillow stumbles over in a made-up file.
            return
        most = MOST_PICTURES_AT_ONCE * settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS
        if self._number > most:
            raise ValidationError(
                _(
                    "The pictures in the file have more pixels together than the %(most)s million that are allowed. "
                    "Please make them smaller or upload them in several files."
                ),
                code="too_many_pixels",
                params={"most": most // MILLION},
            )
