"""The user account."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """One person, or one program, that signs in to the editorial process."""

    is_agent = models.BooleanField(
        _("is a program"),
        default=False,
        help_text=_("A program may write drafts, counts as having written them, and never decides."),
    )
