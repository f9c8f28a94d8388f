"""What a database says at the moment of a backup, asked by plain SQL of the snapshot itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db.models import FileField

from approvals.models import LedgerHead
from frontend_api.models import PublicationCounter, PublishedFile

Ask = Callable[[str], list[tuple]]


@dataclass(frozen=True)
class Contents:
    """Where the two logs ended, and the names of all files. published: name and SHA-256 of those that are public."""

    ledger_number: int
    ledger_hash: str
    publication_number: int
    files: frozenset[str]
    published: frozenset[tuple[str, str]]


def contents_of(ask: Ask) -> Contents:
    """Read them. ask: answers one SELECT of the snapshot with its rows."""
    number, ledger_hash = ask(f"SELECT number, hash FROM {LedgerHead._meta.db_table}")[0]
    counter = ask(f"SELECT number FROM {PublicationCounter._meta.db_table}")
    published = ask(f"SELECT storage_name, sha256 FROM {PublishedFile._meta.db_table}")
    named = {name for query in _file_columns() for (name,) in ask(query) if name}
    return Contents(
        ledger_number=number,
        ledger_hash=ledger_hash,
        publication_number=counter[0][0] if counter else 0,
        files=frozenset(named | {name for name, _hash in published}),
        published=frozenset(published),
    )


def _file_columns() -> Iterator[str]:
    """A SELECT for each column of each model that names a file, models of later versions included."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, FileField):
                yield f'SELECT "{field.column}" FROM "{model._meta.db_table}"'
