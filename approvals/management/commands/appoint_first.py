"""The first people in office, of an installation in which nobody decides yet."""

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, no_translations

from approvals.installation import appoint_first
from approvals.offices import APPARATUS_LEADERSHIP, DEPARTMENT_HEADS


class Command(BaseCommand):
    help = (
        "Put the first department heads and leaders into office, while nobody holds one. It is in the ledger. Later "
        "appointments take two administrators, on the screen “Two administrators”."
    )

    def add_arguments(self, parser):
        parser.add_argument("--heads", nargs="+", default=[], metavar="NAME", help="Department heads.")
        parser.add_argument("--leaders", nargs="+", default=[], metavar="NAME", help="The Apparatus leadership.")

    @no_translations
    def handle(self, *args, heads: list[str], leaders: list[str], **options):
        offices = [(name, DEPARTMENT_HEADS) for name in heads] + [(name, APPARATUS_LEADERSHIP) for name in leaders]
        if not offices:
            raise CommandError("Name somebody: --heads, --leaders.")
        try:
            appoint_first(offices=offices)
        except get_user_model().DoesNotExist as error:
            raise CommandError("One of them has no account. Nobody was appointed.") from error
        except PermissionDenied as refusal:
            raise CommandError(str(refusal)) from refusal
        for name, office in offices:
            self.stdout.write(f"{name}: {office}")
