"""Everything that Elasticsearch is told about an index: its analyzer, made of the same tables as the Python analysis,
and its strict mapping. The only place where a field of an index is declared."""

import hashlib
import json
from typing import Any

from frontend_api.search.analysis import MAX_TOKEN_LENGTH
from frontend_api.search.kyrgyz import RULES
from frontend_api.search.languages import LETTERS, STOP_WORDS

LOCALES = ("ky", "ru", "en")
ANALYZER = "words"
# Stemmers of Elasticsearch; Kyrgyz has none, its rules are filters of ours.
_STEMMERS = {"ru": "russian", "en": "english"}


def _text(analyzer: str = ANALYZER) -> dict[str, Any]:
    # `boolean`: a word weighs what the query says, whatever else the index holds (port.FIELD_WEIGHTS). Offsets are
    # stored so that a very long text can be highlighted without being analysed again.
    return {"type": "text", "analyzer": analyzer, "similarity": "boolean", "index_options": "offsets"}


def _keyword() -> dict[str, Any]:
    return {"type": "keyword", "ignore_above": 1024}


PROPERTIES: dict[str, dict[str, Any]] = {
    "content_id": {"type": "keyword"},
    "version": {"type": "long"},
    "digest": {"type": "keyword", "index": False},
    # A tombstone: no reader finds it.
    "gone": {"type": "boolean"},
    "type": _keyword(),
    "slug": {"type": "keyword", "index": False, "doc_values": False},
    "title": _text(),
    "summary": _text(),
    "labels": _text(),
    "body": _text(),
    "topics": _keyword(),
    # "key<TAB>label": facets are counted by it, so that they can name the topic.
    "topic_names": _keyword(),
    "people": _keyword(),
    "places": _keyword(),
    "act_type": _keyword(),
    "act_number": {"type": "integer"},
    "year": {"type": "integer"},
    "signed_on": {"type": "date", "format": "strict_date"},
    "listed_at": {"type": "date", "format": "epoch_millis"},
}


def _escaped(text: str) -> str:
    return "".join(f"\\u{ord(letter):04x}" for letter in text)


def _letters(locale: str) -> dict[str, Any]:
    pairs = [f"{_escaped(letters)} => {_escaped(target)}" for letters, target in LETTERS[locale].items()]
    return {"type": "mapping", "mappings": pairs}


def _stem_filters(locale: str) -> tuple[dict[str, Any], list[str]]:
    """The filters that shorten words, and the order in which they run."""
    if locale in _STEMMERS:
        return {"stem": {"type": "stemmer", "language": _STEMMERS[locale]}}, ["stem"]
    filters = {
        f"ky_{rule.name}": {"type": "pattern_replace", "pattern": rule.pattern, "replacement": f"$1{rule.ending}"}
        for rule in RULES
    }
    return filters, [f"ky_{rule.name}" for rule in RULES]


def analysis(locale: str) -> dict[str, Any]:
    """The `analysis` section of the settings of one language."""
    stem_filters, order = _stem_filters(locale)
    return {
        "char_filter": {"letters": _letters(locale)},
        "tokenizer": {"letters_and_digits": {"type": "pattern", "pattern": r"[^\p{L}\p{N}]+"}},
        "filter": {
            "cut": {"type": "truncate", "length": MAX_TOKEN_LENGTH},
            "stop_words": {"type": "stop", "stopwords": list(STOP_WORDS[locale])},
            **stem_filters,
        },
        "analyzer": {
            ANALYZER: {
                "type": "custom",
                "char_filter": ["letters"],
                "tokenizer": "letters_and_digits",
                "filter": ["lowercase", "cut", "stop_words", *order],
            }
        },
    }


def fingerprint(locale: str) -> str:
    """Changes whenever the index of this language would be built otherwise; kept in its `_meta`."""
    built = json.dumps([analysis(locale), PROPERTIES], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(built.encode()).hexdigest()[:16]


def index_body(locale: str) -> dict[str, Any]:
    """Settings and mappings of one language's index."""
    return {
        "settings": {
            # One shard: counts of facets are exact. Not left to its default, an index that nobody asks goes to sleep
            # and what is published is found only after the next question.
            "index": {"number_of_shards": 1, "auto_expand_replicas": "0-1", "refresh_interval": "500ms"},
            "analysis": analysis(locale),
        },
        "mappings": {
            "dynamic": "strict",
            "_meta": {"fingerprint": fingerprint(locale)},
            "properties": PROPERTIES,
        },
    }
