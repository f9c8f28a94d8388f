"""What changed between two public forms, block by block and field by field, for people to read."""

import difflib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.files.storage import default_storage
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from site_pages.files.serving import served_name

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
FIELD_LABELS = {
    "title": _("Title"),
    "summary": _("Summary"),
    "slug": _("Address"),
    "lead": _("Lead"),
    "scheduled_for": _("Time of publication"),
    "text_role": _("Role of this text"),
    "topics": _("Topics"),
    "people": _("People"),
    "places": _("Places"),
    "attachments": _("Attachments"),
    "image": _("Photograph"),
    "number": _("Number"),
    "signed_on": _("Signed on"),
    "status": _("Legal status"),
}
NOT_READ = {
    "id", "type", "html", "anchor", "file_id", "key", "content_type", "width", "height", "sha256", "file_size",
}  # fmt: skip
# Told block by block, or following from other fields.
NOT_COMPARED = {"body", "content_id", "locale", "type"}


@dataclass(frozen=True)
class Change:
    """One difference. kind: added, removed or changed. before, after: plain text. inline: both in one, as safe HTML.

    pictures_before, pictures_after: addresses of the pictures for staff.
    """

    kind: str
    label: str
    before: str
    after: str
    pictures_before: tuple[str, ...] = ()
    pictures_after: tuple[str, ...] = ()

    @property
    def has_other_pictures(self) -> bool:
        """Whether pictures came, went or were replaced: words alone would not show it."""
        return self.pictures_before != self.pictures_after

    @property
    def inline(self) -> SafeString:
        """The new words in <ins>, the old ones in <del>, everything escaped."""
        return inline_difference(self.before, self.after)


def differences(*, before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """Every difference between two payloads: first the fields, then the blocks in the order of the new text."""
    fields = [name for name in [*after, *(n for n in before if n not in after)] if name not in NOT_COMPARED]
    changes = [_field_change(name, before.get(name), after.get(name)) for name in fields]
    return [change for change in changes if change] + _block_changes(before["body"]["blocks"], after["body"]["blocks"])


def inline_difference(before: str, after: str) -> SafeString:
    """Both texts in one, word by word: <del> for what went, <ins> for what came."""
    old, new = _words(before), _words(after)
    parts = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        gone, came = escape("".join(old[i1:i2])), escape("".join(new[j1:j2]))
        if tag == "equal":
            parts.append(gone)
        else:
            parts.append((f"<del>{gone}</del>" if gone else "") + (f"<ins>{came}</ins>" if came else ""))
    return mark_safe("".join(parts))  # noqa: S308 every piece is escaped above


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|[^\s]+", text)


def _field_change(name: str, before: Any, after: Any) -> Change | None:
    if before == after:
        return None
    old, new = readable(before), readable(after)
    kind = ADDED if not old else REMOVED if not new else CHANGED
    label = str(FIELD_LABELS.get(name, name.replace("_", " ")))
    return _change(kind, label, before, after)


def _block_changes(before: list[dict], after: list[dict]) -> list[Change]:
    old, new = {b["id"]: b for b in before}, {b["id"]: b for b in after}
    changes = []
    for number, block in enumerate(after, start=1):
        earlier = old.get(block["id"])
        if earlier != block:
            kind = CHANGED if earlier else ADDED
            changes.append(_block_change(kind, number, earlier, block))
    for number, block in enumerate(before, start=1):
        if block["id"] not in new:
            changes.append(_block_change(REMOVED, number, block, None))
    kept = [b["id"] for b in after if b["id"] in old]
    if kept != [b["id"] for b in before if b["id"] in new]:
        changes.append(Change(kind=CHANGED, label=str(_("Order of the paragraphs")), before="", after=str(_("moved"))))
    return changes


def _block_change(kind: str, number: int, before: dict | None, after: dict | None) -> Change:
    label = _("Paragraph %(number)s") % {"number": number}
    return _change(kind, str(label), before, after)


def _change(kind: str, label: str, before: Any, after: Any) -> Change:
    return Change(
        kind=kind,
        label=label,
        before=readable(before),
        after=readable(after),
        pictures_before=tuple(pictures_in(before)),
        pictures_after=tuple(pictures_in(after)),
    )


def pictures_in(value: Any) -> Iterator[str]:
    """The addresses for staff of the pictures in a value of the public form."""
    if isinstance(value, dict):
        if str(value.get("content_type", "")).startswith("image/"):
            name = served_name(sha256=value["sha256"])
            yield default_storage.url(name) if name else f"#{value['sha256']}"
        for inner in value.values():
            yield from pictures_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from pictures_in(inner)


def readable(value: Any) -> str:
    """A value of the public form as a person reads it: words of blocks and files, never markup or ids."""
    if value is None:
        return ""
    if isinstance(value, dict):
        shown = [readable(inner) for name, inner in value.items() if name not in NOT_READ]
        # Of a file whose words stayed and whose bytes were replaced, the fingerprint says so.
        shown += [value["sha256"][:12]] if "sha256" in value else []
        return " · ".join(filter(None, shown))
    if isinstance(value, list):
        return "\n".join(filter(None, (readable(item) for item in value)))
    return value if isinstance(value, str) else json.dumps(value)
