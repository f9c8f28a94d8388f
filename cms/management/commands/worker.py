"""The worker process."""

import signal
import threading

from django.core.management.base import BaseCommand

from cms.working import parts, run_once

IDLE_SECONDS = 0.25


class Command(BaseCommand):
    help = "Publish what is due and deliver what was published, until it is told to stop. Several may run at once."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="Do what is due now and stop.")

    def handle(self, *args, once: bool, **options):
        work = parts()
        if once:
            while run_once(work):
                pass
            return
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        self.stdout.write("The worker is running.")
        while not stopped.is_set():
            if not run_once(work):
                stopped.wait(IDLE_SECONDS)
        self.stdout.write("The worker has stopped.")
