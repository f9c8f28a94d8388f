"""The second factor of somebody in the demo office, for a first look without a telephone."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cms.demo.telephones import code_of


class Command(BaseCommand):
    help = "Print the code with which somebody of the demo office signs in now."

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, *args, username: str, **options):
        if not settings.DEMO_OFFICE_ALLOWED:
            raise CommandError("In a production system the code is on the person's own telephone, and nowhere else.")
        code = code_of(username)
        if code is None:
            raise CommandError(f"{username} has no telephone: the password is enough.")
        self.stdout.write(code)
