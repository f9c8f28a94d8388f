"""What a change of a public text owes its readers: a notice. Plain rules; they know neither who decides nor the tables.

A text that is public changes by a correction, major or minor, and every correction leaves a public record. A major one
says in words of its own what changed; a minor one may leave that to a standing wording. What changes not one byte is
no correction: the text is only confirmed. What changes nothing but the note is one: the bytes are others.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from site_pages.requirements import Issue

MAJOR, MINOR = "major", "minor"
LONGEST_NOTE = 500
NOTE = "change_note"
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
    """

    published_at: datetime | None
    last_note: str
    is_change: bool
    standing_notice: str = ""


def issues(*, correction: Correction | None, update_type: str, note: str) -> Iterator[Issue]:
    """What is wrong with the notice. correction: None for a text that is not public."""
    if any(unicodedata.category(character) == "Cc" and character not in "\t\n\r" for character in note):
        yield Issue(NOTE, "characters", _("The public note holds a character that no text may hold."))
    if len(note) > LONGEST_NOTE:
        yield Issue(
            NOTE, "too_long", _("The public note is longer than %(limit)s characters.") % {"limit": LONGEST_NOTE}
        )
    if correction is None or not correction.is_change:
        return
    if update_type == MAJOR and not is_readable(note):
        yield Issue(NOTE, "required", _("A major change of a published text needs a public note."))
    elif note.strip() and note.strip() == correction.last_note.strip():
        yield Issue(NOTE, "repeated", _("The public note is still that of the last correction. Say what changes now."))


def is_readable(note: str) -> bool:
    """Whether there is anything to read: spaces, dots and invisible characters are no note."""
    return any(character.isalnum() for character in note)


def words_of(*, update_type: str, note: str, locale: str) -> str:
    """What readers are told of a correction, in the language of the document."""
    return note.strip() if is_readable(note) else STANDING_NOTES.get(update_type, STANDING_NOTES[MAJOR])[locale]
