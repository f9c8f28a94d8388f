"""Django's command, which says why it changes no password of those who decide or administer."""

from django.contrib.auth.management.commands import changepassword
from django.core.exceptions import PermissionDenied
from django.core.management.base import CommandError, no_translations


class Command(changepassword.Command):
    @no_translations
    def handle(self, *args, **options):
        try:
            return super().handle(*args, **options)
        except PermissionDenied as refusal:
            raise CommandError(str(refusal)) from refusal
