"""Searching and filtering the inbox."""

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.queue import QueueItem
from site_pages.languages import CODES
from site_pages.models import DOCUMENT_TYPES

LANGUAGES = {"ky": _("Kyrgyz"), "ru": _("Russian"), "en": _("English")}


class InboxFilter(forms.Form):
    """Which of the texts are shown. What cannot be understood filters nothing and is said beside its field."""

    q = forms.CharField(label=_("Words of the title"), required=False, max_length=200)
    document_type = forms.ChoiceField(label=_("Type"), required=False)
    locale = forms.ChoiceField(label=_("Language"), required=False)
    urgent = forms.BooleanField(label=_("Only urgent"), required=False)
    late = forms.BooleanField(label=_("Only overdue"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = [(kind, model._meta.verbose_name) for kind, model in DOCUMENT_TYPES.items()]
        self.fields["document_type"].choices = [("", _("All types")), *kinds]
        self.fields["locale"].choices = [("", _("All languages")), *((code, LANGUAGES[code]) for code in CODES)]

    def among(self, items: list[QueueItem]) -> list[QueueItem]:
        """The items that pass, in their order. Every word has to be in the title, in whatever letters."""
        if not self.is_valid():
            return items
        wanted = self.cleaned_data
        words = wanted["q"].casefold().split()
        return [
            item
            for item in items
            if all(word in item.title.casefold() for word in words)
            and wanted["document_type"] in ("", item.document_type)
            and wanted["locale"] in ("", item.locale)
            and (item.is_urgent or not wanted["urgent"])
            and (item.is_late or not wanted["late"])
        ]
