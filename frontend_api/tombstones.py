"""What readers are told where a document was: 410 with the reason, or 301 to its successor."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from frontend_api.models import PublishedDocument, PublishedVersion, Tombstone
from frontend_api.problems import Code, Problem
from frontend_api.representations import address, moment
from site_pages.withdrawal import WithdrawalClass

# Of successors that were superseded themselves. There are no circles, as what is public is not withdrawn; a longer way
# is not followed.
MOST_STEPS = 20


def standing(tombstones: QuerySet[Tombstone], *, locale: str) -> Tombstone | None:
    """The newest of these of a text that is not public now; None when there is none. One query.

    It says what became of its successor, for problem_of.
    """
    public = PublishedDocument.objects.filter(content_id=OuterRef("content_id"), locale=OuterRef("locale"))
    now = timezone.now()
    stored = PublishedDocument.objects.filter(content_id=OuterRef("successor"), locale=OuterRef("locale"))
    later = Tombstone.objects.filter(content_id=OuterRef("successor"), locale=OuterRef("locale"))
    found = tombstones.filter(~Exists(public), locale=locale).annotate(
        is_successor_read=Exists(stored.visible(at=now)),
        is_successor_stored=Exists(stored),
        successor_went=Subquery(later.order_by("-publication_id").values("withdrawal_class")[:1]),
        next_successor=Subquery(later.order_by("-publication_id").values("successor")[:1]),
    )
    following = PublishedDocument.objects.visible(at=now).filter(
        content_id=OuterRef("next_successor"), locale=OuterRef("locale")
    )
    return found.annotate(is_next_read=Exists(following)).order_by("-publication_id").first()


def answered(versions: QuerySet[PublishedVersion]) -> QuerySet[PublishedVersion]:
    """Those of whose text readers are told something: it is public, or was withdrawn. Not what ended or is withheld."""
    of_text = {"content_id": OuterRef("content_id"), "locale": OuterRef("locale")}
    stored = PublishedDocument.objects.filter(**of_text)
    withdrawn = Exists(Tombstone.objects.filter(**of_text)) & ~Exists(stored)
    return versions.filter(Exists(stored.visible(at=timezone.now())) | withdrawn)


def _leads_on(tombstone: Tombstone) -> bool:
    """Whether the way of successors ends at one that is read. No query for two steps, then one for each."""
    here: Tombstone | None = tombstone
    for _step in range(MOST_STEPS):
        if here is None or here.is_successor_read:
            return here is not None
        if here.is_successor_stored or here.successor_went != WithdrawalClass.SUPERSEDED:
            return False
        if here.is_next_read:
            return True
        here = standing(Tombstone.objects.filter(content_id=here.successor), locale=here.locale)
    return False


def problem_of(tombstone: Tombstone, *, tail: str = "", **extra: Any) -> Problem:
    """The answer in the place of the document. tail: what of the document was asked for: "/cleared", or all of it.

    Nobody is led to nothing: where the last successor ended, was withdrawn or is withheld, only the reason is left.
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
