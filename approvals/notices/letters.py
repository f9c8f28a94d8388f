"""The mails themselves: one notice, or the notices of a day, in the language of the person who gets them."""

import datetime as dt
from dataclasses import dataclass
from email.header import Header
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr, parseaddr

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import punycode
from django.utils.translation import gettext as _
from wagtail.users.models import UserProfile

from approvals.embargo.invitations import invitation_of
from approvals.models import (
    NO_ACCOUNT,
    Closing,
    DeadlineAlert,
    LedgerEntry,
    Notice,
    NoticePreference,
    ScheduleAlarm,
)
from approvals.notices.confidentiality import public_title
from approvals.notices.wording import alarm_sentence, deadline_sentence, sentence
from approvals.subscribers.mails import mail_of
from site_pages.languages import CODES, KYRGYZ

LONGEST_SUBJECT = 150
# The newer policies of Python 3.11 lose spaces where a long subject is folded (python/cpython#92081).
WIRE = compat32.clone(linesep="\r\n")


@dataclass(frozen=True)
class Letter:
    """One mail, ready to be handed in. content: with CRLF line ends."""

    message_id: str
    sender: str
    recipient: str
    content: bytes


@dataclass(frozen=True)
class Item:
    """What one notice says. remark: empty also where the document must not be spoken of."""

    sentence: str
    actor_name: str
    remark: str
    has_hidden_remark: bool
    url: str


def write_letter(notices: list[Notice], *, now: dt.datetime) -> Letter | Closing:
    """The mail for notices of one person, or why there is none. One notice is a notice, several are a digest."""
    if notices[0].subscriber_id:
        return _to_a_subscriber(notices[0], now=now)
    if notices[0].recipient_id == NO_ACCOUNT:
        return _to_a_journalist(notices[0], now=now)
    user = get_user_model().objects.filter(pk=notices[0].recipient_id).first()
    closing, address = _reason_to_close(user)
    if closing:
        return closing
    entries = LedgerEntry.objects.in_bulk([notice.entry_number for notice in notices])
    with translation.override(language_of(user)):
        items = [_said_by(notice, entries=entries, now=now) for notice in notices]
        subject, text = _single(items[0]) if len(items) == 1 else _digest(items)
    return _letter(notices[0], recipient=address, subject=subject, text=text, now=now)


def _to_a_journalist(notice: Notice, *, now: dt.datetime) -> Letter | Closing:
    """The invitation to an early access, while that is open."""
    invitation = invitation_of(entry_number=notice.entry_number, now=now)
    if invitation is None:
        return Closing.ACCESS_OVER
    recipient = wire_address(invitation.email)
    if not recipient:
        return Closing.NO_ADDRESS
    return _letter(notice, recipient=recipient, subject=invitation.subject, text=invitation.text, now=now)


def _to_a_subscriber(notice: Notice, *, now: dt.datetime) -> Letter | Closing:
    """What readers find of a correction or withdrawal now, or the question whether the person wants such letters."""
    mail = mail_of(notice, now=now)
    if isinstance(mail, Closing):
        return mail
    recipient = wire_address(mail.email)
    if not recipient:
        return Closing.NO_ADDRESS
    return _letter(notice, recipient=recipient, subject=mail.subject, text=mail.text, now=now, headers=mail.headers)


def _letter(
    notice: Notice, *, recipient: str, subject: str, text: str, now: dt.datetime, headers: dict[str, str] | None = None
) -> Letter:
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    of = notice.entry_number or (f"alarm-{notice.alarm_id}" if notice.alarm_id else f"alert-{notice.deadline_alert_id}")
    to = f"s{notice.subscriber_id}" if notice.subscriber_id else notice.recipient_id
    # After a restore from a backup all these numbers are given again; the moment is not.
    written = f"{notice.written_at.astimezone(dt.UTC):%Y%m%d%H%M%S%f}"
    message_id = f"<notice-{of}-{to}-{written}@{sender.rpartition('@')[2]}>"
    message = MIMEText(text.replace("\n", "\r\n"), "plain", "utf-8", policy=WIRE)
    message["Subject"] = Header(_one_line(subject), "utf-8")
    message["From"] = formataddr((settings.WAGTAIL_SITE_NAME, sender))
    message["To"] = recipient
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    # Each on its one line: whoever folds it leaves its first line empty, which not every mail program reads.
    head = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items()).encode("ascii")
    return Letter(message_id=message_id, sender=sender, recipient=recipient, content=head + message.as_bytes())


