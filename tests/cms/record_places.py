"""A small house whose public record knows everything that can happen to a text, and ways to tamper with it."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.utils import timezone

from approvals import triggers as page_triggers
from frontend_api import triggers as public_triggers
from frontend_api.models import PublicationCounter, PublishedDocument
from site_pages.models import DocumentPage, RelatedDocument
from tests.approvals.test_corrections_on_time import topic
from tests.approvals.withdrawal.taking_down import NO_LONGER_CURRENT, SUPERSEDED, take_down
from tests.newsroom import decree, edit, fresh, photo, publish, release


@dataclass
class House:
    """The pages behind the numbers; `standing` is the row of `superseded` as it was before it was taken down."""

    twice: DocumentPage
    ending: DocumentPage
    act: DocumentPage
    plain: DocumentPage
    noticed: DocumentPage
    again: DocumentPage
    superseded: DocumentPage
    standing: PublishedDocument


@contextmanager
def open_house(room) -> Iterator[House]:
    """The house, with no trigger that refuses to tamper with it."""
    for side in (page_triggers, public_triggers):
        side.remove(using="default")
    yield build(room)
    for side in (page_triggers, public_triggers):
        side.install(using="default")


def build(room) -> House:
    """Numbers 1 to 13; the last one closes a document."""
    picture = photo(title="Кол коюу", alt_text_ky="Кол коюу", credit="Б. Алымкулов")
    twice = publish(release(room.author, title="Эки", image=picture), room)  # 1
    publish(twice, room)  # 2, confirmed
    ending = release(room.author, title="Мөөнөттүү")
    edit(
        ending,
        by=room.author,
        expire_at=timezone.now() + dt.timedelta(days=30),
        related_documents=[RelatedDocument(document=twice.documentpage_ptr)],
        topics=[topic()],
    )
    ending = publish(fresh(ending), room)  # 3
    edit(ending, by=room.author, lead="Экинчи.", change_note="Такталды.")
    ending = publish(ending, room)  # 4, corrected
    act = publish(decree(room.author), room)  # 5
    plain = publish(release(room.author, title="Жөнөкөй"), room)  # 6
    noticed = publish(release(room.author, title="Эскирген"), room)  # 7
    take_down(noticed, room, as_=NO_LONGER_CURRENT)  # 8
    again = publish(release(room.author, title="Кайра"), room)  # 9
    take_down(again, room)  # 10
    again = publish(fresh(again), room)  # 11, the same bytes
    superseded = publish(release(room.author, title="Эски"), room)  # 12
    standing = row_of(superseded)
    take_down(superseded, room, as_=SUPERSEDED, successor=twice.content_id)  # 13
    return House(twice, ending, act, plain, noticed, again, superseded, standing)


def row_of(page: DocumentPage) -> PublishedDocument:
    """What is public of the page."""
    return PublishedDocument.objects.get(content_id=page.content_id)


def put_back(document: PublishedDocument, **changes) -> None:
    """Store the row of a document that is gone, as it was or with changes."""
    values = {field.attname: getattr(document, field.attname) for field in document._meta.concrete_fields}
    del values["id"]
    PublishedDocument.objects.bulk_create([PublishedDocument(**{**values, **changes})])


def without(number: int) -> None:
    """A publication is gone, with what hangs on it."""
    erase("frontend_api_delivery", "publication_id", number)
    erase("frontend_api_tombstone", "publication_id", number)
    erase("frontend_api_publishedversion", "number", number)
    erase("frontend_api_publication", "number", number)


def without_last(number: int) -> None:
    """The same of the last one, and the counter goes back."""
    without(number)
    PublicationCounter.objects.update(number=number - 1)


def erase(table: str, column: str, value: object) -> None:
    """Rows are gone, and nobody asked why."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE {column} = %s", [value.hex if isinstance(value, UUID) else value])


def swap(one: int, other: int) -> None:
    """Two publications exchange their numbers, with their texts."""
    with connection.cursor() as cursor:
        for table in ("frontend_api_publishedversion", "frontend_api_publication"):
            for before, after in ((one, -1), (other, one), (-1, other)):
                cursor.execute(f"UPDATE {table} SET number = %s WHERE number = %s", [after, before])
