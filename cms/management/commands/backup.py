"""Take a backup."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cms.backup.closings import position
from cms.backup.errors import BackupError
from cms.backup.stopping import stopping_cleanly
from cms.backup.taking import take
from frontend_api.closings import kept_at

FILES_LOST = 3


class Command(BaseCommand):
    help = (
        "Write the database and all files into a new folder. Exit status: 0 done, 1 not done, nothing is left behind, "
        "3 done, but the office has lost files that its database names; they are listed."
    )

    def add_arguments(self, parser):
        parser.add_argument("directory", type=Path, help="A folder that is not there yet.")

    def handle(self, *args, directory: Path, **options):
        directory = directory.absolute()
        try:
            with stopping_cleanly():
                manifest, seal = take(directory=directory, journal=kept_at(), now=timezone.now())
        except BackupError as error:
            raise CommandError(str(error)) from error
        size = sum(file.size for file in manifest.files)
        self.stdout.write(
            f"{directory}: {len(manifest.files)} files, {size} bytes, ledger to {manifest.ledger_number}, "
            f"publications to {manifest.publication_number}. Seal: {seal}"
        )
        _position, why = position(kept_at())
        if why:
            self.stderr.write(f"A restore of it will ask what was closed since: {why}.")
        if manifest.lost:
            for name in manifest.lost:
                self.stderr.write(f"lost: {name}")
            raise CommandError(
                f"The backup is whole, but {len(manifest.lost)} files that the database names are missing or altered.",
                returncode=FILES_LOST,
            )
