"""What a correction changes in the rows of its page: worked out before the moment, written in a few statements at it.

The rows of a page that is public hold the public text, so nothing of them is touched early. Writing a page as Wagtail
does costs some forty statements; what a correction changes is in most cases two or three columns, a picture, a list.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Field, Model
from modelcluster.models import get_all_child_m2m_relations, get_all_child_relations
from modelsearch.backends import get_search_backends
from wagtail.models import Page, ReferenceIndex

from site_pages.models import DocumentPage

# A row that something names: its model and its key.
Target = tuple[type[Model], Any]


@dataclass(frozen=True)
class RowChanges:
    """What a text changes in the rows of a public page: `columns` of each table, and `lists`, whole: the rows of other
    tables that hang on the page, by table, as values of their columns.

    corrects: the version that stands in the rows. public_entry: the entry of the ledger by which it is public.
    targets: what is named anew, which must be there at the moment. refers_anew: whether the text links to, or shows,
    something else than before. is_found_anew: whether the newsroom's own search has to learn of it.
    """

    corrects: int
    public_entry: int
    columns: dict[type[Model], dict[str, Any]]
    lists: dict[type[Model], "ChangedList"]
    targets: frozenset[Target]
    refers_anew: bool
    is_found_anew: bool


@dataclass(frozen=True)
class ChangedList:
    """The rows of one table that hang on a page by the column `parent`."""

    parent: str
    rows: tuple[dict[str, Any], ...]

    def without_numbers(self) -> list[dict[str, Any]]:
        """What they say: a version does not know the numbers of rows that were not stored yet."""
        return [{name: value for name, value in row.items() if name != "id"} for row in self.rows]


def changes_of(page: DocumentPage, *, stored: DocumentPage, public_entry: int) -> RowChanges | None:
    """What the version `page` changes in the rows of `stored`; None when it is more than rows.

    Another address, and what Wagtail hangs on pages for editors, are written by the long way.
    """
    changed = _changed_fields(page, stored)
    before, after = _lists(stored), _lists(page)
    lists = {model: rows for model, rows in after.items() if _differ(rows, before[model])}
    if any(_is_wagtails(field) for field in changed) or any(_is_wagtails(model) for model in lists):
        return None
    columns: dict[type[Model], dict[str, Any]] = {}
    for field in changed:
        columns.setdefault(field.model, {})[field.attname] = getattr(page, field.attname)
    pointers = [field for field in changed if field.is_relation]
    words = {field.name for field in changed if not field.is_relation}
    searched = {
        field.field_name for field in (*page.get_searchable_search_fields(), *page.get_autocomplete_search_fields())
    }
    return RowChanges(
        corrects=stored.live_revision_id,
        public_entry=public_entry,
        columns=columns,
        lists=lists,
        targets=frozenset([*_targets(pointers, vars(page)), *_targets_of_lists(lists)]),
        refers_anew=bool(pointers or lists) or any(_refers_anew(field, page, stored) for field in changed),
        is_found_anew=bool(searched & words),
    )


def _changed_fields(page: DocumentPage, stored: DocumentPage) -> list[Field]:
    return [
        field
        for model in (*page._meta.get_parent_list(), type(page))
        for field in model._meta.local_concrete_fields
        if field.get_prep_value(getattr(page, field.attname)) != field.get_prep_value(getattr(stored, field.attname))
    ]


def _is_wagtails(changed: Field | type[Model]) -> bool:
    """Whether it is Wagtail's own to write: the address of a page, what pages belong to, comments."""
    if isinstance(changed, Field):
        return changed.primary_key or changed.name == "slug" or (changed.is_relation and changed.model is Page)
    return changed._meta.app_label != DocumentPage._meta.app_label


def _refers_anew(field: Field, page: DocumentPage, stored: DocumentPage) -> bool:
    return _references(field, getattr(page, field.attname)) != _references(field, getattr(stored, field.attname))


def _references(field: Field, value: Any) -> set:
    return set(field.extract_references(value)) if hasattr(field, "extract_references") else set()


def _lists(page: DocumentPage) -> dict[type[Model], ChangedList]:
    """What hangs on the page, by table."""
    lists = {}
    for relation in get_all_child_relations(page):
        model, parent = relation.related_model, relation.field.attname
        children = getattr(page, relation.get_accessor_name()).all()
        names = [field.attname for field in model._meta.concrete_fields if field.attname != parent]
        rows = tuple({name: getattr(child, name) for name in names} for child in children)
        lists[model] = ChangedList(parent=parent, rows=rows)
    for field in get_all_child_m2m_relations(page):
        own, other = field.m2m_column_name(), field.m2m_reverse_name()
        keys = sorted(target.pk for target in getattr(page, field.name).all())
        through = field.remote_field.through
        lists[through] = ChangedList(parent=own, rows=tuple({other: key} for key in keys))
    return lists


def _differ(left: ChangedList, right: ChangedList) -> bool:
    return left.without_numbers() != right.without_numbers()


def _targets(fields: Iterable[Field], values: dict[str, Any]) -> list[Target]:
    named = [(field.related_model, values[field.attname]) for field in fields if field.is_relation]
    return [(model, key) for model, key in named if key is not None]


def _targets_of_lists(lists: dict[type[Model], ChangedList]) -> list[Target]:
    found = []
    for model, listed in lists.items():
        fields = [field for field in model._meta.concrete_fields if field.attname != listed.parent]
        found += [target for row in listed.rows for target in _targets(fields, row)]
    return found


def gone(changes: Iterable[RowChanges]) -> set[Target]:
    """What the changes name and is not there any more; one question for each table."""
    wanted: dict[type[Model], set] = {}
    for model, key in {target for change in changes for target in change.targets}:
        wanted.setdefault(model, set()).add(key)
    there = {
        model: set(model._base_manager.filter(pk__in=keys).values_list("pk", flat=True))
        for model, keys in wanted.items()
    }
    return {(model, key) for model, keys in wanted.items() for key in keys - there[model]}


def write_changes(pages: Sequence[tuple[DocumentPage, RowChanges]]) -> None:
    """Write them into the rows, which are locked. What Wagtail keeps beside them follows.

    Its search touches rows of other pages: the caller holds the ledger.
    """
    for page, changes in pages:
        for model, columns in changes.columns.items():
            model._base_manager.filter(pk=page.pk).update(**columns)
        for model, listed in changes.lists.items():
            own = {listed.parent: page.pk}
            model._base_manager.filter(**own).delete()
            model._base_manager.bulk_create(model(**row, **own) for row in listed.rows)
        if changes.refers_anew:
            ReferenceIndex.create_or_update_for_object(type(page)._base_manager.get(pk=page.pk))
    found_anew = [page for page, changes in pages if changes.is_found_anew]
    for model in {type(page) for page in found_anew}:
        of_type = [page for page in found_anew if type(page) is model]
        for backend in get_search_backends(with_auto_update=True):
            backend.add_bulk(model, of_type)
