"""What was published on one leader's decision and waits to be confirmed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class UrgentPublication(models.Model):
    """One debt: a skipped step that has to confirm afterwards. The ledger is the record; this row is the work to do."""

    page_id = models.BigIntegerField()
    content_id = models.UUIDField()
    locale = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)
    entry_number = models.BigIntegerField()
    step = models.PositiveSmallIntegerField()
    group_id = models.BigIntegerField()
    leader_id = models.BigIntegerField()
    leader_name = models.CharField(max_length=255)
    reason = models.TextField()
    published_at = models.DateTimeField()
    confirm_by = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True)
    objected_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("urgent publication")
        verbose_name_plural = _("urgent publications")
        default_permissions = ("view",)
        ordering = ("confirm_by", "pk")
        constraints = [
            models.UniqueConstraint(fields=["entry_number", "step"], name="one_debt_per_skipped_step"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="an_urgent_publication_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.content_id} {self.locale}"
