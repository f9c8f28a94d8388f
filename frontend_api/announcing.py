"""What must happen after a publication, as rows in its transaction: the index, caches, and other sites.

Mail is a row of the other half of the house (approvals.notices), written in the same transaction; files open and close
with the rows that name them.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.conf import settings

from frontend_api.models import Delivery, DeliveryChannel, Publication, PublicationKind, WebhookEndpoint

# The end of a document is a second reason to empty a cache after the same publication.
AT_THE_END = "end"


def announce(publications: Sequence[Publication], *, ends: Mapping[int, dt.datetime] | None = None) -> None:
    """Write a delivery for everybody who has to learn of the publications.

    ends: by the numbers of publications, the moments at which what they published ceases to be shown.
    """
    endpoints = list(WebhookEndpoint.objects.filter(removed_at=None))
    rows = [
        Delivery(publication=publication, channel=channel, target=target, next_attempt_at=publication.at)
        for publication in publications
        for channel, target in _told_of(publication, endpoints)
    ]
    for publication in publications:
        if end := (ends or {}).get(publication.number):
            told = [(DeliveryChannel.EXPIRY, ""), *_caches(AT_THE_END)]
            rows += [
                Delivery(publication=publication, channel=channel, target=target, next_attempt_at=end)
                for channel, target in told
            ]
    Delivery.objects.bulk_create(rows)


def _told_of(publication: Publication, endpoints: list[WebhookEndpoint]) -> list[tuple[str, str]]:
    wanting = [one for one in endpoints if one.wants(locale=publication.locale, document_type=publication.type)]
    return [
        (DeliveryChannel.INDEX, ""),
        *_caches(""),
        # Whether a journal is kept only the worker knows, who writes it.
        *([(DeliveryChannel.JOURNAL, "")] if publication.kind == PublicationKind.WITHDRAWN else []),
        *((DeliveryChannel.WEBHOOK, str(one.key)) for one in wanting),
    ]


def _caches(target: str) -> list[tuple[str, str]]:
    return [(DeliveryChannel.CACHE, target)] if settings.CACHE_PURGE_URL else []
