"""Guesses at the addresses of files: counted for all processes together, and an alarm within a minute.

The process that answers the public may write neither the database nor a cache that others read. What it may write is
one folder (ALARMS_ROOT): a guess is one byte at the end of a file, its length is the count, and names say the rest, so
that whoever reads the folder has no content to trust.
"""

import datetime as dt
import ipaddress
import logging
import os
import posixpath
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string

from frontend_api.models import Canary

logger = logging.getLogger(__name__)
# Where files are, were once, or are looked for by those who know how Wagtail names them.
GUESSED = re.compile(r"/(?:api/v1/files|media|documents|images|originals|-?served|renditions)(?:/|$)")
FILES = re.compile(r"/api/v1/files(?:/|$)")
# A number as it is written, or may be: with its dashes or without.
NUMBERS = re.compile("-?".join(f"[0-9a-f]{{{length}}}" for length in (8, 4, 4, 4, 12)))
SENT = (200, 206, 304)
MINUTE = "%Y%m%dT%H%M"
RAISED = re.compile(r"(\d{8}T\d{4})_([0-9a-f.:]{2,45}(?:-64)?|unknown|many)(_canary(?:-([0-9a-f]{32}))?)?")
SHOWN_FOR, COUNTS_KEPT_FOR, KEPT_FOR = dt.timedelta(hours=1), dt.timedelta(minutes=10), dt.timedelta(days=30)
MOST_SHOWN = 500
# The address that stands for guesses of many clients, each of whom made few.
TOGETHER = "many"


@dataclass(frozen=True)
class Alarm:
    """One client who guessed too often, or asked for a canary; at: the minute in which it was noticed.

    address: TOGETHER where many clients guessed, each too seldom to be told of.
    canary: the file_id of the canary that was asked for.
    """

    address: str
    at: dt.datetime
    is_canary: bool = False
    canary: UUID | None = None


