"""Plant file addresses that raise an alarm when somebody asks for them, list them, retire one."""

from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.utils import timezone

from frontend_api import canaries
from frontend_api.canaries import CanaryRefused, address_of
from frontend_api.file_guesses import kept_alarms
from frontend_api.models import Canary


class Command(BaseCommand):
    help = (
        "Plant a file address that belongs to nothing and raises an alarm when asked for; without --plant or --retire "
        "list them, each with who asked for it in the last 30 days."
    )

    def add_arguments(self, parser):
        parser.add_argument("--plant", metavar="FILENAME", help="For example: byudzhet-2027.pdf")
        parser.add_argument("--note", default="", help="Where the address is put, for whoever hears the alarm.")
        parser.add_argument("--retire", metavar="NUMBER", type=UUID, help="Forget one: the number in its address.")

    @no_translations
    def handle(self, *args, **options) -> None:
        try:
            if filename := options["plant"]:
                planted = canaries.plant(filename=filename, note=options["note"], by=None, now=timezone.now())
                self.stdout.write(address_of(planted))
            elif file_id := options["retire"]:
                retired = canaries.retire(file_id=file_id, by=None)
                self.stdout.write(f"{retired.filename} is forgotten: {retired.note}")
            else:
                self._list()
        except CanaryRefused as refusal:
            raise CommandError(str(refusal)) from refusal

    def _list(self) -> None:
        alarms = kept_alarms(of_canaries=True)
        for canary in Canary.objects.order_by("planted_at"):
            self.stdout.write(f"{address_of(canary)}  {canary.planted_at:%Y-%m-%d}  {canary.note}")
            for alarm in alarms:
                if alarm.canary == canary.file_id:
                    self.stdout.write(f"    {alarm.at:%Y-%m-%d %H:%M} UTC  {alarm.address}")
