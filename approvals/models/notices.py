"""Notices: what has to be said to whom about one move of a clearance, and how the saying went."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# The recipient of a notice who has no account.
NO_ACCOUNT = 0


class NoticeState(models.TextChoices):
    """Where a notice is. `unknown`: the server may have taken it, nobody can say; it is never sent again by itself."""

    DUE = "due", _("To be sent")
    SENT = "sent", _("Sent")
    UNKNOWN = "unknown", _("Perhaps sent")
    DEAD = "dead", _("Given up")
    CLOSED = "closed", _("Not sent")


class Closing(models.TextChoices):
    """Why a notice is not sent at all."""

    NO_ACCOUNT = "no_account", _("The account no longer exists.")
    NOT_ACTIVE = "not_active", _("The account is not active.")
    NO_ADDRESS = "no_address", _("The account has no usable e-mail address.")
    NOT_WANTED = "not_wanted", _("The person wants no notices.")
    ACCESS_OVER = "access_over", _("The early access was over before the mail was sent.")
    NOT_SUBSCRIBED = "not_subscribed", _("The person is not subscribed.")
    ANSWERED = "answered", _("The question was answered, or the subscription ended, before the mail was sent.")
    NOT_PUBLIC = "not_public", _("The document was closed before the mail was sent.")


class NoticeQuerySet(models.QuerySet):
    def free(self, *, now):
        """Those that may be tried now and that no worker holds."""
        is_free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
        return self.filter(is_free, state=NoticeState.DUE, handed_over_at=None, next_attempt_at__lte=now)


class Notice(models.Model):
    """One move of the ledger, one alarm before a publication or one alert of a deadline, to be told to a person, once.

    Written in the transaction of the move. People are named by number and by name as it was then, like in the ledger.
    handed_over_at: when the server had the whole text but its last line; what happened after that can be unknown.
    message_id: of the mail in which it went out; the notices of one digest share it.
    recipient_id: NO_ACCOUNT for somebody outside: the subscriber, or the journalist to whom the entry gives early
    access. subscriber: who is told of the correction, the withdrawal or the question that the entry records.
    """

    entry_number = models.BigIntegerField(null=True)
    alarm = models.ForeignKey("approvals.ScheduleAlarm", null=True, on_delete=models.PROTECT, related_name="notices")
    deadline_alert = models.OneToOneField(
        "approvals.DeadlineAlert", null=True, on_delete=models.PROTECT, related_name="notice"
    )
    subscriber = models.ForeignKey("approvals.Subscriber", null=True, on_delete=models.PROTECT, related_name="notices")
    recipient_id = models.BigIntegerField()
    recipient_name = models.CharField(max_length=255)
    state = models.CharField(max_length=10, choices=NoticeState.choices, default=NoticeState.DUE)
    closing = models.CharField(max_length=20, choices=Closing.choices, blank=True)
    written_at = models.DateTimeField()
    is_for_digest = models.BooleanField(default=False)
    next_attempt_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=255, blank=True)
    last_error = models.TextField(blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["state", "next_attempt_at"], name="notices_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["entry_number", "recipient_id"],
                condition=Q(subscriber=None),
                name="one_notice_per_move_and_person",
            ),
            models.UniqueConstraint(fields=["entry_number", "subscriber"], name="one_letter_per_move_and_subscriber"),
            models.UniqueConstraint(fields=["alarm", "recipient_id"], name="one_notice_per_alarm_and_person"),
            models.CheckConstraint(
                condition=Q(entry_number__isnull=False, alarm=None, deadline_alert=None)
                | Q(entry_number=None, alarm__isnull=False, deadline_alert=None)
                | Q(entry_number=None, alarm=None, deadline_alert__isnull=False),
                name="a_notice_is_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(subscriber=None) | Q(entry_number__isnull=False, recipient_id=0),
                name="a_letter_is_of_an_entry",
            ),
            models.CheckConstraint(
                condition=(Q(state="closed") & ~Q(closing="")) | (~Q(state="closed") & Q(closing="")),
                name="a_closed_notice_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state="due", settled_at=None) | (~Q(state="due") & Q(settled_at__isnull=False)),
                name="a_notice_is_due_or_settled",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("due", "dead", "closed")) | Q(handed_over_at__isnull=False),
                name="what_was_sent_was_handed_over",
            ),
        ]

    def __str__(self):
        return f"{self.entry_number or self.alarm or self.deadline_alert} → {self.recipient_name}"


class NoticePreference(models.Model):
    """How one person wants notices; without a row, each by itself."""

    class Mode(models.TextChoices):
        EACH = "each", _("One e-mail for each move")
        DIGEST = "digest", _("One e-mail a day with everything")
        NONE = "none", _("No e-mail")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_preference", primary_key=True
    )
    mode = models.CharField(_("notices by e-mail"), max_length=10, choices=Mode.choices, default=Mode.EACH)
    digest_hour = models.PositiveSmallIntegerField(
        _("hour of the daily e-mail"),
        default=8,
        validators=[MaxValueValidator(23)],
        help_text=_("From 0 to 23, by the clock of Bishkek. For example: 8. Counts only for one e-mail a day."),
    )

    class Meta:
        verbose_name = _("wish about notices")
        verbose_name_plural = _("wishes about notices")
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(digest_hour__lte=23), name="a_day_has_24_hours")]

    def __str__(self):
        return f"{self.user_id} {self.mode}"
