"""Saying that a public translation still corresponds to its original: it is sent to clearance again as it is."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page

from approvals import decisions, ledger
from approvals.originals import original_digest_for
from approvals.queue import Records
from site_pages.models import DocumentPage


class ConfirmationRefused(PermissionDenied):
    """The text cannot be sent again as it is. Nothing was recorded."""


def may_be_sent_as_it_is(page: DocumentPage, *, records: Records) -> bool:
    """Whether the text is public, nobody has begun to change it, and its original has changed since."""
    return page.live and not page.has_unpublished_changes and records.is_stale(page)


@transaction.atomic
def submit_as_it_is(*, page_id: int, user, seen_original: str) -> None:
    """Submit the public translation anew. seen_original: the digest of the original that it was checked against.

    Raises ConfirmationRefused; what decisions.submit raises.
    """
    page = Page.objects.select_for_update().get(pk=page_id).specific
    ledger.hold()
    if not may_be_sent_as_it_is(page, records=Records([page])):
        raise ConfirmationRefused(_("There is nothing to confirm: change the text in the editor and submit it."))
    if original_digest_for(page) != seen_original:
        raise ConfirmationRefused(_("The original has changed again. Please compare the text with it once more."))
    decisions.submit(page_id=page_id, user=user)
