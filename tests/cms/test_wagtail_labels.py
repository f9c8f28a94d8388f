"""The fields that Wagtail forgets to name have a name in each language."""

from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings as django_settings
from django.utils import translation
from wagtail.admin.forms.auth import LoginForm
from wagtail.admin.forms.choosers import (
    AnchorLinkChooserForm,
    EmailLinkChooserForm,
    ExternalLinkChooserForm,
    PhoneLinkChooserForm,
)
from wagtail.users.views.bulk_actions.assign_role import RoleForm

CATALOGUES = Path(django_settings.BASE_DIR) / "cms" / "wagtail_locale"


@pytest.fixture
def compiled(tmp_path, settings):
    for source in CATALOGUES.glob("*/LC_MESSAGES/django.po"):
        target = tmp_path / source.relative_to(CATALOGUES).with_suffix(".mo")
        target.parent.mkdir(parents=True)
        with source.open("rb") as po, target.open("wb") as mo:
            write_mo(mo, read_po(po))
    settings.LOCALE_PATHS = [tmp_path]


@pytest.mark.parametrize(
    ("form", "field", "labels"),
    [
        (LoginForm, "password", ("Сырсөз", "Пароль", "Password")),
        (ExternalLinkChooserForm, "link_text", ("Шилтеменин тексти", "Текст ссылки", "Link text")),
        (AnchorLinkChooserForm, "link_text", ("Шилтеменин тексти", "Текст ссылки", "Link text")),
        (PhoneLinkChooserForm, "phone_number", ("Телефон номери", "Номер телефона", "Phone number")),
        (
            EmailLinkChooserForm,
            "email_address",
            ("Электрондук почтанын дареги", "Адрес электронной почты", "Email address"),
        ),
        (EmailLinkChooserForm, "subject", ("Темасы", "Тема", "Subject")),
        (EmailLinkChooserForm, "body", ("Каттын тексти", "Текст письма", "Body")),
        (RoleForm, "role", ("Роль", "Роль", "Role")),
    ],
)
def test_the_field_is_named_in_kyrgyz_russian_and_english(form, field, labels, compiled):
    shown = []
    for language in ("ky", "ru", "en"):
        with translation.override(language):
            shown.append(str(form.base_fields[field].label))

    assert tuple(shown) == labels
