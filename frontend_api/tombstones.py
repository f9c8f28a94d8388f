"""What readers are told where a document was: 410 with the reason, or 301 to its successor."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from frontend_api.models import PublishedDocument, Tombstone
from frontend_api.problems import Code, Problem
from frontend_api.representations import address, moment
from site_pages.withdrawal import WithdrawalClass


def standing(tombstones: QuerySet[Tombstone], *, locale: str) -> Tombstone | None:
    """The newest of these of a text that is not public now; None when there is none. One query."""
    public = PublishedDocument.objects.filter(content_id=OuterRef("content_id"), locale=OuterRef("locale"))
    return tombstones.filter(~Exists(public), locale=locale).order_by("-publication_id").first()


def problem_of(tombstone: Tombstone, *, tail: str = "", **extra: Any) -> Problem:
    """The answer in the place of the document. tail: what of the document was asked for: "/cleared", or all of it."""
    if tombstone.withdrawal_class != WithdrawalClass.SUPERSEDED:
        return Problem(Code.WITHDRAWN, detail=tombstone.reason, withdrawal=as_json(tombstone), **extra)
    location = address(f"/api/v1/documents/{tombstone.successor}{tail}?locale={tombstone.locale}")
    return Problem(
        Code.SUPERSEDED, detail=tombstone.reason, location=location, withdrawal=as_json(tombstone), **extra
    )  # fmt: skip


def as_json(tombstone: Tombstone) -> dict[str, Any]:
    """What is public about a withdrawal: never the title or the text, which may be what was wrong."""
    return {
        "content_id": str(tombstone.content_id),
        "locale": tombstone.locale,
        "type": tombstone.type,
        "class": tombstone.withdrawal_class,
        "reason": tombstone.reason,
        "at": moment(tombstone.at),
        "version": tombstone.publication_id,
        "first_published_at": moment(tombstone.first_published_at),
        "successor": str(tombstone.successor) if tombstone.successor else None,
    }
