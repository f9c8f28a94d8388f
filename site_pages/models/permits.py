"""The permit: the open gate, as a row that both halves of the house and the database triggers can see."""

from django.db import models

from site_pages.withdrawal import Purpose


class PublicationPermit(models.Model):
    """The gate, open for one digest of one document; exists only inside the transaction that publishes or withdraws.

    The triggers of wagtailcore_page and of frontend_api_publisheddocument refuse every change that no permit covers,
    and the trigger of this table refuses a permit that the ledger does not cover.
    """

    content_id = models.UUIDField()
    locale = models.CharField(max_length=12)
    page_id = models.BigIntegerField()
    revision_id = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    entry_number = models.BigIntegerField()
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.PUBLISH)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content_id", "locale"], name="one_permit_per_document")]
