"""Subscribers: journalists and editors outside who are told by mail of corrections and withdrawals."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SubscriberState(models.TextChoices):
    """Where a subscription is. Only `confirmed` gets letters."""

    ASKED = "asked", _("Asked, has not answered")
    CONFIRMED = "confirmed", _("Subscribed")
    ENDED = "ended", _("Unsubscribed")


IS_ERASED = Q(name="", outlet="", email="", seed="")
IS_WHOLE = ~Q(name="") & ~Q(outlet="") & ~Q(email="") & ~Q(seed="")


class Subscriber(models.Model):
    """One person outside. Known to records by number alone: whoever leaves takes name, outlet and address along.

    language: of the letters. locales, types: of which documents; empty for all. seed: of which, with the key of the
    installation, the token of every letter is made (approvals.subscribers.mails). token_hash: stays when the
    subscription ends, so that a second press of the button finds something.
    """

    state = models.CharField(max_length=10, choices=SubscriberState.choices, default=SubscriberState.ASKED)
    name = models.CharField(max_length=200, blank=True)
    outlet = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=2)
    locales = models.JSONField(default=list)
    types = models.JSONField(default=list)
    wants_minor = models.BooleanField(default=False)
    seed = models.CharField(max_length=64, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        default_permissions = ()
        indexes = [models.Index(fields=["state"], name="subscribers_by_state")]
        constraints = [
            models.UniqueConstraint(fields=["email"], condition=~Q(email=""), name="one_subscriber_per_address"),
            models.CheckConstraint(
                condition=(Q(state="ended", ended_at__isnull=False) & IS_ERASED)
                | (~Q(state="ended") & Q(ended_at=None) & IS_WHOLE),
                name="who_left_is_erased",
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False), name="a_subscriber_said_when"
            ),
        ]

    def __str__(self):
        return f"№ {self.pk}"
