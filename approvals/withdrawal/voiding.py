"""What becomes of a proposal when the text that it is about changes."""

import datetime as dt
from collections.abc import Iterable

from approvals import ledger
from approvals.models import EntryKind, LedgerEntry, Outcome, Withdrawal


def void_open_withdrawals(*, page_ids: Iterable[int], now: dt.datetime) -> None:
    """New versions are public: what was said about the earlier ones no longer counts. Their pages are locked."""
    for withdrawal in Withdrawal.objects.open().filter(page_id__in=list(page_ids)).order_by("pk"):
        begun = LedgerEntry.objects.get(number=withdrawal.entry_number)
        ledger.append(
            kind=EntryKind.WITHDRAWAL_VOID,
            now=now,
            subject=ledger.subject_from(begun),
            steps_total=begun.steps_total,
            details={"proposal": begun.number},
        )
        withdrawal.outcome, withdrawal.settled_at = Outcome.VOID, now
        withdrawal.save(update_fields=["outcome", "settled_at"])