def _reason_to_close(user) -> tuple[Closing | None, str]:
    """Why the person gets no mail, or the address of one who does."""
    if user is None:
        return Closing.NO_ACCOUNT, ""
    if not user.is_active:
        return Closing.NOT_ACTIVE, ""
    if NoticePreference.objects.filter(user=user, mode=NoticePreference.Mode.NONE).exists():
        return Closing.NOT_WANTED, ""
    address = address_of(user)
    return (None, address) if address else (Closing.NO_ADDRESS, "")


def address_of(user) -> str:
    """The address in the form in which it travels; empty when the account has none that can be used."""
    return wire_address(user.email)


def wire_address(email: str) -> str:
    """An e-mail address in the form in which it travels; empty when it cannot be used."""
    try:
        validate_email(email)
        name, _at, host = email.rpartition("@")
        address = f"{name}@{punycode(host)}"
    except (ValidationError, UnicodeError):
        return ""
    return address if address.isascii() else ""


def language_of(user) -> str:
    """The language of the person's screens; Kyrgyz for who chose none."""
    chosen = UserProfile.objects.filter(user=user).values_list("preferred_language", flat=True).first()
    return chosen if chosen in CODES else KYRGYZ


def _said_by(notice: Notice, *, entries: dict[int, LedgerEntry], now: dt.datetime) -> Item:
    if notice.alarm_id:
        return _alarm(notice.alarm)
    if notice.deadline_alert_id:
        return _deadline(notice.deadline_alert, now=now)
    return _item(entries[notice.entry_number], now=now)


def _item(entry: LedgerEntry, *, now: dt.datetime) -> Item:
    title = public_title(entry, now=now)
    return Item(
        sentence=sentence(entry, title=title),
        actor_name=entry.actor_name,
        remark=entry.remark if title else "",
        has_hidden_remark=bool(entry.remark and not title),
        url=settings.WAGTAILADMIN_BASE_URL + _screen_of(entry),
    )


def _alarm(alarm: ScheduleAlarm) -> Item:
    """What is said before a publication. It waits for its time, so no mail names it."""
    return Item(
        sentence=alarm_sentence(alarm),
        actor_name="",
        remark="",
        has_hidden_remark=False,
        url=settings.WAGTAILADMIN_BASE_URL + reverse("approvals:document", args=[alarm.page_id]),
    )


def _deadline(alert: DeadlineAlert, *, now: dt.datetime) -> Item:
    begun = LedgerEntry.objects.get(number=alert.deadline.entry_number)
    return Item(
        sentence=deadline_sentence(alert, title=public_title(begun, now=now)),
        actor_name="",
        remark="",
        has_hidden_remark=False,
        url=settings.WAGTAILADMIN_BASE_URL + reverse("approvals:document", args=[begun.page_id]),
    )


def _screen_of(entry: LedgerEntry) -> str:
    """Where the reader finds what is told; the ledger names no document where it speaks of early access."""
    return reverse("approvals:document", args=[entry.page_id]) if entry.page_id else reverse("approvals:embargoes")


def _single(item: Item) -> tuple[str, str]:
    return item.sentence, _render("approvals/notices/notice.txt", item=item)


def _digest(items: list[Item]) -> tuple[str, str]:
    return _("Notices of the day: %(count)s") % {"count": len(items)}, _render(
        "approvals/notices/digest.txt", items=items
    )


def _render(template: str, **context) -> str:
    account_url = settings.WAGTAILADMIN_BASE_URL + reverse("wagtailadmin_account")
    return render_to_string(template, {**context, "account_url": account_url, "site_name": settings.WAGTAIL_SITE_NAME})


def _one_line(subject: str) -> str:
    line = " ".join(subject.split())
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1] + "…"
