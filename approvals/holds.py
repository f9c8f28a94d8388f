"""Publications that waited when a backup was taken: after its restore nobody can say whether they were public already,
or were stopped.
"""

import datetime as dt
import logging
from dataclasses import dataclass

from django.db import transaction
from wagtail.models import Page

from approvals.models import DuePublication

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Held:
    """One that waits for a person."""

    page_id: int
    title: str
    locale: str
    due_at: dt.datetime
    held_at: dt.datetime


def held() -> list[Held]:
    """All that are held, in the order in which they were due; without those whose page is gone."""
    rows = DuePublication.objects.exclude(held_at=None).order_by("due_at", "pk")
    pages = Page.objects.select_related("locale").in_bulk([row.page_id for row in rows])
    return [
        Held(
            page_id=row.page_id,
            title=pages[row.page_id].draft_title,
            locale=pages[row.page_id].locale.language_code,
            due_at=row.due_at,
            held_at=row.held_at,
        )
        for row in rows
        if row.page_id in pages
    ]


@transaction.atomic
def release(*, page_id: int) -> bool:
    """Let it be published, at once when its time is past; False when nothing of this page is held."""
    due = DuePublication.objects.select_for_update().filter(page_id=page_id).exclude(held_at=None).first()
    if due is None:
        return False
    due.held_at = None
    due.save(update_fields=["held_at"])
    logger.info("held_publication_released", extra={"page": page_id, "digest": due.digest})
    return True
