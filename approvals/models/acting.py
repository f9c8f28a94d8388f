"""Who decides in whose place, and for how long."""

import datetime as dt

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from approvals.offices import LABELS


class ActingAppointmentQuerySet(models.QuerySet):
    def in_force(self, now):
        """Those that have begun, have not ended and were not revoked."""
        return self.filter(starts_at__lte=now, ends_at__gt=now, revoked_at__isnull=True)


class ActingAppointment(models.Model):
    """One person decides in the place of another, in one office, for a time. It is revoked, never changed.

    Made by approvals.acting.appoint alone: a row that the ledger does not know gives no right.
    """

    principal = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who is absent")
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who decides instead")
    )
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+", verbose_name=_("office"))
    document_types = models.JSONField(_("types of document"), default=list, blank=True)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    legal_basis = models.CharField(
        _("legal basis"), max_length=300, help_text=_("For example: Order No. 45 of 3 March 2026.")
    )
    entry_number = models.BigIntegerField(unique=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = ActingAppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("acting appointment")
        verbose_name_plural = _("acting appointments")
        default_permissions = ("view",)
        ordering = ("-starts_at", "-pk")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="acting_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(principal=F("deputy")), name="nobody_represents_himself"),
            models.CheckConstraint(condition=~Q(legal_basis=""), name="acting_has_a_legal_basis"),
        ]

    def __str__(self):
        return f"{self.deputy} → {self.principal}"

    @property
    def office_label(self) -> str:
        """The office's name in the reader's language."""
        return str(LABELS.get(self.group.name, self.group.name))

    def as_details(self) -> dict:
        """What the ledger says of it."""
        return {
            "principal_id": self.principal_id,
            "deputy_id": self.deputy_id,
            "group": self.group.name,
            "document_types": sorted(self.document_types),
            "starts_at": self.starts_at.astimezone(dt.UTC).isoformat(),
            "ends_at": self.ends_at.astimezone(dt.UTC).isoformat(),
            "legal_basis": self.legal_basis,
        }
