"""The journal of closings: begin it, or check it."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from frontend_api import closings


class Command(BaseCommand):
    help = (
        "Check the file CLOSINGS_JOURNAL, in which the worker writes down what was taken down; exit status 1 when it "
        "is not as it was written. --begin makes an empty one; it never writes over one."
    )

    def add_arguments(self, parser):
        parser.add_argument("--begin", action="store_true")

    def handle(self, *args, begin: bool, **options):
        path = closings.kept_at()
        if path is None:
            raise CommandError("No journal is kept: CLOSINGS_JOURNAL is empty.")
        try:
            if begin:
                closings.begin(path, now=timezone.now())
            journal = closings.read(path)
        except closings.JournalUnusable as error:
            raise CommandError(str(error)) from error
        if journal.fault:
            raise CommandError(f"{path}: {journal.fault}. {len(journal.closings)} withdrawals before it are sound.")
        self.stdout.write(f"{path} is sound: {len(journal.closings)} withdrawals. Last line: {journal.hashes[-1]}")
