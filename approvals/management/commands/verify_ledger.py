"""Check the ledger from its first entry to its last, and the texts that it speaks of."""

from django.core.management.base import BaseCommand, CommandError

from approvals import ledger, texts_on_record
from approvals.models import LedgerEntry


class Command(BaseCommand):
    help = (
        "Check that no entry of the ledger was changed, removed or inserted, and that every text on record is the one "
        "that its digest names; name the first bad one."
    )

    def handle(self, *args, **options):
        first = next(ledger.faults(), None)
        if first is not None:
            raise CommandError(f"The ledger is broken: {first.message}.", returncode=1)
        damaged = next(texts_on_record.faults(), None)
        if damaged is not None:
            raise CommandError(f"The texts of the ledger are broken: {damaged}.", returncode=1)
        self.stdout.write(self.style.SUCCESS(f"The ledger is sound: {LedgerEntry.objects.count()} entries."))
