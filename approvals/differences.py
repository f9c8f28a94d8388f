"""What changed between two public forms, for staff: in words, with the pictures before and after."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Case, When
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from site_pages.corrections import OF_THE_NOTICE
from site_pages.files.serving import served_name
from site_pages.languages import KYRGYZ
from site_pages.models import DocumentPage
from site_pages.public_form import differences as forms
from site_pages.public_form import word_differences, wording

MOMENTS = ("scheduled_for", "expires_at")
TAGS = {word_differences.ADDED: "ins", word_differences.REMOVED: "del"}


@dataclass(frozen=True)
class Change:
    """One difference. kind: added, removed or changed. before, after: plain text. inline: both in one, as safe HTML.

    pictures_before, pictures_after: addresses of the pictures for staff. is_of_notice: it is no part of the text, but
    of what readers are told of a change. effort: shared by all differences of two texts.
    """

    kind: str
    label: str
    before: str
    after: str
    pictures_before: tuple[str, ...] = ()
    pictures_after: tuple[str, ...] = ()
    is_of_notice: bool = False
    effort: word_differences.Effort = field(default_factory=word_differences.Effort, compare=False, repr=False)

    @property
    def has_other_pictures(self) -> bool:
        """Whether pictures came, went or were replaced: words alone would not show it."""
        return self.pictures_before != self.pictures_after

    @property
    def inline(self) -> SafeString:
        """The new words in <ins>, the old ones in <del>, everything escaped."""
        return inline_difference(self.before, self.after, effort=self.effort)


def differences(*, before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """Every difference between two payloads: first the fields, then the blocks in the order of the new text."""
    effort = word_differences.Effort()
    ids = wording.named_documents(before) | wording.named_documents(after)
    words = {"document_type": after["type"], "titles": _public_titles(ids, locale=after["locale"])}
    return [
        _change(difference, effort=effort, words=words) for difference in forms.differences(before=before, after=after)
    ]


def _public_titles(ids: Collection[str], *, locale: str) -> dict[str, str]:
    """What other documents are called; only of public ones, as whoever reads the text may not know the others."""
    pages = DocumentPage.objects.filter(translation_key__in=ids, live=True) if ids else DocumentPage.objects.none()
    # The reader's language comes last, and so prevails; without it the Kyrgyz title does.
    nearest = Case(When(locale__language_code=locale, then=2), When(locale__language_code=KYRGYZ, then=1), default=0)
    pages = pages.order_by(nearest)
    return {str(key): title for key, title in pages.values_list("translation_key", "title")}


def _change(difference: forms.Difference, *, effort: word_differences.Effort, words: dict[str, Any]) -> Change:
    if difference.kind == forms.MOVED:
        return Change(kind=forms.CHANGED, label=difference.label, before="", after=_("moved"))
    before, after = forms.in_both(difference, **words)
    if difference.name in MOMENTS:
        before, after = _moment(difference.before), _moment(difference.after)
    return Change(
        kind=difference.kind,
        label=difference.label,
        before=before,
        after=after,
        pictures_before=tuple(pictures_in(difference.before)),
        pictures_after=tuple(pictures_in(difference.after)),
        is_of_notice=difference.name in OF_THE_NOTICE,
        effort=effort,
    )


def _moment(value: str | None) -> str:
    """A moment in the time of the house."""
    return f"{timezone.localtime(dt.datetime.fromisoformat(value)):%d.%m.%Y %H:%M:%S}" if value else ""


def inline_difference(before: str, after: str, *, effort: word_differences.Effort | None = None) -> SafeString:
    """Both texts in one, word by word: <del> for what went, <ins> for what came."""
    parts = []
    for piece in word_differences.pieces(before, after, effort=effort):
        words, tag = escape(piece.text), TAGS.get(piece.kind)
        parts.append(f"<{tag}>{words}</{tag}>" if tag else words)
    return mark_safe("".join(parts))  # noqa: S308 every piece is escaped above


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
