"""What is proposed to be taken down, or was closed at once, and waits for the steps of its route."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from site_pages.withdrawal import Statement, WithdrawalClass


class Outcome(models.TextChoices):
    """How a withdrawal ended. `confirmed`, `disputed`: of what was closed at once; it stays closed either way."""

    DONE = "done", pgettext_lazy("of a public document", "Withdrawn")
    REFUSED = "refused", _("Refused")
    RECALLED = "recalled", _("Recalled")
    VOID = "void", _("Void: the document changed meanwhile")
    CONFIRMED = "confirmed", _("Confirmed")
    DISPUTED = "disputed", _("Disputed: it stays closed")


class WithdrawalQuerySet(models.QuerySet):
    def open(self):
        """Those that wait for decisions."""
        return self.filter(outcome="")

    def overdue(self, now):
        """Closings that should be confirmed by now, and of which nobody was told."""
        return self.open().filter(is_closing=True, confirm_by__lte=now, escalated_at=None)

    def about(self, *, content_id, locale: str):
        """Those of one text."""
        return self.filter(content_id=content_id, locale=locale)


class Withdrawal(models.Model):
    """One statement on its way through the route. The ledger is the record; this row is the work to do.

    entry_number: of the proposal, or of the entry that closed the document at once (then is_closing). escalated_at:
    when everybody concerned was told that the closing is not confirmed in time.
    """

    page_id = models.BigIntegerField()
    content_id = models.UUIDField()
    locale = models.CharField(max_length=12)
    document_type = models.CharField(max_length=20)
    withdrawal_class = models.CharField(max_length=20, choices=WithdrawalClass.choices)
    reason = models.TextField()
    successor = models.UUIDField(null=True)
    digest = models.CharField(max_length=64)
    version = models.BigIntegerField()
    entry_number = models.BigIntegerField(unique=True)
    proposer_id = models.BigIntegerField()
    proposer_name = models.CharField(max_length=255)
    proposed_at = models.DateTimeField()
    is_closing = models.BooleanField(default=False)
    confirm_by = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    settled_at = models.DateTimeField(null=True)

    objects = WithdrawalQuerySet.as_manager()

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["content_id", "locale"], condition=Q(outcome=""), name="one_open_withdrawal_per_text"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_withdrawal_has_a_reason"),
            models.CheckConstraint(
                condition=Q(withdrawal_class="superseded", successor__isnull=False)
                | ~Q(withdrawal_class="superseded") & Q(successor=None),
                name="only_the_superseded_have_a_successor",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", settled_at=None) | ~Q(outcome="") & Q(settled_at__isnull=False),
                name="a_withdrawal_is_open_or_settled",
            ),
        ]

    def __str__(self):
        return f"{self.withdrawal_class} {self.content_id} {self.locale}"

    @property
    def statement(self) -> Statement:
        """What is decided on."""
        return Statement(
            content_id=self.content_id,
            locale=self.locale,
            document_type=self.document_type,
            digest=self.digest,
            version=self.version,
            withdrawal_class=WithdrawalClass(self.withdrawal_class),
            reason=self.reason,
            successor=self.successor,
        )
