"""What differs between two public forms of one document, field by field and block by block, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from site_pages.public_form.payload import FORMS
from site_pages.public_form.word_differences import ADDED, REMOVED
from site_pages.public_form.wording import block_in_words, in_words, label_of, readable, unread

CHANGED, MOVED = "changed", "moved"
FIELD, BLOCK, ORDER = "field", "block", "order"
# Told block by block, or following from other fields.
NOT_COMPARED = {"body", "content_id", "locale", "type"}


@dataclass(frozen=True)
class Difference:
    """One place that is not the same in both. kind: added, removed, changed, or moved for the order of the blocks.

    place: field, block or order. name: of the field, or the id of the block; empty for the order. block_type: of the
    block. before, after: the values in the public form, None where there is none.
    """

    kind: str
    place: str
    name: str
    label: str
    before: Any
    after: Any
    block_type: str = ""


def differences(*, before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """Every difference between two payloads: fields in the order of the form, then blocks in that of the new text."""
    order = [*FORMS[after["type"]].model_fields, *after, *before]
    fields = [name for name in dict.fromkeys(order) if name not in NOT_COMPARED]
    return [
        *(
            _of_field(name, before.get(name), after.get(name), document_type=after["type"])
            for name in fields
            if before.get(name) != after.get(name)
        ),
        *_of_blocks(before["body"]["blocks"], after["body"]["blocks"]),
    ]


def in_both(one: Difference, *, document_type: str, titles: Mapping[str, str]) -> tuple[str, str]:
    """What stood and what stands at the place of a difference, in words. titles: of other documents, by content_id.

    Where the words are the same (a key, a space, an id, nothing to read at all), what is stored is shown instead:
    nothing is said to differ and looks as before. The order of the blocks has no words.
    """
    if one.place == FIELD:
        words = [
            in_words(one.name, value, document_type=document_type, titles=titles) for value in (one.before, one.after)
        ]
    else:
        words = [block_in_words(value, titles=titles) for value in (one.before, one.after)]
    before, after = words if words[0] != words[1] or one.kind == MOVED else unread(one.before, one.after)
    return before, after


def _of_field(name: str, before: Any, after: Any, *, document_type: str) -> Difference:
    was_read, is_read = bool(readable(before)), bool(readable(after))
    kind = CHANGED if was_read == is_read else ADDED if is_read else REMOVED
    label = label_of(name, document_type=document_type)
    return Difference(kind=kind, place=FIELD, name=name, label=label, before=before, after=after)


def _of_blocks(before: list[dict], after: list[dict]) -> list[Difference]:
    old, new = {b["id"]: b for b in before}, {b["id"]: b for b in after}
    found = []
    for number, block in enumerate(after, start=1):
        earlier = old.get(block["id"])
        if earlier != block:
            found.append(_of_block(CHANGED if earlier else ADDED, number, earlier, block))
    for number, block in enumerate(before, start=1):
        if block["id"] not in new:
            found.append(_of_block(REMOVED, number, block, None))
    kept = [b["id"] for b in after if b["id"] in old]
    if kept != [b["id"] for b in before if b["id"] in new]:
        label = str(_("Order of the paragraphs"))
        found.append(Difference(kind=MOVED, place=ORDER, name="", label=label, before=None, after=None))
    return found


def _of_block(kind: str, number: int, before: dict | None, after: dict | None) -> Difference:
    block = after or before or {}
    return Difference(
        kind=kind,
        place=BLOCK,
        name=block["id"],
        label=str(_("Paragraph %(number)s") % {"number": number}),
        before=before,
        after=after,
        block_type=block["type"],
    )
