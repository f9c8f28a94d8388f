"""The rehearsal of a bundle on the command line."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from approvals.bundles.rehearsal import Rehearsal, rehearse
from approvals.models import Bundle


class Command(BaseCommand):
    help = (
        "Say what would keep a bundle back or spoil it, and try its publication without keeping anything of it. "
        "Exit 1 when it would not succeed now. Decisions wait while it tries."
    )

    def add_arguments(self, parser):
        parser.add_argument("bundle", type=int, help="The number of the bundle, from the address of its page.")

    def handle(self, *args, bundle: int, **options):
        found = Bundle.objects.filter(pk=bundle).first()
        if found is None:
            raise CommandError(f"There is no bundle {bundle}.")
        with translation.override("en"):
            result = rehearse(bundle=found, now=timezone.now())
            self._tell(result)
        if not result.would_succeed:
            raise CommandError("It would not be published now.")
        self.stdout.write(f"All {len(result.items)} would become public; nothing was published.")

    def _tell(self, result: Rehearsal) -> None:
        for item in result.items:
            place = f"{item.member.page_id}\t{item.member.locale}\t{item.title}"
            self.stdout.write(f"{place}\t{len(item.form.canonical) if item.form else 0} bytes")
            for finding in item.findings:
                self.stdout.write(f"\t{'STOPS' if finding.stops else 'look'}\t{finding.code}\t{finding.message}")
        if result.refusal:
            self.stdout.write(f"\tSTOPS\ttrial\tpage {result.refused_page_id}: {result.refusal}")
