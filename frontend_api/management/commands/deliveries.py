"""What was published and has not arrived everywhere."""

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.utils import timezone

from frontend_api.models import Delivery


class Command(BaseCommand):
    help = (
        "List deliveries that wait and those that were put aside. Exit status: 0 none was put aside, 1 some were. "
        "--retry lets the worker try again what was put aside."
    )

    def add_arguments(self, parser):
        parser.add_argument("--retry", metavar="NUMBER", help="The number of a delivery from the list, or all.")

    def handle(self, *args, retry: str | None, **options):
        dead = Delivery.objects.exclude(dead_at=None)
        if retry is not None:
            self._retry(dead, retry)
            return
        waiting = Delivery.objects.filter(done_at=None, dead_at=None)
        for word, rows in (("waits", waiting), ("put aside", dead)):
            for row in rows.order_by("pk").iterator():
                self.stdout.write(
                    f"{row.pk}\t{word}\tpublication {row.publication_id}\t{row.channel}\t"
                    f"{row.attempts} attempts\t{row.last_error}"
                )
        self.stdout.write(f"{waiting.count()} wait, {dead.count()} put aside.")
        if dead.exists():
            raise CommandError("Some deliveries were put aside.", returncode=1)

    def _retry(self, dead: QuerySet[Delivery], number: str) -> None:
        if number != "all":
            if not number.isdecimal():
                raise CommandError("--retry takes the number of a delivery, or all.")
            dead = dead.filter(pk=int(number))
        count = dead.update(dead_at=None, attempts=0, next_attempt_at=timezone.now(), leased_until=None)
        if not count:
            raise CommandError("No such delivery was put aside.")
        self.stdout.write(f"{count} will be tried again.")
