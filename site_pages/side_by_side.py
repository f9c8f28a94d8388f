"""Two versions of one text, place by place, in words that a person reads and can copy."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.db import models
from django.utils.formats import localize
from wagtail.admin.compare import get_comparison_class_for_block
from wagtail.blocks import StreamValue
from wagtail.fields import RichTextField
from wagtail.rich_text import get_text_for_indexing

from site_pages.models import DocumentPage


@dataclass(frozen=True)
class Place:
    """One field, one block or one list of the two texts. mine, theirs: plain text, empty where the text has none."""

    label: str
    mine: str
    theirs: str

    @property
    def differs(self) -> bool:
        """Whether the two texts are not the same here."""
        return self.mine != self.theirs


def side_by_side(*, form, theirs: DocumentPage) -> list[Place]:
    """Every place that one of the texts fills, in the order of the form. form: bound, with `is_valid` already asked."""
    places = []
    for name, field in form.fields.items():
        if _is_of_the_text(form.instance, name):
            mine, other = _entered(form, name), getattr(theirs, name)
            if isinstance(other, StreamValue):
                places += _blocks(str(field.label), mine, other)
            else:
                places.append(Place(str(field.label), _words(form.instance, name, mine), _words(theirs, name, other)))
    for formset in form.formsets.values():
        places.append(_rows(formset, theirs))
    return [place for place in places if place.mine or place.theirs]


def _is_of_the_text(page: DocumentPage, name: str) -> bool:
    return any(field.name == name for field in page._meta.get_fields())


def _entered(form, name: str) -> Any:
    """What stands in the form: the value where it is one, else what was typed."""
    return getattr(form.instance, name) if name in form.cleaned_data else form[name].data


def _words(page: DocumentPage, name: str, value: Any) -> str:
    field = page._meta.get_field(name)
    if value is None or value == "":
        return ""
    if isinstance(field, models.ManyToManyField):
        chosen = value.all() if hasattr(value, "all") else value
        return "\n".join(sorted(str(item) for item in chosen))
    if isinstance(field, RichTextField):
        return get_text_for_indexing(str(value)).strip()
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return str(localize(value)).replace("\r\n", "\n").strip()


def _blocks(label: str, mine: Any, theirs: StreamValue) -> list[Place]:
    """The blocks of both, those with the same id beside each other."""
    ours, others = list(mine or []), list(theirs)
    pairs = SequenceMatcher(
        a=[child.id or f"new-{number}" for number, child in enumerate(ours)],
        b=[child.id or f"old-{number}" for number, child in enumerate(others)],
        autojunk=False,
    )
    places = []
    for tag, i1, i2, j1, j2 in pairs.get_opcodes():
        if tag == "equal":
            places += [_block(label, *pair) for pair in zip(ours[i1:i2], others[j1:j2], strict=True)]
        else:
            places += [_block(label, child, None) for child in ours[i1:i2]]
            places += [_block(label, None, child) for child in others[j1:j2]]
    return places


def _block(label: str, mine, theirs) -> Place:
    kind = (mine or theirs).block.label
    return Place(f"{label}: {kind}", _block_words(mine), _block_words(theirs))


def _block_words(child) -> str:
    if child is None:
        return ""
    comparison = get_comparison_class_for_block(child.block)(child.block, True, True, child.value, child.value)
    return get_text_for_indexing(str(comparison.htmlvalue(child.value))).strip()


def _rows(formset, theirs: DocumentPage) -> Place:
    """A list beside the text: its files, its related documents."""
    names = [name for name in formset.form.base_fields if _is_of_the_text(formset.model, name)]
    kept = [form for form in formset.forms if not _is_removed(formset, form)]
    kept.sort(key=lambda form: getattr(form.instance, "sort_order", None) or 0)
    name = formset.model._meta.get_field(formset.fk.name).remote_field.get_accessor_name()
    return Place(
        str(formset.model._meta.verbose_name_plural),
        "\n".join(_row_words(form.instance, names) for form in kept),
        "\n".join(_row_words(row, names) for row in getattr(theirs, name).all()),
    )


def _is_removed(formset, form) -> bool:
    is_empty = not form.instance.pk and not form.has_changed()
    return is_empty or bool(formset.can_delete and formset._should_delete_form(form))


def _row_words(row, names: list[str]) -> str:
    fields = [name for name in names if name not in (row._meta.pk.name, "sort_order")]
    return " · ".join(filter(None, (_words(row, name, getattr(row, name, None)) for name in fields)))
