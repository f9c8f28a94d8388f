"""Where the documents of a bundle lead: every link that would lead nowhere.

A link to another document leads somewhere when readers find that one, or will with the bundle or before it. Other
people's addresses are not asked, only read.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from wagtail.models import Page

from approvals.foreseen import Coming
from approvals.withdrawal.facts import read_at
from site_pages.models import DocumentPage

INTERNAL = re.compile(r"<a\b[^>]*\blinktype=\\?[\"']page\\?[\"'][^>]*>")
NUMBER = re.compile(r"\bid=\\?[\"'](\d{1,18})\\?[\"']")
_is_address = URLValidator(schemes=["http", "https"])


def check(items: Iterable, *, at: dt.datetime, before: Iterable[Coming]) -> None:
    """Note at each rehearsed document (approvals.bundles.rehearsal.Rehearsed) which of its links are broken.

    at: when the bundle is published; what has ended by then is public no more. before: what becomes so until then.
    What a restore withholds is live in the editor and found by no reader.
    """
    items = [item for item in items if item.form]
    pages = {item.member.page_id: set(_linked_pages(item.draft)) for item in items}
    named = {item.member.page_id: set(_named(item.form.payload)) for item in items}
    numbers = set().union(*pages.values())
    known = set(Page.objects.filter(pk__in=numbers).values_list("pk", flat=True))
    targets = set().union(*named.values())
    public = {content_id for content_id, _code in read_at(at, content_ids=targets)}
    reached = {item.member.content_id for item in items} | public
    reached |= {one.content_id for one in before if not one.ends_by(at)}
    nowhere = _("It leads to a document that is neither public nor in the bundle: %(id)s.")
    deleted = _("A link in its text leads to page %(id)s, which was deleted.")
    for item in items:
        for content_id in sorted(named[item.member.page_id] - reached):
            item.note("link", nowhere % {"id": content_id}, stops=False)
        for number in sorted(pages[item.member.page_id] - known):
            item.note("link", deleted % {"id": number}, stops=False)
        for address in _addresses(item.form.payload):
            if not _is_well_formed(address):
                item.note("address_elsewhere", _("“%(url)s” is no address.") % {"url": address[:200]}, stops=False)


def _linked_pages(draft: DocumentPage) -> Iterator[int]:
    """The pages to which an editor's links lead; the public form drops those that are gone."""
    sources = [str(draft._meta.get_field("body").get_prep_value(draft.body)), getattr(draft, "notes_to_editors", "")]
    for source in sources:
        for tag in INTERNAL.findall(source):
            if number := NUMBER.search(tag):
                yield int(number[1])


def _named(payload: dict[str, Any]) -> Iterator[UUID]:
    """The documents that a public form names: related, act, relations of acts, links in texts."""
    yield from map(UUID, payload["related"])
    if payload.get("act"):
        yield UUID(payload["act"])
    for relation in payload.get("relations", ()):
        if relation["target"]:
            yield UUID(relation["target"])
    for html in _texts(payload):
        for link in BeautifulSoup(html, "html.parser").find_all("a", attrs={"data-content-id": True}):
            yield UUID(link["data-content-id"])


def _addresses(payload: dict[str, Any]) -> Iterator[str]:
    """Addresses outside of the house."""
    for html in _texts(payload):
        for link in BeautifulSoup(html, "html.parser").find_all("a", href=True):
            if not link["href"].startswith(("mailto:", "tel:")):
                yield link["href"]
    for relation in (*payload.get("relations", ()), *payload.get("official_publications", ())):
        if relation["url"]:
            yield relation["url"]


def _texts(payload: dict[str, Any]) -> Iterator[str]:
    yield payload["body"]["html"]
    if notes := payload.get("notes_to_editors"):
        yield notes["html"]


def _is_well_formed(address: str) -> bool:
    try:
        _is_address(address)
    except ValidationError:
        return False
    return True
