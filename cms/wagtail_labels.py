"""Labels of form fields that Wagtail 7.4 leaves to Django's pretty_name, so that they stay English in every language.

The words are looked up in cms/wagtail_locale. A form can go from here once Wagtail names the field itself.
"""

from collections.abc import Mapping

from django.forms import Form
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.auth import LoginForm
from wagtail.admin.forms.choosers import (
    AnchorLinkChooserForm,
    EmailLinkChooserForm,
    ExternalLinkChooserForm,
    PhoneLinkChooserForm,
)
from wagtail.users.views.bulk_actions.assign_role import RoleForm

LABELS: Mapping[type[Form], Mapping[str, str]] = {
    LoginForm: {"password": "Password"},
    AnchorLinkChooserForm: {"link_text": "Link text"},
    ExternalLinkChooserForm: {"link_text": "Link text"},
    PhoneLinkChooserForm: {"phone_number": "Phone number", "link_text": "Link text"},
    EmailLinkChooserForm: {
        "email_address": "Email address",
        "link_text": "Link text",
        "subject": "Subject",
        "body": "Body",
    },
    RoleForm: {"role": "Role"},
}


def name_the_fields() -> None:
    """Give every field of LABELS that has no label its translatable one."""
    for form, labels in LABELS.items():
        for field, label in labels.items():
            if form.base_fields[field].label is None:
                form.base_fields[field].label = gettext_lazy(label)
