"""Django's command, which makes the first two administrators and says why it makes no third."""

from django.contrib.auth.management.commands import createsuperuser
from django.core.exceptions import PermissionDenied
from django.core.management.base import CommandError, no_translations


class Command(createsuperuser.Command):
    @no_translations
    def handle(self, *args, **options):
        try:
            return super().handle(*args, **options)
        except PermissionDenied as refusal:
            raise CommandError(str(refusal)) from refusal
