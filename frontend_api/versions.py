"""Every version of a document that ever was public, its corrections, and what differs between two of them."""

import datetime as dt
import hashlib
import json
import zlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import BigIntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import get_language

from frontend_api.corrections import note_of, version_address
from frontend_api.document_rows import files_in
from frontend_api.models import (
    KINDS_WITH_TEXT,
    LOCALES,
    Publication,
    PublishedDocument,
    PublishedFile,
    PublishedVersion,
    Tombstone,
    WithheldText,
)
from frontend_api.queries import dated
from frontend_api.representations import api_address, moment, named_as, path_of, with_file_addresses
from site_pages.corrections import OF_THE_NOTICE
from site_pages.public_form import differences as forms
from site_pages.public_form.word_differences import Effort, pieces
from site_pages.public_form.wording import named_documents
from site_pages.withdrawal import WithdrawalClass

LARGEST_NUMBER = 2**63 - 1
# For how many seconds a difference is kept that was worked out.
KEPT_FOR = 24 * 60 * 60


@dataclass(frozen=True)
class Step:
    """One publication of a document, and the version that was public before it (None for the first).

    is_open: whether its text can be read.
    """

    publication: Publication
    previous: int | None
    is_open: bool


def open_histories(content_id: UUID) -> QuerySet[PublishedDocument]:
    """The languages in which the document is public. Only of these are versions served: whoever takes a document
    down decides here what becomes of its history."""
    # What was public before a closing stays closed: a text published in error does not come back with its successor.
    closings = Tombstone.objects.filter(content_id=OuterRef("content_id"), locale=OuterRef("locale"))
    closings = closings.exclude(withdrawal_class=WithdrawalClass.NO_LONGER_CURRENT).order_by("-publication_id")
    # Nor what a restore withholds, once the text is published anew.
    withheld = WithheldText.objects.filter(content_id=OuterRef("content_id"), locale=OuterRef("locale"))
    public = PublishedDocument.objects.visible(at=timezone.now()).filter(content_id=content_id)
    numbers = (closings.values("publication_id")[:1], withheld.order_by("-up_to").values("up_to")[:1])
    closed_up_to = Greatest(*(Coalesce(Subquery(one, output_field=BigIntegerField()), 0) for one in numbers))
    return dated(public).annotate(closed_up_to=closed_up_to).defer("cleared")


def steps_of(document: PublishedDocument) -> list[Step]:
    """How the document came to be what it is, oldest first; never further than the version at hand."""
    publications = Publication.objects.filter(
        content_id=document.content_id, locale=document.locale, kind__in=KINDS_WITH_TEXT, number__lte=document.version
    ).order_by("number")
    steps: list[Step] = []
    for publication in publications:
        previous = steps[-1].publication.number if steps else None
        steps.append(Step(publication, previous=previous, is_open=publication.number > document.closed_up_to))
    return steps


def open_steps_of(document: PublishedDocument) -> list[Step]:
    """Those of its versions that can be read, the first of them without one before it."""
    steps = [step for step in steps_of(document) if step.is_open]
    return [replace(step, previous=None) for step in steps[:1]] + steps[1:]


def _address_of(publication: Publication, *, what: str = "") -> str:
    return version_address(
        content_id=publication.content_id, locale=publication.locale, number=publication.number, what=what
    )


def difference_address(step: Step) -> str | None:
    """Where it says what changed; None for the first version."""
    return _address_of(step.publication, what="/difference") if step.previous else None


def brief(step: Step, *, current: int) -> dict[str, Any]:
    """One version in the list of all."""
    publication = step.publication
    return {
        "version": publication.number,
        "previous_version": step.previous,
        "kind": publication.kind,
        "is_current": publication.number == current,
        "at": moment(publication.at),
        "update_type": publication.update_type,
        "note": note_of(publication),
        "digest": publication.digest,
        "links": {
            "self": _address_of(publication),
            "cleared": _address_of(publication, what="/cleared"),
            "difference": difference_address(step),
        },
    }


def listing(document: PublishedDocument) -> dict[str, Any] | None:
    """All versions of a document that can be read, the newest first; None when there is none."""
    steps = open_steps_of(document)
    if not steps:
        return None
    return {
        "content_id": str(document.content_id),
        "locale": document.locale,
        "type": document.type,
        "title": document.title,
        "path": path_of(document),
        "url": api_address(document),
        "items": [brief(step, current=document.text_version) for step in reversed(steps)],
    }


