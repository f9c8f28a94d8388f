"""Put a backup back."""

from pathlib import Path
from uuid import UUID

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from approvals import holds
from approvals.models import Notice, NoticeState
from cms.backup import checking
from cms.backup.closings import Answer, Since
from cms.backup.errors import BackupError
from cms.backup.restoring import restore
from cms.backup.stopping import stopping_cleanly
from frontend_api.closings import kept_at
from frontend_api.models import LOCALES, DeliveryChannel
from frontend_api.restored import withheld_now
from frontend_api.undelivered import put_aside

UNSOUND = 4


def text(value: str) -> tuple[UUID, str | None]:
    """One text as the operator names it. Raises ValueError."""
    content_id, _colon, locale = value.partition(":")
    if locale and locale not in LOCALES:
        raise ValueError(locale)
    return UUID(content_id), locale or None


class Command(BaseCommand):
    help = (
        "Put a backup into an empty database and an empty media folder, with every process of the office stopped. What "
        "was closed after the backup stays closed: the journal of closings says what that is, else the operator. "
        "Exit status: 0 done and sound, 1 refused, the database is as it was, 4 restored, but not sound."
    )

    def add_arguments(self, parser):
        parser.add_argument("directory", type=Path)
        parser.add_argument("--seal", help="What `backup` printed and was kept elsewhere; another backup is refused.")
        parser.add_argument("--closings", type=Path, help="The journal of closings; CLOSINGS_JOURNAL if not given.")
        parser.add_argument(
            "--closed", type=text, action="append", default=[], metavar="CONTENT_ID[:LOCALE]",
            help="What else was closed after the backup. May be given several times.",
        )  # fmt: skip
        parser.add_argument(
            "--nothing-was-closed-since", action="store_true",
            help="For a restore without a journal: somebody who knows says so.",
        )  # fmt: skip

    def handle(self, *args, directory: Path, closings: Path | None, **options):
        answer = Answer(nothing=options["nothing_was_closed_since"], closed=tuple(options["closed"]))
        try:
            with stopping_cleanly():
                manifest, since = restore(
                    directory=directory.absolute(),
                    journal=closings or kept_at(),
                    answer=answer,
                    now=timezone.now(),
                    seal=options["seal"],
                )
        except BackupError as error:
            raise CommandError(str(error)) from error
        faults = list(checking.faults(manifest))
        for fault in faults:
            self.stderr.write(fault)
        # What people have to decide is said in any case, and before what stops the command.
        self._tell(manifest, is_sound=not faults)
        self._tell_of_closings(since)
        if faults:
            raise CommandError(f"Restored, but {len(faults)} things are not sound.", returncode=UNSOUND)
        if "verify_publications" in get_commands():
            call_command("verify_publications", stdout=self.stdout)

    def _tell(self, manifest, *, is_sound: bool) -> None:
        unknown = Notice.objects.filter(state=NoticeState.UNKNOWN).count()
        sound = "sound " if is_sound else ""
        self.stdout.write(
            f"Restored as of {manifest.taken_at}: ledger {sound}to {manifest.ledger_number}, "
            f"publications {sound}to {manifest.publication_number}, {len(manifest.media)} files."
        )
        self.stdout.write(f"{unknown} notices are perhaps sent; none is sent again by itself.")
        messages = put_aside().filter(channel=DeliveryChannel.WEBHOOK).count()
        self.stdout.write(f"{messages} messages to other sites are perhaps sent; “Try again” sends them.")
        for one in holds.held():
            due = f"{one.due_at:%Y-%m-%d %H:%M:%S} UTC"
            self.stdout.write(f"Held: page {one.page_id} ({one.locale}), due {due}: {one.title}")
        self.stdout.write("The worker fills the search index anew.")

    def _tell_of_closings(self, since: Since) -> None:
        if since.told_to:
            self.stdout.write(
                f"The journal of closings speaks to {since.told_to:%Y-%m-%d %H:%M:%S} UTC: ask what was closed later."
            )
        withheld = set()
        for row, document in withheld_now():
            withheld |= {(row.content_id, row.locale), (row.content_id, None)}
            at = f", at {row.closed_at:%Y-%m-%d %H:%M:%S} UTC" if row.closed_at else ""
            self.stdout.write(
                f"Withheld: {document.type} {row.content_id} ({row.locale}), {document.slug}: closed after the "
                f"backup{at}. Close it again in the admin, or publish it anew."
            )
        for one in since.closed:
            if (one.content_id, one.locale) not in withheld:
                name = f"{one.content_id} ({one.locale or 'all languages'})"
                self.stdout.write(f"Closed after the backup, and not public in it: {name}.")
        for one in since.under_notice:
            self.stdout.write(
                f"Without its notice of {one.at:%Y-%m-%d %H:%M:%S} UTC: {one.content_id} ({one.locale}). It said: "
                f"{one.reason}"
            )
