"""The texts on record: the canonical bytes of what was submitted, or shown outside, under their digest.

One place writes them and one reads them. A row that does not hash to its digest is no text on record, whoever wrote it:
neither is it shown, nor compared with, nor told of.
"""

import logging
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from approvals.models import EntryKind, LedgerEntry, TextOnRecord
from site_pages.gatekeeping import GateClosed
from site_pages.public_form.canonical import PublicForm, digest_of

logger = logging.getLogger(__name__)
# So many texts at once: some are long.
PIECE = 100


class RecordDamaged(GateClosed):
    """The record holds other bytes under the digest of this text. Nothing was done."""

    def __init__(self) -> None:
        super().__init__(_("The text on record is not the one that was cleared."))


def keep(form: PublicForm) -> None:
    """Put the bytes of a form on record, once. Raises RecordDamaged."""
    canonical = form.canonical.decode()
    row, _is_new = TextOnRecord.objects.get_or_create(digest=form.digest, defaults={"canonical": canonical})
    if row.canonical != canonical:
        logger.error("text_on_record_damaged", extra={"digest": form.digest})
        raise RecordDamaged


def form_of(digest: str) -> PublicForm | None:
    """The text with this digest, without the places of its files; None when the record lacks it or holds another."""
    return forms_of([digest]).get(digest)


def payload_of(digest: str) -> dict[str, Any] | None:
    """The same as plain JSON values."""
    form = form_of(digest)
    return form.payload if form else None


def forms_of(digests: Iterable[str]) -> dict[str, PublicForm]:
    """Those of the texts that are on record, by their digests; in one query, or none."""
    wanted = set(digests)
    found = {}
    for row in TextOnRecord.objects.in_bulk(wanted).values() if wanted else ():
        if _is_whole(row.digest, row.canonical):
            found[row.digest] = PublicForm(canonical=row.canonical.encode(), digest=row.digest)
        else:
            logger.error("text_on_record_damaged", extra={"digest": row.digest})
    return found


def payloads_of(digests: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The same as plain JSON values."""
    return {digest: form.payload for digest, form in forms_of(digests).items()}


def faults() -> Iterator[str]:
    """Everything that is wrong with the record, in words: texts that are not those of their digests, and texts that
    became public and are not there. Whatever becomes public was submitted, and is on record since."""
    rows = TextOnRecord.objects.order_by("digest").values_list("digest", "canonical")
    for digest, canonical in rows.iterator(chunk_size=PIECE):
        if not _is_whole(digest, canonical):
            yield f"the text on record {digest} is not the one that its digest names"
    published = LedgerEntry.objects.filter(kind=EntryKind.PUBLISHED).order_by("number")
    lost = published.exclude(digest__in=TextOnRecord.objects.values("digest")).values_list("number", "digest")
    for number, digest in lost.iterator():
        yield f"the text {digest}, which entry {number} published, is not on record"


def _is_whole(digest: str, canonical: Any) -> bool:
    # SQLite keeps bytes in a column of text, and gives them back as bytes.
    return isinstance(canonical, str) and digest_of(canonical.encode()) == digest
