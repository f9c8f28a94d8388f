"""Check the public record from its first publication to its last."""

import time
from itertools import islice

from django.core.management.base import BaseCommand, CommandError

from cms.public_record import faults
from frontend_api.models import Publication

NAMED = 20
SECONDS_BETWEEN_REPORTS = 5


class Command(BaseCommand):
    help = "Check that every public version is what was cleared, and that none changed without a correction notice."

    def handle(self, *args, verbosity: int, **options):
        total = Publication.objects.count()
        reported_at = time.monotonic()

        def progress(number: int) -> None:
            nonlocal reported_at
            if verbosity and time.monotonic() - reported_at >= SECONDS_BETWEEN_REPORTS:
                reported_at = time.monotonic()
                self.stderr.write(f"{number} of {total}")

        first = list(islice(faults(progress=progress), NAMED + 1))
        for fault in first[:NAMED]:
            self.stderr.write(fault)
        if first:
            more = " and more" if len(first) > NAMED else ""
            raise CommandError(f"The public record is broken: {len(first[:NAMED])} faults{more}.", returncode=1)
        self.stdout.write(self.style.SUCCESS(f"The public record is sound: {total} publications."))
