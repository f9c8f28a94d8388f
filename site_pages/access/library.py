"""Photographs and files that were brought into the library for a limited document, and what a text may refer to."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, ReferenceIndex

from site_pages.access.rules import files_hidden_from, limit_of, pages_hidden_from, photos_hidden_from
from site_pages.models.access import AccessLimit
from site_pages.models.media import Photo, PressFile

_written_for: ContextVar[UUID | None] = ContextVar("uploads_belong_to", default=None)
KINDS = {Photo: "photos", PressFile: "files"}
HIDDEN = {Photo: photos_hidden_from, PressFile: files_hidden_from, Page: pages_hidden_from}


@contextmanager
def uploads_belong_to(content_id: UUID | None) -> Iterator[None]:
    """What is uploaded here is uploaded for this document: while its editor is open, before it is used anywhere."""
    token = _written_for.set(content_id)
    try:
        yield
    finally:
        _written_for.reset(token)


def uploaded(sender, instance, created: bool, raw: bool = False, **kwargs) -> None:
    """A new record of the library is hidden with the document that it was uploaded for."""
    content_id = _written_for.get()
    found = limit_of(content_id) if created and content_id and not raw else None
    if found:
        getattr(found, KINDS[sender]).add(instance)


def keep_hidden_what_is_used(page) -> None:
    """A version was kept. What a limited document uses is hidden with it, unless an open document uses it as well.

    What an open document uses is hidden no longer: whoever put it there knew it and might show it (`unseen_uses`).
    """
    used, found = _uses(page), limit_of(page.translation_key)
    for model, name in KINDS.items():
        if found is None:
            getattr(AccessLimit, name).through.objects.filter(**{f"{model._meta.model_name}__in": used[model]}).delete()
        else:
            getattr(found, name).add(*(used[model] - _used_openly(model, used[model])))


def unseen_uses(page, user) -> bool:
    """Whether the text refers to a document, photograph or file that does not exist for the person who wrote it."""
    used = _uses(page)
    return any(used[model] and HIDDEN[model](user).filter(pk__in=used[model]).exists() for model in HIDDEN)


def _uses(page) -> dict[type, set[int]]:
    kinds = {ContentType.objects.get_for_model(model).pk: model for model in HIDDEN}
    uses: dict[type, set[int]] = defaultdict(set)
    # Wagtail's own reading of a record's references, without writing them down: drafts are not in its index.
    for content_type, object_id, *_rest in ReferenceIndex._extract_references_from_object(page):
        if content_type in kinds:
            uses[kinds[content_type]].add(int(object_id))
    return uses


def _used_openly(model, ids: set[int]) -> set[int]:
    """Those of the records to which the index knows an open document to refer."""
    uses = ReferenceIndex.objects.filter(
        to_content_type=ContentType.objects.get_for_model(model),
        to_object_id__in=[str(pk) for pk in ids],
        base_content_type=ContentType.objects.get_for_model(Page),
    ).values_list("to_object_id", "object_id")
    limited = Page.objects.filter(translation_key__in=AccessLimit.objects.values("content_id"))
    limited_ids = {str(pk) for pk in limited.values_list("pk", flat=True)}
    return {int(record) for record, page_id in uses if page_id not in limited_ids}
