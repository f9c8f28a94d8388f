"""What readers find of one correction or withdrawal at the moment at which its letter is written.

Nothing is taken from drafts or pages: titles and notes come from the cleared text that is public, reasons from the
statement that readers were told. What was closed since is not told of as if it were still there.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from approvals.facts import closes, last_publication
from approvals.inbox import LANGUAGES
from approvals.models import EntryKind, LedgerEntry
from approvals.public_addresses import difference_address, document_address, version_address, versions_address
from approvals.texts_on_record import payload_of
from approvals.withdrawal.facts import public_state
from site_pages.corrections import MINOR, NOTE, words_of
from site_pages.models import DOCUMENT_TYPES
from site_pages.withdrawal import Statement, WithdrawalClass


@dataclass(frozen=True)
class Correction:
    """A correction of a document that is public. before, difference: addresses; empty when nobody knows the numbers."""

    entry: LedgerEntry
    title: str
    note: str
    is_minor: bool
    before: str
    difference: str

    @property
    def what(self) -> str:
        """Type and language of the document, in the language of the letter."""
        return what_it_is(self.entry)

    @property
    def address(self) -> str:
        """Where the document is."""
        return document_address(content_id=self.entry.content_id, locale=self.entry.locale)

    @property
    def versions(self) -> str:
        """Where all its versions are listed."""
        return versions_address(content_id=self.entry.content_id, locale=self.entry.locale)


@dataclass(frozen=True)
class Withdrawal:
    """A document that was taken down. title: only while its text is public under a notice, else empty: what was wrong
    may be the title. successor, successor_title: of the one that takes its place, while that is public."""

    entry: LedgerEntry
    statement: Statement
    title: str
    successor: str = ""
    successor_title: str = ""

    @property
    def what(self) -> str:
        """Type and language of the document, in the language of the letter."""
        return what_it_is(self.entry)

    @property
    def address(self) -> str:
        """Where the document was, or is under its notice."""
        return document_address(content_id=self.entry.content_id, locale=self.entry.locale)

    @property
    def is_in_error(self) -> bool:
        """Whether it is gone because it was wrong."""
        return self.statement.withdrawal_class == WithdrawalClass.IN_ERROR

    @property
    def is_superseded(self) -> bool:
        """Whether another one has taken its place."""
        return self.statement.withdrawal_class == WithdrawalClass.SUPERSEDED


def correction_of(entry: LedgerEntry, *, now: dt.datetime) -> Correction | None:
    """The correction that a `published` entry made; None when readers no longer find the document or its version."""
    entries = list(LedgerEntry.objects.about(content_id=entry.content_id, locale=entry.locale))
    public = public_text(content_id=entry.content_id, locale=entry.locale, now=now)
    corrected = payload_of(entry.digest)
    if public is None or corrected is None or _was_closed_since(entry, entries):
        return None
    numbers = _numbers(entry, entries)
    about = {"content_id": entry.content_id, "locale": entry.locale}
    update_type, note = corrected["update_type"], corrected[NOTE]
    return Correction(
        entry=entry,
        title=_on_one_line(public["title"]),
        note=words_of(update_type=update_type, note=note, locale=entry.locale),
        is_minor=update_type == MINOR,
        before=version_address(**about, number=numbers[0]) if numbers else "",
        difference=difference_address(**about, number=numbers[1]) if numbers else "",
    )


def withdrawal_of(entry: LedgerEntry, *, now: dt.datetime) -> Withdrawal | None:
    """What a `withdrawn` entry says; None when the document, readable under a notice then, was closed since."""
    statement = Statement.from_json(entry.details["statement"])
    if not statement.closes:
        public = public_text(content_id=entry.content_id, locale=entry.locale, now=now)
        entries = LedgerEntry.objects.about(content_id=entry.content_id, locale=entry.locale)
        if public is None or _was_closed_since(entry, entries):
            return None
        return Withdrawal(entry, statement, title=_on_one_line(public["title"]))
    if statement.successor is None:
        return Withdrawal(entry, statement, title="")
    following = public_text(content_id=statement.successor, locale=entry.locale, now=now)
    if following is None:
        return Withdrawal(entry, statement, title="")
    address = document_address(content_id=statement.successor, locale=entry.locale)
    return Withdrawal(
        entry, statement, title="", successor=address, successor_title=_on_one_line(following["title"])
    )  # fmt: skip


def public_text(*, content_id: UUID, locale: str, now: dt.datetime) -> dict | None:
    """The cleared text that readers find; None when they find nothing: closed, withheld, ended, or not on record."""
    state = public_state(content_id=content_id, locale=locale)
    payload = None if state is None or state.is_withheld else payload_of(state.digest)
    if payload is None:
        return None
    ends_at = payload.get("expires_at")
    return None if ends_at and dt.datetime.fromisoformat(ends_at) <= now else payload


def what_it_is(entry: LedgerEntry) -> str:
    """Type and language of the entry's document, in the language that is active."""
    return f"{DOCUMENT_TYPES[entry.document_type]._meta.verbose_name} · {LANGUAGES[entry.locale]}"


def _was_closed_since(entry: LedgerEntry, entries) -> bool:
    """Whether the document was closed after this entry. What is public now was then published anew, past apart."""
    return any(closes(one) for one in entries if one.number > entry.number)


def _numbers(entry: LedgerEntry, entries: list[LedgerEntry]) -> tuple[int, int] | None:
    """The numbers for readers of the version before and of this one; None when one of them is not on record."""
    published = [one for one in entries if one.kind == EntryKind.PUBLISHED or closes(one)]
    previous = last_publication(one for one in published if one.number < entry.number)
    numbers = (previous.details.get("version") if previous else None, entry.details.get("version"))
    return None if None in numbers else numbers


def _on_one_line(words: str) -> str:
    return " ".join(words.split())
