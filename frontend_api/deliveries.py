"""Carrying publications to where they must go: rows with leases, retry, back-off and dead letters.

The row is written in the publishing transaction; the network is touched only here, outside of every transaction.
"""

import datetime as dt
import logging
import random
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.utils import timezone

from frontend_api.models import LOCALES, Delivery, DeliveryChannel, PublicationKind, PublishedDocument
from frontend_api.search.database import erase_search_text
from frontend_api.search.log_reading import last_number_of
from frontend_api.search.making_good import TO_THE_INDEX
from frontend_api.search.port import DocumentRejected, IndexUnavailable, SearchIndex
from frontend_api.search.published import from_published

logger = logging.getLogger(__name__)
LEASE = dt.timedelta(seconds=60)
# So long a worker carries before it closes what it has carried: well within its lease, however slow the index is.
LONGEST_UNCLOSED = LEASE / 4
FIRST_PAUSE_SECONDS = 1.0
# With the spread 25 s: so soon after a server is back everything is asked for again, within the minute promised.
LONGEST_PAUSE_SECONDS = 20.0
# A failure that nobody foresaw is put aside after so many attempts, some ten minutes; a server that is down never is,
# and what it was asked in vain counts as no more than so many of them.
MOST_ATTEMPTS, MOST_COUNTED_OF_AN_OUTAGE = 34, 8


@dataclass
class DeliveryReport:
    """What one run did; the lists hold delivery ids."""

    done: list[int] = field(default_factory=list)
    retried: list[int] = field(default_factory=list)
    dead: list[int] = field(default_factory=list)


def deliver_due(*, now: dt.datetime, limit: int, index: SearchIndex | None) -> DeliveryReport:
    """Carry what is due to the index, oldest first; at most `limit` deliveries.

    index: None where the database is the index, which the publishing transaction has filled already. An index that is
    down stops the run for its language, so that a dead server is asked three times and not `limit` times; the rest
    stays due, and one language does not starve the others. A delivery that fails in a way that nobody foresaw is tried
    again later, MOST_ATTEMPTS times, and holds up no other. A worker that dies leaves its lease to expire; one that was
    too slow for its lease changes nothing of what another has by then.
    """
    report, silent = DeliveryReport(), set()
    while True:
        known = len(silent)
        _carry_all(lease(now=now, limit=limit, but_in=silent), index, now=now, report=report, silent=silent)
        if len(silent) in (known, len(LOCALES)):
            return report


def _carry_all(
    waiting: list[Delivery], index: SearchIndex | None, *, now: dt.datetime, report: DeliveryReport, silent: set[str]
) -> None:
    """Carry them; what is of a language whose index is silent is given back. silent: grows by what is found so."""
    untried, carried, begun = [], defaultdict(list), time.monotonic()
    for delivery in waiting:
        locale = delivery.publication.locale
        if locale in silent:
            untried.append(delivery)
            continue
        try:
            _carry(delivery, index)
        except IndexUnavailable as failure:
            _unavailable(delivery, failure, now=now, report=report)
            silent.add(locale)
        except DocumentRejected as failure:
            close(delivery, dead_at=now, last_error=str(failure)[:2000])
            report.dead.append(delivery.pk)
        except Exception as failure:
            logger.exception("delivery_failed", extra={"delivery": delivery.pk})
            _unforeseen(delivery, failure, now=now, report=report)
        else:
            carried[locale].append(delivery)
        if time.monotonic() - begun > LONGEST_UNCLOSED.total_seconds():
            _close_carried(carried, index, now=now, report=report, silent=silent)
            carried, begun = defaultdict(list), time.monotonic()
    _close_carried(carried, index, now=now, report=report, silent=silent)
    give_back(untried)


def _close_carried(
    carried: dict[str, list[Delivery]],
    index: SearchIndex | None,
    *,
    now: dt.datetime,
    report: DeliveryReport,
    silent: set[str],
) -> None:
    """End what the index shows. Until then a search leaves it out, because the index answers from what was before."""
    for locale, deliveries in carried.items():
        try:
            if index is not None:
                index.refresh(locale=locale)
        except IndexUnavailable as failure:
            for delivery in deliveries:
                _unavailable(delivery, failure, now=now, report=report)
            silent.add(locale)
        except Exception as failure:
            logger.exception("refresh_failed", extra={"locale": locale})
            for delivery in deliveries:
                _unforeseen(delivery, failure, now=now, report=report)
        else:
            for delivery in deliveries:
                close(delivery, done_at=now, last_error="")
                report.done.append(delivery.pk)


def _unavailable(delivery: Delivery, failure: IndexUnavailable, *, now: dt.datetime, report: DeliveryReport) -> None:
    delivery.attempts = min(delivery.attempts, MOST_COUNTED_OF_AN_OUTAGE)
    retry_later(delivery, now=now, reason=str(failure))
    report.retried.append(delivery.pk)


