"""Consultation with somebody outside: the link, what became of it, what was said. Rows are only ever added."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutsideLinkQuerySet(models.QuerySet):
    def about(self, *, content_id, locale: str):
        """Those on one text, as they were made."""
        return self.filter(content_id=content_id, locale=locale).order_by("pk")


class OutsideRemarkQuerySet(models.QuerySet):
    def about(self, *, content_id, locale: str):
        """Those on one text, as they were made."""
        return self.filter(link__content_id=content_id, link__locale=locale).order_by("pk")


class OutsideLink(models.Model):
    """One version of one text for one named person; never changed. The token itself is stored nowhere."""

    token_hash = models.CharField(max_length=64, unique=True)
    content_id = models.UUIDField()
    locale = models.CharField(max_length=12)
    page_id = models.BigIntegerField()
    revision_id = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    reader_name = models.CharField(max_length=200)
    reason = models.TextField()
    language = models.CharField(max_length=2)
    maker_id = models.BigIntegerField()
    maker_name = models.CharField(max_length=255)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = OutsideLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link for an outside reader")
        verbose_name_plural = _("links for outside readers")
        default_permissions = ()
        indexes = [models.Index(fields=["content_id", "locale"], name="outside_link_by_document")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reader_name=""), name="an_outside_reader_has_a_name"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="an_outside_link_has_a_reason"),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("made_at")), name="an_outside_link_expires_later"
            ),
        ]

    def __str__(self):
        return f"{self.content_id} {self.locale}: {self.reader_name}"


class OutsideReading(models.Model):
    """The text was shown once through a link. address: of the client, as far as it can be known."""

    link = models.ForeignKey(OutsideLink, on_delete=models.PROTECT, related_name="readings")
    at = models.DateTimeField()
    address = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("reading by an outside reader")
        verbose_name_plural = _("readings by outside readers")
        default_permissions = ()


class OutsideRemark(models.Model):
    """What the outside reader said; never a decision."""

    link = models.ForeignKey(OutsideLink, on_delete=models.PROTECT, related_name="remarks")
    text = models.TextField()
    at = models.DateTimeField()
    address = models.CharField(max_length=64, blank=True)

    objects = OutsideRemarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("remark of an outside reader")
        verbose_name_plural = _("remarks of outside readers")
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="an_outside_remark_says_something")]


class OutsideRevocation(models.Model):
    """Somebody closed a link before its time."""

    link = models.OneToOneField(OutsideLink, on_delete=models.PROTECT, related_name="revocation")
    at = models.DateTimeField()
    by_id = models.BigIntegerField()
    by_name = models.CharField(max_length=255)

    class Meta:
        verbose_name = _("revocation of a link")
        verbose_name_plural = _("revocations of links")
        default_permissions = ()
