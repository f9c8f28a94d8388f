"""The editor's form of a document."""

import json

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminPageForm

from site_pages.access.library import unseen_uses
from site_pages.times import in_the_calendar, time_issues

SUBMITTING = ("action-submit", "action-restart-workflow")


class DocumentPageForm(WagtailAdminPageForm):
    """On submission it shows every unmet requirement beside its field; a draft may lack anything."""

    limit_access = forms.BooleanField(
        required=False,
        label=gettext_lazy("Only people whom I name may know of this document"),
        help_text=gettext_lazy("Tick it before the first words. You name the people under “Who may see it”."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.is_access_limited:
            del self.fields["limit_access"]
        if "slug" in self.fields:
            self.fields["slug"].required = False
        for name in ("go_live_at", "expire_at"):
            if name in self.fields:
                self.fields[name].validators = [*self.fields[name].validators, in_the_calendar]
        if self.instance.live and not self.instance.has_unpublished_changes:
            # The note of the last correction is not that of the next one.
            self.initial["change_note"] = ""

    @property
    def is_submission(self) -> bool:
        """Whether the editor pressed “Submit” and not “Save”."""
        return any(name in self.data for name in SUBMITTING)

    def clean(self):
        cleaned = super().clean()
        if self.for_user is None or getattr(self.for_user, "is_agent", False):
            cleaned.pop("limit_access", None)
        # Django's own fields refuse it; in the text it comes escaped, and PostgreSQL would refuse the whole version.
        if "\\u0000" in json.dumps(cleaned["body"].get_prep_value() if "body" in cleaned else []):
            self.add_error("body", _("The text holds a character that no text may hold (NUL)."))
        return cleaned

    def _post_clean(self):
        super()._post_clean()
        self.instance.limit_access = bool(self.cleaned_data.get("limit_access"))
        if self.is_submission and not self.errors:
            # A changed public text needs more than one that is not changed, and lists beside it are not saved yet.
            unmet = self.instance.requirements(is_changing=self.has_changed())
            for issue in (*unmet, *time_issues(self.instance, now=timezone.now())):
                self.add_error(issue.field if issue.field in self.fields else NON_FIELD_ERRORS, issue.message)

    def is_valid(self):
        # Asked when the lists beside the text are known as well; what does not exist for a person cannot be used.
        valid = super().is_valid()
        if valid and self.for_user and unseen_uses(self.instance, self.for_user):
            self.add_error(None, _("The text refers to something that does not exist."))
            return False
        return valid
