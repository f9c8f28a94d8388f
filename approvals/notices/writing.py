"""Writing notices down, inside the transaction of the move that they tell of."""

import datetime as dt
from collections.abc import Iterable

from approvals.facts import name_of
from approvals.models import LedgerEntry, Notice, NoticePreference
from approvals.notices.preferences import first_attempt
from approvals.notices.recipients import recipients_of


def entry_appended(sender, entry: LedgerEntry, **kwargs) -> None:
    """The ledger has a new entry: whom it concerns will be told."""
    tell(entry=entry, people=recipients_of(entry), now=entry.recorded_at)


def tell(*, entry: LedgerEntry, people: Iterable, now: dt.datetime) -> None:
    """Write one notice of the entry for each of these accounts. The network is not touched."""
    people = list(people)
    wishes = {wish.user_id: wish for wish in NoticePreference.objects.filter(user__in=people)}
    Notice.objects.bulk_create(
        Notice(
            entry_number=entry.number,
            recipient_id=person.pk,
            recipient_name=name_of(person),
            written_at=now,
            **first_attempt(wishes.get(person.pk), now=now),
        )
        for person in people
    )
