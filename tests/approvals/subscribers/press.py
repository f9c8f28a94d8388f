"""What the tests of letters share: a subscriber, the page behind his or her link, what was written and sent."""

import re
from dataclasses import replace

from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone, translation

from approvals.models import LedgerEntry, Notice, Subscriber
from approvals.notices.delivery import NoticeReport
from approvals.outside import tokens
from approvals.subscribers import answering, keeping
from approvals.subscribers.keeping import Newcomer
from tests.approvals.consultation import SAME_ID
from tests.approvals.mail_room import deliver
from tests.newsroom import Newsroom, edit, publish
from tests.services.smtp_sink import Mail, SmtpSink

TITLE, BETTER = "Өкмөттүн жыйыны өттү", "Өкмөттүн жыйыны эртең өтөт"
NOTE = "Күнү такталды."
ASEL = Newcomer(name="Асел Асанова", outlet="Кабар агенттиги", email="asel@kabar.example", language="ru")
BAKYT = Newcomer(name="Бакыт Бакиров", outlet="24.kg", email="bakyt@24.example", language="ky")
NO_TOKEN = "C" * 43
QUESTIONS = ("subscriber_added", "subscriber_asked")


def add(newcomer: Newcomer = ASEL, *, by=None, **changes) -> Subscriber:
    """Somebody on the list who was asked and has not answered."""
    return keeping.add(replace(newcomer, **changes), by_id=by.pk if by else None, now=timezone.now())


def subscribe(newcomer: Newcomer = ASEL, **changes) -> Subscriber:
    """Somebody who said yes."""
    return answering.confirm(token=token_of(add(newcomer, **changes)), now=timezone.now())


def token_of(subscriber: Subscriber) -> str:
    """The token in the mails of the subscriber."""
    return tokens.made_of(subscriber.seed)


def page_of(token: str) -> str:
    """The address of the page behind the link."""
    return reverse("letters:page", args=[token])


def leave(subscriber: Subscriber) -> None:
    """The subscriber presses the button."""
    answering.leave(token=token_of(subscriber), now=timezone.now())


def somebody(**options) -> Client:
    """A browser in which nobody has signed in, with CSRF checked as in production."""
    return Client(raise_request_exception=False, enforce_csrf_checks=True, headers=SAME_ID, **options)


def correct(page, room: Newsroom, **changes):
    """A correction of what is public, cleared and published."""
    values = {"lead": "Жыйын эртең өтөт.", "change_note": NOTE, **changes}
    return publish(edit(page, by=room.author, **values), room)


def written() -> list[tuple[str, str]]:
    """The rows of letters: the kind of move and the address for which each is, in order; questions left out."""
    kinds = dict(LedgerEntry.objects.values_list("number", "kind"))
    rows = Notice.objects.exclude(subscriber=None).select_related("subscriber").order_by("pk")
    told = [(kinds[row.entry_number], row.subscriber.email) for row in rows]
    return [(kind, email) for kind, email in told if kind not in QUESTIONS]


def send(sink: SmtpSink, **options) -> list[Mail]:
    """What one run of the worker sends to people outside."""
    before = len(sink.taken)
    deliver(**options)
    return [mail for mail in sink.taken[before:] if not mail.recipient.endswith("@office.example")]


def run(**options) -> NoticeReport:
    """One run of the worker, and what it says."""
    return deliver(**options)


def picture() -> list[dict]:
    """All that is on record about subscribers and what waits for them."""
    rows = Notice.objects.exclude(subscriber=None).order_by("pk").values("pk", "state", "closing", "attempts")
    entries = LedgerEntry.objects.filter(kind__startswith="subscri").order_by("number")
    return [*Subscriber.objects.order_by("pk").values(), *rows, *entries.values("number", "hash")]


def said(language: str, message: str, **words) -> str:
    """What the catalogue says for it in the language."""
    with translation.override(language):
        return translation.gettext(message) % words


def addresses_in(text: str) -> list[str]:
    """The addresses that a mail names, in order."""
    return re.findall(r"https?://\S+", text)


def as_reader(address: str) -> HttpResponse:
    """The answer of the public process to an address in a mail."""
    with override_settings(ROOT_URLCONF="cms.urls.public"):
        return Client().get(address.split("8001", 1)[1])
