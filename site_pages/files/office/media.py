"""Pictures inside of office files: decided on by their bytes, whatever their names say."""

from site_pages.files.pictures import clean_picture, inspect_picture
from site_pages.files.pixels import Pixels
from site_pages.files.refusals import refusal

FIRST_BYTES = ((b"\xff\xd8\xff", ".jpg"), (b"\x89PNG\r\n\x1a\n", ".png"), (b"GIF8", ".gif"), (b"RIFF", ".webp"))


class Media:
    """The pictures of one file, one after the other."""

    def __init__(self) -> None:
        self._pixels = Pixels()

    def inspect(self, part: bytes, *, name: str) -> None:
        """Raises ValidationError: no picture that is taken, or too many of them."""
        ending = next((ending for first, ending in FIRST_BYTES if part.startswith(first)), "")
        if not ending or (ending == ".webp" and part[8:12] != b"WEBP"):
            raise refusal("picture_kind", what=name[:80])
        self._pixels.add(part)
        inspect_picture(part, filename=f"a{ending}")

    @staticmethod
    def cleaned(part: bytes) -> bytes:
        """The same pixels without what the camera noted. Raises ValidationError."""
        return clean_picture(part)
