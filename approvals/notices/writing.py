"""Writing notices down, inside the transaction of the move that they tell of."""

import datetime as dt
from collections.abc import Iterable

from django.contrib.auth import get_user_model

from approvals.facts import name_of
from approvals.models import DeadlineAlert, EntryKind, LedgerEntry, Notice, NoticePreference, ScheduleAlarm
from approvals.notices.preferences import first_attempt
from approvals.notices.recipients import recipients_of, recipients_of_publications


def entries_appended(sender, entries: tuple[LedgerEntry, ...], **kwargs) -> None:
    """The ledger has new entries: whom they concern will be told."""
    published = [entry for entry in entries if entry.kind == EntryKind.PUBLISHED]
    told = [(entry, recipients_of(entry)) for entry in entries if entry.kind != EntryKind.PUBLISHED]
    _tell_all([*told, *recipients_of_publications(published)])


def tell(*, entry: LedgerEntry, people: Iterable, now: dt.datetime) -> None:
    """Write one notice of the entry for each of these accounts. The network is not touched."""
    _tell_all([(entry, list(people))], now=now)


def tell_alarm(*, alarm: ScheduleAlarm, people: Iterable, now: dt.datetime) -> None:
    """Write one notice of the alarm for each of these accounts; at once, whatever they wish for other notices."""
    Notice.objects.bulk_create(
        Notice(alarm=alarm, recipient_id=person.pk, recipient_name=name_of(person), written_at=now, next_attempt_at=now)
        for person in people
    )


def tell_deadline(*, alerts: Iterable[DeadlineAlert], now: dt.datetime) -> None:
    """Write one notice of each alert; at once, whatever the person wishes for other notices."""
    alerts = list(alerts)
    people = get_user_model().objects.in_bulk({alert.recipient_id for alert in alerts})
    Notice.objects.bulk_create(
        Notice(
            deadline_alert=alert,
            recipient_id=alert.recipient_id,
            recipient_name=name_of(people[alert.recipient_id]),
            written_at=now,
            next_attempt_at=now,
        )
        for alert in alerts
    )


def _tell_all(told: list[tuple[LedgerEntry, list]], *, now: dt.datetime | None = None) -> None:
    people = {person.pk for _entry, concerned in told for person in concerned}
    if not people:
        return
    wishes = {wish.user_id: wish for wish in NoticePreference.objects.filter(user__in=people)}
    Notice.objects.bulk_create(
        Notice(
            entry_number=entry.number,
            recipient_id=person.pk,
            recipient_name=name_of(person),
            written_at=now or entry.recorded_at,
            **first_attempt(wishes.get(person.pk), now=now or entry.recorded_at),
        )
        for entry, concerned in told
        for person in concerned
    )
