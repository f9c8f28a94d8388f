"""The full-text search of SQLite (FTS5) and PostgreSQL (tsvector), over words that are analysed already.

Both tables are keyed by `SearchText.id` and say of each word in which fields it stands.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Func

FIELDS = ("title", "summary", "labels", "body")
TABLE = "frontend_api_searchterms"
# PostgreSQL refuses a tsvector of 1 MB; what comes after this many bytes of different words is not searched there.
MAX_TERM_BYTES = 700_000
_BYTES_PER_TERM = 14
_ROWS = 100


class Contains(Func):
    """Whether the row's text holds all of the terms: in the field `within` (never the body), else in any field."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, terms: Iterable[str], *, within: str | None = None):
        super().__init__(F("pk"))
        self.terms, self.within = tuple(terms), within

    def as_sqlite(self, compiler: Any, db: Any, **context: Any) -> tuple[str, list[Any]]:
        sql, params = compiler.compile(self.source_expressions[0])
        words = " AND ".join(f'"{term}"' for term in self.terms)
        expression = f"{{{self.within}}} : ({words})" if self.within else words
        return f"{sql} IN (SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s)", [*params, expression]

    def as_postgresql(self, compiler: Any, db: Any, **context: Any) -> tuple[str, list[Any]]:
        sql, params = compiler.compile(self.source_expressions[0])
        expression = " & ".join(f"'{_lexeme(term, self.within)}'" for term in self.terms)
        column = "heads" if self.within else "words"
        return f"{sql} IN (SELECT id FROM {TABLE} WHERE {column} @@ %s::tsquery)", [*params, expression]


def write_terms(rows: Mapping[int, Mapping[str, Iterable[str]]]) -> None:
    """Replace the words of rows. rows: key -> field -> tokens."""
    forget_terms(*rows)
    values = [[key, *_columns(terms)] for key, terms in rows.items()]
    if not values:
        return
    columns, place = ("id, heads, words", "(%s, %s::tsvector, %s::tsvector)")
    if connection.vendor != "postgresql":
        columns, place = f"rowid, {', '.join(FIELDS)}", "(%s, %s, %s, %s, %s)"
    with connection.cursor() as cursor:
        for some in _batched(values):
            places = ", ".join([place] * len(some))
            cursor.execute(f"INSERT INTO {TABLE} ({columns}) VALUES {places}", [v for row in some for v in row])


def terms_differ(rows: Mapping[int, Mapping[str, Iterable[str]]]) -> set[int]:
    """The keys of those rows whose words in the table are not those that `write_terms` would write."""
    is_postgresql = connection.vendor == "postgresql"
    # PostgreSQL keeps words sorted in a way of its own: it says itself how it would keep them.
    same = "id, heads = %s::tsvector AND words = %s::tsvector" if is_postgresql else "rowid, "
    same += "" if is_postgresql else " AND ".join(f"{field} = %s" for field in FIELDS)
    column = "id" if is_postgresql else "rowid"
    differing = set()
    with connection.cursor() as cursor:
        for key, terms in rows.items():
            cursor.execute(f"SELECT {same} FROM {TABLE} WHERE {column} = %s", [*_columns(terms), key])
            if not (found := cursor.fetchone()) or not found[1]:
                differing.add(key)
    return differing


def _columns(terms: Mapping[str, Iterable[str]]) -> list[str]:
    """What stands in a row beside its key."""
    kept = _within_bounds(terms)
    if connection.vendor == "postgresql":
        return list(_vectors(kept))
    return [" ".join(kept[field]) for field in FIELDS]


def _batched(values: list) -> Iterable[list]:
    """The values in portions that one statement takes."""
    return (values[start : start + _ROWS] for start in range(0, len(values), _ROWS))


def forget_terms(*keys: int) -> None:
    """Leave no word of the rows."""
    column = "id" if connection.vendor == "postgresql" else "rowid"
    with connection.cursor() as cursor:
        for some in _batched(list(keys)):
            places = ", ".join(["%s"] * len(some))
            cursor.execute(f"DELETE FROM {TABLE} WHERE {column} IN ({places})", some)


def _within_bounds(terms: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Each field's different words, in order, as long as there is room; the body comes last."""
    room = MAX_TERM_BYTES
    kept: dict[str, list[str]] = {}
    for field in FIELDS:
        kept[field] = []
        for term in dict.fromkeys(terms[field]):
            room -= len(term.encode()) + _BYTES_PER_TERM
            if room < 0:
                break
            kept[field].append(term)
    return kept


def _vectors(terms: Mapping[str, Iterable[str]]) -> tuple[str, str]:
    """Two tsvectors as text: the words of each short field under the field's name, and all words.

    The weights of one tsvector would say the same, but for them PostgreSQL reads every row that its index names.
    """
    heads = {_lexeme(term, field) for field in FIELDS[:-1] for term in terms[field]}
    words = {term for field in FIELDS for term in terms[field]}
    return _as_text(heads), _as_text(words)


def _as_text(lexemes: Iterable[str]) -> str:
    return " ".join(f"'{lexeme}'" for lexeme in sorted(lexemes))


def _lexeme(term: str, field: str | None) -> str:
    return f"{field}/{term}" if field else term
