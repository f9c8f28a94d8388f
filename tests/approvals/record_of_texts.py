"""Tampering with the texts on record, as somebody does who took their triggers off first."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from approvals import triggers
from approvals.models import TextOnRecord


@contextmanager
def unguarded() -> Iterator[None]:
    """Inside, the table takes anything."""
    guards = [one for one in triggers.statements_for(connection) if one.table == TextOnRecord._meta.db_table]
    with connection.cursor() as cursor:
        for guard in guards:
            cursor.execute(guard.drop)
        yield
        for guard in guards:
            for statement in guard.create:
                cursor.execute(statement)


def alter(digest: str, canonical: str = "{}") -> None:
    """Other bytes stand under the digest."""
    with unguarded():
        assert TextOnRecord.objects.filter(digest=digest).update(canonical=canonical) == 1


def lose(digest: str) -> None:
    """Nothing stands under the digest."""
    with unguarded():
        TextOnRecord.objects.get(digest=digest).delete()
