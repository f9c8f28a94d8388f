"""Whether a text is public, by the ledger, and whether another version of it corrects or only confirms it."""

import json
from uuid import UUID

from approvals.models import EntryKind, LedgerEntry, TextOnRecord
from site_pages.corrections import NOTE, Correction
from site_pages.models import DocumentPage
from site_pages.public_form.builders import FormIncomplete, build
from site_pages.public_form.canonical import PublicForm
from site_pages.public_form.files import FileUnreadable


def public_entry(*, content_id: UUID, locale: str) -> LedgerEntry | None:
    """The entry by which the text is public now; None when it is not. What takes a text down is asked here."""
    entries = LedgerEntry.objects.about(content_id=content_id, locale=locale)
    return entries.filter(kind=EntryKind.PUBLISHED).last()


def correction_by(page: DocumentPage, *, form: PublicForm | None) -> Correction | None:
    """What this form of the page changes in what is public; None when the text is not public.

    form: None where it cannot be known; that counts as a change, and so does a page that is live beside the ledger.
    """
    entry = public_entry(content_id=page.content_id, locale=page.locale_code)
    if entry is None:
        return Correction(published_at=None, last_note="", is_change=True) if page.live else None
    text = TextOnRecord.objects.filter(digest=entry.digest).first()
    return Correction(
        published_at=entry.recorded_at,
        last_note=json.loads(text.canonical)[NOTE] if text else "",
        is_change=form is None or form.digest != entry.digest,
    )


def correction_of(page: DocumentPage) -> Correction | None:
    """The same of the page as it is in memory."""
    try:
        form = build(page)
    except (FormIncomplete, FileUnreadable):
        form = None
    return correction_by(page, form=form)
