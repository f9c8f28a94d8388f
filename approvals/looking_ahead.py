"""Whether what is due soon still is what was cleared: looked at once for each alarm, while there is time to mend it.

What a cleared text names is kept as it was (site_pages.kept_records). Whatever changes its public form all the same
would else be found two minutes before its moment, when it is made ready, or at it.
"""

import datetime as dt
import logging

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision

from approvals.cleared_texts import DATABASE_FAILED, read
from approvals.models import DuePublication, FailedPublication, LedgerEntry
from approvals.schedule_alarms import DISTANCES, distance_of
from approvals.scheduling import PREPARED_BEFORE, foresee_failure
from site_pages.gatekeeping import GateClosed

logger = logging.getLogger(__name__)
# Building a public form takes some milliseconds; the rest waits for the next round.
AT_ONCE = 20


def look_ahead(*, now: dt.datetime, looked: dict[int, int]) -> int:
    """Look at some of the texts that are due within the hour, and put on record which will fail, and why; how many.

    looked: for which alarm this worker has looked at each, by the numbers of the entries that cleared them; kept here.
    """
    until = now + dt.timedelta(minutes=max(DISTANCES))
    soon = DuePublication.objects.filter(due_at__gt=now + PREPARED_BEFORE, due_at__lte=until, held_at=None)
    rows = list(soon.exclude(bundle__isnull=False, bundle__due_at=None).order_by("due_at", "pk"))
    for over in looked.keys() - {row.entry_number for row in rows}:
        del looked[over]
    distances = {row.entry_number: distance_of(row.due_at, now=now) for row in rows}
    wanted = [row for row in rows if looked.get(row.entry_number) != distances[row.entry_number]]
    failing = 0
    for row in wanted[:AT_ONCE]:
        try:
            failing += _fails(row, now=now)
        except DATABASE_FAILED:
            # Whatever it is, the others are looked at, and this one again in the next round.
            logger.exception("A due publication could not be looked at: %s", row.pk)
        else:
            looked[row.entry_number] = distances[row.entry_number]
    return failing


def _fails(due: DuePublication, *, now: dt.datetime) -> bool:
    try:
        with transaction.atomic():
            _require_as_cleared(due)
            FailedPublication.objects.filter(entry_number=due.entry_number, failed_at__lt=due.due_at).delete()
        return False
    except DATABASE_FAILED:
        raise
    except Exception as refusal:
        # The reason may quote the text: it stands on the screen of those who may read it.
        logger.warning("A due publication will fail: %s (%s)", due.pk, type(refusal).__name__)
        foresee_failure(due.pk, refusal, now=now)
        return True


def _require_as_cleared(due: DuePublication) -> None:
    entry = LedgerEntry.objects.get(pk=due.entry_number)
    text = read(entry, stored=Page.objects.get(pk=due.page_id), revision=Revision.objects.get(pk=due.revision_id))
    if text.form.digest != entry.digest:
        raise GateClosed(_("The text is not the one that was cleared."))
