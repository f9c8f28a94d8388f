"""Whether the moments that stand in a version fit the bundle with which it becomes public.

Both moments are part of the public form, so they are cleared with the text and moved by nobody.
"""

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext as _
from wagtail.models import Revision

from approvals.models import Bundle, BundleMember
from approvals.moments import MomentUnreadable, moment_in
from site_pages.models import DocumentPage
from site_pages.requirements import Issue


def has_time_of(bundle: Bundle, content: Mapping, *, is_live: bool, now: dt.datetime) -> bool:
    """Whether a version has no time of its own, or the bundle's. The time of a text that is public already is over.

    content: of the version. A time that cannot be read is not the bundle's.
    """
    try:
        own = moment_in(content.get("go_live_at"))
    except MomentUnreadable:
        return False
    return own is None or own == bundle.due_at or (is_live and own <= now)


def ends_before(bundle: Bundle, content: Mapping, *, now: dt.datetime) -> bool:
    """Whether the time until which a version is to be shown is over when the bundle is published, or cannot be read."""
    try:
        end = moment_in(content.get("expire_at"))
    except MomentUnreadable:
        return True
    return end is not None and end <= (bundle.due_at or now)


def time_of_its_own(revision: Revision | None) -> dt.datetime | None:
    """The moment that a version itself names for its publication; None where none can be read."""
    try:
        return moment_in(content_of(revision).get("go_live_at"))
    except MomentUnreadable:
        return None


def content_of(revision: Revision | None) -> Mapping:
    """What a version says; nothing where there is none."""
    return revision.content if revision else {}


def bundle_issues(page: DocumentPage, *, now: dt.datetime) -> list[Issue]:
    """What is wrong with the moments of a document that is submitted now, if it is in an open bundle."""
    members = BundleMember.objects.filter(content_id=page.content_id, locale=page.locale_code, is_open=True)
    place = members.select_related("bundle").first()
    if place is None:
        return []
    issues, content = [], content_of(page.latest_revision)
    if not has_time_of(place.bundle, content, is_live=page.live, now=now):
        issues.append(Issue("go_live_at", "own_time", _("It has a time of its own that is not the bundle's.")))
    if ends_before(place.bundle, content, now=now):
        message = _("It ends before it is published. Set a later end, or none.")
        issues.append(Issue("expire_at", "ends_before", message))
    return issues
