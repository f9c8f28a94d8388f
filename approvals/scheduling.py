"""Publication of cleared texts whose time has come. Wagtail's own scheduler is not used: it asks nobody."""

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction

from approvals import gate
from approvals.models import DuePublication, LedgerEntry
from approvals.originals import followers, must_wait, whose_originals_are_live
from site_pages.models import DocumentPage
from site_pages.public_form.builders import FormIncomplete
from site_pages.public_form.files import FileUnreadable

logger = logging.getLogger(__name__)


@dataclass
class DueReport:
    """What one run did: pages published, and pages that could not be, with the reason."""

    published: list[int] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)


def publish_due(*, now: dt.datetime) -> DueReport:
    """Publish everything that is due at `now` and not held, oldest first; one bad document never stops the next.

    What belongs to a bundle is left to approvals.bundles.publishing.

    Translations of acts come after all else, and only those whose originals are public by then: the others go on
    waiting. Each document has its own transaction, and of several workers exactly one publishes it.
    """
    report = DueReport()
    due = DuePublication.objects.filter(due_at__lte=now, held_at=None, bundle=None).order_by("due_at", "pk")
    due = due.values_list("pk", "page_id")
    _publish_all(due.exclude(page_id__in=followers().values("pk")), now=now, report=report)
    # Asked for only now: what they wait for may just have become public.
    following = list(due.filter(page_id__in=whose_originals_are_live().values("pk")))
    pages = DocumentPage.objects.select_related("locale").in_bulk([page_id for _due_id, page_id in following])
    ready = [(due_id, page_id) for due_id, page_id in following if not must_wait(pages[page_id])]
    _publish_all(ready, now=now, report=report)
    return report


def _publish_all(due: Iterable[tuple[int, int]], *, now: dt.datetime, report: DueReport) -> None:
    """due: numbers of due publications, each with that of its page."""
    for due_id, page_id in due:
        try:
            if _publish_one(due_id=due_id, now=now):
                report.published.append(page_id)
        except (PermissionDenied, FormIncomplete, FileUnreadable) as error:
            report.failed[page_id] = str(error)
            logger.error("A due publication was refused: page %s: %s", page_id, error)
        except Exception as error:
            # Whatever nobody foresaw with one document must not keep the others from their time.
            report.failed[page_id] = repr(error)
            logger.exception("A due publication failed: page %s", page_id)


@transaction.atomic
def _publish_one(*, due_id: int, now: dt.datetime) -> bool:
    due = DuePublication.objects.select_for_update().filter(pk=due_id, held_at=None, bundle=None).first()
    if due is None:
        return False
    gate.publish(entry=LedgerEntry.objects.get(pk=due.entry_number), now=now)
    return True
