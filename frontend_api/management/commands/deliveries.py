"""What was published and has not arrived everywhere."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from frontend_api.undelivered import put_aside, retry, waiting


class Command(BaseCommand):
    help = (
        "List deliveries that wait and those that were put aside. Exit status: 0 none was put aside, 1 some were. "
        "--retry lets the worker try again what was put aside."
    )

    def add_arguments(self, parser):
        parser.add_argument("--retry", metavar="NUMBER", help="The number of a delivery from the list, or all.")

    def handle(self, *args, **options):
        if options["retry"] is not None:
            self._retry(options["retry"])
            return
        late, dead = waiting(now=timezone.now()), put_aside()
        for word, rows in (("waits", late), ("put aside", dead)):
            for row in rows.order_by("pk").iterator():
                self.stdout.write(
                    f"{row.pk}\t{word}\tpublication {row.publication_id}\t{row.channel}\t"
                    f"{row.attempts} attempts\t{row.last_error}"
                )
        self.stdout.write(f"{late.count()} wait, {dead.count()} put aside.")
        if dead.exists():
            raise CommandError("Some deliveries were put aside.", returncode=1)

    def _retry(self, number: str) -> None:
        if number != "all" and not number.isdecimal():
            raise CommandError("--retry takes the number of a delivery, or all.")
        count = retry(number=None if number == "all" else int(number), by=None, now=timezone.now())
        if not count:
            raise CommandError("No such delivery was put aside.")
        self.stdout.write(f"{count} will be tried again.")
