"""The honest rehearsal: the publication itself, in a transaction that is taken back.

Nothing of it stays: rows, numbers of the ledger and of publications, deliveries and notices are all written in that
transaction, and the network is touched by none of them. While it runs nobody else can decide, so it keeps away from
moments at which something is due. What has a time is tried as if that had come.
"""

import datetime as dt
import logging
import threading
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from approvals import gate
from approvals.bundles.publishing import BundleStuck, MovedMeanwhile, publish_members
from approvals.models import Bundle, DuePublication, LedgerEntry
from approvals.reasons import reason_of

# As long as a publication of two hundred documents takes, and as much again.
WAGTAILS_LOG = logging.getLogger("wagtail")
KEEPS_AWAY = dt.timedelta(seconds=60)


class _TakenBack(Exception):
    """Everything went well, and nothing of it stays."""


def attempt(*, bundle_id: int, after: Sequence[DuePublication] = (), now: dt.datetime) -> tuple[bool, str, int | None]:
    """Whether it was tried; why it would not succeed, empty when it would; for the sake of which page.

    after: what is cleared and becomes public before, and has to: it is tried first.
    """
    if _something_is_due(now=now):
        return False, _("Something is published within a minute. Rehearse again after it."), None
    try:
        with _InSilence(), transaction.atomic():
            bundle = Bundle.objects.select_for_update(no_key=True).get(pk=bundle_id)
            moment = max(now, bundle.due_at or now)
            _publish_before(after, moment=moment)
            # Where that holds the ledger, nothing is waited for.
            publish_members(bundle, now=moment, clock=lambda: moment, skip_locked=bool(after))
            raise _TakenBack
    except _TakenBack:
        return True, "", None
    except MovedMeanwhile:
        return False, _("Something is decided on a document just now. Rehearse again."), None
    except BundleStuck as stuck:
        return True, stuck.reason, stuck.page_id


def _publish_before(waiting: Sequence[DuePublication], *, moment: dt.datetime) -> None:
    """Raises BundleStuck: one of them cannot be published, so what follows it cannot either."""
    entries = LedgerEntry.objects.in_bulk([row.entry_number for row in waiting])
    for row in waiting:
        refused = gate.publish_all(
            entries=[entries[row.entry_number]], now=moment, bundle_id=row.bundle_id, clock=lambda: moment
        )
        for page_id, refusal in refused.items():
            raise BundleStuck(reason_of(refusal), page_id=page_id) from refusal


def _something_is_due(*, now: dt.datetime) -> bool:
    until = now + KEEPS_AWAY
    alone = DuePublication.objects.filter(bundle=None, held_at=None, due_at__gt=now, due_at__lte=until)
    together = Bundle.objects.open().filter(when=Bundle.When.AT, failed_at=None, due_at__gt=now, due_at__lte=until)
    return alone.exists() or together.exists()


class _InSilence(logging.Filter):
    """Keeps what this thread tells of publications, which never happened, out of the logs."""

    def __init__(self):
        super().__init__()
        self._thread = threading.get_ident()

    def __enter__(self):
        WAGTAILS_LOG.addFilter(self)

    def __exit__(self, *_failure):
        WAGTAILS_LOG.removeFilter(self)

    def filter(self, record):
        return record.thread != self._thread
