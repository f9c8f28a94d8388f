"""What a correction changes in the rows of its page: worked out before the moment, written in a few statements at it.

The rows of a page that is public hold the public text, so nothing of them is touched early. Writing a page as Wagtail
does costs some forty statements; what a correction changes is in most cases two or three columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Field, Model
from modelcluster.models import get_all_child_m2m_relations, get_all_child_relations
from modelsearch.backends import get_search_backends
from wagtail.models import ReferenceIndex

from site_pages.models import DocumentPage


@dataclass(frozen=True)
class RowChanges:
    """What a text changes in the rows of a public page: `columns` of each table, and nothing else.

    corrects: the version that stands in the rows. public_entry: the entry of the ledger by which it is public.
    refers_anew: whether the text links to, or shows, something else than before. is_found_anew: whether the newsroom's
    own search has to learn of it.
    """

    corrects: int
    public_entry: int
    columns: dict[type[Model], dict[str, Any]]
    refers_anew: bool
    is_found_anew: bool


def changes_of(page: DocumentPage, *, stored: DocumentPage, public_entry: int) -> RowChanges | None:
    """What the version `page` changes in the rows of `stored`; None when it is more than columns.

    Another address, other relations, and whatever could be deleted before the moment, are written by the long way.
    """
    columns: dict[type[Model], dict[str, Any]] = {}
    refers_anew = False
    for model in (*page._meta.get_parent_list(), type(page)):
        for field in model._meta.local_concrete_fields:
            value, known = getattr(page, field.attname), getattr(stored, field.attname)
            if field.get_prep_value(value) == field.get_prep_value(known):
                continue
            if field.is_relation or field.primary_key or field.name == "slug":
                return None
            columns.setdefault(model, {})[field.name] = value
            refers_anew |= _references(field, value) != _references(field, known)
    if _related(page) != _related(stored):
        return None
    changed = {name for names in columns.values() for name in names}
    searched = (*page.get_searchable_search_fields(), *page.get_autocomplete_search_fields())
    return RowChanges(
        corrects=stored.live_revision_id,
        public_entry=public_entry,
        columns=columns,
        refers_anew=refers_anew,
        is_found_anew=any(field.field_name in changed for field in searched),
    )


def _references(field: Field, value: Any) -> set:
    return set(field.extract_references(value)) if hasattr(field, "extract_references") else set()


def _related(page: DocumentPage) -> dict[str, list]:
    """What hangs on the page, without the numbers of the rows: a version does not know them."""
    related: dict[str, list] = {}
    for relation in get_all_child_relations(page):
        name, parent = relation.get_accessor_name(), relation.field.name
        rows = [child.serializable_data() for child in getattr(page, name).all()]
        related[name] = [{key: row[key] for key in row if key not in ("pk", parent)} for row in rows]
    for field in get_all_child_m2m_relations(page):
        related[field.name] = sorted(target.pk for target in getattr(page, field.name).all())
    return related


def write_changes(pages: Sequence[tuple[DocumentPage, RowChanges]]) -> None:
    """Write them into the rows, which are locked. What Wagtail keeps beside them follows.

    Its search touches rows of other pages: the caller holds the ledger.
    """
    for page, changes in pages:
        for model, columns in changes.columns.items():
            model._base_manager.filter(pk=page.pk).update(**columns)
        if changes.refers_anew:
            ReferenceIndex.create_or_update_for_object(type(page)._base_manager.get(pk=page.pk))
    found_anew = [page for page, changes in pages if changes.is_found_anew]
    for model in {type(page) for page in found_anew}:
        of_type = [page for page in found_anew if type(page) is model]
        for backend in get_search_backends(with_auto_update=True):
            backend.add_bulk(model, of_type)
