"""What happens around the moment of a publication: how late it was, what kept it back, who was warned before it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TimedPublication(models.Model):
    """One publication that had a time, and how late it was. entry_number: the `published` entry of the ledger."""

    entry_number = models.BigIntegerField(primary_key=True)
    page_id = models.BigIntegerField()
    content_id = models.UUIDField()
    locale = models.CharField(max_length=12)
    due_at = models.DateTimeField()
    published_at = models.DateTimeField()
    late_ms = models.BigIntegerField()

    class Meta:
        verbose_name = _("publication at its time")
        verbose_name_plural = _("publications at their time")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=models.Q(late_ms__gte=0), name="nothing_is_published_early"),
            models.CheckConstraint(
                condition=models.Q(published_at__gte=models.F("due_at")), name="published_when_it_is_due"
            ),
        ]

    def __str__(self):
        return f"{self.entry_number} +{self.late_ms} ms"


class FailedPublication(models.Model):
    """Why a text is not public although its time has come, or will not be; gone with its cause. It is tried by itself.

    entry_number: the entry of the ledger that cleared the text.
    """

    entry_number = models.BigIntegerField(primary_key=True)
    page_id = models.BigIntegerField()
    reason = models.TextField()
    failed_at = models.DateTimeField()
    try_again_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=1)

    class Meta:
        default_permissions = ("view",)

    def __str__(self):
        return f"{self.entry_number} {self.reason[:40]}"


class ScheduleAlarm(models.Model):
    """One warning that a text is due and not ready, once for each text, time and distance.

    minutes: how long before the time, 60, 15 or 5. Who is told of it stands in its notices.
    """

    page_id = models.BigIntegerField()
    content_id = models.UUIDField()
    locale = models.CharField(max_length=12)
    due_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("alarm before a publication")
        verbose_name_plural = _("alarms before publications")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["content_id", "locale", "due_at", "minutes"], name="one_alarm_for_each_text_and_distance"
            )
        ]

    def __str__(self):
        return f"{self.content_id} {self.locale} {self.minutes}"
