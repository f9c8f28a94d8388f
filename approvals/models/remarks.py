"""What somebody who returned a text said about one place in it, and what its author answered."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RemarkQuerySet(models.QuerySet):
    def about(self, *, content_id, locale: str):
        """Those on one text, as they were made."""
        return self.filter(content_id=content_id, locale=locale).order_by("entry_number", "order")

    def open(self):
        """Those that nobody ticked off or answered."""
        return self.filter(settled_at__isnull=True)


class Remark(models.Model):
    """One remark on a field (`field:lead`) or a block (`block:<id>`). The ledger has its words, this row its answer."""

    content_id = models.UUIDField()
    locale = models.CharField(max_length=12)
    entry_number = models.BigIntegerField()
    order = models.PositiveSmallIntegerField()
    anchor = models.CharField(max_length=60)
    label = models.CharField(max_length=255)
    text = models.TextField()
    by = models.CharField(max_length=255)
    made_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=255, blank=True)

    objects = RemarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["entry_number", "order"], name="one_remark_per_place_in_an_entry"),
            models.CheckConstraint(condition=~models.Q(text=""), name="a_remark_says_something"),
        ]

    def __str__(self):
        return f"{self.label}: {self.text}"
