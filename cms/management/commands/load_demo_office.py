"""The demo office, for a first look at the product."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from cms.demo import office, people, telephones


class Command(BaseCommand):
    help = "Load the demo office: people of the three roles, registers and documents. Can be run again."

    def handle(self, *args, **options):
        if not settings.DEMO_OFFICE_ALLOWED:
            raise CommandError("The demo office has known passwords: it is not loaded into a production system.")
        call_command("install_sections", stdout=self.stdout)
        call_command("install_routes", stdout=self.stdout)
        office.hire()
        office.fill_registers()
        office.write_documents()
        self.stdout.write(
            f"\nSign in on {settings.WAGTAILADMIN_BASE_URL}/admin/ with the password {office.PASSWORD} as"
        )
        for person in people.COLLEAGUES:
            role = "administrator (superuser)" if person.is_superuser else person.group
            key = telephones.key_of(person.username)
            asked = f", key of the telephone {key}" if key else ""
            self.stdout.write(f"  {person.username:<8} {role}, interface in {person.language}{asked}")
        self.stdout.write(
            "Who has a telephone is asked for its code as well. Without an app for codes:\n"
            "  .venv/bin/python manage.py demo_code nurlan"
        )
