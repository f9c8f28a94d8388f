"""Compare a sign-off sheet, and the text that goes with it, with the ledger."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from approvals.sheets.verification import LARGEST, Finding, verify


class Command(BaseCommand):
    help = "Say whether a sign-off sheet (HTML or PDF) is what the ledger has, letter for letter. Exit 1: it is not."

    def add_arguments(self, parser: CommandParser) -> None:
        """The sheet, and optionally the text."""
        parser.add_argument("sheet", type=Path, metavar="FILE", help="the sheet as it was given out, HTML or PDF")
        parser.add_argument(
            "--text",
            type=Path,
            metavar="FILE",
            help="the public form as JSON, or a text file with title, lead and body, or with the body alone",
        )

    def handle(self, *args, sheet: Path, text: Path | None, **options):
        with translation.override("en"):
            finding = verify(sheet=_read(sheet), text=_read(text) if text else None)
            if not finding.is_true:
                raise CommandError("The sheet is NOT TRUE.\n- " + "\n- ".join(finding.faults), returncode=1)
            self._say(finding, has_text=text is not None)

    def _say(self, finding: Finding, *, has_text: bool) -> None:
        about = f"entry {finding.number}, document {finding.content_id} ({finding.locale})"
        self.stdout.write(self.style.SUCCESS(f"The sheet is true: {about}."))
        if has_text:
            self.stdout.write(self.style.SUCCESS("The text is the one that was cleared."))
        for entry in finding.since:
            self.stdout.write(f"Since then: entry {entry.number}, {entry.get_kind_display()}, {entry.actor_name}.")


def _read(path: Path) -> bytes:
    """Not more than shows that the file is too large. Raises CommandError: it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", returncode=1) from error
