"""How much a text is in a hurry: a word to the office, never to readers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Urgency(models.TextChoices):
    """How soon the steps of a text have to decide (approvals.deadlines has the hours)."""

    NORMAL = "normal", _("Normal")
    URGENT = "urgent", _("Urgent")
