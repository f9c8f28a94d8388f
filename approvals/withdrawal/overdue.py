"""Closings that nobody confirms in time: on record once, and told to everybody concerned. They stay closed."""

import datetime as dt
import logging

from django.db import transaction
from wagtail.models import Page

from approvals import ledger
from approvals.facts import entries_of
from approvals.models import EntryKind, LedgerEntry, Withdrawal
from approvals.withdrawal.facts import facts_from

logger = logging.getLogger(__name__)


def escalate_overdue_closings(*, now: dt.datetime) -> int:
    """Enter every closing that is overdue into the ledger once; how many. Two workers never both do; one that fails
    never stops the next."""
    done = 0
    for number in list(Withdrawal.objects.overdue(now).order_by("confirm_by", "pk").values_list("pk", flat=True)):
        try:
            done += _escalate(number, now=now)
        except Exception:
            logger.exception("An overdue closing could not be told of: %s", number)
    return done


@transaction.atomic
def _escalate(number: int, *, now: dt.datetime) -> bool:
    closing = Withdrawal.objects.filter(pk=number).first()
    if closing is None:
        return False
    # The page first, as whoever publishes it or decides on its withdrawal locks it: none waits for another in a circle.
    list(Page.objects.select_for_update().filter(pk=closing.page_id).values_list("pk", flat=True))
    closing = Withdrawal.objects.select_for_update().overdue(now).filter(pk=number).first()
    if closing is None:
        return False
    ledger.hold()
    begun = LedgerEntry.objects.get(number=closing.entry_number)
    facts = facts_from(closing, entries_of(content_id=closing.content_id, locale=closing.locale))
    ledger.append(
        kind=EntryKind.CLOSING_OVERDUE,
        now=now,
        subject=ledger.subject_from(begun),
        step=facts.next_step.order if facts.next_step else None,
        steps_total=begun.steps_total,
        details={"proposal": begun.number, "leader_id": begun.actor_id, "leader": begun.actor_name},
    )
    closing.escalated_at = now
    closing.save(update_fields=["escalated_at"])
    return True
