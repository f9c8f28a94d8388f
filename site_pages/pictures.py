"""The form in which photographs are uploaded."""

from django.core.files.base import File
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from site_pages.files.pictures import inspect_picture
from site_pages.files.refusals import refusal
from site_pages.kept_records import KeptInForms


def check_picture(file: File) -> None:
    """Refuse what is no good picture (see site_pages.files.pictures). Raises ValidationError."""
    field = WagtailImageField()
    if field.max_upload_size is not None and file.size > field.max_upload_size:
        raise refusal("too_large", most=field.max_upload_size // 2**20)
    file.seek(0)
    try:
        inspect_picture(file.read(), filename=file.name)
    finally:
        file.seek(0)


class PictureField(WagtailImageField):
    """The file field of the upload form; Wagtail's own decodes a damaged picture and fails."""

    def to_python(self, data):
        if data and hasattr(data, "seek"):
            check_picture(data)
        return super().to_python(data)


class PhotoForm(KeptInForms, BaseImageForm):
    """The form of a photograph, in the library and in the chooser."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if field := self.fields.get("file"):
            self.fields["file"] = PictureField(
                label=field.label, required=field.required, widget=field.widget, help_text=field.help_text
            )
