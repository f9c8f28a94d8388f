"""Photographs and files that a cleared and waiting text uses: what readers would get of them stays as it was cleared.

Otherwise one edit in the library would silently keep a text from its time. What stands in no public form stays free.
Who may not see the text learns only that there is one.
"""

from collections.abc import Iterable

from site_pages import gatekeeping
from site_pages.gatekeeping import RECORD_IS_KEPT, RecordKept
from site_pages.languages import CODES
from site_pages.models.media import Photo, PressFile

PUBLIC_FIELDS = {
    Photo: ("file", "credit", "rights"),
    PressFile: ("file", "title", "language", "number_of_pages", "accessible"),
}
WORDS_OF_A_LANGUAGE = {Photo: ("alt_text_{}", "caption_{}"), PressFile: ()}


def kept_fields(record, changed: Iterable[str]) -> list[str]:
    """Those of the changed fields that stand in the public form of a text which waits; in the order given."""
    model = type(record)
    spoken = {pattern.format(code): code for pattern in WORDS_OF_A_LANGUAGE[model] for code in CODES}
    public = [name for name in changed if name in PUBLIC_FIELDS[model] or name in spoken]
    languages = gatekeeping.languages_waiting_with(record) if public and record.pk else frozenset()
    return [name for name in public if languages and spoken.get(name, next(iter(languages))) in languages]


def record_saved(sender, instance, raw: bool = False, update_fields=None, **kwargs) -> None:
    """Refuse what would change the public form of a waiting text. Raises RecordKept."""
    if raw or not instance.pk:
        return
    names = [*PUBLIC_FIELDS[sender], *(p.format(code) for p in WORDS_OF_A_LANGUAGE[sender] for code in CODES)]
    stored = sender.objects.filter(pk=instance.pk).values(*names).first()
    if stored is None:
        return
    written = [name for name in names if update_fields is None or name in update_fields]
    if kept_fields(instance, [name for name in written if _value(instance, name) != stored[name]]):
        raise RecordKept(RECORD_IS_KEPT)


def _value(record, name: str):
    value = getattr(record, name)
    return value.name if name == "file" else value


def record_deleted(sender, instance, **kwargs) -> None:
    """Refuse to delete what a waiting text uses. Raises RecordKept."""
    gatekeeping.require_free(instance)


class KeptInForms:
    """Says beside the field of a form of the library that it cannot change now."""

    def clean(self):
        cleaned = super().clean()
        for name in kept_fields(self.instance, self.changed_data):
            self.add_error(name, RECORD_IS_KEPT)
        return cleaned
