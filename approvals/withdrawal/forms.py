"""What people fill in to take a document down."""

import re
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from site_pages.corrections import LONGEST_REASON
from site_pages.withdrawal import WithdrawalClass

CONTENT_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class LinesField(forms.CharField):
    """A text of several lines. Browsers send two characters for the end of a line, and count one."""

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")


class ReasonForm(forms.Form):
    """Why readers no longer find a document; they will read it."""

    reason = LinesField(
        label=gettext_lazy("Reason for readers"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "In the language of the document; it is public. For example: “The release named a wrong date.”"
        ),
    )


class ClosingForm(ReasonForm):
    """The switch. It stands beside the proposal, under names of its own."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="closing_%s", **kwargs)


class ProposalForm(ReasonForm):
    """How a document is to be taken down."""

    withdrawal_class = forms.ChoiceField(
        label=gettext_lazy("How"), choices=WithdrawalClass.choices, widget=forms.RadioSelect
    )
    successor = forms.CharField(
        label=gettext_lazy("Successor"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"list": "successors", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "Only for a document that is superseded: choose it from the list, or paste the content_id of the other."
        ),
    )
    field_order = ["withdrawal_class", "reason", "successor"]

    def clean_successor(self) -> UUID | None:
        given = self.cleaned_data["successor"]
        if not given:
            return None
        found = CONTENT_ID.search(given)
        if not found:
            raise forms.ValidationError(_("This is no content_id: choose a document from the list."))
        return UUID(found[0])


class DecisionForm(forms.Form):
    """What a decision consists of: the digest of the statement that was on screen, and a remark."""

    digest = forms.RegexField(regex=r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    remark = forms.CharField(required=False, max_length=4000)
