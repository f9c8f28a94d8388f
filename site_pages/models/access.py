"""Who may see a document that its owner has limited, and who saw it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AccessLimit(models.Model):
    """One document, in all its languages, that only named people see. The owner is always one of them.

    photos, files: what was brought into the library for this document alone; hidden like the document itself.
    """

    content_id = models.UUIDField(unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    photos = models.ManyToManyField("site_pages.Photo", related_name="+")
    files = models.ManyToManyField("site_pages.PressFile", related_name="+")
    since = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.content_id)


class AccessEvent(models.Model):
    """One line of the access log; lines are only ever added.

    user: who did it. subject: who was admitted, dismissed or made owner. what: the screen that was asked for.
    """

    class Kind(models.TextChoices):
        LIMITED = "limited", _("Limited to named people")
        ADMITTED = "admitted", _("Admitted")
        DISMISSED = "dismissed", _("Dismissed")
        HANDED_OVER = "handed_over", _("Handed over to another owner")
        LIFTED = "lifted", _("Opened to everybody in the editor")
        VIEWED = "viewed", _("Viewed")
        CHANGED = "changed", _("Sent a form")
        REFUSED = "refused", _("Asked for it and got “not found”")

    content_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    locale = models.CharField(max_length=12, blank=True)
    what = models.CharField(max_length=255, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.content_id}"
