"""What a version names and is not there any more: the version opens without it, and the document says what it lacks.

Nobody deletes what a text in work names (site_pages.kept_records); rows can be gone all the same, after a restore or by
other hands than ours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import PROTECT, Field, Model
from modelcluster.models import get_all_child_relations


@dataclass(frozen=True)
class Lost:
    """Where something is lacking. field: of the form. label: what it was, lazily translated."""

    field: str
    label: Any


def without_the_lost(model: type[Model], content: dict[str, Any]) -> tuple[dict[str, Any], tuple[Lost, ...]]:
    """The content of a version without what it names in vain: fields are empty, rows of lists are left out."""
    gone = _gone(_named(model, content))
    kept, lost = dict(content), {}
    for field in _pointers(model):
        if (field.related_model, content.get(field.name)) in gone:
            kept[field.name] = None
            lost[field.name] = field.verbose_name
    for name, fields in _lists(model):
        for field in fields:
            rows = kept.get(name) or []
            kept[name] = [row for row in rows if (field.related_model, row.get(field.name)) not in gone]
            if len(kept[name]) < len(rows):
                lost[name] = field.verbose_name
    return kept, tuple(Lost(name, label) for name, label in lost.items())


def _named(model: type[Model], content: dict[str, Any]) -> Iterator[tuple[type[Model], Any]]:
    for field in _pointers(model):
        yield field.related_model, content.get(field.name)
    for name, fields in _lists(model):
        for row in content.get(name) or ():
            for field in fields:
                yield field.related_model, row.get(field.name)


def _gone(named: Iterator[tuple[type[Model], Any]]) -> set[tuple[type[Model], Any]]:
    wanted: dict[type[Model], set] = {}
    for model, key in named:
        if key is not None:
            wanted.setdefault(model, set()).add(key)
    return {
        (model, key)
        for model, keys in wanted.items()
        for key in keys - set(model._base_manager.filter(pk__in=keys).values_list("pk", flat=True))
    }


def _pointers(model: type[Model]) -> list[Field]:
    """The fields of our own tables that point to a row which may not go before them."""
    return [
        field
        for field in model._meta.concrete_fields
        if field.many_to_one
        and field.model._meta.app_label == model._meta.app_label
        and field.remote_field.on_delete is PROTECT
    ]


def _lists(model: type[Model]) -> list[tuple[str, list[Field]]]:
    relations = get_all_child_relations(model)
    lists = [(relation.get_accessor_name(), _pointers(relation.related_model)) for relation in relations]
    return [(name, fields) for name, fields in lists if fields]
