"""The form in which files for readers are uploaded."""

from wagtail.documents.fields import WagtailDocumentField
from wagtail.documents.forms import BaseDocumentForm

from site_pages.files.cleaning import require_servable
from site_pages.files.inspection import inspect_file
from site_pages.kept_records import KeptInForms


class PressFileField(WagtailDocumentField):
    """The file field of the upload form: it looks into the file, and makes what is served, before anything is kept."""

    def to_python(self, data):
        file = super().to_python(data)
        if data and hasattr(data, "seek"):
            data.seek(0)
            try:
                content = data.read()
                inspect_file(content, filename=data.name)
                require_servable(content, filename=data.name)
            finally:
                data.seek(0)
        return file


class PressFileForm(KeptInForms, BaseDocumentForm):
    """The form of a file, in the library and in the chooser."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if field := self.fields.get("file"):
            self.fields["file"] = PressFileField(
                label=field.label, required=field.required, widget=field.widget, help_text=field.help_text
            )