class FileGuessesMiddleware:
    """Counts the answers “there is no such file” to strangers, and looks for canaries; changes no answer.

    A canary is found whatever the method, the answer and the way its number is written: to ask at all betrays.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        path = _plain(request.path)
        if FILES.match(path) and (request.method not in ("GET", "HEAD") or response.status_code not in SENT):
            _watch_canaries(request, path)
        if response.status_code == 404 and GUESSED.match(path) and _is_stranger(request):
            try:
                note_guess(address=_address_of(request), now=timezone.now())
            except OSError:
                logger.exception("file_guess_not_counted")
        return response


def _plain(path: str) -> str:
    """The path in one form: what servers and readers take for the same is the same."""
    slashes = re.sub(r"[/\\]+", "/", unquote(path))
    return posixpath.normpath(slashes).casefold()


def _address_of(request: HttpRequest) -> str:
    return import_string(settings.AXES_CLIENT_IP_CALLABLE)(request)


def _is_stranger(request: HttpRequest) -> bool:
    """Whether nobody is signed in. The public process knows strangers only."""
    user = getattr(request, "user", None)
    return user is None or not user.is_authenticated


def _watch_canaries(request: HttpRequest, path: str) -> None:
    numbers = [UUID(number) for number in NUMBERS.findall(path)]
    if not numbers:
        return
    try:
        for canary in Canary.objects.filter(pk__in=numbers):
            note_canary(
                address=_address_of(request), file_id=canary.file_id, filename=canary.filename, now=timezone.now()
            )
    except (OSError, DatabaseError):
        logger.exception("canary_not_reported")


def note_guess(*, address: str, now: dt.datetime) -> None:
    """Count one guess of this client, and of all clients together; raises the alarm for either, once a minute.

    Of one client, FILE_GUESSES_PER_MINUTE within this minute and the last are too many; of all together
    FILE_GUESSES_OF_ALL_PER_MINUTE, of which nobody alone makes more than would be told anyway.
    Raises OSError: the folder cannot be written.
    """
    client = _client(address)
    if _count(client, most=settings.FILE_GUESSES_PER_MINUTE, now=now):
        _count(TOGETHER, most=settings.FILE_GUESSES_OF_ALL_PER_MINUTE, now=now)


def _count(client: str, *, most: int, now: dt.datetime) -> bool:
    """Whether it is still fewer than what is too many.

    Not at exactly that one only: guesses of the last minute may still be written down while those of this one are.
    """
    counted = _add_one(_counts(now) / client)
    before = _length(_counts(now - dt.timedelta(minutes=1)) / client)
    mark = _counts(now) / f"{client}_told"
    if counted + before < most:
        return True
    if not _is_first(mark):
        return False
    try:
        _raise(f"{now.astimezone(dt.UTC):{MINUTE}}_{client}")
    except OSError:
        mark.unlink()  # the next guess tries again
        raise
    logger.error("file_guessing", extra={"address": client, "guesses": counted + before})
    return False


def note_canary(*, address: str, file_id: UUID, filename: str, now: dt.datetime) -> None:
    """Raise the alarm for one request for a canary: nobody comes upon such an address by what is public.

    Raises OSError: the folder cannot be written.
    """
    client = _client(address)
    logger.error("canary_touched", extra={"address": client, "canary": filename})
    _raise(f"{now.astimezone(dt.UTC):{MINUTE}}_{client}_canary-{file_id.hex}")


def _raise(name: str) -> None:
    folder = _folder("raised")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).touch()


def take_note(*, now: dt.datetime) -> list[Alarm]:
    """Alarms that nobody has taken note of; each is given once, to one worker. Old counts are thrown away."""
    noted = _folder("noted")
    taken = []
    for alarm, path in _alarms_in(_folder("raised")):
        noted.mkdir(parents=True, exist_ok=True)
        try:
            path.rename(noted / path.name)
        except FileNotFoundError:
            continue  # another worker was quicker
        words = {"address": alarm.address, "at": alarm.at.isoformat(), "is_canary": alarm.is_canary}
        logger.error("file_guessing_reported", extra=words)
        taken.append(alarm)
    _throw_away(now)
    return taken


def recent_alarms(*, now: dt.datetime) -> list[Alarm]:
    """The alarms of the last hour, the newest last."""
    return sorted((alarm for alarm in _all_alarms() if alarm.at > now - SHOWN_FOR), key=_by_time)


def kept_alarms(*, of_canaries: bool) -> list[Alarm]:
    """Requests for canaries, or else guesses, for as long as they are kept, the latest first; MOST_SHOWN at most.

    Each kind alone, so that nobody hides the one behind many of the other. Raises OSError: the folder cannot be read.
    """
    found = [alarm for alarm in _all_alarms() if alarm.is_canary == of_canaries]
    return sorted(found, key=_by_time, reverse=True)[:MOST_SHOWN]


def _all_alarms() -> set[Alarm]:
    return {alarm for name in ("raised", "noted") for alarm, _path in _alarms_in(_folder(name))}


def _by_time(alarm: Alarm) -> tuple:
    return alarm.at, alarm.address, alarm.canary is not None, str(alarm.canary)


def _client(address: str) -> str:
    """The address; of IPv6 the network that one customer has, so that nobody hides among its addresses."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return f"{ipaddress.IPv6Network((parsed, 64), strict=False).network_address}-64"


def _folder(name: str) -> Path:
    return Path(settings.ALARMS_ROOT) / name


def _counts(now: dt.datetime) -> Path:
    return _folder("counts") / f"{now.astimezone(dt.UTC):{MINUTE}}"


def _add_one(path: Path) -> int:
    """Append one byte; gives the place behind it, which no other process gets."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        os.write(descriptor, b".")
        return os.lseek(descriptor, 0, os.SEEK_CUR)
    finally:
        os.close(descriptor)


def _is_first(mark: Path) -> bool:
    """Whether nobody has put this mark before, in whichever process."""
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _length(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _alarms_in(folder: Path) -> Iterator[tuple[Alarm, Path]]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if named := RAISED.fullmatch(path.name):
            canary = UUID(named[4]) if named[4] else None
            yield Alarm(address=named[2], at=_moment(named[1]), is_canary=named[3] is not None, canary=canary), path


def _moment(text: str) -> dt.datetime:
    try:
        return dt.datetime.strptime(text, MINUTE).replace(tzinfo=dt.UTC)
    except ValueError:
        return dt.datetime.min.replace(tzinfo=dt.UTC)


def _throw_away(now: dt.datetime) -> None:
    counts = _folder("counts")
    for path in counts.iterdir() if counts.is_dir() else ():
        if re.fullmatch(r"\d{8}T\d{4}", path.name) and _moment(path.name) < now - COUNTS_KEPT_FOR:
            shutil.rmtree(path, ignore_errors=True)
    for alarm, path in _alarms_in(_folder("noted")):
        if alarm.at < now - KEPT_FOR:
            path.unlink(missing_ok=True)
