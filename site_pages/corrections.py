"""What a change of a public text owes its readers: a notice. Plain rules; they know neither who decides nor the tables.

A text that is public changes by a correction, major or minor, and every correction leaves a public record. A major one
says in words of its own what changed; a minor one may leave that to a standing wording. What changes not one byte is
no correction: the text is only confirmed. What changes nothing but the note is one: the bytes are others.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _

from site_pages.requirements import Issue

MAJOR, MINOR = "major", "minor"
LONGEST_NOTE, LONGEST_REASON = 500, 2000
NOTE = "change_note"
# Letters by name that show nothing: the fillers of Hangul.
FILLERS = "\u115f\u1160\u3164\uffa0"
# Marks that turn the order of what follows: with them a text says one thing to the eye and another to programs.
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# The rest of what Unicode ignores by default. Some of it has its place in words, and it is no fault.
UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065\u206a-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# What of a public form is its notice, and no part of the text.
OF_THE_NOTICE = frozenset({"update_type", NOTE})
# Public words, in the language of the document: they are data of the API, not words of a screen.
STANDING_NOTES = {
    MAJOR: {"ky": "Текст өзгөртүлдү.", "ru": "Текст изменён.", "en": "The text was changed."},
    MINOR: {
        "ky": "Майда түзөтүү киргизилди, тексттин мааниси өзгөргөн жок.",
        "ru": "Внесено незначительное исправление, смысл текста не изменился.",
        "en": "A minor correction was made; the meaning of the text has not changed.",
    },
}
# What readers are told when a text that was no longer current becomes public again, changed or not.
NOTICE_LIFTED = {
    "ky": "Документтин актуалдуулугун жоготкондугу жөнүндөгү эскертме алынып салынды.",
    "ru": "Пометка о том, что документ утратил актуальность, снята.",
    "en": "The notice that the document is no longer current was lifted.",
}


@dataclass(frozen=True)
class Correction:
    """What a text would change in what is public. is_change: whether the two differ in one byte.

    last_note: the note with which the public version became public; empty when it had none or nobody knows it.
    standing_notice: under which the public text stands, being no longer current; a publication lifts it. Mostly empty.
    is_on_record: whether the record has the public text as it was cleared; without it nobody can see what changes.
    """

    published_at: datetime | None
    last_note: str
    is_change: bool
    standing_notice: str = ""
    is_on_record: bool = True


def issues(*, correction: Correction | None, update_type: str, note: str) -> Iterator[Issue]:
    """What is wrong with the notice. correction: None for a text that is not public."""
    if has_forbidden(note):
        yield Issue(NOTE, "characters", _("The public note holds a character that no text may hold."))
    if len(note) > LONGEST_NOTE:
        yield Issue(
            NOTE, "too_long", _("The public note is longer than %(limit)s characters.") % {"limit": LONGEST_NOTE}
        )
    if correction is None or not correction.is_change:
        return
    if not correction.is_on_record:
        yield Issue(NOTE, "record", _("The text on record is not the one that was cleared."))
    if update_type == MAJOR and not is_readable(note):
        yield Issue(NOTE, "required", _("A major change of a published text needs a public note."))
    elif _read(note) and _read(note) == _read(correction.last_note):
        yield Issue(NOTE, "repeated", _("The public note is still that of the last correction. Say what changes now."))


class ReasonFault(StrEnum):
    """What is wrong with a reason that readers will see."""

    UNREADABLE = "unreadable"
    CHARACTERS = "characters"
    TOO_LONG = "too_long"


def fault_of_reason(reason: str) -> ReasonFault | None:
    """What keeps readers from reading the reason of a withdrawal; None when nothing does."""
    if has_forbidden(reason):
        return ReasonFault.CHARACTERS
    if len(reason.strip()) > LONGEST_REASON:
        return ReasonFault.TOO_LONG
    return None if is_readable(reason) else ReasonFault.UNREADABLE


def has_forbidden(words: str) -> bool:
    """Whether public words hold what no text may hold: control characters, fillers, marks that turn the order."""
    return any(
        character in FILLERS + TURNING or (unicodedata.category(character) == "Cc" and character not in "\t\n\r")
        for character in words
    )


def is_readable(note: str) -> bool:
    """Whether there is anything to read: spaces, dots and invisible characters are no note."""
    return any(character.isalnum() and character not in FILLERS for character in note)


def _read(note: str) -> str:
    """What a reader reads of it: two notes that look alike are one."""
    return " ".join(UNSEEN.sub("", unicodedata.normalize("NFKC", note)).split())


def words_of(*, update_type: str, note: str, locale: str) -> str:
    """What readers are told of a correction, in the language of the document."""
    return note.strip() if is_readable(note) else STANDING_NOTES.get(update_type, STANDING_NOTES[MAJOR])[locale]
