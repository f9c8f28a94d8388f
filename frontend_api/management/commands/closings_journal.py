"""The journal of closings: begin it, check it, or complete it."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from frontend_api import closings


class Command(BaseCommand):
    help = (
        "Check the file CLOSINGS_JOURNAL, in which the worker writes down what was taken down; exit status 1 when it "
        "is not as it was written, or does not tell of a withdrawal of this database since it was begun. --begin makes "
        "an empty one; it never writes over one. --complete writes down what it does not tell of."
    )

    def add_arguments(self, parser):
        parser.add_argument("--begin", action="store_true")
        parser.add_argument("--complete", action="store_true")

    def handle(self, *args, begin: bool, complete: bool, **options):
        path = closings.kept_at()
        if path is None:
            raise CommandError("No journal is kept: CLOSINGS_JOURNAL is empty.")
        try:
            if begin:
                closings.begin(path, now=timezone.now())
            # Whatever the database says: a journal that is broken is named first, and nothing is added to it.
            _sound(path)
            settled = closings.settled()
            journal = _sound(path)
            if complete:
                for closing in closings.missing(journal, settled=settled):
                    closings.append(path, closing)
                journal = _sound(path)
        except closings.JournalUnusable as error:
            raise CommandError(str(error)) from error
        if missing := closings.missing(journal, settled=settled):
            named = ", ".join(f"{one.number} ({one.content_id}:{one.locale}, {one.at:%F %T} UTC)" for one in missing)
            raise CommandError(f"{path} does not tell of {len(missing)} withdrawals of this database, numbers {named}.")
        self.stdout.write(f"{path} is sound: {len(journal.closings)} withdrawals. Last line: {journal.hashes[-1]}")


def _sound(path: Path) -> closings.Journal:
    journal = closings.read(path)
    if journal.fault:
        raise CommandError(f"{path}: {journal.fault}. {len(journal.closings)} withdrawals before it are sound.")
    return journal
