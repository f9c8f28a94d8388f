"""Publications that wait for a person after a restore."""

from django.core.management.base import BaseCommand, CommandError

from approvals import holds


class Command(BaseCommand):
    help = (
        "List what came due between a backup and its restore. It is not published by itself: perhaps it was public "
        "already, or was stopped. --release lets the worker publish it; stopping it is done on its page in the admin."
    )

    def add_arguments(self, parser):
        parser.add_argument("--release", type=int, metavar="PAGE", help="The number of the page, from the list.")

    def handle(self, *args, release: int | None, **options):
        if release is not None:
            if not holds.release(page_id=release):
                raise CommandError(f"No publication of page {release} is held.")
            self.stdout.write(f"Page {release} is released; the worker publishes it when it is due.")
            return
        for one in holds.held():
            self.stdout.write(f"{one.page_id}\t{one.locale}\tdue {one.due_at:%Y-%m-%d %H:%M:%S} UTC\t{one.title}")
        self.stdout.write(f"{len(holds.held())} held.")
