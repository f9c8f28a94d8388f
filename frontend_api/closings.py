"""The journal of closings: a file outside of the database that outlives it, so that a restore knows what was closed.

One JSON object a line (RFC 8785), each with the hash of the line before and its own. A line says of a withdrawal what
readers were told of it, and nothing of the text. It is only ever appended to, and never made by itself: a disk that is
not mounted must not look like an office that closed nothing.
"""

import datetime as dt
import fcntl
import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import rfc8785
from django.conf import settings

from frontend_api.deliveries import DeliveryReport, close, lease, retry_later
from frontend_api.models import Delivery, DeliveryChannel, Tombstone
from site_pages.withdrawal import WithdrawalClass

logger = logging.getLogger(__name__)
FORMAT = "jarchy-closings-1"
# So often that a restore an hour after a backup finds it marked since; each mark reads the file once.
MARKED_EVERY = dt.timedelta(minutes=10)


class JournalUnusable(Exception):
    """The file is not there, cannot be written, or is not what was written. Nothing was added to it."""


@dataclass(frozen=True)
class Closing:
    """One withdrawal as the journal tells of it. number: of its publication, in the database that it was made in."""

    content_id: UUID
    locale: str
    number: int
    withdrawal_class: WithdrawalClass
    reason: str
    at: dt.datetime

    @property
    def closes(self) -> bool:
        """Whether readers no longer found the text."""
        return self.withdrawal_class != WithdrawalClass.NO_LONGER_CURRENT

    @classmethod
    def of(cls, tombstone: Tombstone) -> "Closing":
        """What a tombstone says."""
        return cls(
            content_id=tombstone.content_id,
            locale=tombstone.locale,
            number=tombstone.publication_id,
            withdrawal_class=WithdrawalClass(tombstone.withdrawal_class),
            reason=tombstone.reason,
            at=tombstone.at.astimezone(dt.UTC),
        )

    def as_json(self) -> dict[str, Any]:
        """As it stands in its line."""
        values = {"content_id": str(self.content_id), "class": str(self.withdrawal_class), "at": self.at.isoformat()}
        return {**values, "locale": self.locale, "number": self.number, "reason": self.reason}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Closing":
        """What `as_json` gave. Raises KeyError, ValueError, TypeError."""
        at = dt.datetime.fromisoformat(values["at"])
        if at.tzinfo is None:
            raise ValueError("at")
        return cls(
            content_id=UUID(values["content_id"]),
            locale=values["locale"],
            number=values["number"],
            withdrawal_class=WithdrawalClass(values["class"]),
            reason=values["reason"],
            at=at,
        )


@dataclass
class Journal:
    """What a journal says. hashes: of its lines. counts: how many closings it told of by each line. begun_at, told_to:
    the moments of its first and its last line. fault: why it says no more, or empty. behind: what lines after the fault
    tell that are whole in themselves; the chain does not hold them.
    """

    hashes: list[str] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    closings: list[Closing] = field(default_factory=list)
    begun_at: dt.datetime | None = None
    told_to: dt.datetime | None = None
    fault: str = ""
    behind: list[Closing] = field(default_factory=list)


def kept_at() -> Path | None:
    """Where this office keeps its journal; None where it keeps none."""
    return Path(settings.CLOSINGS_JOURNAL) if settings.CLOSINGS_JOURNAL else None


def begin(path: Path, *, now: dt.datetime) -> str:
    """Make an empty journal; the hash of its first line. Raises JournalUnusable: it is there, or cannot be made."""
    begun = {"format": FORMAT, "begun_at": now.astimezone(dt.UTC).isoformat(), "salt": os.urandom(8).hex()}
    line, own_hash = _line(begun)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            target.write(line)
            target.flush()
            os.fsync(target.fileno())
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise JournalUnusable(f"{path}: {error.strerror}") from error
    return own_hash


def read(path: Path) -> Journal:
    """Everything up to the first line that is not as it was written. Raises JournalUnusable: it cannot be read."""
    try:
        return _read(path.read_bytes())
    except OSError as error:
        raise JournalUnusable(f"{path}: {error.strerror}") from error


def append(path: Path, closing: Closing) -> None:
    """Write a closing down, unless it is there already; on the disk when it returns. Raises JournalUnusable.

    A line without its end was being written when the machine stopped: nobody was told that it was done, and it goes.
    """
    _add(path, closing.as_json(), unless=lambda journal: closing in journal.closings)


def mark(path: Path, *, now: dt.datetime) -> bool:
    """Say that the journal is kept, where it has said nothing for MARKED_EVERY: whether it was necessary.

    A journal that was cut off at its end, or an old copy, is known by what it does not say. Raises JournalUnusable.
    """
    at = now.astimezone(dt.UTC)
    is_fresh = lambda journal: journal.told_to is not None and at < journal.told_to + MARKED_EVERY  # noqa: E731
    return _add(path, {"marked_at": at.isoformat()}, unless=is_fresh)


