"""Rows that readers meet and nobody made: neither the log nor a restore knows of them."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from cms.models import Restoration
from cms.public_record import reading
from frontend_api.models import Publication, PublishedDocument, WithheldText


def faults_of_strangers() -> Iterator[str]:
    """Documents of which the log knows nothing."""
    logged = Publication.objects.filter(content_id=OuterRef("content_id"), locale=OuterRef("locale"))
    strangers = PublishedDocument.objects.filter(~Exists(logged)).order_by("version")
    for content_id, locale in strangers.values_list("content_id", "locale").iterator(chunk_size=reading.PIECE):
        yield f"{content_id} {locale} is public and was never published"


def faults_of_withheld() -> Iterator[str]:
    """Texts that readers do not find, though no restore withheld them: each restore is on record with the same moment
    and the same last number."""
    restored = Restoration.objects.filter(restored_at=OuterRef("withheld_at"), publication_number=OuterRef("up_to"))
    strangers = WithheldText.objects.filter(~Exists(restored)).order_by("pk")
    for content_id, locale, up_to in strangers.values_list("content_id", "locale", "up_to").iterator(
        chunk_size=reading.PIECE
    ):
        yield f"{content_id} {locale} is withheld up to number {up_to}, and no restore did it"
