"""From when and until when a document is shown. Both are cleared with the text.

The end is kept by the clock of whoever reads, and not by a worker.
"""

import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from site_pages.requirements import Issue

FIRST_YEAR, LAST_YEAR = 2000, 2199


def in_the_calendar(moment: dt.datetime) -> None:
    """A validator of forms: a moment at the ends of the calendar has no counterpart in another time zone."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValidationError(
            _("Give a year from %(first)s to %(last)s."), params={"first": FIRST_YEAR, "last": LAST_YEAR}
        )


def has_ended(page, *, at: dt.datetime) -> bool:
    """Whether the document has an end and it has passed."""
    return page.expire_at is not None and page.expire_at <= at


def is_too_near(page, *, now: dt.datetime) -> bool:
    """Whether its time is still to come, but sooner than front ends may keep what they show now."""
    return page.go_live_at is not None and now < page.go_live_at < now + dt.timedelta(seconds=settings.CACHE_SECONDS)


def time_issues(page, *, now: dt.datetime) -> list[Issue]:
    """What is wrong with the times of a document that is submitted now."""
    issues = []
    if is_too_near(page, now=now):
        seconds = settings.CACHE_SECONDS
        message = _(
            "The time is nearer than %(seconds)s seconds: sites may still show what they have. Set a later one."
        )
        issues.append(Issue("go_live_at", "too_near", message % {"seconds": seconds}))
    if page.expire_at is not None and page.go_live_at is not None and page.expire_at <= page.go_live_at:
        issues.append(Issue("expire_at", "too_early", _("The end must come after the time of publication.")))
    elif has_ended(page, at=now):
        message = _("The end has passed already. Set a later one or leave it empty.")
        issues.append(Issue("expire_at", "past", message))
    return issues
