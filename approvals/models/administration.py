"""What one administrator proposed and another one has to confirm."""

import datetime as dt

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from approvals.offices import LABELS


class Change(models.TextChoices):
    """What takes two administrators."""

    GIVE_OFFICE = "give_office", _("Give an office that decides")
    MAKE_ADMINISTRATOR = "make_administrator", _("Make a system administrator")
    REOPEN = "reopen", _("Open a closed account again")
    RESET_PASSWORD = "reset_password", _("Give a new password")
    REMOVE_SECOND_FACTOR = "remove_second_factor", _("Take the second factor off the account")


class Taking(models.TextChoices):
    """What one administrator does at once."""

    CLOSE = "close", _("Close the account")
    OFFICES = "offices", _("Take the offices that decide")
    ADMINISTRATION = "administration", _("Take the rights of an administrator")


class AccountProposalQuerySet(models.QuerySet):
    def open(self):
        """Those that were neither confirmed nor withdrawn; some may have expired."""
        return self.filter(confirmed_at__isnull=True, withdrawn_at__isnull=True)


class AccountProposal(models.Model):
    """One change of one account that waits for a second administrator, or did.

    Made by approvals.administration.propose alone: a row that the ledger does not know gives nothing.
    state: a digest of the account as it was when the change was proposed.
    """

    change = models.CharField(_("change"), max_length=30, choices=Change.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("whose account")
    )
    group = models.ForeignKey(Group, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("office"))
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(max_length=64)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    entry_number = models.BigIntegerField(unique=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = AccountProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal about an account")
        verbose_name_plural = _("proposals about accounts")
        default_permissions = ()
        ordering = ("-proposed_at", "-pk")
        constraints = [
            models.CheckConstraint(condition=~Q(proposed_by=F("person")), name="nobody_proposes_for_himself"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | (~Q(confirmed_by=F("proposed_by")) & ~Q(confirmed_by=F("person"))),
                name="another_administrator_confirms",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(withdrawn_at__isnull=True), name="confirmed_or_withdrawn"
            ),
            models.CheckConstraint(
                condition=(Q(change="give_office") & Q(group__isnull=False))
                | (~Q(change="give_office") & Q(group__isnull=True)),
                name="an_office_where_one_is_given",
            ),
        ]

    def __str__(self):
        return f"{self.change} {self.person}"

    @property
    def office_label(self) -> str:
        """The office's name in the reader's language; empty where the change gives none."""
        return str(LABELS.get(self.group.name, self.group.name)) if self.group else ""

    def as_details(self) -> dict:
        """What the ledger says of the proposal."""
        return {
            "person_id": self.person_id,
            "change": str(self.change),
            **({"group": self.group.name} if self.group else {}),
            "state": self.state,
            "expires_at": self.expires_at.astimezone(dt.UTC).isoformat(),
        }
