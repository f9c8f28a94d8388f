"""Install the office's default routes. Can be run again: it changes nothing that is already there."""

from django.core.management.base import BaseCommand

from approvals.offices import grant_permissions
from approvals.routes import install_default_routes


class Command(BaseCommand):
    help = "Install the route author, department head, Apparatus leadership for every type of document."

    def handle(self, *args, **options):
        grant_permissions()
        added = install_default_routes()
        self.stdout.write(f"{len(added)} routes installed: {', '.join(added)}" if added else "All routes are there.")
