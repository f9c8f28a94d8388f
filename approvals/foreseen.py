"""What is known, before its moment, to keep a cleared text from the public: read from the version that was cleared.

A row without its page or its version says nothing of itself here, and keeps none of the others from being told of.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from wagtail.models import Revision

from approvals.bundles.moments import ends_before, has_time_of
from approvals.models import Bundle, DuePublication
from approvals.moments import MomentUnreadable, moment_in
from approvals.originals import followers, whose_originals_are_live
from site_pages.models import DecreePage, DocumentPage
from site_pages.requirements import Issue

# How many parts the name of a document has that is its address.
ADDRESS = 3
# What is read of a version; whole versions are long.
READ = ("go_live_at", "expire_at", "slug", "act_type", "number", "number_suffix", "signed_on")


@dataclass(frozen=True)
class Coming:
    """One cleared version that waits. content: what READ names of it. kind, locale: keys of the type and the language.

    is_live: whether another version of it is public now.
    """

    due: DuePublication
    content: dict[str, Any]
    content_id: UUID
    kind: int
    locale: int
    is_live: bool

    @property
    def address(self) -> tuple[int, int, str] | None:
        """By what no two public documents may be called; None where none can be read."""
        slug = self.content["slug"]
        return (self.kind, self.locale, slug) if isinstance(slug, str) else None

    @property
    def number(self) -> tuple | None:
        """Of an act in its language, by what no two are cited: type, year, number, letter; None for what is no act."""
        act, day = self.content["act_type"], self.content["signed_on"]
        if not act or not isinstance(day, str):
            return None
        return self.locale, str(act), day[:4], str(self.content["number"]), str(self.content["number_suffix"] or "")

    def ends_by(self, at: dt.datetime) -> bool:
        """Whether it is to be shown no more at a moment, or nobody can say until when it is."""
        try:
            end = moment_in(self.content["expire_at"])
        except MomentUnreadable:
            return True
        return end is not None and end <= at


def coming(rows: Iterable[DuePublication]) -> list[Coming]:
    """The versions for which these rows wait, in their order; without those whose page or version is gone."""
    rows = list(rows)
    versions = Revision.objects.filter(pk__in=[row.revision_id for row in rows])
    contents = {pk: dict(zip(READ, values, strict=True)) for pk, *values in versions.values_list("pk", *_columns())}
    pages = DocumentPage.objects.filter(pk__in=[row.page_id for row in rows])
    known = pages.values_list("pk", "translation_key", "content_type_id", "locale_id", "live")
    facts = {pk: about for pk, *about in known}
    return [
        Coming(row, contents[row.revision_id], *facts[row.page_id])
        for row in rows
        if row.page_id in facts and row.revision_id in contents
    ]


def _columns() -> list[str]:
    return [f"content__{name}" for name in READ]


def foreseen(rows: Iterable[DuePublication]) -> dict[int, str]:
    """Why texts will not become public at their moment, by the numbers of the entries that cleared them.

    rows: with their bundles, in the order in which they are due. Of two with one address or number the later fails, and
    so does what another document is called by then: one that is there already, unless it is called otherwise before.
    """
    found: dict[int, str] = {}
    waiting = coming(rows)
    holders = _holders_now(waiting)
    called = {(content_id, *_of_whom(name)): name for name, having in holders.items() for content_id in having}
    for one in waiting:
        reason = _misfit(one)
        if has_a_moment(one.due):
            reason = reason or _taken(one, holders)
            for name in filter(None, (one.address, one.number)):
                if not reason and (former := called.get((one.content_id, *_of_whom(name)))):
                    holders[former].discard(one.content_id)
                if not holders[name] - {one.content_id}:
                    holders[name].add(one.content_id)
                    called[one.content_id, *_of_whom(name)] = name
        if reason:
            found[one.due.entry_number] = reason
    return found


def _taken(one: Coming, holders: dict[tuple, set[UUID]]) -> str:
    """What is said where another document is called as this one will be; empty where none is."""
    if one.address and holders[one.address] - {one.content_id}:
        return address_taken(one.address[-1])
    if one.number and holders[one.number] - {one.content_id}:
        *_type, year, number, suffix = one.number
        return number_taken(year=year, number=number, suffix=suffix)
    return ""


def _of_whom(name: tuple) -> tuple:
    """What a document has one of: an address or a number in one language."""
    return len(name), name[1] if len(name) == ADDRESS else name[0]


def _holders_now(waiting: Iterable[Coming]) -> dict[tuple, set[UUID]]:
    """Which documents are called now as these texts will be.

    Also those that were never public: their pages have their addresses, and what is published is held against them as
    what is submitted is. An act keeps its number from the others in every language.
    """
    holders = defaultdict(set)
    addresses = {one.address for one in waiting if one.address}
    pages = DocumentPage.objects.filter(slug__in={slug for *_kind, slug in addresses})
    for *name, content_id in pages.values_list("content_type_id", "locale_id", "slug", "translation_key"):
        holders[tuple(name)].add(content_id)
    locales = defaultdict(set)
    for locale, *number in {one.number for one in waiting if one.number}:
        locales[tuple(number)].add(locale)
    readable = {int(number) for _act, _year, number, _suffix in locales if number.isdecimal() and len(number) < 10}
    acts = DecreePage.objects.filter(number__in=readable)
    columns = ("act_type_id", "signed_on__year", "number", "number_suffix", "translation_key")
    for *number, suffix, content_id in acts.values_list(*columns):
        for locale in locales[*map(str, number), suffix]:
            holders[locale, *map(str, number), suffix].add(content_id)
    return holders


def waiting_issues(page: DocumentPage) -> list[Issue]:
    """What is wrong with the address and the number of a document that is submitted now: a cleared text will have it.

    An act has its number in every language. Of two cleared for one moment or another, one would not become public.
    """
    others = [
        one
        for one in coming(DuePublication.objects.exclude(page_id=page.pk).order_by("pk"))
        if one.content_id != page.content_id
    ]
    issues = []
    if (page.content_type_id, page.locale_id, page.slug) in {one.address for one in others}:
        issues.append(Issue("slug", "slug_taken", address_taken(page.slug)))
    if isinstance(page, DecreePage):
        number = str(page.act_type_id), str(page.signed_on.year), str(page.number), page.number_suffix
        if number in {one.number[1:] for one in others if one.number}:
            _act, year, *words = number
            issues.append(Issue("number", "number_taken", number_taken(year=year, number=words[0], suffix=words[1])))
    return issues


def public_by(at: dt.datetime, *, besides: Bundle) -> list[Coming]:
    """What is cleared and becomes public no later than `at`, as far as anybody can say: alone, or with another bundle.

    Not what waits for a hand, for a person after a restore, or for a Kyrgyz text that nobody expects by then.
    """
    due = DuePublication.objects.filter(due_at__lte=at).select_related("bundle").order_by("due_at", "pk")
    rows = [row for row in due if row.bundle_id != besides.pk and has_a_moment(row)]
    followers_among = followers().filter(pk__in=[row.page_id for row in rows])
    lonely = set(followers_among.values_list("pk", flat=True))
    lonely -= set(whose_originals_are_live().filter(pk__in=lonely).values_list("pk", flat=True))
    all_of_them = coming(rows)
    known = {one.content_id for one in all_of_them if one.due.page_id not in lonely}
    return [one for one in all_of_them if one.due.page_id not in lonely or one.content_id in known]


def address_taken(slug: str) -> str:
    """What is said of an address that another document has, or will have by then."""
    return _("Its address “%(slug)s” is that of another document.") % {"slug": slug}


def number_taken(*, year: str, number: str, suffix: str) -> str:
    """What is said of the number of an act that another has, or will have by then."""
    words = {"number": f"{number}-{suffix}" if suffix else number, "year": year}
    return _("No. %(number)s of %(year)s is already the number of another act of this type.") % words


def _misfit(one: Coming) -> str:
    """What is wrong with the moments in it, asked as its publication will ask; empty when nothing is."""
    bundle, content = one.due.bundle, one.content
    if bundle is None:
        return "" if _is_readable(content) else unreadable()
    at = bundle.due_at or one.due.due_at
    if not has_time_of(bundle, content, is_live=one.is_live, now=at):
        return _("It has a time of its own that is not the bundle's.")
    return (
        _("It ends before it is published. Set a later end, or none.") if ends_before(bundle, content, now=at) else ""
    )


def _is_readable(content: dict[str, Any]) -> bool:
    try:
        return bool([moment_in(content[name]) for name in ("go_live_at", "expire_at")])
    except MomentUnreadable:
        return False


def unreadable() -> str:
    """What is said of a version in which no time can be read where one is given."""
    return _("A time that stands in it cannot be read. Return or stop it, set the time anew and submit it again.")


def has_a_moment(due: DuePublication) -> bool:
    """Whether anybody can say when it becomes public."""
    bundle: Bundle | None = due.bundle
    if bundle is None:
        return due.held_at is None
    return bundle.due_at is not None and bundle.held_at is None and bundle.failed_at is None
