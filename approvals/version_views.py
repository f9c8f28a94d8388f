"""One public version for staff: the text as it was, what it changed, and what readers were told."""

from typing import Any

import rfc8785
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from approvals.corrections import PublicVersion, versions_of
from approvals.differences import Change, differences
from approvals.facts import entries_of
from approvals.views import visible_page
from site_pages.files.serving import served_name
from site_pages.public_form.canonical import PublicForm
from site_pages.public_form.reading import ReadableForm


@require_GET
def version(request: HttpRequest, page_id: int, entry_number: int) -> HttpResponse:
    """What became public by one entry of the ledger; for everybody who may see the document."""
    page = visible_page(request, page_id)
    versions = versions_of(entries_of(content_id=page.content_id, locale=page.locale_code))
    found = next((one for one in versions if one.entry.number == entry_number), None)
    if found is None:
        raise Http404
    context = {
        "page_title": _("Public version"),
        "header_icon": "history",
        "page": page,
        "version": found,
        "changes": _changes(found),
        "heading": _("What it changed"),
        "readable": readable_on_record(found.payload, digest=found.entry.digest) if found.payload is not None else None,
    }
    return TemplateResponse(request, "approvals/version.html", context)


def _changes(found: PublicVersion) -> list[Change] | None:
    """Without the notice; None where there is nothing to compare, or not both texts are on record."""
    if not found.previous or found.payload is None or found.previous.payload is None:
        return None
    changes = differences(before=found.previous.payload, after=found.payload)
    return [change for change in changes if not change.is_of_notice]


def readable_on_record(payload: dict[str, Any], *, digest: str) -> ReadableForm:
    """A text on record for the eye of staff, whatever became of the registers and pages that it was made from."""
    form = PublicForm(canonical=rfc8785.dumps(payload), digest=digest)
    return ReadableForm(form, addresses=dict(_addresses(payload)))


def _addresses(value):
    """Where staff find the files of a text, by their file_id."""
    if isinstance(value, dict):
        if "file_id" in value and (name := served_name(sha256=value["sha256"])):
            yield value["file_id"], default_storage.url(name)
        for inner in value.values():
            yield from _addresses(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _addresses(inner)
