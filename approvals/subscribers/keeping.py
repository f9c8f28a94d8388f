"""The verbs of the list: add, ask again, end. The screen and the command call the same.

Each reads: hold the ledger's head, lock, check, change, record. Whatever becomes public takes the head too, so a
subscription and a publication have an order. by_id: of the person who does it; None for the command line, where
whoever runs commands holds the whole installation anyway. The ledger names subscribers by number, never by address.
"""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction

from approvals import ledger, second_factor
from approvals.facts import name_of
from approvals.models import EntryKind, LedgerEntry, Notice, NoticeState, Subscriber, SubscriberState
from approvals.notices.letters import NO_ACCOUNT, wire_address
from approvals.outside import tokens
from approvals.subscribers.refusals import Fault, SubscriberRefused
from approvals.subscribers.rules import may_keep
from site_pages.languages import CODES
from site_pages.models import DOCUMENT_TYPES

ASKED_AT_MOST_EVERY = dt.timedelta(days=1)
LONGEST_NAME = Subscriber._meta.get_field("name").max_length
LONGEST_EMAIL = Subscriber._meta.get_field("email").max_length
BY_COMMAND, BY_SUBSCRIBER = "command", "subscriber"


@dataclass(frozen=True)
class Newcomer:
    """Who is put on the list, and what he or she wants. locales, types: empty for all."""

    name: str
    outlet: str
    email: str
    language: str
    locales: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    wants_minor: bool = False

    def tidied(self) -> "Newcomer":
        """The same without stray spaces. Raises SubscriberRefused: something is missing or no address."""
        name, outlet = " ".join(self.name.split()), " ".join(self.outlet.split())
        for words, fault in ((name, Fault.NAME), (outlet, Fault.OUTLET)):
            if not words or len(words) > LONGEST_NAME or not words.isprintable():
                raise SubscriberRefused(fault)
        email = self.email.strip().lower()
        if len(email) > LONGEST_EMAIL or not wire_address(email):
            raise SubscriberRefused(Fault.ADDRESS)
        if self.language not in dict(settings.LANGUAGES):
            raise SubscriberRefused(Fault.LANGUAGE)
        if not {*self.locales} <= {*CODES}:
            raise SubscriberRefused(Fault.LOCALES)
        if not {*self.types} <= {*DOCUMENT_TYPES}:
            raise SubscriberRefused(Fault.TYPES)
        return replace(self, name=name, outlet=outlet, email=email)


@transaction.atomic
def add(newcomer: Newcomer, *, by_id: int | None, now: dt.datetime) -> Subscriber:
    """Put somebody on the list and ask whether he or she wants that. Raises SubscriberRefused."""
    ledger.hold()
    keeper = _keeper(by_id, now=now)
    tidy = newcomer.tidied()
    if Subscriber.objects.filter(email=tidy.email).exists():
        raise SubscriberRefused(Fault.THERE_ALREADY)
    seed = tokens.new_seed()
    added = Subscriber.objects.create(
        name=tidy.name,
        outlet=tidy.outlet,
        email=tidy.email,
        language=tidy.language,
        locales=sorted({*tidy.locales}),
        types=sorted({*tidy.types}),
        wants_minor=tidy.wants_minor,
        seed=seed,
        token_hash=tokens.hash_of(tokens.made_of(seed)),
        asked_at=now,
    )
    wanted = {"language": added.language, "locales": added.locales, "types": added.types, "minor": added.wants_minor}
    _ask(added, record(EntryKind.SUBSCRIBER_ADDED, added, now=now, **keeper, **wanted))
    return added


@transaction.atomic
def ask_again(*, subscriber_id: int, by_id: int | None, now: dt.datetime) -> Subscriber:
    """Ask once more whoever has not answered. Raises SubscriberRefused."""
    ledger.hold()
    keeper = _keeper(by_id, now=now)
    asked = locked(subscriber_id)
    if asked.state != SubscriberState.ASKED:
        raise SubscriberRefused(Fault.ANSWERED)
    last = Notice.objects.filter(subscriber=asked).order_by("-pk").first()
    has_arrived = last is None or last.state not in (NoticeState.DEAD, NoticeState.CLOSED)
    if has_arrived and now < asked.asked_at + ASKED_AT_MOST_EVERY:
        raise SubscriberRefused(Fault.ASKED_JUST_NOW)
    asked.asked_at = now
    asked.save(update_fields=["asked_at"])
    _ask(asked, record(EntryKind.SUBSCRIBER_ASKED, asked, now=now, **keeper))
    return asked


@transaction.atomic
def end(*, subscriber_id: int, by_id: int | None, now: dt.datetime) -> Subscriber:
    """Take somebody off the list and erase who it was. Raises SubscriberRefused."""
    ledger.hold()
    keeper = _keeper(by_id, now=now)
    leaving = locked(subscriber_id)
    erase(leaving, now=now)
    record(EntryKind.SUBSCRIBER_ENDED, leaving, now=now, **keeper)
    return leaving


def locked(subscriber_id: int) -> Subscriber:
    """The subscriber, whose row stays locked. Raises SubscriberRefused: there is none, or none any more.

    Not against references: letters to others may be written meanwhile.
    """
    rows = Subscriber.objects.select_for_update(no_key=True).exclude(state=SubscriberState.ENDED)
    found = rows.filter(pk=subscriber_id).first()
    if found is None:
        raise SubscriberRefused(Fault.NONE_SUCH)
    return found


def erase(subscriber: Subscriber, *, now: dt.datetime) -> None:
    """End the subscription; nothing that tells who it was stays, not even in what a mail server once answered."""
    subscriber.state, subscriber.ended_at = SubscriberState.ENDED, now
    subscriber.name = subscriber.outlet = subscriber.email = subscriber.seed = ""
    subscriber.save()
    Notice.objects.filter(subscriber=subscriber).exclude(last_error="").update(last_error="")


def record(
    kind: EntryKind,
    subscriber: Subscriber,
    *,
    now: dt.datetime,
    actor_id: int | None = None,
    actor_name: str = "",
    **details: Any,
) -> LedgerEntry:
    """Enter what happened to a subscription into the ledger. It is about no document, so it voids no clearance."""
    details = {"subscriber": subscriber.pk, **details}
    return ledger.append(kind=kind, now=now, actor_id=actor_id, actor_name=actor_name, details=details)


def _keeper(by_id: int | None, *, now: dt.datetime) -> dict[str, Any]:
    """How the record names who does it. Raises SubscriberRefused: not by rule 1."""
    if by_id is None:
        return {"by": BY_COMMAND}
    user = get_user_model().objects.get(pk=by_id)
    if not may_keep(user, now=now):
        raise SubscriberRefused(Fault.NOT_A_KEEPER)
    if not second_factor.suffices(user):
        raise SubscriberRefused(Fault.NO_SECOND_FACTOR)
    return {"actor_id": user.pk, "actor_name": name_of(user)}


def _ask(subscriber: Subscriber, entry: LedgerEntry) -> None:
    """Write the mail down that asks. Its row names the subscriber by number only: administrators see it too."""
    Notice.objects.create(
        entry_number=entry.number,
        subscriber=subscriber,
        recipient_id=NO_ACCOUNT,
        recipient_name=str(subscriber),
        written_at=entry.recorded_at,
        next_attempt_at=entry.recorded_at,
    )
