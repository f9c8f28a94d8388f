"""Check a backup without touching anything."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from cms.backup import manifest
from cms.backup.errors import BackupError


class Command(BaseCommand):
    help = "Hold every file of a backup against its manifest; name the first that is missing, other, or surplus."

    def add_arguments(self, parser):
        parser.add_argument("directory", type=Path)
        parser.add_argument("--seal", help="What `backup` printed and was kept elsewhere: whether it is this backup.")

    def handle(self, *args, directory: Path, seal: str | None, **options):
        try:
            checked = manifest.check(directory, seal=seal)
        except BackupError as error:
            raise CommandError(str(error)) from error
        for name in checked.lost:
            self.stderr.write(f"lost before the backup was taken: {name}")
        self.stdout.write(
            f"The backup of {checked.taken_at} is whole: {len(checked.files)} files, {checked.database}, "
            f"version {checked.version}, ledger to {checked.ledger_number}, "
            f"publications to {checked.publication_number}. Seal: {checked.seal}"
        )
