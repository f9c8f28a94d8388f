"""What must happen after a publication, as rows in its transaction: the index, caches, and other sites.

Mail is a row of the other half of the house (approvals.notices), written in the same transaction; files open and close
with the rows that name them.
"""

from django.conf import settings

from frontend_api.models import Delivery, DeliveryChannel, Publication, WebhookEndpoint


def announce(publication: Publication) -> None:
    """Write a delivery for everybody who has to learn of the publication."""
    targets = [(DeliveryChannel.INDEX, "")]
    if settings.CACHE_PURGE_URL:
        targets.append((DeliveryChannel.CACHE, ""))
    for endpoint in WebhookEndpoint.objects.filter(removed_at=None):
        if endpoint.wants(locale=publication.locale, document_type=publication.type):
            targets.append((DeliveryChannel.WEBHOOK, str(endpoint.key)))
    Delivery.objects.bulk_create(
        Delivery(publication=publication, channel=channel, target=target, next_attempt_at=publication.at)
        for channel, target in targets
    )
