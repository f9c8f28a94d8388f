"""What is said when a published document is taken down: the statement that people decide on, and its digest."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import rfc8785
from django.db import models
from django.utils.translation import gettext_lazy as _


class WithdrawalClass(models.TextChoices):
    """Why a document is taken down, and what readers find afterwards."""

    IN_ERROR = "in_error", _("In error: it is gone, the reason stays")
    SUPERSEDED = "superseded", _("Superseded: readers are led to its successor")
    NO_LONGER_CURRENT = "no_longer_current", _("No longer current: it stays readable under a notice")


class Purpose(models.TextChoices):
    """What a permit permits."""

    PUBLISH = "publish"
    WITHDRAW = "withdraw"


@dataclass(frozen=True)
class Statement:
    """The taking down of one public version of one text. Whoever decides on it decides on its digest.

    digest: of what is public. version: the number of its publication. reason: public, in the language of the text.
    successor: content_id of the document that takes its place, for `superseded` alone.
    """

    content_id: UUID
    locale: str
    document_type: str
    digest: str
    version: int
    withdrawal_class: WithdrawalClass
    reason: str
    successor: UUID | None = None

    @property
    def closes(self) -> bool:
        """Whether readers no longer find the text."""
        return self.withdrawal_class != WithdrawalClass.NO_LONGER_CURRENT

    def as_json(self) -> dict[str, Any]:
        """The statement as the ledger keeps it."""
        return {
            "class": str(self.withdrawal_class),
            "content_id": str(self.content_id),
            "digest": self.digest,
            "locale": self.locale,
            "reason": self.reason,
            "successor": str(self.successor) if self.successor else None,
            "type": self.document_type,
            "version": self.version,
        }

    @property
    def own_digest(self) -> str:
        """SHA-256 of the statement's RFC 8785 form; 64 lower-case hex digits."""
        return hashlib.sha256(rfc8785.dumps(self.as_json())).hexdigest()

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Statement":
        """The statement that `as_json` gave."""
        return cls(
            content_id=UUID(values["content_id"]),
            locale=values["locale"],
            document_type=values["type"],
            digest=values["digest"],
            version=values["version"],
            withdrawal_class=WithdrawalClass(values["class"]),
            reason=values["reason"],
            successor=UUID(values["successor"]) if values["successor"] else None,
        )


@dataclass(frozen=True)
class PublicState:
    """What readers find of one text: the version's number, its digest, and whether it stands under a notice.

    is_withheld: they find nothing, since the database was restored from a backup that is older than its closing.
    expires_at: from when on they find nothing; None when it has no end.
    """

    version: int
    digest: str
    is_under_notice: bool
    is_withheld: bool = False
    expires_at: dt.datetime | None = None


@dataclass(frozen=True)
class Withheld:
    """One text that was closed after a backup and is not shown since it was put back, until people decide on it.

    closed_at, reason: of the closing that is lost; None and empty where only people remembered it.
    """

    content_id: UUID
    locale: str
    closed_at: dt.datetime | None
    reason: str
