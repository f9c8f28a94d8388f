"""Who is told. The table's name keeps it out of what the role of the public process may read: it holds secrets."""

import uuid

from django.db import models


class WebhookEndpoint(models.Model):
    """One address to which messages go. locales, types: empty for all. parked_at: since when it is left alone."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=100, unique=True)
    url = models.URLField(max_length=500)
    secret = models.CharField(max_length=100)
    locales = models.JSONField(default=list)
    types = models.JSONField(default=list)
    added_at = models.DateTimeField()
    parked_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "webhooks_endpoint"
        default_permissions = ()

    def __str__(self):
        return self.name

    def wants(self, *, locale: str, document_type: str) -> bool:
        """Whether it is told of such a document."""
        return (not self.locales or locale in self.locales) and (not self.types or document_type in self.types)
