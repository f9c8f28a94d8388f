"""What is known, before its moment, to keep a cleared text from the public: read from the version that was cleared.

A row without its page or its version says nothing of itself here, and keeps none of the others from being told of.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from wagtail.models import Revision

from approvals.bundles.moments import ends_before, has_time_of
from approvals.models import Bundle, DuePublication
from approvals.moments import MomentUnreadable, moment_in
from site_pages.models import DocumentPage

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
    def number(self) -> tuple[str, ...] | None:
        """Of an act, by what readers know it: type, year, number and letter; None for what is no act."""
        act, day = self.content["act_type"], self.content["signed_on"]
        if not act or not isinstance(day, str):
            return None
        return str(act), day[:4], str(self.content["number"]), str(self.content["number_suffix"] or "")


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

    rows: with their bundles, in the order in which they are due; of two with one address the later fails.
    """
    found: dict[int, str] = {}
    holders: dict[tuple, UUID] = {}
    for one in coming(rows):
        reason = _misfit(one)
        if one.address and _has_a_moment(one.due) and holders.setdefault(one.address, one.content_id) != one.content_id:
            words = {"slug": one.content["slug"]}
            reason = reason or _("Its address “%(slug)s” is that of another document.") % words
        if reason:
            found[one.due.entry_number] = reason
    return found


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


def _has_a_moment(due: DuePublication) -> bool:
    """Whether anybody can say when it becomes public."""
    bundle: Bundle | None = due.bundle
    if bundle is None:
        return due.held_at is None
    return bundle.due_at is not None and bundle.held_at is None and bundle.failed_at is None
