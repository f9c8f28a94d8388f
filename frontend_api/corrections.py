"""What readers are told of the changes of a document: kept with its row, so that one question answers all of it.

The log of publications is what counts; `verify_publications` holds the rows against it.
"""

from collections.abc import Collection, Iterable
from typing import Any

from frontend_api.models import KINDS_WITH_TEXT, Publication, PublicationKind
from frontend_api.representations import address, moment
from site_pages.corrections import NOTICE_LIFTED, is_readable, words_of
from site_pages.withdrawal import WithdrawalClass


def note_of(publication: Publication) -> str:
    """What readers are told of a publication, in the language of the document; empty where nothing changed."""
    if publication.kind != PublicationKind.CORRECTED:
        return ""
    return words_of(update_type=publication.update_type, note=publication.change_note, locale=publication.locale)


def own_note_of(publication: Publication) -> str:
    """The note that came with a publication; empty where there is nothing in it to read."""
    return publication.change_note if is_readable(publication.change_note) else ""


def correction(publication: Publication, *, previous: int | None) -> dict[str, Any]:
    """One correction as the row keeps it. previous: the number of the text before it. is_open: both can be read."""
    return {
        "version": publication.number,
        "previous_version": previous,
        "at": moment(publication.at),
        "update_type": publication.update_type,
        "note": note_of(publication),
        "is_open": True,
    }


def closed(kept: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same corrections, of texts that are no longer shown."""
    return [{**one, "is_open": False} for one in kept]


def corrections_from(log: Iterable[Publication], *, withheld: Collection[int] = ()) -> list[dict[str, Any]]:
    """The corrections of one text. log: all that the log has of it, oldest first, with tombstones.

    withheld: up to which numbers restores withhold it (WithheldText.up_to).
    """
    found: list[dict[str, Any]] = []
    previous: int | None = None
    for publication in log:
        if publication.kind in KINDS_WITH_TEXT:
            if publication.kind == PublicationKind.CORRECTED:
                found.append(correction(publication, previous=previous))
            if previous is not None and any(previous <= up_to < publication.number for up_to in withheld):
                found = closed(found)
            previous = publication.number
        elif publication.tombstone.withdrawal_class != WithdrawalClass.NO_LONGER_CURRENT:
            found = closed(found)
    return found


def told_with(publication: Publication, *, is_under_notice: bool) -> list[dict[str, str]]:
    """What one publication adds to the `change_history` of its text. is_under_notice: whether the text stood under one.

    To publish a text again, changed or not, lifts its notice: readers are told, though nothing else may have changed.
    """
    if publication.kind == PublicationKind.WITHDRAWN:
        notes = [publication.tombstone.reason]
    else:
        notes = [NOTICE_LIFTED[publication.locale] if is_under_notice else "", own_note_of(publication)]
    return [{"at": moment(publication.at), "note": note} for note in notes if note]


def history_from(log: Iterable[Publication]) -> list[dict[str, str]]:
    """The `change_history` of one text. log: all that the log has of it, oldest first, with tombstones."""
    told: list[dict[str, str]] = []
    is_under_notice = False
    for publication in log:
        told += told_with(publication, is_under_notice=is_under_notice)
        is_under_notice = (
            publication.kind == PublicationKind.WITHDRAWN
            and publication.tombstone.withdrawal_class == WithdrawalClass.NO_LONGER_CURRENT
        )
    return told


def version_address(*, content_id: Any, locale: str, number: int, what: str = "") -> str:
    """Where the API shows one version, or a part of what it knows of it. what: “/cleared” or “/difference”."""
    return address(f"/api/v1/documents/{content_id}/versions/{number}{what}?locale={locale}")


def as_public(kept: list[dict[str, Any]], *, content_id: Any, locale: str) -> list[dict[str, Any]]:
    """The corrections as the API shows them, each with the place of what it changed while that can be read."""
    shown = []
    for one in kept:
        place = version_address(content_id=content_id, locale=locale, number=one["version"], what="/difference")
        known = {name: value for name, value in one.items() if name != "is_open"}
        shown.append({**known, "difference": place if one["is_open"] else None})
    return shown
