"""Early access to texts under embargo, and breaches of embargoes. Rows are only ever added, but for the last two."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class EarlyAccess(models.Model):
    """One cleared text for one journalist until it is public; never changed. The token itself is stored nowhere.

    entry_number: of the ledger entry that cleared the text. given_by_entry: of the entry that says who gave the access.
    outlet_key, email: by which an outlet is known again (approvals.embargo.rules).
    """

    token_hash = models.CharField(max_length=64, unique=True)
    content_id = models.UUIDField()
    locale = models.CharField(max_length=12)
    page_id = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    entry_number = models.BigIntegerField()
    given_by_entry = models.BigIntegerField(unique=True)
    reader_name = models.CharField(max_length=200)
    outlet = models.CharField(max_length=200)
    outlet_key = models.CharField(max_length=200)
    email = models.EmailField()
    language = models.CharField(max_length=2)
    giver_id = models.BigIntegerField()
    giver_name = models.CharField(max_length=255)
    given_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        verbose_name = _("early access")
        verbose_name_plural = _("early accesses")
        default_permissions = ()
        indexes = [models.Index(fields=["content_id", "locale"], name="early_access_by_document")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reader_name="") & ~Q(outlet="") & ~Q(outlet_key="") & ~Q(email=""),
                name="early_access_is_for_somebody",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("given_at")), name="early_access_ends_later"),
        ]

    def __str__(self):
        return f"{self.content_id} {self.locale}: {self.outlet}"


class EarlyOpening(models.Model):
    """Something was handed out through an early access. what: `page`, `form`, or `file:` with the hash of the file."""

    access = models.ForeignKey(EarlyAccess, on_delete=models.PROTECT, related_name="openings")
    what = models.CharField(max_length=80)
    at = models.DateTimeField()
    address = models.CharField(max_length=64, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("opening of an early access")
        verbose_name_plural = _("openings of early accesses")
        default_permissions = ()


class EarlyRevocation(models.Model):
    """Somebody ended an early access before its time."""

    access = models.OneToOneField(EarlyAccess, on_delete=models.PROTECT, related_name="revocation")
    at = models.DateTimeField()
    by_id = models.BigIntegerField()
    by_name = models.CharField(max_length=255)
    entry_number = models.BigIntegerField()

    class Meta:
        verbose_name = _("revocation of an early access")
        verbose_name_plural = _("revocations of early accesses")
        default_permissions = ()


class EmbargoBreach(models.Model):
    """Somebody published what was under embargo. entry_number: of the ledger entry that says who noted it.

    cleared_by_entry: of the clearance under which the text waited. document_type: whose leadership may admit the
    outlet again. outlet: empty when nobody knows who it was.
    """

    content_id = models.UUIDField()
    locale = models.CharField(max_length=12)
    page_id = models.BigIntegerField()
    document_type = models.CharField(max_length=20)
    entry_number = models.BigIntegerField(unique=True)
    cleared_by_entry = models.BigIntegerField()
    place = models.CharField(max_length=300)
    seen_at = models.DateTimeField()
    outlet = models.CharField(max_length=200, blank=True)
    outlet_key = models.CharField(max_length=200, blank=True)
    link = models.URLField(max_length=500, blank=True)
    noted_at = models.DateTimeField()
    noted_by_id = models.BigIntegerField()
    noted_by_name = models.CharField(max_length=255)

    class Meta:
        verbose_name = _("breach of an embargo")
        verbose_name_plural = _("breaches of embargoes")
        default_permissions = ()
        indexes = [models.Index(fields=["content_id"], name="breach_by_document")]
        constraints = [models.CheckConstraint(condition=~Q(place=""), name="a_breach_was_seen_somewhere")]

    def __str__(self):
        return f"{self.content_id} {self.locale}: {self.place}"


class OutletReadmission(models.Model):
    """The outlet that broke an embargo gets early access again."""

    breach = models.OneToOneField(EmbargoBreach, on_delete=models.PROTECT, related_name="readmission")
    reason = models.TextField()
    at = models.DateTimeField()
    by_id = models.BigIntegerField()
    by_name = models.CharField(max_length=255)
    entry_number = models.BigIntegerField()

    class Meta:
        verbose_name = _("readmission of an outlet")
        verbose_name_plural = _("readmissions of outlets")
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="a_readmission_has_a_reason")]


class EarlyInvitation(models.Model):
    """The mail that brings a journalist the address, while it waits. seed: of which, with the key of the installation,
    the token is made; the row is deleted when the mail is sent."""

    access = models.OneToOneField(EarlyAccess, on_delete=models.PROTECT, related_name="invitation")
    seed = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("invitation to early access")
        verbose_name_plural = _("invitations to early access")
        default_permissions = ()


class EarlyAccessFloor(models.Model):
    """The one row that says which early accesses are too old: those given before this moment open nothing."""

    given_after = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_early_access_floor")]
