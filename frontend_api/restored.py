"""What the public side no longer shows after a restore: what was closed after the backup was taken.

Nothing is published or withdrawn by it. Only a new publication goes beyond it, which is a new clearance; or people
close the document again, which is a decision like any other.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from frontend_api.models import Delivery, DeliveryChannel, PublishedDocument, Tombstone, WithheldText
from frontend_api.search.tables import SearchText
from site_pages.withdrawal import Withheld

HELD = "Perhaps it was told before the restore."
COLUMNS = ("content_id", "locale", "up_to", "withheld_at", "closed_at", "reason")


@dataclass(frozen=True)
class Closed:
    """One text that was closed after the backup. locale: None for all of them. number, at: of the closing, if known."""

    content_id: UUID
    locale: str | None = None
    number: int | None = None
    at: dt.datetime | None = None
    reason: str = ""


def withholding(closed: Closed, *, up_to: int, now: dt.datetime) -> tuple[str, Sequence[Any]]:
    """The statement that withholds what of it the restored database would show; for the transaction of the restore.

    up_to: the last number of the backup. A closing that the database knows itself withholds nothing: what is public of
    the text was published after it.
    """
    document, tombstone, withheld = (
        connection.ops.quote_name(model._meta.db_table) for model in (PublishedDocument, Tombstone, WithheldText)
    )
    values = [_prepared("up_to", up_to), _prepared("withheld_at", now)]
    values += [_prepared("closed_at", closed.at), closed.reason, _prepared("content_id", closed.content_id)]
    where = ["d.content_id = %s"]
    if closed.locale is not None:
        where.append("d.locale = %s")
        values.append(closed.locale)
    if closed.number is not None:
        where.append(
            f"NOT EXISTS (SELECT 1 FROM {tombstone} t WHERE t.content_id = d.content_id AND t.locale = d.locale"
            " AND t.publication_id = %s AND t.at = %s)"
        )
        values += [closed.number, _prepared("closed_at", closed.at)]
    where.append(
        f"NOT EXISTS (SELECT 1 FROM {withheld} w WHERE w.content_id = d.content_id AND w.locale = d.locale"
        " AND w.up_to = %s)"
    )
    values.append(up_to)
    sql = (
        f"INSERT INTO {withheld} ({', '.join(COLUMNS)}) "
        f"SELECT d.content_id, d.locale, %s, %s, %s, %s FROM {document} d WHERE {' AND '.join(where)}"
    )
    return sql, tuple(values)


def _prepared(name: str, value: Any) -> Any:
    return WithheldText._meta.get_field(name).get_db_prep_value(value, connection)


def erasures() -> list[tuple[QuerySet, dict[str, Any]]]:
    """Rows and what they become: the database's own search forgets what is withheld."""
    withheld = WithheldText.objects.filter(
        content_id=OuterRef("content_id"), locale=OuterRef("locale"), up_to__gte=OuterRef("version")
    )
    return [(SearchText.objects.filter(Exists(withheld)), {"is_gone": True, "title": "", "summary": "", "body": ""})]


def quietings(*, now: dt.datetime) -> list[tuple[QuerySet, dict[str, Any]]]:
    """Rows and what they become: other sites were perhaps told already, and nobody tells them again unasked."""
    waiting = Delivery.objects.filter(channel=DeliveryChannel.WEBHOOK, done_at=None, dead_at=None)
    return [(waiting, {"dead_at": now, "leased_until": None, "last_error": HELD})]


def withheld_now() -> list[tuple[WithheldText, PublishedDocument]]:
    """What is withheld at this moment, each with the document that would otherwise be public."""
    rows = {(row.content_id, row.locale): row for row in WithheldText.objects.order_by("pk")}
    documents = PublishedDocument.objects.withheld().order_by("version").defer("cleared")
    return [(rows[document.content_id, document.locale], document) for document in documents]


def answer(sender, **kwargs) -> list[Withheld]:
    """What is withheld at this moment, for the other half of the house."""
    return [
        Withheld(content_id=row.content_id, locale=row.locale, closed_at=row.closed_at, reason=row.reason)
        for row, _document in withheld_now()
    ]
