"""Wagtail's side of a publication: the pages become live, many in the same few statements, each under its permit.

Does what Wagtail's own action does to a page whose text is written already, and tells whom that action tells.
"""

import datetime as dt
from collections.abc import Sequence

from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce
from wagtail.models import Page, PageLogEntry, Revision, WorkflowState
from wagtail.signals import page_published, published

from approvals.cleared_texts import ClearedText
from site_pages.models import PublicationPermit


def go_live(texts: Sequence[ClearedText], *, now: dt.datetime) -> None:
    """Make the pages live in the versions that their permits name. The database refuses what no permit covers."""
    ids = [text.page.pk for text in texts]
    permitted = Subquery(PublicationPermit.objects.filter(page_id=OuterRef("pk")).values("revision_id")[:1])
    Page.objects.filter(pk__in=ids).update(
        live=True,
        expired=False,
        live_revision_id=permitted,
        has_unpublished_changes=Case(When(latest_revision_id=permitted, then=Value(False)), default=Value(True)),
        first_published_at=Coalesce("first_published_at", Value(now)),
        last_published_at=now,
    )
    of_pages = {"base_content_type": ContentType.objects.get_for_model(Page), "object_id__in": map(str, ids)}
    Revision.objects.filter(**of_pages, approved_go_live_at__isnull=False).update(approved_go_live_at=None)
    _tell(texts, now=now)
    _log(texts, now=now)
    for state in WorkflowState.objects.active().filter(
        base_content_type=of_pages["base_content_type"], object_id__in=[str(pk) for pk in ids]
    ):
        state.cancel(user=None)


def _tell(texts: Sequence[ClearedText], *, now: dt.datetime) -> None:
    revisions = Revision.objects.in_bulk([text.entry.revision_id for text in texts])
    for text in texts:
        page, revision = text.page, revisions[text.entry.revision_id]
        page.live, page.live_revision, page.expired = True, revision, False
        page.first_published_at, page.last_published_at = page.first_published_at or now, now
        page_published.send(sender=type(page), instance=page, revision=revision)
        published.send(sender=type(page), instance=page, revision=revision)


def _log(texts: Sequence[ClearedText], *, now: dt.datetime) -> None:
    PageLogEntry.objects.bulk_create(
        PageLogEntry(
            page_id=text.page.pk,
            content_type_id=text.page.content_type_id,
            label=text.page.get_admin_display_title(),
            action="wagtail.publish",
            timestamp=now,
            revision_id=text.entry.revision_id,
            content_changed=True,
        )
        for text in texts
    )
