"""Until when a document is shown. The end is cleared with the text, and it is kept by the clock and not by a worker."""

import datetime as dt

from django.utils.translation import gettext as _

from site_pages.requirements import Issue


def has_ended(page, *, at: dt.datetime) -> bool:
    """Whether the document has an end and it has passed."""
    return page.expire_at is not None and page.expire_at <= at


def expiry_issues(page, *, now: dt.datetime) -> list[Issue]:
    """What is wrong with the end of a document that is submitted now."""
    if page.expire_at is None:
        return []
    if page.go_live_at is not None and page.expire_at <= page.go_live_at:
        return [Issue("expire_at", "too_early", _("The end must come after the time of publication."))]
    if has_ended(page, at=now):
        return [Issue("expire_at", "past", _("The end has passed already. Set a later one or leave it empty."))]
    return []
