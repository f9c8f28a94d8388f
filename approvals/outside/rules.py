"""Who may show a text to somebody outside the office, and when a link is dead. Plain rules, to be read aloud.

1. A link is made by a person, never by a program, who may edit the text or who decides on its route.
2. It shows the one version that its maker saw, and lives while its maker could still make it.
3. It dies at its hour, when somebody revokes it, when the document is deleted, becomes access-limited or is closed to
   readers; that of a translation of an act also when its Kyrgyz text is closed. It opens nothing, and none is made,
   while the document is cleared and waits for its time: that is embargo (approvals.embargo).
4. Its reader may read and say something. What is said is not a decision.
"""

import datetime as dt
import logging
from collections.abc import Callable
from enum import StrEnum

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from approvals.facts import LONG_AGO, actor_of, closes, steps_of
from approvals.models import DuePublication, EntryKind, LedgerEntry, OutsideLink, OutsideRevocation
from approvals.notices.confidentiality import is_limited
from approvals.originals import follows_its_original
from approvals.policy import capacities_of
from approvals.texts_on_record import form_of
from site_pages.languages import KYRGYZ
from site_pages.models import DocumentPage
from site_pages.public_form.canonical import PublicForm

logger = logging.getLogger(__name__)

USUAL_HOURS = 72
MOST_HOURS = 14 * 24
MOST_REMARKS = 20
LONGEST_REMARK = 4000


class LinkState(StrEnum):
    """Whether a link opens anything, and if not, why."""

    OPEN = "open"
    EXPIRED = "expired"
    REVOKED = "revoked"
    CLOSED = "closed"


LABELS = {
    LinkState.OPEN: _("Valid"),
    LinkState.EXPIRED: _("Expired"),
    LinkState.REVOKED: _("Revoked"),
    LinkState.CLOSED: _("Closed: its maker or the document lost the right"),
}


def may_make(*, page: DocumentPage, user_id: int, now: dt.datetime) -> bool:
    """Whether the person may show this document to an outside reader, by rule 1. page: specific."""
    user = get_user_model().objects.filter(pk=user_id, is_active=True, is_agent=False).first()
    if user is None or is_limited(page) or waits_for_its_time(page):
        return False
    return page.permissions_for_user(user).can_edit() or _decides(page=page, user_id=user_id, now=now)


def waits_for_its_time(page: DocumentPage) -> bool:
    """Whether the document is cleared and not public yet: what there was to ask about it is answered."""
    return DuePublication.objects.filter(page_id=page.pk).exists()


def _decides(*, page: DocumentPage, user_id: int, now: dt.datetime) -> bool:
    actor, kind = actor_of(user_id, now=now), page.document_type
    return any(capacities_of(actor=actor, step=step, document_type=kind) for step in steps_of(kind))


def state_of(
    link: OutsideLink, *, is_revoked: bool, is_allowed: Callable[[OutsideLink], bool], now: dt.datetime
) -> LinkState:
    """Whether the link opens its text now, by rules 2 and 3. is_allowed: asked only where the answer counts."""
    if is_revoked:
        return LinkState.REVOKED
    if now >= link.expires_at:
        return LinkState.EXPIRED
    return LinkState.OPEN if is_allowed(link) else LinkState.CLOSED


def state_now(link: OutsideLink, *, now: dt.datetime) -> LinkState:
    """The same, with everything looked up."""
    return state_of(
        link,
        is_revoked=OutsideRevocation.objects.filter(link=link).exists(),
        is_allowed=lambda link: _is_still_allowed(link, now=now),
        now=now,
    )


def _is_still_allowed(link: OutsideLink, *, now: dt.datetime) -> bool:
    """Whether the document is there, and its maker could still make the link."""
    page = DocumentPage.objects.filter(
        pk=link.page_id, translation_key=link.content_id, locale__language_code=link.locale
    ).first()
    if page is None or link.made_at <= last_closing_of(page):
        return False
    return may_make(page=page.specific, user_id=link.maker_id, now=now)


def last_closing_of(page: DocumentPage) -> dt.datetime:
    """When readers last ceased to find the text, or the one that it goes with; long ago when they never did."""
    locales = {page.locale_code, KYRGYZ} if follows_its_original(page) else {page.locale_code}
    taken_down = LedgerEntry.objects.filter(content_id=page.content_id, locale__in=locales, kind=EntryKind.WITHDRAWN)
    return max((entry.recorded_at for entry in taken_down if closes(entry)), default=LONG_AGO)


def text_of(link: OutsideLink) -> PublicForm | None:
    """The version that the link shows, without the places of its files; None when the record no longer has it."""
    form = form_of(link.digest)
    if form is None:
        logger.error("The record lacks the text of the outside link %s, or holds another.", link.pk)
    return form
