"""How text becomes the tokens that are searched, in each language, as Python; the database adapter lives on it.

Kyrgyz is ours (`kyrgyz.py`) and equal, token by token, to what Elasticsearch makes of the same table. Russian and
English use the Snowball stemmers, as Elasticsearch's own analyzers do, but the two need not agree in every word.
"""

import itertools
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from frontend_api.search import kyrgyz
from frontend_api.search.languages import LETTERS, STOP_WORDS

# Longer "words" are noise; they are cut, so that no token is too long for an index.
MAX_TOKEN_LENGTH = 64
MAX_QUERY_CHARACTERS = 2_000
MAX_QUERY_WORDS = 32
_RULES = [(re.compile(rule.pattern), rf"\g<1>{rule.ending}") for rule in kyrgyz.RULES]
# "УП-261", "ПУ № 261": the letters before an act's number are data of the office and may be missing in the text.
_ACT_PREFIX = re.compile(r"\b[А-ЯЁӨҮҢ]{1,3}\s?(?:[-‐–]\s?№?|№)\s?(?=\d)")


@dataclass(frozen=True)
class Token:
    """One token and the place of its word in the text, in characters."""

    term: str
    start: int
    end: int


def analyze_ky(text: str) -> list[str]:
    """The tokens of a Kyrgyz text, in order, without stop words."""
    return [token.term for token in tokens(text, locale="ky")]


def analyze(text: str, *, locale: str) -> list[str]:
    """The tokens of a text, in order, without stop words. Raises KeyError: a locale without an analysis."""
    return [token.term for token in tokens(text, locale=locale)]


def tokens(text: str, *, locale: str) -> Iterator[Token]:
    """The tokens of a text with their places, in order, without stop words."""
    language = _LANGUAGES[locale]
    for found in language.word.finditer(text):
        if term := language.term_of(found.group()):
            yield Token(term=term, start=found.start(), end=found.end())


def query_words(text: str, *, locale: str) -> list[str]:
    """The words of a reader's question, as written, at most MAX_QUERY_WORDS of the first MAX_QUERY_CHARACTERS.

    Both adapters ask with these, so control characters, operators and very long texts never reach a server.
    """
    text = _ACT_PREFIX.sub(" ", text[:MAX_QUERY_CHARACTERS])
    spans = itertools.islice(_LANGUAGES[locale].word.finditer(text), MAX_QUERY_WORDS)
    return [span.group() for span in spans]


def _snowball(algorithm: str) -> Callable[[str], str]:
    """The stemmer of one language. The library's stemmer objects keep state, so each thread gets its own."""
    own = threading.local()

    @lru_cache(maxsize=50_000)
    def stem(word: str) -> str:
        if not hasattr(own, "stemmer"):
            own.stemmer = snowballstemmer.stemmer(algorithm)
        return own.stemmer.stemWord(word)

    return stem


@lru_cache(maxsize=50_000)
def _kyrgyz_term(word: str) -> str:
    for pattern, replacement in _RULES:
        word = pattern.sub(replacement, word)
    return word


class _Language:
    """One language's way from text to tokens."""

    def __init__(self, *, letters: dict[str, str], stop_words: Iterable[str], stem: Callable[[str], str]):
        longest_first = sorted(letters, key=len, reverse=True)
        self.letters = letters
        self.changed = re.compile("|".join(map(re.escape, longest_first)))
        # A sign that is dropped does not part two words.
        self.word = re.compile(f"(?:{self.changed.pattern}|[^\\W_])+")
        self.stop_words = frozenset(stop_words)
        self.stem = stem

    def term_of(self, word: str) -> str:
        """The token of one word; empty for a stop word."""
        folded = self.changed.sub(lambda found: self.letters[found.group()], word).lower()[:MAX_TOKEN_LENGTH]
        return "" if folded in self.stop_words else self.stem(folded)


_LANGUAGES = {
    "ky": _Language(letters=LETTERS["ky"], stop_words=STOP_WORDS["ky"], stem=_kyrgyz_term),
    "ru": _Language(letters=LETTERS["ru"], stop_words=STOP_WORDS["ru"], stem=_snowball("russian")),
    "en": _Language(letters=LETTERS["en"], stop_words=STOP_WORDS["en"], stem=_snowball("porter")),
}
