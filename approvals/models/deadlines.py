"""By when a step has to be decided, and who was told that it is not."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from approvals.models.routes import RouteStep
from site_pages.models.urgency import Urgency


class CalendarDay(models.Model):
    """A day on which the office does otherwise than the law's calendar says."""

    day = models.DateField(_("day"), unique=True)
    is_working = models.BooleanField(
        _("is a working day"),
        default=False,
        help_text=_("Leave it empty for a day off. A working day has the usual hours, also on a Saturday."),
    )
    note = models.CharField(
        _("note"),
        max_length=200,
        help_text=_("Who decided so. For example: Order of the Cabinet of Ministers No. 12 of 5 January 2026."),
    )

    class Meta:
        verbose_name = _("moved day")
        verbose_name_plural = _("moved days")
        constraints = [models.CheckConstraint(condition=~Q(note=""), name="a_moved_day_says_why")]

    def __str__(self):
        return self.day.isoformat()


class StepTime(models.Model):
    """How long one step of one type of document may take. Where there is no row, approvals.deadlines has a default."""

    document_type = models.CharField(_("type of document"), max_length=20)
    step_order = models.PositiveSmallIntegerField(
        _("step"), help_text=_("Its place on the route: 1 for the first step."), validators=[MinValueValidator(1)]
    )
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency.choices, default=Urgency.NORMAL)
    working_minutes = models.PositiveIntegerField(
        _("working minutes"),
        help_text=_("How long the step may take. For example: 480 for one working day."),
        validators=[MinValueValidator(1), MaxValueValidator(60 * 8 * 250)],
    )
    remind_before_minutes = models.PositiveIntegerField(
        _("reminder, working minutes before"),
        help_text=_("For example: 120. It must be less than the time of the step."),
        validators=[MinValueValidator(1)],
    )

    class Meta:
        verbose_name = _("time of a step")
        verbose_name_plural = _("times of steps")
        constraints = [
            models.UniqueConstraint(fields=["document_type", "step_order", "urgency"], name="one_time_for_each_step"),
            models.CheckConstraint(
                condition=Q(remind_before_minutes__gt=0, remind_before_minutes__lt=F("working_minutes")),
                name="a_reminder_lies_within_the_time",
                violation_error_message=_("The reminder must come before the time of the step is over."),
            ),
        ]

    def __str__(self):
        return f"{self.document_type} {self.step_order} {self.urgency}"

    def clean(self):
        """Refuse a time for a step that no route has."""
        on_route = RouteStep.objects.filter(route__document_type=self.document_type, order=self.step_order)
        if self.document_type and self.step_order and not on_route.exists():
            raise ValidationError({"step_order": _("The route of this type of document has no such step.")})


class DeadlineQuerySet(models.QuerySet):
    def open(self):
        """Those of steps that are not decided."""
        return self.filter(closed_at__isnull=True)

    def about(self, *, content_id, locale: str):
        """Those of one document."""
        return self.filter(content_id=content_id, locale=locale)

    def ripe(self, now):
        """Those of which somebody has to be told now."""
        reminder_is_due = Q(remind_at__lte=now, reminded_at__isnull=True)
        return self.open().filter(Q(due_at__lte=now) | reminder_is_due, escalated_at__isnull=True)


class Deadline(models.Model):
    """By when one step of one clearance has to be decided. entry_number: the ledger entry that began the step.

    about_withdrawal: of the clearance of a withdrawal, which may run beside that of another version.
    The step keeps the time that it was given when it began: only a changed calendar moves `due_at`.
    """

    page_id = models.BigIntegerField()
    content_id = models.UUIDField()
    locale = models.CharField(max_length=12)
    entry_number = models.BigIntegerField(unique=True)
    step = models.PositiveSmallIntegerField()
    about_withdrawal = models.BooleanField(default=False)
    group_id = models.BigIntegerField()
    urgency = models.CharField(max_length=10, choices=Urgency.choices)
    working_minutes = models.PositiveIntegerField()
    remind_before_minutes = models.PositiveIntegerField()
    began_at = models.DateTimeField()
    remind_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["page_id"], name="deadline_by_page", condition=Q(closed_at__isnull=True)),
            models.Index(
                fields=["remind_at"],
                name="deadline_to_watch",
                condition=Q(closed_at__isnull=True, escalated_at__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["content_id", "locale", "about_withdrawal"],
                condition=Q(closed_at__isnull=True),
                name="one_open_deadline_for_each_clearance",
            ),
            models.CheckConstraint(condition=Q(remind_at__lte=F("due_at")), name="a_reminder_comes_first"),
        ]

    def __str__(self):
        return f"{self.entry_number} {self.due_at:%Y-%m-%d %H:%M}"


class AlertKind(models.TextChoices):
    """Why somebody is told of a deadline."""

    REMINDER = "reminder", _("Reminder of a deadline")
    ESCALATION = "escalation", _("A deadline has passed")


class DeadlineAlert(models.Model):
    """One person is to be told of one deadline, once. What is sent from it is not its business."""

    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="alerts")
    kind = models.CharField(max_length=12, choices=AlertKind.choices)
    recipient_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["deadline", "kind", "recipient_id"], name="one_alert_for_each_person")
        ]

    def __str__(self):
        return f"{self.deadline_id} {self.kind} {self.recipient_id}"
