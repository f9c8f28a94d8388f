"""The mails to subscribers: the question whether they want any, a correction, a withdrawal.

Each carries the way out. Its token is made of the subscriber's seed, 256 random bits in his or her row, and the key of
the installation, so it can be written into every mail, and the database alone opens nothing: it holds the seed and the
SHA-256 of the token. It stays the same as long as the subscription does; the seed is erased with it. Under a new
SECRET_KEY the next mail carries another token, and only that opens from then on.
"""

import datetime as dt
from dataclasses import dataclass, field

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from approvals.models import Closing, EntryKind, LedgerEntry, Notice, Subscriber, SubscriberState
from approvals.outside import tokens
from approvals.subscribers.changes import Correction, Withdrawal, correction_of, withdrawal_of

QUESTIONS = (EntryKind.SUBSCRIBER_ADDED, EntryKind.SUBSCRIBER_ASKED)
ONE_CLICK = "List-Unsubscribe=One-Click"


@dataclass(frozen=True)
class SubscriberMail:
    """To whom, in what words, and what the head of the mail says besides."""

    email: str
    subject: str
    text: str
    headers: dict[str, str] = field(default_factory=dict)


def mail_of(notice: Notice, *, now: dt.datetime) -> SubscriberMail | Closing:
    """The mail that the notice is about, as things are at this moment, or why there is none any more."""
    subscriber = notice.subscriber
    entry = LedgerEntry.objects.get(number=notice.entry_number)
    with translation.override(subscriber.language):
        if entry.kind in QUESTIONS:
            return _question(subscriber)
        if subscriber.state != SubscriberState.CONFIRMED:
            return Closing.NOT_SUBSCRIBED
        return _letter(subscriber, entry, now=now)


def _question(subscriber: Subscriber) -> SubscriberMail | Closing:
    if subscriber.state != SubscriberState.ASKED:
        return Closing.ANSWERED
    text = _written("question", subscriber, url=address_for(subscriber))
    return SubscriberMail(subscriber.email, subject=_("Do you want letters about corrections?"), text=text)


def _letter(subscriber: Subscriber, entry: LedgerEntry, *, now: dt.datetime) -> SubscriberMail | Closing:
    if entry.kind == EntryKind.WITHDRAWN:
        change, template = withdrawal_of(entry, now=now), "withdrawal"
    else:
        change, template = correction_of(entry, now=now), "correction"
    if change is None:
        return Closing.NOT_PUBLIC
    url = address_for(subscriber)
    return SubscriberMail(
        subscriber.email,
        subject=_subject(change),
        text=_written(template, subscriber, url=url, change=change),
        headers={"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": ONE_CLICK},
    )


def _subject(change: Correction | Withdrawal) -> str:
    if isinstance(change, Correction):
        return _("Correction: %(title)s") % {"title": change.title}
    if change.title:
        return _("No longer current: %(title)s") % {"title": change.title}
    return _("Withdrawn from publication: %(what)s") % {"what": change.what}


def address_for(subscriber: Subscriber) -> str:
    """The page of the subscriber, on which he or she says yes or leaves."""
    token = tokens.made_of(subscriber.seed)
    if (token_hash := tokens.hash_of(token)) != subscriber.token_hash:
        # The installation has a new key. By the seed: whoever has left meanwhile has none and stays away.
        Subscriber.objects.filter(pk=subscriber.pk, seed=subscriber.seed).update(token_hash=token_hash)
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("letters:page", args=[token])


def _written(template: str, subscriber: Subscriber, **context) -> str:
    context |= {"subscriber": subscriber, "site_name": settings.WAGTAIL_SITE_NAME}
    return render_to_string(f"approvals/subscribers/{template}.txt", context)