def mark_due(*, now: dt.datetime) -> int:
    """Mark the journal of this office, if it keeps one and it is time; how many lines."""
    path = kept_at()
    return int(path is not None and mark(path, now=now))


def _add(path: Path, values: dict[str, Any], *, unless: Callable[[Journal], bool]) -> bool:
    try:
        with _locked(path) as target:
            content = target.read()
            whole = content[: content.rfind(b"\n") + 1]
            journal = _read(whole)
            if journal.fault:
                raise JournalUnusable(f"{path}: {journal.fault}")
            if unless(journal):
                return False
            line, _own_hash = _line({**values, "previous": journal.hashes[-1]})
            target.truncate(len(whole))
            target.seek(len(whole))
            target.write(line)
            target.flush()
            os.fsync(target.fileno())
            return True
    except OSError as error:
        raise JournalUnusable(f"{path}: {error.strerror}") from error


def record_due(*, now: dt.datetime, limit: int) -> DeliveryReport:
    """Write down the withdrawals that are not in the journal yet. Without CLOSINGS_JOURNAL none is kept.

    A journal that cannot be written is tried again at least once a minute, and each time it is an error of the log.
    """
    report, path = DeliveryReport(), kept_at()
    waiting = lease(now=now, limit=limit, channels=[DeliveryChannel.JOURNAL])
    for delivery in waiting:
        try:
            if path is not None:
                append(path, Closing.of(Tombstone.objects.get(pk=delivery.publication_id)))
        except JournalUnusable as failure:
            logger.error("closing_not_in_journal", extra={"publication": delivery.publication_id, "why": str(failure)})
            retry_later(delivery, now=now, reason=str(failure))
            report.retried.append(delivery.pk)
        else:
            close(delivery, done_at=now, last_error="")
            report.done.append(delivery.pk)
    return report


def settled() -> list[Closing]:
    """The withdrawals of this database that do not wait for the journal. Asked for before the journal is read: what is
    settled was written down before."""
    waiting = Delivery.objects.filter(channel=DeliveryChannel.JOURNAL, done_at=None, dead_at=None)
    done = Tombstone.objects.exclude(pk__in=waiting.values("publication_id"))
    return [Closing.of(tombstone) for tombstone in done.order_by("pk")]


def missing(journal: Journal, *, settled: list[Closing]) -> list[Closing]:
    """Those of them since the journal was begun that it does not tell of: a worker that knew of none took them."""
    known = set(journal.closings)
    return [one for one in settled if journal.begun_at and one.at >= journal.begun_at and one not in known]


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    """The file, for this process alone. It has to be there."""
    with path.open("r+b") as target:
        fcntl.flock(target, fcntl.LOCK_EX)
        yield target


def _line(values: dict[str, Any]) -> tuple[bytes, str]:
    own_hash = hashlib.sha256(rfc8785.dumps(values)).hexdigest()
    return rfc8785.dumps({**values, "hash": own_hash}) + b"\n", own_hash


def _whole(line: bytes) -> tuple[dict[str, Any], str]:
    """What a line says, and its hash. Raises AttributeError, KeyError, TypeError, ValueError: it was not written so."""
    values = json.loads(line)
    own_hash = values.pop("hash")
    if _line(values) != (line + b"\n", own_hash):
        raise ValueError("hash")
    return values, own_hash


def _closings_in(lines: list[bytes]) -> Iterator[Closing]:
    """What those of the lines tell that are whole in themselves."""
    for line in lines:
        with suppress(AttributeError, KeyError, TypeError, ValueError):
            yield Closing.from_json(_whole(line)[0])


def _read(content: bytes) -> Journal:
    journal = Journal()
    *lines, rest = content.split(b"\n")
    for number, line in enumerate(lines, start=1):
        try:
            values, own_hash = _whole(line)
            if number == 1:
                is_next, at = values["format"] == FORMAT, values["begun_at"]
            elif "marked_at" in values:
                is_next, at = values.pop("previous") == journal.hashes[-1], values["marked_at"]
            else:
                is_next, at = values.pop("previous") == journal.hashes[-1], values["at"]
                journal.closings.append(Closing.from_json(values))
            if not is_next:
                raise ValueError("previous")
            told_at = dt.datetime.fromisoformat(at)
            journal.begun_at = journal.begun_at or told_at
            journal.told_to = max(told_at, journal.told_to or told_at)
        except (AttributeError, KeyError, TypeError, ValueError):
            del journal.closings[journal.counts[-1] if journal.counts else 0 :]
            journal.fault = f"line {number} is not as it was written"
            journal.behind = list(_closings_in(lines[number - 1 :]))
            return journal
        journal.hashes.append(own_hash)
        journal.counts.append(len(journal.closings))
    if rest or not lines:
        journal.fault = f"line {len(lines) + 1} breaks off"
    return journal
