"""Whether a file is taken, by what people who upload it meet."""

from django.core.exceptions import ValidationError

from site_pages.files.inspection import inspect_file
from site_pages.files.pictures import inspect_picture

PICTURES = (".jpg", ".png", ".gif", ".webp", ".svg")


def code_of(content: bytes, name: str) -> str | None:
    """The code with which the file is refused, or None."""
    inspect = inspect_picture if name.endswith(PICTURES) else inspect_file
    try:
        inspect(content, filename=name)
    except ValidationError as error:
        assert error.messages[0]
        return error.code
    return None
