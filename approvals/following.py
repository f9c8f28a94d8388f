"""Which cleared translations of acts may become public now, their originals being public."""

from django.db.models import QuerySet

from approvals.models import DuePublication
from approvals.originals import whose_originals_are_live
from approvals.queue import Records
from site_pages.models import DocumentPage


def ready_to_follow(due: QuerySet[DuePublication]) -> QuerySet[DuePublication]:
    """Those among what is due. Asked for only now: their originals may just have become public."""
    candidates = due.filter(page_id__in=whose_originals_are_live().values("pk"))
    ids = list(candidates.values_list("page_id", flat=True))
    if not ids:
        return due.none()
    pages = list(DocumentPage.objects.filter(pk__in=ids).select_related("locale", "content_type"))
    records = Records(pages, steps=())
    return due.filter(page_id__in=[page.pk for page in pages if records.may_follow(page)])
