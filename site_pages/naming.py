"""Which texts name a row: by their versions, as those are stored.

Drafts are in no index, and the rows of a public page hold another text than its draft. Opening a version costs a
hundred times more than reading from it what can name a row.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.db.models import F, Field, Model, Q, QuerySet
from modelcluster.models import get_all_child_relations
from wagtail.models import Page, Revision

from site_pages.models import DOCUMENT_TYPES, DocumentPage, Photo, PressFile

# What words and blocks can name; everything else stands in a field of its own.
IN_WORDS = (Photo, PressFile, Page)


def drafts(*, besides: set[int]) -> QuerySet[Revision]:
    """The latest versions of documents that hold another text than what is public. besides: pages to leave out."""
    in_work = DocumentPage.objects.filter(Q(live=False) | ~Q(latest_revision=F("live_revision")))
    return Revision.objects.filter(pk__in=in_work.exclude(pk__in=besides).values("latest_revision_id"))


def texts_naming(record: Model, *, among: QuerySet[Revision]) -> frozenset[int]:
    """The pages of those versions that name the row: in a field, in a list, as a picture or file, by a link."""
    kind = _kind(type(record))
    places = _places(kind)
    columns = [f"content__{name}" for name, _inner in places]
    found = {
        int(page_id)
        for page_id, *values in among.values_list("object_id", *columns)
        if any(record.pk in _keys(value, inner) for value, (_name, inner) in zip(values, places, strict=True))
    }
    if kind in IN_WORDS:
        found |= _naming_in_words(record, kind=kind, among=among)
    return frozenset(found)


def _naming_in_words(record: Model, *, kind: type[Model], among: QuerySet[Revision]) -> set[int]:
    found = set()
    for field in _fields_of_words():
        column = f"content__{field.name}"
        # The number may be anything there; what it is the field itself says.
        likely = among.filter(**{f"{column}__regex": rf"(^|[^0-9]){record.pk}([^0-9]|$)"})
        for page_id, words in likely.values_list("object_id", column):
            references = field.extract_references(field.to_python(words))
            if any((_kind(model), str(key)) == (kind, str(record.pk)) for model, key, *_rest in references):
                found.add(int(page_id))
    return found


def _kind(model: type[Model]) -> type[Model]:
    """A page has one number in all its tables."""
    return Page if issubclass(model, Page) else model


def _keys(value: Any, inner: str | None) -> list:
    """What stands in a field of a version. inner: of a list of rows, the field of each."""
    if inner:
        return [row.get(inner) for row in value or ()]
    return value if isinstance(value, list) else [value]


@cache
def _places(kind: type[Model]) -> tuple[tuple[str, str | None], ...]:
    """Where a version can name a row of this kind: the field, and of a list of rows the field of each."""
    found = dict.fromkeys(place for page_class in DOCUMENT_TYPES.values() for place in _places_in(page_class, kind))
    return tuple(found)


def _places_in(page_class: type[DocumentPage], kind: type[Model]) -> Iterator[tuple[str, str | None]]:
    for field in (*page_class._meta.concrete_fields, *page_class._meta.many_to_many):
        if _points_to(field, kind):
            yield field.name, None
    for relation in get_all_child_relations(page_class):
        for field in relation.related_model._meta.concrete_fields:
            if field is not relation.field and _points_to(field, kind):
                yield relation.get_accessor_name(), field.name


def _points_to(field: Field, kind: type[Model]) -> bool:
    is_ours = field.model._meta.app_label == DocumentPage._meta.app_label
    return is_ours and (field.many_to_one or field.many_to_many) and _kind(field.related_model) is kind


@cache
def _fields_of_words() -> tuple[Field, ...]:
    fields = {
        field.name: field
        for page_class in DOCUMENT_TYPES.values()
        for field in page_class._meta.concrete_fields
        if hasattr(field, "extract_references")
    }
    return tuple(fields.values())
