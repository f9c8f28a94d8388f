"""Which documents a mail must not name. Anything doubtful is not named.

The title of one language tells of all: whatever holds for one language of a document holds for each.
"""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.utils.dateparse import parse_datetime
from wagtail.models import Page, Revision

from approvals.models import Bundle, BundleMember, DuePublication, LedgerEntry


def public_title(entry: LedgerEntry, *, now: dt.datetime) -> str:
    """The title that a mail about the entry may name; empty when it must name none.

    No title of an access-limited document, of one that waits for its time in whatever language, alone or in a bundle,
    or of one that is gone: neither as it is now, nor in its latest version, nor in the version of the entry.
    """
    page = Page.objects.filter(pk=entry.page_id).first()
    if page is None or _waits_for_its_time(page.translation_key, now=now):
        return ""
    versions = [page.specific, *_versions(page, entry)]
    if any(is_limited(version) or _is_ahead(version.go_live_at, now=now) for version in versions):
        return ""
    return " ".join(versions[-1].title.split())


def _waits_for_its_time(content_id: UUID, *, now: dt.datetime) -> bool:
    """Whether any language of it is cleared and waits, is in a bundle with a time or a hand, or names a time."""
    texts = list(Page.objects.filter(translation_key=content_id).values_list("pk", "go_live_at", "latest_revision_id"))
    if DuePublication.objects.filter(page_id__in=[pk for pk, _time, _latest in texts]).exists():
        return True
    timed = Bundle.objects.open().filter(when__in=(Bundle.When.AT, Bundle.When.HAND))
    if BundleMember.objects.filter(content_id=content_id, is_open=True, bundle__in=timed).exists():
        return True
    named = [time for _pk, time, _latest in texts] + _times_of(latest for _pk, _time, latest in texts)
    return any(_is_ahead(time, now=now) for time in named)


def _times_of(revisions: Iterable[int | None]) -> list[dt.datetime | None]:
    """The times that the versions name."""
    found = Revision.page_revisions.filter(pk__in=[pk for pk in revisions if pk])
    return [parse_datetime(given) for given in found.values_list("content__go_live_at", flat=True) if given]


def _versions(page: Page, entry: LedgerEntry) -> list[Page]:
    """The latest version and the one of the entry, in this order, as far as they are kept."""
    known = {
        revision.pk: revision
        for revision in Revision.page_revisions.filter(object_id=str(page.pk)).filter(
            pk__in=[pk for pk in (page.latest_revision_id, entry.revision_id) if pk]
        )
    }
    return [known[pk].as_object() for pk in (page.latest_revision_id, entry.revision_id) if pk in known]


def is_limited(page: Page) -> bool:
    """Whether the document is for named people only."""
    answer = getattr(page, "is_access_limited", False)
    return bool(answer() if callable(answer) else answer)


def _is_ahead(time: dt.datetime | None, *, now: dt.datetime) -> bool:
    return time is not None and time > now
