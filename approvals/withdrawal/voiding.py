"""What becomes of a proposal when the text that it is about changes."""

import datetime as dt
from uuid import UUID

from approvals import ledger
from approvals.models import EntryKind, LedgerEntry, Outcome, Withdrawal


def void_open_withdrawal(*, content_id: UUID, locale: str, now: dt.datetime) -> None:
    """A new version is public: what was said about the earlier one no longer counts. Its page is locked."""
    for withdrawal in Withdrawal.objects.open().about(content_id=content_id, locale=locale):
        begun = LedgerEntry.objects.get(number=withdrawal.entry_number)
        ledger.append(
            kind=EntryKind.WITHDRAWAL_VOID,
            now=now,
            subject=subject_from(begun),
            steps_total=begun.steps_total,
            details={"proposal": begun.number},
        )
        withdrawal.outcome, withdrawal.settled_at = Outcome.VOID, now
        withdrawal.save(update_fields=["outcome", "settled_at"])


def subject_from(entry: LedgerEntry) -> ledger.Subject:
    """The same subject as that of an earlier entry."""
    return ledger.Subject(
        content_id=entry.content_id,
        locale=entry.locale,
        document_type=entry.document_type,
        page_id=entry.page_id,
        revision_id=entry.revision_id,
        digest=entry.digest,
    )
