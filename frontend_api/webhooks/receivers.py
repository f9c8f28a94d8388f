"""The verbs of who is told of publications; the command and the screen call the same.

Each reads: check the person, lock, read again, check, change, record. by: a system administrator, or None for the
command line. A secret is given back once, by the verb that makes it, and stands in no record.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from frontend_api.models import LOCALES, Delivery, DeliveryChannel, WebhookEndpoint
from frontend_api.outgoing import Unreachable, send, session
from frontend_api.record import Act, check_administrator, note
from frontend_api.representations import SECTIONS
from frontend_api.webhooks.addresses import is_private, is_whole
from frontend_api.webhooks.messages import new_secret, signed, test_body

LONGEST_NAME = WebhookEndpoint._meta.get_field("name").max_length
LONGEST_ADDRESS = WebhookEndpoint._meta.get_field("url").max_length


class Fault(StrEnum):
    """Why a verb is refused."""

    NAME = "name"
    NAME_TAKEN = "name_taken"
    ADDRESS = "address"
    ADDRESS_TOO_LONG = "address_too_long"
    ADDRESS_PRIVATE = "address_private"
    UNKNOWN_CHOICE = "unknown_choice"
    NONE_SUCH = "none_such"
    OFF_ALREADY = "off_already"
    ON_ALREADY = "on_already"


FIELDS = {
    Fault.NAME: "name",
    Fault.NAME_TAKEN: "name",
    Fault.ADDRESS: "url",
    Fault.ADDRESS_TOO_LONG: "url",
    Fault.ADDRESS_PRIVATE: "url",
}
REASONS = {
    Fault.NAME: _("It needs a name of at most 100 letters, such as president.kg."),
    Fault.NAME_TAKEN: _("There is a receiver of this name already, or there was. Choose another."),
    Fault.ADDRESS: _("A full https address without a name and password in it is needed, such as https://www.example/hook."),
    Fault.ADDRESS_TOO_LONG: _("The address is longer than 500 letters."),
    Fault.ADDRESS_PRIVATE: _("This address leads into a private network. Nothing is sent there."),
    Fault.UNKNOWN_CHOICE: _("There is no such language or type of document."),
    Fault.NONE_SUCH: _("There is no such receiver, or it was removed. Nothing was changed."),
    Fault.OFF_ALREADY: _("It is off already. Nothing was changed."),
    Fault.ON_ALREADY: _("It is on already. Nothing was changed."),
}  # fmt: skip


class ReceiverRefused(Exception):
    """The verb breaks a rule; `fault` says which. Nothing was changed or recorded."""

    def __init__(self, fault: Fault):
        super().__init__(str(REASONS[fault]))
        self.fault = fault


@dataclass(frozen=True)
class Answer:
    """What came back to a test message. said: “HTTP 204”, or why nothing came; never where it was sought."""

    is_yes: bool
    said: str


def add(
    *, name: str, url: str, locales: list[str], types: list[str], by, now: dt.datetime
) -> WebhookEndpoint:  # fmt: skip
    """Tell one more address, from now on; its secret is in what is given back. Raises ReceiverRefused.

    locales, types: empty for all.
    """
    check_administrator(by)
    name = name.strip()
    _check_words(name=name, url=url, locales=locales, types=types)
    try:
        with transaction.atomic():
            receiver = WebhookEndpoint.objects.create(
                name=name, url=url, secret=new_secret(), locales=locales, types=types, added_at=now
            )
            note(receiver, Act.RECEIVER_ADDED, by=by, url=url, locales=locales, types=types)
    except IntegrityError as error:
        raise ReceiverRefused(Fault.NAME_TAKEN) from error
    return receiver


@transaction.atomic
def change_secret(*, key: UUID, by) -> WebhookEndpoint:
    """Sign with a new secret from now on; it is in what is given back. Raises ReceiverRefused."""
    receiver = _locked(key, by=by)
    receiver.secret = new_secret()
    receiver.save(update_fields=["secret"])
    note(receiver, Act.RECEIVER_SECRET_CHANGED, by=by)
    return receiver


@transaction.atomic
def switch_off(*, key: UUID, by, now: dt.datetime) -> WebhookEndpoint:
    """Leave it alone until it is switched on; what is published meanwhile is kept for it. Raises ReceiverRefused."""
    receiver = _locked(key, by=by)
    if receiver.parked_at is not None:
        raise ReceiverRefused(Fault.OFF_ALREADY)
    receiver.parked_at = now
    receiver.save(update_fields=["parked_at"])
    note(receiver, Act.RECEIVER_OFF, by=by)
    return receiver


@transaction.atomic
def switch_on(*, key: UUID, by, now: dt.datetime) -> int:
    """Tell it again, with all that it missed; how many messages that is. Raises ReceiverRefused."""
    receiver = _locked(key, by=by)
    if receiver.parked_at is None:
        raise ReceiverRefused(Fault.ON_ALREADY)
    count = missed_by(receiver).update(dead_at=None, attempts=0, next_attempt_at=now, leased_until=None)
    receiver.parked_at = None
    receiver.save(update_fields=["parked_at"])
    note(receiver, Act.RECEIVER_ON, by=by, messages=count)
    return count


@transaction.atomic
def remove(*, key: UUID, by, now: dt.datetime) -> WebhookEndpoint:
    """Tell it nothing more, ever; its secret is forgotten. Raises ReceiverRefused."""
    receiver = _locked(key, by=by)
    receiver.removed_at, receiver.secret = now, ""
    receiver.save(update_fields=["removed_at", "secret"])
    note(receiver, Act.RECEIVER_REMOVED, by=by)
    return receiver


def send_test(*, key: UUID, by, now: dt.datetime) -> Answer:
    """Send a signed message of type `test` at once and say what came back. Outside of every transaction.

    One that is off is asked as well: so one learns whether it can be switched on. Raises ReceiverRefused.
    """
    check_administrator(by)
    receiver = WebhookEndpoint.objects.filter(key=key, removed_at=None).first()
    if receiver is None:
        raise ReceiverRefused(Fault.NONE_SUCH)
    body = test_body(name=receiver.name, now=now)
    headers = signed(f"test-{uuid4()}", body=body, secret=receiver.secret, now=now)
    try:
        with session() as opened:
            send(opened, "POST", receiver.url, headers=headers, body=body)
    except Unreachable as failure:
        answer = Answer(is_yes=False, said=str(failure))
    else:
        answer = Answer(is_yes=True, said="")
    note(receiver, Act.RECEIVER_TESTED, by=by, is_yes=answer.is_yes, said=answer.said)
    return answer


def missed_by(receiver: WebhookEndpoint):
    """The messages that it has not got yet, those that were put aside included."""
    return Delivery.objects.filter(channel=DeliveryChannel.WEBHOOK, target=str(receiver.key), done_at=None)


def _locked(key: UUID, *, by) -> WebhookEndpoint:
    check_administrator(by)
    receiver = WebhookEndpoint.objects.select_for_update().filter(key=key, removed_at=None).first()
    if receiver is None:
        raise ReceiverRefused(Fault.NONE_SUCH)
    return receiver


def _check_words(*, name: str, url: str, locales: list[str], types: list[str]) -> None:
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise ReceiverRefused(Fault.NAME)
    if len(url) > LONGEST_ADDRESS:
        raise ReceiverRefused(Fault.ADDRESS_TOO_LONG)
    if not is_whole(url):
        raise ReceiverRefused(Fault.ADDRESS)
    if is_private(url):
        raise ReceiverRefused(Fault.ADDRESS_PRIVATE)
    if not ({*locales} <= {*LOCALES} and {*types} <= {*SECTIONS}):
        raise ReceiverRefused(Fault.UNKNOWN_CHOICE)
