"""Stands in place of Wagtail's command of this name, which publishes whatever revision has its time set."""

from django.core.management.base import BaseCommand

from approvals.clock import database_now
from approvals.scheduling import publish_due


class Command(BaseCommand):
    help = "Publish the cleared documents whose time has come, through the gate."

    def handle(self, *args, **options):
        report = publish_due(now=database_now())
        self.stdout.write(f"{len(report.published)} published, {len(report.failed)} refused")
        for page_id, reason in report.failed.items():
            self.stderr.write(f"page {page_id}: {reason}")
