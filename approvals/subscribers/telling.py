"""Writing letters to subscribers down, inside the transaction of the publication or withdrawal that they tell of."""

from collections.abc import Iterable
from dataclasses import dataclass

from approvals.facts import last_publication
from approvals.models import EntryKind, LedgerEntry, Notice, Subscriber, SubscriberState
from approvals.notices.letters import NO_ACCOUNT
from approvals.queue import Key
from approvals.subscribers.rules import wants
from approvals.texts_on_record import payloads_of
from site_pages.corrections import MINOR


@dataclass(frozen=True)
class Change:
    """One correction or withdrawal. is_minor: of a correction that does not change the meaning."""

    entry: LedgerEntry
    is_minor: bool = False


def entries_appended(sender, entries: tuple[LedgerEntry, ...], **kwargs) -> None:
    """The ledger has new entries: one row for each subscriber and each correction or withdrawal that he or she wants.

    In a fixed number of queries, however many became public together; one where nobody subscribes.
    """
    moves = [entry for entry in entries if entry.kind in (EntryKind.PUBLISHED, EntryKind.WITHDRAWN)]
    subscribers = _subscribers() if moves else []
    if not subscribers:
        return
    Notice.objects.bulk_create(
        Notice(
            entry_number=change.entry.number,
            subscriber=subscriber,
            recipient_id=NO_ACCOUNT,
            recipient_name=str(subscriber),
            written_at=change.entry.recorded_at,
            next_attempt_at=change.entry.recorded_at,
        )
        for change in _changes(moves)
        for subscriber in subscribers
        if wants(subscriber, change.entry, is_minor=change.is_minor)
    )


def _subscribers() -> list[Subscriber]:
    return list(Subscriber.objects.filter(state=SubscriberState.CONFIRMED).order_by("pk"))


def _changes(moves: list[LedgerEntry]) -> list[Change]:
    """The withdrawals among them, and the publications that changed what was public; in their order."""
    corrected = _corrected([entry for entry in moves if entry.kind == EntryKind.PUBLISHED])
    payloads = payloads_of(entry.digest for entry in corrected)
    # What cannot be known counts as major: rather one letter too many.
    minor = {digest for digest, payload in payloads.items() if payload["update_type"] == MINOR}
    told = [Change(entry, is_minor=entry.digest in minor) for entry in corrected]
    told += [Change(entry) for entry in moves if entry.kind == EntryKind.WITHDRAWN]
    return sorted(told, key=lambda change: change.entry.number)


def _corrected(published: list[LedgerEntry]) -> list[LedgerEntry]:
    """Those that changed a byte of what was public before them."""
    if not published:
        return []
    known: dict[Key, list[LedgerEntry]] = {}
    for entry in history_of({entry.content_id for entry in published}):
        known.setdefault((entry.content_id, entry.locale), []).append(entry)
    found = []
    for entry in published:
        before = [one for one in known[entry.content_id, entry.locale] if one.number < entry.number]
        previous = last_publication(before)
        if previous is not None and previous.digest != entry.digest:
            found.append(entry)
    return found


def history_of(content_ids: Iterable) -> Iterable[LedgerEntry]:
    """What became public and what was taken down of these documents, in all languages, oldest first."""
    kinds = (EntryKind.PUBLISHED, EntryKind.WITHDRAWN)
    return LedgerEntry.objects.filter(content_id__in=content_ids, kind__in=kinds).order_by("number")
