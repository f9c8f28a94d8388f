"""Lay out the three language trees."""

from django.core.management.base import BaseCommand

from site_pages.tree import install_tree


class Command(BaseCommand):
    help = "Create the home and the sections of each language. Can be run again."

    def handle(self, *args, **options):
        added = install_tree()
        self.stdout.write(f"Added: {', '.join(added)}" if added else "All homes and sections are there.")
