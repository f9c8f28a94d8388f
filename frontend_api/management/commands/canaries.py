"""Plant file addresses that raise an alarm when somebody asks for them, and list them."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from frontend_api.canaries import CanaryRefused, address_of, plant
from frontend_api.models import Canary


class Command(BaseCommand):
    help = (
        "Plant a file address that belongs to nothing and raises an alarm when asked for; without --plant, list them."
    )

    def add_arguments(self, parser):
        parser.add_argument("--plant", metavar="FILENAME", help="For example: byudzhet-2027.pdf")
        parser.add_argument("--note", default="", help="Where the address is put, for whoever hears the alarm.")

    def handle(self, *args, **options) -> None:
        if filename := options["plant"]:
            self._plant(filename, options["note"])
        else:
            for canary in Canary.objects.order_by("planted_at"):
                self.stdout.write(f"{address_of(canary)}  {canary.planted_at:%Y-%m-%d}  {canary.note}")

    def _plant(self, filename: str, note: str) -> None:
        try:
            canary = plant(filename=filename, note=note, now=timezone.now())
        except CanaryRefused as refusal:
            raise CommandError(
                "A canary needs a name in Latin letters, such as byudzhet.pdf, and a --note."
            ) from refusal
        self.stdout.write(address_of(canary))
