"""Every word that our apps put on a screen has its Kyrgyz and its Russian."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from cms.catalogues import CMS, read
from tests.architecture.sources import ROOT, app_files

KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
LANGUAGES = ("ky", "ru")


def messages_of(source: bytes, method: str) -> set[tuple]:
    """(context, singular) or (context, singular, plural) of each message in a source."""
    found = set()
    for _line, message, _comments, context in extract(method, io.BytesIO(source), keywords=KEYWORDS):
        words = message if isinstance(message, tuple) else (message,)
        found.add((context, *words))
    return found


def asked_for(domain: str) -> dict[tuple, Path]:
    """Every message that our apps ask to translate, and a file that asks."""
    if domain == "djangojs":
        return {m: path for path in app_files(".js") for m in messages_of((ROOT / path).read_bytes(), "javascript")}
    found = {}
    for path in (*app_files(".html"), *app_files(".txt")):
        if "templates" in path.parts:
            as_code = templatize((ROOT / path).read_text(), origin=str(path))
            # In brackets, because what stands between the words is indented like a template, not like Python.
            found |= dict.fromkeys(messages_of(f"({as_code}\n)".encode(), "python"), path)
    for path in app_files(".py"):
        found |= dict.fromkeys(messages_of((ROOT / path).read_bytes(), "python"), path)
    return found


def catalogue(language: str, domain: str) -> Catalog:
    """The catalogue of our own words; an empty one where there is no file."""
    path = CMS / "locale" / language / "LC_MESSAGES" / f"{domain}.po"
    return read(path) if path.exists() else Catalog()


def strings_of(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def is_translated(known: Catalog, context: str | None, singular: str) -> bool:
    message = known.get(singular, context)
    return message is not None and not message.fuzzy and all(text.strip() for text in strings_of(message))


def test_the_apps_ask_for_words():
    assert len(asked_for("django")) > 100


@pytest.mark.parametrize("domain", ["django", "djangojs"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_translated(language, domain):
    known = catalogue(language, domain)

    missing = [
        f"{path}: {words[0]}"
        for (context, *words), path in sorted(asked_for(domain).items(), key=str)
        if not is_translated(known, context, words[0])
    ]

    assert missing == []


@pytest.mark.parametrize("domain", ["django", "djangojs"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translation_has_the_placeholders_of_its_source(language, domain):
    broken = []
    for message in catalogue(language, domain):
        sources = (message.id,) if isinstance(message.id, str) else message.id
        allowed = [sorted(PLACEHOLDER.findall(source)) for source in sources]
        if message.id and any(sorted(PLACEHOLDER.findall(text)) not in allowed for text in strings_of(message)):
            broken.append(message.id)

    assert broken == []


@pytest.mark.parametrize(
    "path", sorted(CMS.glob("*locale/*/LC_MESSAGES/*.po")), ids=lambda path: "/".join(path.parts[-4:])
)
def test_a_catalogue_has_as_many_plural_forms_as_its_language(path):
    with path.open("rb") as file:
        known = read_po(file, abort_invalid=True)

    assert [m.id for m in known if m.pluralizable and len(m.string) != known.num_plurals] == []
