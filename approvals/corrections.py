"""Whether a text is public, by the ledger, and whether another version of it corrects or only confirms it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from approvals.facts import closes, entries_of, last_publication
from approvals.models import EntryKind, LedgerEntry
from approvals.texts_on_record import payload_of, payloads_of
from site_pages.corrections import MAJOR, NOTE, Correction, words_of
from site_pages.models import DocumentPage
from site_pages.public_form.builders import FormIncomplete, build
from site_pages.public_form.canonical import PublicForm
from site_pages.public_form.files import FileUnreadable


def standing_notice(entries: Iterable[LedgerEntry]) -> str:
    """Under which notice the text stands, being public and no longer current; empty where it stands under none.

    entries: all ledger entries of the text, oldest first.
    """
    notice = ""
    for entry in entries:
        if entry.kind == EntryKind.PUBLISHED or closes(entry):
            notice = ""
        elif entry.kind == EntryKind.WITHDRAWN:
            notice = entry.details["statement"]["reason"]
    return notice


def public_entry(*, content_id: UUID, locale: str) -> LedgerEntry | None:
    """The entry by which the text is public now; None when it is not, or was closed since."""
    return last_publication(LedgerEntry.objects.about(content_id=content_id, locale=locale))


def correction_by(page: DocumentPage, *, form: PublicForm | None) -> Correction | None:
    """What this form of the page changes in what is public; None when the text is not public.

    form: None where it cannot be known; that counts as a change, and so does a page that is live beside the ledger.
    """
    entries = entries_of(content_id=page.content_id, locale=page.locale_code)
    entry = last_publication(entries)
    if entry is None:
        return Correction(published_at=None, last_note="", is_change=True) if page.live else None
    public = payload_of(entry.digest)
    return Correction(
        published_at=entry.recorded_at,
        last_note=public[NOTE] if public else "",
        is_change=form is None or form.digest != entry.digest,
        is_on_record=public is not None,
        standing_notice=standing_notice(entries),
    )


def correction_of(page: DocumentPage) -> Correction | None:
    """The same of the page as it is in memory."""
    if not page.live and public_entry(content_id=page.content_id, locale=page.locale_code) is None:
        return None
    try:
        form = build(page)
    except (FormIncomplete, FileUnreadable):
        form = None
    return correction_by(page, form=form)


@dataclass(frozen=True)
class Notice:
    """What readers will be told with a text that is public already, if it becomes public as it is.

    lifts: the notice of a document that is no longer current; its publication lifts it. Empty where there is none.
    """

    is_change: bool
    update_type: str
    words: str
    lifts: str = ""

    @property
    def is_major(self) -> bool:
        """Whether readers are told that there is something new."""
        return self.update_type == MAJOR


def notice_of(page: DocumentPage, *, form: PublicForm) -> Notice | None:
    """The notice that goes out with this form of the page; None when nothing is public yet."""
    correction = correction_by(page, form=form)
    if correction is None:
        return None
    update_type, note = form.payload["update_type"], form.payload[NOTE]
    words = words_of(update_type=update_type, note=note, locale=page.locale_code)
    return Notice(
        is_change=correction.is_change, update_type=update_type, words=words, lifts=correction.standing_notice
    )


@dataclass(frozen=True)
class PublicVersion:
    """One version that became public, by the ledger. previous: the one before it; None for the first.

    payload: its text; None when it is not on record.
    """

    entry: LedgerEntry
    previous: "PublicVersion | None"
    payload: dict[str, Any] | None

    @property
    def number(self) -> int | None:
        """Its number for readers; unknown of those that became public before numbers were written down."""
        return self.entry.details.get("version")

    @property
    def is_change(self) -> bool:
        """Whether it differs from the one before."""
        return self.previous is not None and self.previous.entry.digest != self.entry.digest

    @property
    def words(self) -> str:
        """What readers were told with it; empty when there was nothing to tell."""
        if not self.is_change or self.payload is None:
            return ""
        return words_of(update_type=self.payload["update_type"], note=self.payload[NOTE], locale=self.entry.locale)


def versions_of(entries: Iterable[LedgerEntry]) -> list[PublicVersion]:
    """Every version that became public, the newest first. entries: all of the document, oldest first."""
    published = [entry for entry in entries if entry.kind == EntryKind.PUBLISHED]
    payloads = payloads_of(entry.digest for entry in published)
    versions: list[PublicVersion] = []
    for entry in published:
        previous = versions[-1] if versions else None
        versions.append(PublicVersion(entry, previous=previous, payload=payloads.get(entry.digest)))
    return versions[::-1]