def text_of(document: PublishedDocument, *, number: int) -> PublishedVersion | None:
    """The stored version with this number, with its publication; None when the document never had it."""
    if not document.closed_up_to < number <= min(LARGEST_NUMBER, document.version):
        return None
    versions = PublishedVersion.objects.select_related("publication")
    return versions.filter(pk=number, content_id=document.content_id, locale=document.locale).first()


def one(version: PublishedVersion, *, document: PublishedDocument) -> tuple[dict[str, Any], list[dt.datetime | None]]:
    """One version as it was public, and what is known of it. Only files that are still public have their `url`.

    And when these addresses end, None for each that has no end.
    """
    payload = json.loads(version.cleared)
    steps = {step.publication.number: step for step in open_steps_of(document)}
    following = next((number for number in sorted(steps) if number > version.pk), None)
    known = brief(steps[version.pk], current=document.text_version)
    del known["update_type"]  # it is in the text
    known |= {"next_version": following, "current_version": document.text_version}
    open_files = _open_files({named_as(file) for file in files_in(payload)})
    return with_file_addresses(payload, only=open_files) | known, list(open_files.values())


def _open_files(named: Collection[tuple[str, str, str]]) -> dict[tuple[str, str, str], dt.datetime | None]:
    """Those of the files that a public document still names, each with the end of the last that does. None: no end."""
    if not named:
        return {}
    public = PublishedDocument.objects.visible(at=timezone.now())
    files = PublishedFile.objects.filter(file_id__in={one[0] for one in named}, document__in=public)
    ends: dict[tuple[str, str, str], dt.datetime | None] = {}
    for file_id, filename, sha256, end in files.values_list("file_id", "filename", "sha256", "document__expires_at"):
        name = (str(file_id), filename, sha256)
        if name in named:
            known = ends.get(name, end)
            ends[name] = max(known, end) if known and end else None
    return ends


def difference(*, document: PublishedDocument, version: PublishedVersion, earlier: PublishedVersion) -> dict[str, Any]:
    """What differs between two versions, in words of the reader's language."""
    return {
        "content_id": str(document.content_id),
        "locale": document.locale,
        "from": earlier.pk,
        "to": version.pk,
        "at": moment(version.publication.at),
        "update_type": version.publication.update_type,
        "note": note_of(version.publication),
        "is_same": version.digest == earlier.digest,
        "changes": _changes(version, earlier=earlier),
        "links": {
            "from": _address_of(earlier.publication),
            "to": _address_of(version.publication),
        },
    }


def _changes(version: PublishedVersion, *, earlier: PublishedVersion) -> list[dict[str, Any]]:
    """What differs, worked out once in a process: two texts that are named by their digests never change.

    What other documents are called may change, and whether they are public; the title is then another one.
    """
    before, after = json.loads(earlier.cleared), json.loads(version.cleared)
    titles = _public_titles(named_documents(before) | named_documents(after), locale=version.locale)
    said = hashlib.sha256(json.dumps(titles, sort_keys=True).encode()).hexdigest()[:16]
    key = f"difference:{earlier.digest}:{version.digest}:{get_language()}:{said}"
    if known := cache.get(key):
        return json.loads(zlib.decompress(known))
    found = [one for one in forms.differences(before=before, after=after) if one.name not in OF_THE_NOTICE]
    effort = Effort()
    changes = [_change(one, effort=effort, document_type=after["type"], titles=titles) for one in found]
    cache.set(key, zlib.compress(json.dumps(changes).encode()), timeout=KEPT_FOR)
    return changes


def _public_titles(ids: Collection[str], *, locale: str) -> dict[str, str]:
    """What other documents are called, in this language or else in the first that they have; public ones only.

    None that has an end: a difference is kept as long as its titles stay, and would have to end with each of them.
    """
    documents = PublishedDocument.objects.visible(at=timezone.now()).filter(content_id__in=ids, expires_at=None)
    found = documents.values_list("content_id", "locale", "title") if ids else ()
    in_order = sorted(found, key=lambda one: (one[1] == locale, -LOCALES.index(one[1])))
    return {str(content_id): title for content_id, _locale, title in in_order}


def _change(one: forms.Difference, *, effort: Effort, **words: Any) -> dict[str, Any]:
    before, after = forms.in_both(one, **words)
    return {
        "kind": one.kind,
        "place": one.place,
        "name": one.name,
        "block_type": one.block_type,
        "label": one.label,
        "before": before,
        "after": after,
        "pieces": [{"kind": piece.kind, "text": piece.text} for piece in pieces(before, after, effort=effort)],
    }
