"""What readers are told where a document was: 410 with the reason, or 301 to its successor."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from frontend_api.models import PublishedDocument, Tombstone
from frontend_api.problems import Code, Problem
from frontend_api.representations import address, moment
from site_pages.withdrawal import WithdrawalClass


def standing(tombstones: QuerySet[Tombstone], *, locale: str) -> Tombstone | None:
    """The newest of these of a text that is not public now; None when there is none. One query.

    It says what became of its successor, for problem_of.
    """
    public = PublishedDocument.objects.filter(content_id=OuterRef("content_id"), locale=OuterRef("locale"))
    successor = {"content_id": OuterRef("successor"), "locale": OuterRef("locale")}
    stored, later = PublishedDocument.objects.filter(**successor), Tombstone.objects.filter(**successor)
    last_of_it = later.order_by("-publication_id").values("withdrawal_class")[:1]
    found = tombstones.filter(~Exists(public), locale=locale).annotate(
        is_successor_read=Exists(stored.visible(at=timezone.now())),
        is_successor_stored=Exists(stored),
        successor_went=Subquery(last_of_it),
    )
    return found.order_by("-publication_id").first()


def _leads_on(tombstone: Tombstone) -> bool:
    """Whether readers find something at the successor: itself, or the way to its own successor."""
    if tombstone.is_successor_read:
        return True
    return not tombstone.is_successor_stored and tombstone.successor_went == WithdrawalClass.SUPERSEDED


def problem_of(tombstone: Tombstone, *, tail: str = "", **extra: Any) -> Problem:
    """The answer in the place of the document. tail: what of the document was asked for: "/cleared", or all of it.

    Nobody is led to nothing: of a successor that ended, was withdrawn or is withheld, only the reason is left.
    """
    if tombstone.withdrawal_class != WithdrawalClass.SUPERSEDED or not _leads_on(tombstone):
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
