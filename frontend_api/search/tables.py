"""What the database adapter keeps of each published document. Disposable, like any index: made of PublishedDocument.

The analysed words stand in a table of each database's own full-text search, keyed by the row's id
(migration `search_text`).
"""

from django.db import models


class SearchText(models.Model):
    """One document as it is searched in the database, or the tombstone of one that is no longer public."""

    content_id = models.UUIDField()
    locale = models.CharField(max_length=12)
    version = models.BigIntegerField()
    is_gone = models.BooleanField(default=False)
    type = models.CharField(max_length=20, blank=True)
    year = models.IntegerField(null=True)
    listed_at_millis = models.BigIntegerField(default=0)
    act_type = models.CharField(max_length=80, blank=True)
    act_number = models.IntegerField(null=True)
    title = models.TextField(blank=True)
    summary = models.TextField(blank=True)
    body = models.TextField(blank=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["content_id", "locale"], name="one_search_text_per_language")]
        indexes = [models.Index(fields=["locale", "is_gone", "-listed_at_millis", "content_id"], name="search_newest")]

    def __str__(self):
        return f"{self.content_id} {self.locale} {self.version}"


class SearchTag(models.Model):
    """One topic, person or place that a search text is filtered and counted by."""

    search_text = models.ForeignKey(SearchText, on_delete=models.CASCADE, related_name="tags")
    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=80)
    label = models.CharField(max_length=255)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["search_text", "kind", "key"], name="each_search_tag_once")]
        indexes = [models.Index(fields=["kind", "key", "search_text"], name="search_texts_by_tag")]

    def __str__(self):
        return f"{self.kind} {self.key}"
