"""Pictures as they arrive: looked at before anything decodes them, then decoded to their last line."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _
from PIL import Image as PillowImage
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm


def check_picture(file: File) -> None:
    """Refuse a picture with too many pixels, cut off, damaged, or none at all.

    The size is read from the header first, so that a small file cannot ask for a large memory.
    Raises ValidationError.
    """
    try:
        file.seek(0)
        with PillowImage.open(file) as picture:
            width, height = picture.size
            if width * height * getattr(picture, "n_frames", 1) > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
                raise ValidationError(
                    _("The picture has %(width)s × %(height)s pixels, more than the %(most)s that are allowed."),
                    code="too_many_pixels",
                    params={"width": width, "height": height, "most": settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS},
                )
            picture.load()
    except PillowImage.DecompressionBombError as error:
        raise ValidationError(_("The picture has too many pixels."), code="too_many_pixels") from error
    except (OSError, SyntaxError, ValueError) as error:
        message = _("The picture is damaged or incomplete. Please upload the whole file again.")
        raise ValidationError(message, code="damaged") from error
    finally:
        file.seek(0)


class PictureField(WagtailImageField):
    """The file field of the upload form; Wagtail's own decodes a damaged picture and fails."""

    def to_python(self, data):
        if data and hasattr(data, "seek"):
            check_picture(data)
        return super().to_python(data)


class PhotoForm(BaseImageForm):
    """The form of a photograph, in the library and in the chooser."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if field := self.fields.get("file"):
            self.fields["file"] = PictureField(
                label=field.label, required=field.required, widget=field.widget, help_text=field.help_text
            )
