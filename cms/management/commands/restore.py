"""Put a backup back."""

from pathlib import Path

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from approvals import holds
from approvals.models import Notice, NoticeState
from cms.backup import checking
from cms.backup.errors import BackupError
from cms.backup.restoring import restore
from cms.backup.stopping import stopping_cleanly

UNSOUND = 4


class Command(BaseCommand):
    help = (
        "Put a backup into an empty database and an empty media folder, with every process of the office stopped. "
        "Exit status: 0 done and sound, 1 refused, the database is as it was, 4 restored, but not sound."
    )

    def add_arguments(self, parser):
        parser.add_argument("directory", type=Path)

    def handle(self, *args, directory: Path, **options):
        try:
            with stopping_cleanly():
                manifest = restore(directory=directory.absolute(), now=timezone.now())
        except BackupError as error:
            raise CommandError(str(error)) from error
        faults = list(checking.faults(manifest))
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"Restored, but {len(faults)} things are not sound.", returncode=UNSOUND)
        if "verify_publications" in get_commands():
            call_command("verify_publications", stdout=self.stdout)
        self._tell(manifest)

    def _tell(self, manifest) -> None:
        unknown = Notice.objects.filter(state=NoticeState.UNKNOWN).count()
        self.stdout.write(
            f"Restored as of {manifest.taken_at}: ledger sound to {manifest.ledger_number}, "
            f"publications sound to {manifest.publication_number}, {len(manifest.media)} files."
        )
        self.stdout.write(f"{unknown} notices are perhaps sent; none is sent again by itself.")
        for one in holds.held():
            due = f"{one.due_at:%Y-%m-%d %H:%M:%S} UTC"
            self.stdout.write(f"Held: page {one.page_id} ({one.locale}), due {due}: {one.title}")
        self.stdout.write("The worker fills the search index anew.")
