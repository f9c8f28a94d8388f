"""Check the ledger from its first entry to its last."""

from django.core.management.base import BaseCommand, CommandError

from approvals.ledger import faults
from approvals.models import LedgerEntry


class Command(BaseCommand):
    help = "Check that no entry of the ledger was changed, removed or inserted; name the first bad one."

    def handle(self, *args, **options):
        first = next(faults(), None)
        if first is not None:
            raise CommandError(f"The ledger is broken: {first.message}.", returncode=1)
        self.stdout.write(self.style.SUCCESS(f"The ledger is sound: {LedgerEntry.objects.count()} entries."))
