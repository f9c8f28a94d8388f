"""The verbs of a link: make, read, say, revoke. Each reads: lock, check, record.

The token is given out once, when the link is made.
"""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page

from approvals import texts_on_record
from approvals.facts import name_of
from approvals.models import OutsideLink, OutsideReading, OutsideRemark, OutsideRevocation
from approvals.outside import tokens
from approvals.outside.rules import MOST_HOURS, MOST_REMARKS, LinkState, may_make, state_now, text_of
from approvals.outside.tokens import TokenDead, TokenUnknown
from approvals.texts_on_record import RecordDamaged
from site_pages.public_form.builders import build
from site_pages.public_form.canonical import PublicForm


class LinkRefused(PermissionDenied):
    """The link may not be made; nothing was recorded."""


class LinkUnknown(TokenUnknown):
    """No link has this token."""


class LinkDead(TokenDead):
    """There was such a link; it opens nothing any more."""


class TooManyRemarks(Exception):
    """The reader has said as much as one link takes; nothing was recorded."""


@dataclass(frozen=True)
class OpenText:
    """What a link opens: one version, and what its reader said of it, oldest first."""

    link: OutsideLink
    form: PublicForm
    remarks: list[OutsideRemark]

    @property
    def takes_remarks(self) -> bool:
        """Whether its reader may say something more."""
        return len(self.remarks) < MOST_REMARKS


@transaction.atomic
def make(
    *, page_id: int, maker, seen_digest: str, reader_name: str, reason: str, language: str, hours: int, now: dt.datetime
) -> tuple[OutsideLink, str]:
    """A link to exactly the version with `seen_digest`, and its token, which nobody will ever be told again.

    Raises LinkRefused; FormIncomplete, FileUnreadable: the latest revision has no public form.
    """
    page = Page.objects.select_for_update().get(pk=page_id).specific
    if not may_make(page=page, user_id=maker.pk, now=now):
        raise LinkRefused(_("You may not show this document to anybody outside."))
    reader_name, reason = " ".join(reader_name.split()), reason.strip()
    if not reader_name or not reason or not 1 <= hours <= MOST_HOURS:
        raise LinkRefused(_("A link needs a named reader, a reason, and an end within 14 days."))
    form = build(page.get_latest_revision_as_object())
    if form.digest != seen_digest:
        raise LinkRefused(_("The text is not the one that you were shown. Please read it again."))
    try:
        texts_on_record.keep(form)
    except RecordDamaged as damage:
        raise LinkRefused(str(damage)) from damage
    token = tokens.made_of(tokens.new_seed())
    link = OutsideLink.objects.create(
        token_hash=tokens.hash_of(token),
        content_id=page.content_id,
        locale=page.locale_code,
        page_id=page.pk,
        revision_id=page.latest_revision_id,
        digest=form.digest,
        reader_name=reader_name,
        reason=reason,
        language=language,
        maker_id=maker.pk,
        maker_name=name_of(maker),
        made_at=now,
        expires_at=now + dt.timedelta(hours=hours),
    )
    return link, token


@transaction.atomic
def look(*, token: str, now: dt.datetime) -> OpenText:
    """What the token opens, without a trace: for everything that shows none of its words. Raises LinkUnknown, LinkDead.

    A revocation and whatever happens through the link lock the same row, so that one of them comes first.
    """
    link = tokens.found(OutsideLink.objects.select_for_update(), token=token)
    if link is None:
        raise LinkUnknown
    form = text_of(link) if state_now(link, now=now) == LinkState.OPEN else None
    if form is None:
        raise LinkDead
    return OpenText(link=link, form=form, remarks=list(link.remarks.order_by("pk")))


@transaction.atomic
def read(*, token: str, address: str, now: dt.datetime) -> OpenText:
    """The text, and the record that it was shown. Raises LinkUnknown, LinkDead."""
    opened = look(token=token, now=now)
    OutsideReading.objects.create(link=opened.link, at=now, address=address)
    return opened


@transaction.atomic
def say(*, token: str, text: str, address: str, now: dt.datetime) -> None:
    """Store a remark; the same words a second time are taken for a second press of the button.

    text: stripped, not empty. Raises LinkUnknown, LinkDead, TooManyRemarks.
    """
    opened = look(token=token, now=now)
    if any(remark.text == text for remark in opened.remarks):
        return
    if not opened.takes_remarks:
        raise TooManyRemarks
    OutsideRemark.objects.create(link=opened.link, text=text, at=now, address=address)


@transaction.atomic
def revoke(*, link: OutsideLink, by, now: dt.datetime) -> None:
    """Close the link at once. Not showing is the safe side: whoever sees the document may. Safe to repeat."""
    locked = OutsideLink.objects.select_for_update().get(pk=link.pk)
    OutsideRevocation.objects.get_or_create(link=locked, defaults={"at": now, "by_id": by.pk, "by_name": name_of(by)})
