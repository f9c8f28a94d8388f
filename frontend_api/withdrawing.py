"""Taking out of what readers find, in the gate's transaction: tombstone, log entry and delivery rows."""

import datetime as dt
from uuid import UUID

from django.db import connection, transaction

from frontend_api.announcing import announce
from frontend_api.corrections import told_with
from frontend_api.models import (
    IS_WITHHELD,
    Publication,
    PublicationKind,
    PublishedDocument,
    Tombstone,
)
from frontend_api.publishing import next_number
from frontend_api.search.database import erase_search_text, write_search_texts
from frontend_api.search.published import from_published
from site_pages.withdrawal import PublicState, Statement


class NothingToWithdraw(Exception):
    """What the statement names is not what is public; nothing is taken down."""


def receive(sender, *, statement: Statement, withdrawn_at: dt.datetime, entry_number: int, **kwargs) -> str:
    """Carry a statement out and log it under the next number; gives the statement's own digest back.

    The document is gone with its files, or stands under a notice. Raises NothingToWithdraw;
    TransactionManagementError outside the gate's transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A withdrawal is carried out in the gate's transaction.")
    document = (
        PublishedDocument.objects.select_for_update()
        .filter(content_id=statement.content_id, locale=statement.locale)
        .first()
    )
    if document is None or (document.version, document.digest) != (statement.version, statement.digest):
        raise NothingToWithdraw(statement.own_digest)
    publication = _log(document, statement=statement, at=withdrawn_at, entry_number=entry_number)
    tombstone_of(document, statement=statement, publication=publication).save(force_insert=True)
    if statement.closes:
        # Its tags, references and files go with it: a file stays open while another document refers to it.
        document.delete()
        erase_search_text(content_id=statement.content_id, locale=statement.locale, version=publication.number)
    else:
        _put_under_notice(document, statement=statement, publication=publication)
    announce([publication])
    return statement.own_digest


def _log(document: PublishedDocument, *, statement: Statement, at: dt.datetime, entry_number: int) -> Publication:
    return Publication.objects.create(
        number=next_number(),
        kind=PublicationKind.WITHDRAWN,
        content_id=document.content_id,
        locale=document.locale,
        type=document.type,
        digest=document.digest,
        entry_number=entry_number,
        update_type="major",
        at=at,
    )


def tombstone_of(document: PublishedDocument, *, statement: Statement, publication: Publication) -> Tombstone:
    """What readers are told in the place of the document, as it was until then; not stored."""
    return Tombstone(
        publication=publication,
        content_id=document.content_id,
        locale=document.locale,
        type=document.type,
        slug=document.slug,
        withdrawal_class=statement.withdrawal_class,
        reason=statement.reason,
        successor=statement.successor,
        first_published_at=document.first_published_at,
        at=publication.at,
        act_type=document.act_type,
        act_number=document.act_number,
        act_number_suffix=document.act_number_suffix,
        act_year=document.act_year,
    )


def _put_under_notice(document: PublishedDocument, *, statement: Statement, publication: Publication) -> None:
    """The cleared bytes stay; the number is new, so that every copy outside learns of the notice."""
    document.notice, document.notice_at = statement.reason, publication.at
    document.version = publication.number
    told = told_with(publication, is_under_notice=False)
    document.change_history = [*document.change_history, *told]
    document.updated_at = document.public_updated_at = publication.at
    document.save()
    write_search_texts(documents=[from_published(document)])


def states_of(sender, *, content_ids: list[UUID], locale: str, **kwargs) -> dict[UUID, PublicState]:
    """What readers find of these texts in the language; only those that are public."""
    found = PublishedDocument.objects.filter(content_id__in=content_ids, locale=locale)
    return {
        row.content_id: PublicState(
            version=row.version,
            digest=row.digest,
            is_under_notice=row.notice_at is not None,
            is_withheld=row.is_withheld,
            expires_at=row.expires_at,
        )
        for row in found.only("content_id", "version", "digest", "notice_at", "expires_at").annotate(
            is_withheld=IS_WITHHELD
        )
    }
