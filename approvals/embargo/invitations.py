"""The mail that brings a journalist the address of a text under embargo. It names neither title nor document."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from approvals.embargo.records import EmbargoRecords
from approvals.embargo.rules import AccessState
from approvals.models import DuePublication, EarlyInvitation
from approvals.outside import tokens


@dataclass(frozen=True)
class Invitation:
    """To whom, and in what words."""

    email: str
    subject: str
    text: str


def invitation_of(*, entry_number: int, now: dt.datetime) -> Invitation | None:
    """The mail about the early access that the entry gave; None when it opens nothing any more."""
    waiting = EarlyInvitation.objects.select_related("access").filter(access__given_by_entry=entry_number).first()
    access = waiting.access if waiting else None
    if access is None or EmbargoRecords([access], now=now).state(access) != AccessState.OPEN:
        return None
    until = DuePublication.objects.filter(page_id=access.page_id).values_list("due_at", flat=True).first()
    if until is None:
        return None
    path = reverse("early:text", args=[tokens.made_of(waiting.seed)])
    context = {
        "access": access,
        "embargo_until": until,
        "embargo_until_utc": f"{until.astimezone(dt.UTC):%d.%m.%Y %H:%M:%S}",
        "url": settings.WAGTAILADMIN_BASE_URL.rstrip("/") + path,
        "site_name": settings.WAGTAIL_SITE_NAME,
    }
    with translation.override(access.language):
        text = render_to_string("approvals/embargo/invitation.txt", context)
        return Invitation(email=access.email, subject=_("A text under embargo, for you alone"), text=text)


def forget(entry_numbers: list[int]) -> None:
    """The mails are sent: nothing of which their addresses could be made is kept."""
    EarlyInvitation.objects.filter(access__given_by_entry__in=entry_numbers).delete()
