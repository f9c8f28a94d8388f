"""Check the public record from its first publication to its last."""

import time
from contextlib import closing

from django.core.management.base import BaseCommand, CommandError

from cms.public_record import faults
from frontend_api.models import Publication, PublishedDocument

NAMED = 20
SECONDS_BETWEEN_REPORTS = 5


class Command(BaseCommand):
    help = (
        "Check that every public version is what was cleared, that none changed without a correction notice, and that "
        "what is public now is what the ledger and the log say, column by column."
    )

    def handle(self, *args, verbosity: int, **options):
        total = Publication.objects.count()
        reported_at = time.monotonic()

        def progress(number: int) -> None:
            nonlocal reported_at
            if verbosity and time.monotonic() - reported_at >= SECONDS_BETWEEN_REPORTS:
                reported_at = time.monotonic()
                self.stderr.write(f"{number} of {total}")

        found = 0
        with closing(faults(progress=progress)) as all_of_them:
            for found, fault in enumerate(all_of_them, start=1):
                if found > NAMED:
                    break
                # At once: whatever stops the search must not hide what it had found.
                self.stderr.write(fault)
        if found:
            more = " and more" if found > NAMED else ""
            raise CommandError(f"The public record is broken: {min(found, NAMED)} faults{more}.", returncode=1)
        withheld = PublishedDocument.objects.withheld().count()
        said = f"The public record is sound: {total} publications, texts that a restore withholds: {withheld}."
        self.stdout.write(self.style.SUCCESS(said))
