"""The ledger: what was decided, by whom, on which digest. Rows are only ever added."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EntryKind(models.TextChoices):
    """What an entry records."""

    SUBMITTED = "submitted", _("Submitted")
    APPROVED = "approved", _("Approved")
    RETURNED = "returned", _("Returned for changes")
    RECALLED = "recalled", _("Recalled")
    CLEARED = "cleared", _("Cleared")
    STOPPED = "stopped", _("Publication stopped")
    PUBLISHED = "published", _("Published")
    OFFICE_GIVEN = "office_given", _("Joined a group")
    OFFICE_TAKEN = "office_taken", _("Left a group")
    ACCOUNT_CHANGED = "account_changed", _("Account changed")
    ACTING_GIVEN = "acting_given", _("Appointed to act for another")
    ACTING_TAKEN = "acting_taken", _("Acting appointment revoked")
    CLEARED_URGENTLY = "cleared_urgently", _("Cleared urgently by one leader")
    CONFIRMED = "confirmed", _("Urgent publication confirmed")
    ESCALATED = "escalated", _("Confirmation overdue")
    OBJECTED = "objected", _("Objection to an urgent publication")
    CHANGE_PROPOSED = "change_proposed", _("Change of an account proposed")
    BUNDLE_MADE = "bundle_made", _("Bundle made")
    BUNDLE_CHANGED = "bundle_changed", _("Bundle changed")
    BUNDLE_PUBLISHED = "bundle_published", _("Bundle published")
    EARLY_GIVEN = "early_given", _("Early access given")
    EARLY_REVOKED = "early_revoked", _("Early access revoked")
    EMBARGO_BROKEN = "embargo_broken", _("Breach of an embargo noted")
    OUTLET_READMITTED = "outlet_readmitted", _("Outlet admitted to early access again")
    WITHDRAWAL_PROPOSED = "withdrawal_proposed", _("Withdrawal proposed")
    WITHDRAWAL_APPROVED = "withdrawal_approved", _("Withdrawal approved")
    WITHDRAWAL_REFUSED = "withdrawal_refused", _("Withdrawal refused")
    WITHDRAWAL_RECALLED = "withdrawal_recalled", _("Proposal of withdrawal recalled")
    WITHDRAWAL_VOID = "withdrawal_void", _("Proposal of withdrawal void")
    WITHDRAWAL_CLEARED = "withdrawal_cleared", _("Withdrawal cleared")
    WITHDRAWN = "withdrawn", pgettext_lazy("of a public document", "Withdrawn")
    CLOSED_AT_ONCE = "closed_at_once", _("Closed at once by one leader")
    CLOSING_CONFIRMED = "closing_confirmed", _("Closing confirmed")
    CLOSING_OVERDUE = "closing_overdue", _("Confirmation of a closing overdue")
    SUBSCRIBER_ADDED = "subscriber_added", _("Subscriber added")
    SUBSCRIBER_ASKED = "subscriber_asked", _("Subscriber asked again")
    SUBSCRIBER_CONFIRMED = "subscriber_confirmed", _("Subscriber said yes")
    SUBSCRIBER_ENDED = "subscriber_ended", _("Subscription ended")


# What is said about the version that is public: on taking it down, and afterwards on its urgent publication. It neither
# begins nor voids the clearance of another version.
ABOUT_WHAT_IS_PUBLIC = (
    EntryKind.CONFIRMED,
    EntryKind.OBJECTED,
    EntryKind.ESCALATED,
    EntryKind.WITHDRAWAL_PROPOSED,
    EntryKind.WITHDRAWAL_APPROVED,
    EntryKind.WITHDRAWAL_REFUSED,
    EntryKind.WITHDRAWAL_RECALLED,
    EntryKind.WITHDRAWAL_VOID,
    EntryKind.CLOSING_CONFIRMED,
    EntryKind.CLOSING_OVERDUE,
)


class LedgerEntryQuerySet(models.QuerySet):
    def about(self, *, content_id, locale: str):
        """The entries of one document, oldest first."""
        return self.filter(content_id=content_id, locale=locale).order_by("number")

    def of_the_text(self):
        """Without what is said about the version that is public."""
        return self.exclude(kind__in=ABOUT_WHAT_IS_PUBLIC)


class LedgerEntry(models.Model):
    """One thing that happened, on one digest, at one moment; never changed, never removed.

    Pages and people are named by number and by name as it was then: the record outlives them.
    """

    number = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=20, choices=EntryKind.choices)
    content_id = models.UUIDField(null=True)
    locale = models.CharField(max_length=12, blank=True)
    document_type = models.CharField(max_length=20, blank=True)
    page_id = models.BigIntegerField(null=True)
    revision_id = models.BigIntegerField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    step = models.PositiveSmallIntegerField(null=True)
    steps_total = models.PositiveSmallIntegerField(default=0)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=255, blank=True)
    remark = models.TextField(blank=True)
    details = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["content_id", "locale", "number"], name="ledger_by_document")]
        constraints = [
            models.CheckConstraint(condition=~Q(kind="returned", remark=""), name="a_return_needs_a_remark"),
            models.CheckConstraint(
                condition=~Q(kind__in=("withdrawal_refused", "closed_at_once"), remark=""),
                name="a_refusal_and_a_closing_need_words",
            ),
            models.UniqueConstraint(fields=["previous_hash"], name="one_entry_after_each"),
        ]

    def __str__(self):
        return f"{self.number} {self.kind}"


class TextOnRecord(models.Model):
    """The canonical public form of a text that was submitted, or shown outside, once; known by its digest.

    Never changed, never removed. Read and written by approvals.texts_on_record alone.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    canonical = models.TextField()

    class Meta:
        default_permissions = ()


class LedgerHead(models.Model):
    """The one row that gives the next number and the hash before it; locking it orders all entries."""

    number = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_ledger_head")]


class DuePublication(models.Model):
    """A cleared text that waits for its time. held_at: since when it waits for a person (approvals.holds).

    bundle: with which it becomes public (approvals.bundles); never alone. prepared_at: since when its text stands in
    the rows of its page (approvals.scheduling); the page is not live.
    """

    page_id = models.BigIntegerField(unique=True)
    revision_id = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    entry_number = models.BigIntegerField()
    due_at = models.DateTimeField(db_index=True)
    held_at = models.DateTimeField(null=True)
    prepared_at = models.DateTimeField(null=True)
    bundle = models.ForeignKey("approvals.Bundle", null=True, on_delete=models.PROTECT, related_name="due")

    class Meta:
        default_permissions = ("view",)
        verbose_name = _("due publication")
        verbose_name_plural = _("due publications")
