"""Give a limited document whose owner has left to another person, without anybody seeing it. It stands in the log."""

import uuid

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, no_translations

from site_pages.access import rules
from site_pages.models import AccessLimit


class Command(BaseCommand):
    help = "Make USERNAME the owner of the limited document CONTENT_ID; without arguments, list owners who have left."

    def add_arguments(self, parser):
        parser.add_argument("content_id", nargs="?", type=uuid.UUID)
        parser.add_argument("username", nargs="?")

    @no_translations
    def handle(self, *args, content_id, username, **options):
        if content_id is None:
            for limit in AccessLimit.objects.filter(owner__is_active=False).select_related("owner"):
                self.stdout.write(f"{limit.content_id}\t{limit.owner.get_username()}")
            return
        person = get_user_model().objects.filter(username=username).first()
        if person is None:
            raise CommandError(f"There is no account {username!r}.")
        try:
            rules.hand_over(content_id=content_id, to=person)
        except AccessLimit.DoesNotExist as error:
            raise CommandError(f"No limited document has the content_id {content_id}.") from error
        except rules.AccessRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{content_id} now belongs to {username}.")
