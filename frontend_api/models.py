"""What the public may read: published documents, the log of publications, and what is still to be delivered."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

# The tables of the search and of webhooks are declared beside what uses them; Django finds models here.
from frontend_api.search.tables import SearchTag, SearchText  # noqa: F401
from frontend_api.webhooks.tables import WebhookEndpoint  # noqa: F401
from site_pages.withdrawal import WithdrawalClass

LOCALES = ("ky", "ru", "en")


class PublicationKind(models.TextChoices):
    """What a publication did."""

    PUBLISHED = "published"
    CORRECTED = "corrected"
    # It became public again, byte for byte the same: a translation that was checked against a changed original.
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


# What made a version of a document public. A kind that takes a document down does not belong here.
KINDS_WITH_TEXT = (PublicationKind.PUBLISHED, PublicationKind.CORRECTED, PublicationKind.CONFIRMED)


class Publication(models.Model):
    """One publication: the fact that a document became public in a version. Never changed, never removed.

    `number` has no gaps and is the version everywhere: search index, cache, links.
    """

    number = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=20, choices=PublicationKind.choices)
    content_id = models.UUIDField()
    locale = models.CharField(max_length=12)
    type = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    entry_number = models.BigIntegerField()
    update_type = models.CharField(max_length=10)
    change_note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ("view",)
        indexes = [models.Index(fields=["content_id", "locale", "number"], name="publications_of_document")]

    def __str__(self):
        return f"{self.number} {self.kind}"


class PublishedVersion(models.Model):
    """What became public by one publication: the cleared bytes, and their address. Never changed, never removed."""

    publication = models.OneToOneField(
        Publication, primary_key=True, on_delete=models.PROTECT, related_name="text", db_column="number"
    )
    content_id = models.UUIDField()
    locale = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)
    cleared = models.TextField()
    type = models.CharField(max_length=20)
    slug = models.CharField(max_length=255)
    act_type = models.CharField(max_length=80, blank=True)
    act_number = models.PositiveIntegerField(null=True)
    act_number_suffix = models.CharField(max_length=10, blank=True)
    act_year = models.PositiveSmallIntegerField(null=True)

    class Meta:
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["slug", "locale"], name="versions_by_address"),
            models.Index(
                fields=["act_number", "act_year", "locale"],
                condition=Q(act_number__isnull=False),
                name="versions_by_act_number",
            ),
        ]

    def __str__(self):
        return f"{self.publication_id} {self.content_id} {self.locale}"


class PublicationCounter(models.Model):
    """The one row that gives the next number; locking it orders all publications."""

    number = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_publication_counter")]


class WithheldText(models.Model):
    """One text that was closed after the backup from which this database was restored. Never changed, never removed.

    up_to: no version up to this number is read; what is published anew has a higher one. closed_at, reason: of the
    closing; None and empty where only people remembered it.
    """

    content_id = models.UUIDField()
    locale = models.CharField(max_length=12)
    up_to = models.BigIntegerField()
    withheld_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["content_id", "locale", "up_to"], name="withheld_once_by_each_restore")
        ]

    def __str__(self):
        return f"{self.content_id} {self.locale} up to {self.up_to}"


# Whether a restore withholds the text of a published document.
IS_WITHHELD = Exists(
    WithheldText.objects.filter(
        content_id=OuterRef("content_id"), locale=OuterRef("locale"), up_to__gte=OuterRef("text_version")
    )
)


class PublishedDocumentQuerySet(models.QuerySet):
    def visible(self, *, at):
        """Those that are public at this moment. Every reading asks here: nothing else decides it."""
        return self.filter(~IS_WITHHELD, Q(expires_at__isnull=True) | Q(expires_at__gt=at))

    def withheld(self):
        """Those that were closed after the backup from which this database was restored."""
        return self.filter(IS_WITHHELD)


class PublishedDocument(models.Model):
    """What the public reads of one (content_id, locale): the cleared bytes, and the columns that lists need.

    version: the number of its last publication; text_version: of the last that brought its text (a notice brings none).
    corrections: see frontend_api.corrections. expires_at: from when on nobody reads it; by the clock, not by a worker.
    """

    content_id = models.UUIDField()
    locale = models.CharField(max_length=12)
    type = models.CharField(max_length=20)
    slug = models.CharField(max_length=255)
    title = models.CharField(max_length=255)
    summary = models.TextField(blank=True)
    cleared = models.TextField()
    digest = models.CharField(max_length=64)
    version = models.BigIntegerField(unique=True)
    text_version = models.BigIntegerField()
    first_published_at = models.DateTimeField()
    public_updated_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    listed_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    act_type = models.CharField(max_length=80, blank=True)
    act_number = models.PositiveIntegerField(null=True)
    act_number_suffix = models.CharField(max_length=10, blank=True)
    act_year = models.PositiveSmallIntegerField(null=True)
    signed_on = models.DateField(null=True)
    change_history = models.JSONField(default=list)
    corrections = models.JSONField(default=list)
    # What readers are told of a document that is no longer current; empty and None for every other.
    notice = models.TextField(blank=True)
    notice_at = models.DateTimeField(null=True)

    objects = PublishedDocumentQuerySet.as_manager()

    class Meta:
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["content_id", "locale"], name="one_published_text_per_language"),
            models.UniqueConstraint(fields=["type", "locale", "slug"], name="one_published_address"),
            models.UniqueConstraint(
                fields=["act_type", "act_year", "act_number", "act_number_suffix", "locale"],
                condition=Q(act_number__isnull=False),
                name="one_act_per_number_and_year",
            ),
        ]
        indexes = [
            models.Index(fields=["type", "locale", "-listed_at", "-content_id"], name="published_list"),
            models.Index(fields=["locale", "-listed_at", "-content_id"], name="published_list_of_all"),
            models.Index(fields=["expires_at"], condition=Q(expires_at__isnull=False), name="published_with_an_end"),
        ]

    def __str__(self):
        return f"{self.type} {self.content_id} {self.locale}"


class Tombstone(models.Model):
    """What readers are told where a document was taken down; never changed, never removed.

    It stands in the log under the number of its publication and answers while nothing newer of the text is public.
    """

    publication = models.OneToOneField(
        Publication, on_delete=models.PROTECT, primary_key=True, related_name="tombstone"
    )
    content_id = models.UUIDField()
    locale = models.CharField(max_length=12)
    type = models.CharField(max_length=20)
    slug = models.CharField(max_length=255)
    withdrawal_class = models.CharField(max_length=20, choices=WithdrawalClass.choices)
    reason = models.TextField()
    successor = models.UUIDField(null=True)
    first_published_at = models.DateTimeField()
    at = models.DateTimeField()
    act_type = models.CharField(max_length=80, blank=True)
    act_number = models.PositiveIntegerField(null=True)
    act_number_suffix = models.CharField(max_length=10, blank=True)
    act_year = models.PositiveSmallIntegerField(null=True)

    class Meta:
        default_permissions = ("view",)
        indexes = [models.Index(fields=["content_id", "locale"], name="tombstones_of_document")]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="a_tombstone_says_why")]

    def __str__(self):
        return f"{self.type} {self.content_id} {self.locale}"


class Canary(models.Model):
    """An address that looks like a file's and belongs to nothing: whoever asks for it was shown what is not public."""

    file_id = models.UUIDField(primary_key=True)
    filename = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    note = models.CharField(max_length=200)
    planted_at = models.DateTimeField()

    class Meta:
        default_permissions = ("view",)

    def __str__(self):
        return self.filename


