"""What texts rest on. Of what a cleared and waiting text names, what readers would get of it stays as it was cleared.

Otherwise one edit in the library or in a register would silently keep a text from its time. What stands in no public
form stays free. And nothing is deleted that a text in work names: photograph, file, line of a register, document. Who
may not see the text learns only that there is one.
"""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from site_pages import gatekeeping
from site_pages.gatekeeping import RECORD_IS_KEPT, RecordKept
from site_pages.languages import CODES
from site_pages.models.media import Photo, PressFile
from site_pages.naming import drafts, texts_naming

RECORD_IS_NAMED = _("The latest version of a text names it: take it out of that text first.")
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
        raise RecordKept(RECORD_IS_KEPT, pages=gatekeeping.texts_waiting_with(instance))


def _value(record, name: str):
    value = getattr(record, name)
    return value.name if name == "file" else value


def record_deleted(sender, instance, origin=None, **kwargs) -> None:
    """Refuse to delete what a waiting text, or a text in work, names. Raises RecordKept.

    A document that is deleted together with what names it goes with it.
    """
    gatekeeping.require_free(instance)
    if pages := texts_naming(instance, among=drafts(besides=_pages_of(origin))):
        raise RecordKept(RECORD_IS_NAMED, pages=pages)


def _pages_of(origin) -> set[int]:
    """The pages of one deletion. origin: where it began, as the signal says."""
    if isinstance(origin, QuerySet) and issubclass(origin.model, Page):
        return set(origin.values_list("pk", flat=True))
    return {origin.pk} if isinstance(origin, Page) else set()


class KeptInForms:
    """Says beside the field of a form of the library that it cannot change now."""

    def clean(self):
        cleaned = super().clean()
        for name in kept_fields(self.instance, self.changed_data):
            self.add_error(name, RECORD_IS_KEPT)
        return cleaned