def _unforeseen(delivery: Delivery, failure: Exception, *, now: dt.datetime, report: DeliveryReport) -> None:
    if delivery.attempts >= MOST_ATTEMPTS:
        close(delivery, dead_at=now, last_error=repr(failure)[:2000])
        report.dead.append(delivery.pk)
    else:
        retry_later(delivery, now=now, reason=repr(failure))
        report.retried.append(delivery.pk)


def due_at(now: dt.datetime) -> QuerySet[Delivery]:
    """What is to be tried now and is held by no worker."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    return Delivery.objects.filter(free, done_at=None, dead_at=None, next_attempt_at__lte=now)


def lease(
    *,
    now: dt.datetime,
    limit: int,
    channels: Iterable[str] = TO_THE_INDEX,
    but_in: Iterable[str] = (),
    target: str | None = None,
) -> list[Delivery]:
    """Take due deliveries of these channels for this worker alone, for the length of a lease, but in some languages.

    target: of this target alone and in order: nothing before what was published before it, withdrawals neither. Then
    the caller keeps other workers from the target until its transaction ends: they would take what comes later.
    """
    due = due_at(now).filter(channel__in=channels)
    is_in_order = target is not None
    if is_in_order:
        due = due.filter(target=target)
        waits = Q(next_attempt_at__gt=now) | Q(leased_until__gt=now)
        same = {"channel": OuterRef("channel"), "target": OuterRef("target"), "done_at": None, "dead_at": None}
        due = due.exclude(Exists(Delivery.objects.filter(waits, publication_id__lt=OuterRef("publication_id"), **same)))
    # What is taken down goes first, however much was published before it.
    is_withdrawal = Case(When(publication__kind=PublicationKind.WITHDRAWN, then=0), default=1)
    order = ["publication_id"] if is_in_order else [is_withdrawal, "publication_id"]
    due = due.exclude(publication__locale__in=list(but_in)).order_by(*order)
    skip_locked = connection.features.has_select_for_update_skip_locked and not is_in_order
    of = ("self",) if connection.features.has_select_for_update_of else ()
    with transaction.atomic():
        taken = list(due.select_related("publication").select_for_update(skip_locked=skip_locked, of=of)[:limit])
        Delivery.objects.filter(pk__in=[d.pk for d in taken]).update(
            leased_until=now + LEASE, attempts=F("attempts") + 1
        )
    for delivery in taken:
        delivery.attempts += 1
        delivery.leased_until = now + LEASE
    return taken


def _held(delivery: Delivery) -> QuerySet[Delivery]:
    """Its row, as long as nobody else has leased it since."""
    return Delivery.objects.filter(pk=delivery.pk, leased_until=delivery.leased_until, done_at=None, dead_at=None)


def _carry(delivery: Delivery, index: SearchIndex | None) -> None:
    """Put the document as it is public now; the index itself refuses what is older than what it holds."""
    if index is None and delivery.channel == DeliveryChannel.INDEX:
        return
    content_id, locale = delivery.publication.content_id, delivery.publication.locale
    # Asked before what is public: whatever becomes so afterwards has a higher number, and a delivery of its own. The
    # number of this publication may be lower than that of a notice under which the text stood when it ended.
    last = last_number_of(content_id, locale=locale)
    document = PublishedDocument.objects.visible(at=timezone.now()).filter(content_id=content_id, locale=locale).first()
    if document is not None and index is not None:
        index.put(from_published(document), version=document.version)
    # What ended while it was put may have been removed before.
    if document is None or (document.expires_at is not None and document.expires_at <= timezone.now()):
        _remove(content_id, locale, version=last, index=index)


def _remove(content_id: UUID, locale: str, *, version: int, index: SearchIndex | None) -> None:
    """The database answers when the index is down, so it forgets as well."""
    with transaction.atomic():
        erase_search_text(content_id=content_id, locale=locale, version=version)
    if index is not None:
        index.remove(content_id, locale, version=version)


def retry_later(
    delivery: Delivery, *, now: dt.datetime, reason: str, longest_seconds: float = LONGEST_PAUSE_SECONDS
) -> None:
    """Free it for another attempt after a pause that doubles with each."""
    pause = min(longest_seconds, FIRST_PAUSE_SECONDS * 2 ** min(delivery.attempts - 1, 20))
    pause *= random.uniform(0.75, 1.25)  # noqa: S311 spreads retries, protects nothing
    _held(delivery).update(
        next_attempt_at=now + dt.timedelta(seconds=pause),
        leased_until=None,
        last_error=reason[:2000],
        attempts=delivery.attempts,
    )


def give_back(deliveries: list[Delivery]) -> None:
    """Free what was leased and not tried: it is due at once and has lost no attempt."""
    for delivery in deliveries:
        _held(delivery).update(leased_until=None, attempts=F("attempts") - 1)


def close(delivery: Delivery, **changes) -> None:
    """End it: done_at or dead_at, and what is to be remembered."""
    _held(delivery).update(leased_until=None, **changes)
