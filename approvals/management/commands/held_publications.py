"""Publications that wait for a person after a restore."""

from django.core.management.base import BaseCommand, CommandError

from approvals import holds


class Command(BaseCommand):
    help = (
        "List what waited for publication when the backup was taken. It is not published by itself: perhaps it was "
        "public already, or was stopped. --release lets the worker publish it; it is stopped on its page in the admin."
    )

    def add_arguments(self, parser):
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--release", type=int, metavar="PAGE", help="The number of the page, from the list.")
        which.add_argument(
            "--release-all", action="store_true", help="All that is listed, once people went through it."
        )

    def handle(self, *args, release: int | None, **options):
        if options["release_all"]:
            released = [one.page_id for one in holds.held() if holds.release(page_id=one.page_id)]
            self.stdout.write(f"{len(released)} released; the worker publishes each when it is due.")
            return
        if release is not None:
            if not holds.release(page_id=release):
                raise CommandError(f"No publication of page {release} is held.")
            self.stdout.write(f"Page {release} is released; the worker publishes it when it is due.")
            return
        for one in holds.held():
            self.stdout.write(f"{one.page_id}\t{one.locale}\tdue {one.due_at:%Y-%m-%d %H:%M:%S} UTC\t{one.title}")
        self.stdout.write(f"{len(holds.held())} held.")