class TagKind(models.TextChoices):
    """What lists filter by."""

    TOPIC = "topic"
    PERSON = "person"
    PLACE = "place"


class PublishedTag(models.Model):
    """One topic, person or place of a published document."""

    document = models.ForeignKey(PublishedDocument, on_delete=models.CASCADE, related_name="tags")
    kind = models.CharField(max_length=10, choices=TagKind.choices)
    key = models.CharField(max_length=80)
    label = models.CharField(max_length=255)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["document", "kind", "key"], name="each_tag_once")]
        indexes = [models.Index(fields=["kind", "key", "document"], name="documents_by_tag")]


class PublishedReference(models.Model):
    """One document that a published document names by its content_id; the other may be published or not."""

    document = models.ForeignKey(PublishedDocument, on_delete=models.CASCADE, related_name="references")
    target = models.UUIDField(db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["document", "target"], name="each_reference_once")]


class PublishedFile(models.Model):
    """One file that a published document refers to; only these are served to the public."""

    document = models.ForeignKey(PublishedDocument, on_delete=models.CASCADE, related_name="files")
    file_id = models.UUIDField(db_index=True)
    storage_name = models.CharField(max_length=255)
    filename = models.CharField(max_length=255)
    content_type = models.CharField(max_length=120)
    file_size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["document", "file_id"], name="each_file_once")]


class DeliveryChannel(models.TextChoices):
    """Where a publication still has to be carried; `expiry`: its end, to the index, when it has come.

    `journal`: a withdrawal, to the file that outlives the database.
    """

    INDEX = "index"
    CACHE = "cache"
    WEBHOOK = "webhook"
    EXPIRY = "expiry"
    JOURNAL = "journal"


class Delivery(models.Model):
    """One thing that must happen after a publication: a row before it is an action.

    target: the key of the endpoint for a webhook, else empty.
    """

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=20, choices=DeliveryChannel.choices)
    target = models.CharField(max_length=36, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["publication", "channel", "target"], name="one_delivery_per_target")
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(done_at__isnull=True, dead_at__isnull=True), name="undelivered"
            ),
            # Asked by every search: what the index may hold in an older state.
            models.Index(fields=["channel", "publication"], condition=Q(done_at__isnull=True), name="not_done"),
        ]
