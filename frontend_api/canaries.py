"""Planting addresses that look like those of files and belong to nothing public."""

import datetime as dt
import secrets
from urllib.parse import quote
from uuid import uuid4

from frontend_api.file_view import FILENAME
from frontend_api.models import Canary
from frontend_api.representations import address


class CanaryRefused(Exception):
    """The name could not be that of a file; nothing was planted."""


def plant(*, filename: str, note: str, now: dt.datetime) -> Canary:
    """Remember a new address. note: where it is put, for whoever hears the alarm. Raises CanaryRefused."""
    if not FILENAME.fullmatch(filename) or not note.strip():
        raise CanaryRefused(filename)
    return Canary.objects.create(
        file_id=uuid4(), filename=filename, sha256=secrets.token_hex(32), note=note.strip()[:200], planted_at=now
    )


def address_of(canary: Canary) -> str:
    """Its full address, as that of a file of a public document would be."""
    return address(f"/api/v1/files/{canary.file_id}/{quote(canary.filename)}?sha256={canary.sha256}")
