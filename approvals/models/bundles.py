"""Bundles: documents that become public together, all or none."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from approvals.models.ledger import DuePublication


class BundleState(models.TextChoices):
    """Where a bundle is; derived from its records, never stored."""

    GATHERING = "gathering", _("Not all documents are cleared")
    READY = "ready", _("Ready, waits for a hand")
    WAITING = "waiting", _("Cleared, waits for its time")
    HELD = "held", _("Held after a restore")
    FAILED = "failed", _("Failed, nothing was published")
    PUBLISHED = "published", _("Published")
    GIVEN_UP = "given_up", _("Given up, nothing was published")


class BundleQuerySet(models.QuerySet):
    def open(self):
        """Those that are neither published nor given up."""
        return self.filter(published_at=None, closed_at=None)

    def due(self, now: dt.datetime):
        """Those to be published now; of those without a time only such as are cleared as a whole."""
        at_its_time = Q(when=Bundle.When.AT, due_at__lte=now)
        by_itself = Q(when=Bundle.When.CLEARED) & _is_whole()
        by_hand = Q(when=Bundle.When.HAND, released_at__isnull=False)
        return self.open().filter(at_its_time | by_itself | by_hand, failed_at=None, held_at=None)

    def whole_at(self, moment: dt.datetime):
        """Those whose time is this moment, and of which every document is cleared."""
        return self.due(moment).filter(_is_whole(), when=Bundle.When.AT, due_at=moment)

    def going_by_themselves(self):
        """Those that a worker publishes without anybody's further word, now or when their time comes."""
        by_itself = Q(when__in=(Bundle.When.CLEARED, Bundle.When.AT)) | Q(released_at__isnull=False)
        return self.open().filter(by_itself, held_at=None)


def _is_whole() -> Q:
    """A bundle that has documents, each of them cleared."""
    members = BundleMember.objects.filter(bundle=OuterRef("pk"))
    cleared = DuePublication.objects.filter(page_id=OuterRef("page_id"), bundle=OuterRef("bundle"))
    return Exists(members) & ~Exists(members.filter(~Exists(cleared)))


class Bundle(models.Model):
    """Documents of any types and languages that become public in one transaction.

    version counts the changes: who changes a bundle names the version that was on screen. failed_page_id: the document
    for whose sake nothing was published. held_at: since when it waits for a person after a restore.
    """

    class When(models.TextChoices):
        """What begins the publication."""

        AT = "at", _("At a time")
        CLEARED = "cleared", _("As soon as all documents are cleared")
        HAND = "hand", _("By hand")

    title = models.CharField(_("name"), max_length=200)
    when = models.CharField(_("when"), max_length=10, choices=When.choices, default=When.AT)
    due_at = models.DateTimeField(_("time of publication"), null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    released_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failed_page_id = models.BigIntegerField(null=True)
    failure = models.TextField(blank=True)
    held_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = BundleQuerySet.as_manager()

    class Meta:
        verbose_name = _("bundle")
        verbose_name_plural = _("bundles")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=Q(when="at", due_at__isnull=False) | (~Q(when="at") & Q(due_at__isnull=True)),
                name="a_time_where_the_time_decides",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(closed_at__isnull=True), name="published_or_given_up"
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether it can still be changed and published."""
        return self.published_at is None and self.closed_at is None

    def is_before_its_time(self, now: dt.datetime) -> bool:
        """Whether a time decides, and it has not come."""
        return self.when == self.When.AT and self.due_at > now

    def state(self, *, members: int, cleared: int) -> BundleState:
        """Where it is. members, cleared: how many documents it has, and how many of them are cleared."""
        if self.published_at is not None:
            return BundleState.PUBLISHED
        if self.closed_at is not None:
            return BundleState.GIVEN_UP
        if self.failed_at is not None:
            return BundleState.FAILED
        if self.held_at is not None:
            return BundleState.HELD
        if cleared < members or not members:
            return BundleState.GATHERING
        is_free = self.when != self.When.HAND or self.released_at is not None
        return BundleState.WAITING if is_free else BundleState.READY


class BundleMember(models.Model):
    """One text of a bundle. is_open: while its bundle is; a text is in one open bundle at most."""

    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="members")
    page_id = models.BigIntegerField(db_index=True)
    content_id = models.UUIDField()
    locale = models.CharField(max_length=12)
    is_open = models.BooleanField(default=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["content_id", "locale"], condition=Q(is_open=True), name="in_one_open_bundle_at_most"
            ),
            models.UniqueConstraint(fields=["bundle", "content_id", "locale"], name="once_in_a_bundle"),
        ]

    def __str__(self):
        return f"{self.bundle_id} {self.content_id} {self.locale}"
