"""Addresses that look like those of files and belong to nothing public: planting them, and taking them back.

The command and the screen call the same. by: a system administrator, or None for the command line.
"""

import datetime as dt
import secrets
from enum import StrEnum
from urllib.parse import quote
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from frontend_api import record
from frontend_api.file_view import FILENAME
from frontend_api.models import Canary
from frontend_api.representations import address

LONGEST_NOTE = Canary._meta.get_field("note").max_length


class Fault(StrEnum):
    """Why a verb is refused."""

    FILENAME = "filename"
    NOTE = "note"
    NONE_SUCH = "none_such"


FIELDS = {Fault.FILENAME: "filename", Fault.NOTE: "note"}
REASONS = {
    Fault.FILENAME: _("It needs a name in Latin letters without spaces, such as byudzhet-2027.pdf."),
    Fault.NOTE: _("Say where it is put, in at most 200 letters: whoever hears the alarm reads it."),
    Fault.NONE_SUCH: _("There is no such canary, or it was retired. Nothing was changed."),
}


class CanaryRefused(Exception):
    """The verb breaks a rule; `fault` says which. Nothing was changed or recorded."""

    def __init__(self, fault: Fault):
        super().__init__(str(REASONS[fault]))
        self.fault = fault


@transaction.atomic
def plant(*, filename: str, note: str, by, now: dt.datetime) -> Canary:
    """Remember a new address. note: where it is put, for whoever hears the alarm. Raises CanaryRefused."""
    record.check_administrator(by)
    if not FILENAME.fullmatch(filename):
        raise CanaryRefused(Fault.FILENAME)
    if not note.strip() or len(note.strip()) > LONGEST_NOTE:
        raise CanaryRefused(Fault.NOTE)
    canary = Canary.objects.create(
        file_id=uuid4(), filename=filename, sha256=secrets.token_hex(32), note=note.strip(), planted_at=now
    )
    _record(canary, record.Act.CANARY_PLANTED, by=by)
    return canary


@transaction.atomic
def retire(*, file_id: UUID, by) -> Canary:
    """Forget an address: whoever asks for it from now on only misses. What it was stays on record.

    Raises CanaryRefused.
    """
    record.check_administrator(by)
    canary = Canary.objects.select_for_update().filter(pk=file_id).first()
    if canary is None:
        raise CanaryRefused(Fault.NONE_SUCH)
    _record(canary, record.Act.CANARY_RETIRED, by=by)
    Canary.objects.filter(pk=file_id).delete()
    return canary


def address_of(canary: Canary) -> str:
    """Its full address, as that of a file of a public document would be."""
    return address(f"/api/v1/files/{canary.file_id}/{quote(canary.filename)}?sha256={canary.sha256}")


def _record(canary: Canary, act: record.Act, *, by) -> None:
    planted = canary.planted_at.isoformat()
    is_over = act == record.Act.CANARY_RETIRED
    record.note(canary, act, by=by, deleted=is_over, place=canary.note, planted_at=planted, file_id=str(canary.file_id))
