"""Emptying the caches in front of the API after a publication.

Any answer can change with any publication: lists, counts, neighbours, what is no longer there. Publications are few, so
everything that carries CACHE_KEY is dropped at once; what is told apart too finely is forgotten somewhere.
"""

import datetime as dt

from django.conf import settings

from frontend_api.caching import CACHE_KEY
from frontend_api.deliveries import DeliveryReport, close, lease, retry_later
from frontend_api.models import DeliveryChannel
from frontend_api.outgoing import Unreachable, send, session


def purge_due(*, now: dt.datetime, limit: int) -> DeliveryReport:
    """Ask the cache at CACHE_PURGE_URL to drop everything of ours, once for all publications that are due."""
    report = DeliveryReport()
    waiting = lease(now=now, limit=limit, channels=[DeliveryChannel.CACHE]) if settings.CACHE_PURGE_URL else []
    if not waiting:
        return report
    try:
        with session(allow_private=True) as opened:
            send(opened, "PURGE", settings.CACHE_PURGE_URL, headers={"Surrogate-Key": CACHE_KEY})
    except Unreachable as failure:
        for delivery in waiting:
            retry_later(delivery, now=now, reason=str(failure))
            report.retried.append(delivery.pk)
        return report
    for delivery in waiting:
        close(delivery, done_at=now, last_error="")
        report.done.append(delivery.pk)
    return report
