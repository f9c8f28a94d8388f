"""What a subscriber does on the page of a letter: look, say yes, leave. Whoever has the letter has the right."""

import datetime as dt

from django.db import transaction

from approvals import ledger
from approvals.models import EntryKind, Subscriber, SubscriberState
from approvals.outside import tokens
from approvals.outside.tokens import TokenUnknown
from approvals.subscribers.keeping import BY_SUBSCRIBER, erase, record


def look(*, token: str) -> Subscriber:
    """Whose letter it is; nothing is changed. Raises TokenUnknown."""
    found = tokens.found(Subscriber.objects.all(), token=token)
    if found is None:
        raise TokenUnknown
    return found


@transaction.atomic
def confirm(*, token: str, now: dt.datetime) -> Subscriber:
    """Say yes. Safe to repeat; who has left stays away. Raises TokenUnknown."""
    subscriber = _locked(token)
    if subscriber.state == SubscriberState.ASKED:
        subscriber.state, subscriber.confirmed_at = SubscriberState.CONFIRMED, now
        subscriber.save(update_fields=["state", "confirmed_at"])
        record(EntryKind.SUBSCRIBER_CONFIRMED, subscriber, now=now, by=BY_SUBSCRIBER)
    return subscriber


@transaction.atomic
def leave(*, token: str, now: dt.datetime) -> Subscriber:
    """Get no more letters, and be forgotten. Safe to repeat. Raises TokenUnknown."""
    subscriber = _locked(token)
    if subscriber.state != SubscriberState.ENDED:
        erase(subscriber, now=now)
        record(EntryKind.SUBSCRIBER_ENDED, subscriber, now=now, by=BY_SUBSCRIBER)
    return subscriber


def _locked(token: str) -> Subscriber:
    """The subscriber, locked after the ledger's head; a token that is none locks nothing."""
    look(token=token)
    ledger.hold()
    found = tokens.found(Subscriber.objects.select_for_update(no_key=True), token=token)
    if found is None:
        raise TokenUnknown
    return found
