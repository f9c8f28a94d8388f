"""What was closed after a backup was taken: the backup cannot know it, and a restore must not make it public again."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from cms.backup.errors import BackupError
from cms.backup.manifest import JournalPosition, Manifest
from frontend_api.closings import Closing, Journal, JournalUnusable, read
from frontend_api.restored import Closed

ASKED = (
    "What was closed after {taken_at} would be public again, and nobody knows what that is: {why}. Nothing was "
    "changed. Name the journal with --closings FILE. If it is lost, ask the leadership, and say what was closed with "
    "--closed CONTENT_ID or --closed CONTENT_ID:LOCALE, as often as it takes, or --nothing-was-closed-since.{known}"
)
KNOWN = " In any case what the journal does tell of is closed again: {closings}."
# A closing that was under way when the backup began bears an earlier moment. One that the backup has withholds nothing.
UNDER_WAY = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class Answer:
    """What the operator says was closed after the backup. closed: content_id and locale, or None for all languages."""

    nothing: bool = False
    closed: tuple[tuple[UUID, str | None], ...] = ()


@dataclass
class Since:
    """What was closed after the backup. under_notice: what was declared no longer current, and stays readable.

    told_to: up to when the journal speaks; None without one that can be read.
    """

    closed: list[Closed] = field(default_factory=list)
    under_notice: list[Closing] = field(default_factory=list)
    told_to: dt.datetime | None = None


def position(journal: Path | None) -> tuple[JournalPosition | None, str]:
    """How far the journal has come, and why that is not known, or empty.

    Asked for before the database is read: what is in the journal by then is in the database as well.
    """
    if journal is None:
        return None, "no journal of closings is kept (CLOSINGS_JOURNAL)"
    try:
        known = read(journal)
    except JournalUnusable as error:
        return None, f"the journal of closings cannot be read: {error}"
    if not known.hashes:
        return None, f"{journal} is not a journal of closings: {known.fault}"
    return JournalPosition(closings=len(known.closings), hash=known.hashes[-1]), known.fault


def closed_since(manifest: Manifest, *, journal: Path | None, answer: Answer) -> Since:
    """What was closed after the backup, by the journal and by the operator, who is asked only where it says too little.

    What the journal tells counts whatever the operator says. Raises BackupError: nobody knows.
    """
    known, why = _after(manifest, journal)
    if why and not (answer.nothing or answer.closed):
        taken_at = f"{dt.datetime.fromisoformat(manifest.taken_at):%F %T} UTC"
        raise BackupError(ASKED.format(taken_at=taken_at, why=why, known=_in_words(known)))
    since = Since(under_notice=[one for one in known if not one.closes], told_to=_told_to(journal))
    latest = {(one.content_id, one.locale): one for one in known if one.closes}
    since.closed = [
        Closed(content_id=one.content_id, locale=one.locale, number=one.number, at=one.at, reason=one.reason)
        for one in latest.values()
    ]
    since.closed += [Closed(content_id=content_id, locale=locale) for content_id, locale in answer.closed]
    return since


def _in_words(known: list[Closing]) -> str:
    named = [f"{one.content_id}:{one.locale} ({one.at:%F %T} UTC)" for one in known if one.closes]
    return KNOWN.format(closings=", ".join(named)) if named else ""


def _told_to(path: Path | None) -> dt.datetime | None:
    try:
        return read(path).told_to if path else None
    except JournalUnusable:
        return None


def _after(manifest: Manifest, path: Path | None) -> tuple[list[Closing], str]:
    """What the journal has after the backup, and why that is not all, or empty.

    Where it is not known how far it had come at the backup, what it has counts by its moment.
    """
    if path is None:
        return [], "no journal of closings is named (CLOSINGS_JOURNAL)"
    try:
        journal = read(path)
    except JournalUnusable as error:
        return [], f"the journal of closings cannot be read: {error}"
    then, taken_at = manifest.closings, dt.datetime.fromisoformat(manifest.taken_at)
    earliest = taken_at - UNDER_WAY
    behind = [one for one in journal.behind if one.at >= earliest]
    by_their_moment = [*(one for one in journal.closings if one.at >= earliest), *behind]
    if then is None:
        return by_their_moment, "no journal of closings was kept when the backup was taken"
    if not _goes_on_from(then, journal):
        why = f"{path} is not the journal that was kept when the backup was taken, or it was cut off"
        return by_their_moment, why
    after = journal.closings[then.closings :]
    if journal.fault:
        return [*after, *behind], f"{path}: {journal.fault}"
    if journal.told_to <= taken_at:
        why = "it is an old copy, was cut off, or no worker wrote since"
        return after, f"{path} says nothing of the time after the backup: {why}"
    return after, ""


def _goes_on_from(then: JournalPosition, journal: Journal) -> bool:
    lines = dict(zip(journal.hashes, journal.counts, strict=True))
    return lines.get(then.hash) == then.closings
