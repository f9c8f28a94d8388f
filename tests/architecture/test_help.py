"""The help in docs/help speaks of the screens as they are: the same in each language, with the words of the buttons."""

import re
from functools import cache
from pathlib import Path

import pytest
import wagtail

from cms.catalogues import FOLDERS, read
from tests.architecture.sources import ROOT

HELP = ROOT / "docs" / "help"
ROLES = ("author", "head", "deputy", "leader", "administrator")
LANGUAGES = ("ky", "ru", "en")
TEXTS = [(role, language) for role in ROLES for language in LANGUAGES]
# Ten for signing in, writing and deciding; six for times, corrections, bundles, early access and taking down.
MOST_PICTURES = 16
MOST_BYTES = 80_000
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)]+)\)")
HEADING = re.compile(r"^(#+) ", re.MULTILINE)
SHORTEST_ALTERNATIVE = 30


@cache
def text_of(role: str, language: str) -> str:
    return (HELP / f"{role}.{language}.md").read_text()


@cache
def words_on_screen(language: str) -> frozenset[str]:
    """Every word or sentence that a screen may show in the language, its first letter small. English is the source."""
    folders = [*FOLDERS, *Path(wagtail.__file__).parent.glob("**/locale")]
    words: set[str] = set()
    for path in (folder / language / "LC_MESSAGES" / "django.po" for folder in folders):
        for message in read(path) if path.exists() else ():
            shown = message.id if language == "en" else message.string
            words |= {small(shown)} if isinstance(shown, str) else set(map(small, shown))
    return frozenset(words)


def small(words: str) -> str:
    """The words on one line; many labels begin with a capital letter only where they are shown."""
    line = " ".join(words.split())
    return line[:1].lower() + line[1:]


@pytest.mark.parametrize(("role", "language"), TEXTS)
def test_what_is_bold_is_a_word_of_the_screens(role, language):
    bold = {small(words) for words in BOLD.findall(text_of(role, language))}

    assert len(bold) > 20
    assert sorted(bold - words_on_screen(language)) == []


@pytest.mark.parametrize("role", ROLES)
def test_the_languages_say_the_same(role):
    shapes = {
        language: (
            HEADING.findall(text_of(role, language)),
            [address for _words, address in PICTURE.findall(text_of(role, language))],
            len(BOLD.findall(text_of(role, language))),
        )
        for language in LANGUAGES
    }

    assert shapes["ky"] == shapes["ru"] == shapes["en"]


@pytest.mark.parametrize(("role", "language"), TEXTS)
def test_pictures_have_words_and_links_lead_somewhere(role, language):
    pictures = PICTURE.findall(text_of(role, language))
    addresses = [address for _words, address in pictures] + LINK.findall(text_of(role, language))

    assert len(pictures) >= 2
    assert [words for words, _address in pictures if len(words) < SHORTEST_ALTERNATIVE] == []
    assert [address for address in addresses if not (HELP / address).is_file()] == []


def test_every_picture_is_used_and_small():
    kept = sorted((HELP / "pictures").iterdir())
    used = {address for role, language in TEXTS for _words, address in PICTURE.findall(text_of(role, language))}

    assert len(kept) <= MOST_PICTURES
    assert {f"pictures/{path.name}" for path in kept} == used
    assert [path.name for path in kept if path.stat().st_size > MOST_BYTES] == []


def test_the_index_names_every_text():
    named = set(LINK.findall((HELP / "README.md").read_text()))

    assert named == {f"{role}.{language}.md" for role, language in TEXTS}
