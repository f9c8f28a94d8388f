"""Stands in place of Wagtail's command of this name, which would also delete versions that were decided on."""

import datetime as dt

from django.db.models import Q
from django.utils import timezone
from wagtail.management.commands import purge_revisions
from wagtail.models import Page, Revision, WorkflowState

from approvals.models import LedgerEntry

UNDER_WAY = (WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES)


class Command(purge_revisions.Command):
    help = "Delete old versions on which nobody ever decided: not the latest, nor any that the ledger names."

    def handle(self, *args, days: int | None, pages: bool, non_pages: bool, **options):
        kept = (
            Q(pk__in=LedgerEntry.objects.filter(revision_id__isnull=False).values("revision_id"))
            | Q(pk__in=Page.objects.filter(latest_revision__isnull=False).values("latest_revision_id"))
            | Q(pk__in=Page.objects.filter(live_revision__isnull=False).values("live_revision_id"))
            | Q(task_states__workflow_state__status__in=UNDER_WAY)
            | Q(approved_go_live_at__isnull=False)
        )
        old = Revision.objects.exclude(pk__in=Revision.objects.filter(kept).values("pk"))
        if days:
            old = old.filter(created_at__lt=timezone.now() - dt.timedelta(days=days))
        if pages != non_pages:
            of_pages = Q(pk__in=Revision.objects.page_revisions().values("pk"))
            old = old.filter(of_pages if pages else ~of_pages)
        gone = [revision.delete() for revision in old.iterator() if not revision.is_latest_revision()]
        self.stdout.write(f"{len(gone)} versions deleted.")
