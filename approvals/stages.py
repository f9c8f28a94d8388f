"""The stages of a document, as everybody sees them. A stage is derived from the records, never stored."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Stage(models.TextChoices):
    """Where a document is; the words are those of the glossary."""

    DRAFT = "draft", _("Draft")
    WITH_HEAD = "with_head", _("With the department head")
    WITH_APPARATUS = "with_apparatus", _("With the Apparatus leadership")
    CHANGES_REQUESTED = "changes_requested", _("Returned for changes")
    CLEARED = "cleared", _("Cleared")
    WAITS_FOR_ORIGINAL = "waits_for_original", _("Cleared, waits for the Kyrgyz text")
    SCHEDULED = "scheduled", _("Scheduled")
    PUBLISHED = "published", _("Published")
    PUBLISHED_URGENTLY = "published_urgently", _("Published urgently, confirmation due")
    NO_LONGER_CURRENT = "no_longer_current", _("Published under a notice")
    WITHDRAWN = "withdrawn", pgettext_lazy("of a public document", "Withdrawn")
