"""Remarks tied to places of a text: where they can be made, how they are recorded, how they are answered."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from approvals.facts import name_of
from approvals.models import LedgerEntry, Remark
from site_pages.models import DocumentPage
from site_pages.public_form.canonical import PublicForm
from site_pages.public_form.wording import FIELD_LABELS, readable

EXCERPT = 90
LONGEST = 4000
FIELDS = ("title", "summary", "lead", "image", "number", "signed_on", "topics", "people", "places", "attachments")


@dataclass(frozen=True)
class Place:
    """A place of a text that a remark can be tied to. excerpt: how it begins."""

    anchor: str
    label: str
    excerpt: str


class RemarkRefused(PermissionDenied):
    """A remark on a place that the text does not have, or too long a one. Nothing was recorded."""


def places_of(form: PublicForm) -> list[Place]:
    """The fields that hold something, then the blocks in their order; labels in the language that is active."""
    payload = form.payload
    fields = [
        Place(f"field:{name}", str(FIELD_LABELS[name]), readable(payload[name])[:EXCERPT])
        for name in FIELDS
        if payload.get(name)
    ]
    blocks = [
        Place(f"block:{block['id']}", _("Paragraph %(number)s") % {"number": number}, readable(block)[:EXCERPT])
        for number, block in enumerate(payload["body"]["blocks"], start=1)
    ]
    return fields + blocks


def tied(form: PublicForm, *, given: Mapping[str, str], locale: str) -> list[tuple[Place, str]]:
    """The remarks that say something, each with its place, labelled in the text's language. Raises RemarkRefused."""
    said = {anchor: text.strip() for anchor, text in given.items() if text.strip()}
    with translation.override(locale):
        places = {place.anchor: place for place in places_of(form)}
    if unknown := sorted(set(said) - set(places)):
        raise RemarkRefused(_("The text has no such place: %(places)s.") % {"places": ", ".join(unknown)[:200]})
    if any(len(text) > LONGEST or "\x00" in text for text in said.values()):
        raise RemarkRefused(_("A remark is too long or holds a character that no text may hold."))
    return [(place, said[anchor]) for anchor, place in places.items() if anchor in said]


def in_words(remark: str, remarks: list[tuple[Place, str]]) -> str:
    """The general remark and those on places as one text, as the ledger and notices give it."""
    return "\n".join(filter(None, [remark.strip(), *(f"{place.label}: {text}" for place, text in remarks)]))


def keep(entry: LedgerEntry, remarks: list[tuple[Place, str]]) -> None:
    """Store the remarks of a return, inside its transaction."""
    Remark.objects.bulk_create(
        Remark(
            content_id=entry.content_id,
            locale=entry.locale,
            entry_number=entry.number,
            order=order,
            anchor=place.anchor,
            label=place.label,
            text=text,
            by=entry.actor_name,
            made_at=entry.recorded_at,
        )
        for order, (place, text) in enumerate(remarks)
    )


def open_remarks(page: DocumentPage) -> list[Remark]:
    """What the author still has to tick off or answer."""
    return list(Remark.objects.about(content_id=page.content_id, locale=page.locale_code).open())


@transaction.atomic
def settle(*, remark_id: int, page: DocumentPage, user, answer: str, now: dt.datetime) -> Remark:
    """Tick a remark off, with an answer or without one. Raises RemarkRefused; Remark.DoesNotExist."""
    if len(answer) > LONGEST or "\x00" in answer:
        raise RemarkRefused(_("A remark is too long or holds a character that no text may hold."))
    about = Remark.objects.about(content_id=page.content_id, locale=page.locale_code)
    remark = about.select_for_update().get(pk=remark_id)
    remark.answer, remark.settled_at, remark.settled_by = answer.strip(), now, name_of(user)
    remark.save(update_fields=["answer", "settled_at", "settled_by"])
    return remark
