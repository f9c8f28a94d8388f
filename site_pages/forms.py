"""The editor's form of a document."""

import json

from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm

SUBMITTING = ("action-submit", "action-restart-workflow")


class DocumentPageForm(WagtailAdminPageForm):
    """On submission it shows every unmet requirement beside its field; a draft may lack anything."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    @property
    def is_submission(self) -> bool:
        """Whether the editor pressed “Submit” and not “Save”."""
        return any(name in self.data for name in SUBMITTING)

    def clean(self):
        cleaned = super().clean()
        # Django's own fields refuse it; in the text it comes escaped, and PostgreSQL would refuse the whole version.
        if "\\u0000" in json.dumps(cleaned["body"].get_prep_value() if "body" in cleaned else []):
            self.add_error("body", _("The text holds a character that no text may hold (NUL)."))
        return cleaned

    def _post_clean(self):
        super()._post_clean()
        if self.is_submission and not self.errors:
            for issue in self.instance.requirements():
                self.add_error(issue.field if issue.field in self.fields else NON_FIELD_ERRORS, issue.message)
