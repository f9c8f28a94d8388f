"""Rows that readers meet and nobody made: neither the log nor a restore knows of them."""

from collections.abc import Iterator

from django.db import models
from django.db.models import Exists, OuterRef

from cms.models import Restoration
from cms.public_record import reading
from frontend_api.models import Publication, PublishedDocument, PublishedVersion, Tombstone, WithheldText


def faults_of_strangers() -> Iterator[str]:
    """Documents, versions and tombstones of which the log knows nothing. What belongs to a document that is not there
    (a tag, a file) no reader is shown."""
    logged = Publication.objects.filter(content_id=OuterRef("content_id"), locale=OuterRef("locale"))
    strangers = PublishedDocument.objects.filter(~Exists(logged)).order_by("version")
    for content_id, locale in strangers.values_list("content_id", "locale").iterator(chunk_size=reading.PIECE):
        yield f"{content_id} {locale} is public and was never published"
    yield from _outside_the_log(PublishedVersion, "text")
    yield from _outside_the_log(Tombstone, "tombstone")


def _outside_the_log(model: type[models.Model], what: str) -> Iterator[str]:
    """Foreign keys are not believed either."""
    in_the_log = Publication.objects.filter(number=OuterRef("publication_id"))
    strangers = model._default_manager.filter(~Exists(in_the_log)).order_by("publication_id")
    for number in strangers.values_list("publication_id", flat=True).iterator(chunk_size=reading.PIECE):
        yield f"number {number} has a {what} and is not in the log"


def faults_of_withheld() -> Iterator[str]:
    """Texts that readers do not find, though no restore withheld them: each restore is on record with the same moment
    and the same last number."""
    restored = Restoration.objects.filter(restored_at=OuterRef("withheld_at"), publication_number=OuterRef("up_to"))
    strangers = WithheldText.objects.filter(~Exists(restored)).order_by("pk")
    for content_id, locale, up_to in strangers.values_list("content_id", "locale", "up_to").iterator(
        chunk_size=reading.PIECE
    ):
        yield f"{content_id} {locale} is withheld up to number {up_to}, and no restore did it"
