"""Reading published documents: every question is one query, and lists never count what they skip."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from frontend_api.models import (
    IS_WITHHELD,
    Delivery,
    DeliveryChannel,
    Publication,
    PublishedDocument,
    PublishedFile,
    PublishedReference,
    PublishedTag,
    TagKind,
    WithheldText,
)
from frontend_api.parameters import ListCursor

BISHKEK = ZoneInfo("Asia/Bishkek")
TAGS = {"topic": TagKind.TOPIC, "person": TagKind.PERSON, "place": TagKind.PLACE}


def _visible() -> QuerySet[PublishedDocument]:
    """What is public at this moment; every reading begins here."""
    return PublishedDocument.objects.visible(at=timezone.now())


def ended(*, locale: str) -> frozenset[UUID]:
    """Whom an index may still hold though readers no longer find them: until the delivery of their end is done; what a
    restore withholds, always."""
    # One that failed is tried again later, and the index holds the document until then.
    begun = Q(next_attempt_at__lte=timezone.now()) | Q(attempts__gt=0)
    pending = Delivery.objects.filter(begun, channel=DeliveryChannel.EXPIRY, done_at=None, publication__locale=locale)
    over = PublishedDocument.objects.exclude(pk__in=_visible().values("pk")).filter(locale=locale)
    may_be_held = Q(content_id__in=pending.values("publication__content_id")) | IS_WITHHELD
    return frozenset(over.filter(may_be_held).values_list("content_id", flat=True))


@dataclass(frozen=True)
class ListPage:
    """One page of a list; the cursors are None where the list ends."""

    documents: list[PublishedDocument]
    next: ListCursor | None
    prev: ListCursor | None


def filtered(values: dict[str, Any], *, document_type: str) -> QuerySet[PublishedDocument]:
    """The documents of a type that pass the filters. values: as validated by ListParameters."""
    documents = _visible().filter(type=document_type, locale=values["locale"])
    for name, kind in TAGS.items():
        for key in values.get(name, ()):
            tag = PublishedTag.objects.filter(document=OuterRef("pk"), kind=kind, key=key)
            documents = documents.filter(Exists(tag))
    if "act_type" in values:
        documents = documents.filter(act_type=values["act_type"])
    if "act_number" in values:
        documents = documents.filter(act_number=values["act_number"])
    if "from" in values:
        documents = documents.filter(listed_at__gte=start_of(values["from"]))
    if "to" in values:
        documents = documents.filter(listed_at__lt=start_of(values["to"]) + dt.timedelta(days=1))
    if "year" in values:
        first = start_of(dt.date(values["year"], 1, 1))
        documents = documents.filter(listed_at__gte=first, listed_at__lt=first.replace(year=first.year + 1))
    return documents


def dated(documents: QuerySet[PublishedDocument]) -> QuerySet[PublishedDocument]:
    """The same documents, each with `log_at`: when the log of publications last grew, or a document last ended or was
    withheld.

    An answer also changes with documents that are no longer in it (one has lost its topic, its relation, or its time
    is over), so the moment of the whole is the only one after which nothing in an answer can be older than it says.
    """
    published = Subquery(Publication.objects.order_by("-number").values("at")[:1])
    over = PublishedDocument.objects.filter(expires_at__lte=timezone.now()).order_by("-expires_at")
    ended = Subquery(over.values("expires_at")[:1])
    withheld = Subquery(WithheldText.objects.order_by("-withheld_at").values("withheld_at")[:1])
    return documents.annotate(log_at=Greatest(published, Coalesce(ended, published), Coalesce(withheld, published)))


def start_of(day: dt.date) -> dt.datetime:
    """The beginning of a day in Bishkek."""
    return dt.datetime.combine(day, dt.time(), tzinfo=BISHKEK)


def list_page(values: dict[str, Any], *, document_type: str) -> ListPage:
    """One page by keyset: no offset, so nothing is skipped or repeated while documents are published."""
    size = values["page_size"]
    cursor = ListCursor.from_text(values["cursor"]) if "cursor" in values else None
    is_backward = cursor is not None and cursor.is_backward
    is_descending = values["sort"].startswith("-") != is_backward
    documents = filtered(values, document_type=document_type)
    if cursor:
        documents = documents.filter(_beyond(cursor, is_descending=is_descending))
    sign = "-" if is_descending else ""
    found = list(dated(documents).order_by(f"{sign}listed_at", f"{sign}content_id")[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if is_backward:
        found.reverse()
    has_next, has_prev = (True, has_more) if is_backward else (has_more, cursor is not None)
    return ListPage(
        documents=found,
        next=_cursor_at(found[-1], is_backward=False) if found and has_next else None,
        prev=_cursor_at(found[0], is_backward=True) if found and has_prev else None,
    )


def changed_last(values: dict[str, Any], *, count: int) -> list[PublishedDocument]:
    """The documents that were published or changed last, newest first: numbers grow with every change.

    values: as validated by FeedParameters.
    """
    documents = _visible().filter(locale=values["locale"])
    if "type" in values:
        documents = documents.filter(type=values["type"])
    return list(dated(documents).defer("cleared").order_by("-version")[:count])


def _beyond(cursor: ListCursor, *, is_descending: bool) -> Q:
    comparison = "lt" if is_descending else "gt"
    same_moment = Q(listed_at=cursor.listed_at, **{f"content_id__{comparison}": cursor.content_id})
    return Q(**{f"listed_at__{comparison}": cursor.listed_at}) | same_moment


def _cursor_at(document: PublishedDocument, *, is_backward: bool) -> ListCursor:
    return ListCursor(listed_at=document.listed_at, content_id=document.content_id, is_backward=is_backward)


def by_slug(*, document_type: str, slug: str) -> list[PublishedDocument]:
    """Every language of the documents with this address in any language, and their neighbours."""
    return _with_neighbours(_visible().filter(type=document_type, slug=slug))


def by_content_id(content_id: UUID) -> list[PublishedDocument]:
    """Every language of one document, and its neighbours."""
    return _with_neighbours(_visible().filter(content_id=content_id))


def languages_of(content_id: UUID) -> list[PublishedDocument]:
    """Every language of one document, without the texts."""
    return list(_visible().filter(content_id=content_id).defer("cleared"))


def one_text(content_id: UUID, *, locale: str) -> PublishedDocument | None:
    """One language of one document, without the text, while it is public."""
    return _visible().filter(content_id=content_id, locale=locale).defer("cleared").first()


def by_act_number(columns: dict[str, Any]) -> list[PublishedDocument]:
    """Every language of one act, and its neighbours. columns: its type, year, number and suffix."""
    return _with_neighbours(_visible().filter(**columns))


def _with_neighbours(documents: QuerySet[PublishedDocument]) -> list[PublishedDocument]:
    ids = documents.values("content_id")
    named = PublishedReference.objects.filter(document__content_id__in=ids).values("target")
    naming = PublishedReference.objects.filter(target__in=ids).values("document_id")
    found = _visible().filter(Q(content_id__in=ids) | Q(content_id__in=named) | Q(pk__in=naming))
    return list(dated(found).order_by("-listed_at", "content_id", "locale"))


def found_by_search(pairs: Iterable[tuple[UUID, str]]) -> list[PublishedDocument]:
    """The public documents with these content_ids and languages, without their texts."""
    wanted = Q(pk__in=[])
    for content_id, locale in pairs:
        wanted |= Q(content_id=content_id, locale=locale)
    return list(_visible().filter(wanted).defer("cleared"))


def public_file(file_id: UUID, *, filename: str, sha256: str | None) -> PublishedFile | None:
    """The file that a published document names so; without `sha256` the one that was published last."""
    named = PublishedFile.objects.filter(file_id=file_id, filename=filename, document__in=_visible())
    if sha256 is not None:
        named = named.filter(sha256=sha256)
    return named.select_related("document").order_by("-document__version").first()
