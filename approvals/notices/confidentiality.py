"""Which documents a mail must not name. Anything doubtful is not named."""

import datetime as dt

from wagtail.models import Page, Revision

from approvals.models import DuePublication, LedgerEntry


def public_title(entry: LedgerEntry, *, now: dt.datetime) -> str:
    """The title that a mail about the entry may name; empty when it must name none.

    No title of an access-limited document, of one that waits for its time, or of one that is gone: neither as the page
    is now, nor in its latest version, nor in the version of the entry.
    """
    page = Page.objects.filter(pk=entry.page_id).first()
    if page is None or DuePublication.objects.filter(page_id=page.pk).exists():
        return ""
    versions = [page.specific, *_versions(page, entry)]
    if any(is_limited(version) or _is_under_embargo(version, now=now) for version in versions):
        return ""
    return " ".join(versions[-1].title.split())


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


def _is_under_embargo(page: Page, *, now: dt.datetime) -> bool:
    return page.go_live_at is not None and page.go_live_at > now
