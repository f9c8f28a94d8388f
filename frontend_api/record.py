"""What administrators and operators change at the public side, on record: who, when, what; never a secret.

The entries stand in Wagtail's own log of models, among what administrators do elsewhere, and in the same transaction as
the change. Those whose action begins with PREFIX are never changed and never removed (frontend_api.triggers).
"""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.models import ModelLogEntry

PREFIX = "jarchy."


class Act(models.TextChoices):
    """What somebody did."""

    RECEIVER_ADDED = "jarchy.receiver_added", _("Receiver added")
    RECEIVER_SECRET_CHANGED = "jarchy.receiver_secret_changed", _("Secret changed")
    RECEIVER_OFF = "jarchy.receiver_off", _("Switched off")
    RECEIVER_ON = "jarchy.receiver_on", _("Switched on")
    RECEIVER_TESTED = "jarchy.receiver_tested", _("Test message sent")
    RECEIVER_REMOVED = "jarchy.receiver_removed", _("Receiver removed")
    DELIVERIES_RETRIED = "jarchy.deliveries_retried", _("Put back in line")
    CANARY_PLANTED = "jarchy.canary_planted", _("Canary planted")
    CANARY_RETIRED = "jarchy.canary_retired", _("Canary retired")


OF_RECEIVERS = tuple(act for act in Act if act.name.startswith("RECEIVER"))
OF_CANARIES = (Act.CANARY_PLANTED, Act.CANARY_RETIRED)


def is_administrator(user) -> bool:
    """Whether it is a system administrator whose account is open; a program is none."""
    return user.is_superuser and user.is_active and not user.is_agent


def check_administrator(by) -> None:
    """Raises PermissionDenied unless by is a system administrator.

    by: None for the command line, where whoever runs commands holds the whole installation anyway.
    """
    if by is not None and not is_administrator(by):
        raise PermissionDenied


def note(subject: models.Model, act: Act, *, by, deleted: bool = False, **details: Any) -> None:
    """Put one act on record. by: None for the command line. details: what can be said in JSON."""
    ModelLogEntry.objects.log_action(subject, act.value, user=by, deleted=deleted, data=details)


def latest(acts: Iterable[Act], *, limit: int) -> QuerySet[ModelLogEntry]:
    """The last entries about these acts, the latest first."""
    found = ModelLogEntry.objects.filter(action__in=[act.value for act in acts])
    return found.select_related("user").order_by("-timestamp", "-pk")[:limit]
