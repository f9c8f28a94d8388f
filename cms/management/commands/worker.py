"""The worker process."""

import signal
import threading
import time

from django.core.management.base import BaseCommand
from django.db import OperationalError, connections

from cms.working import Part, Punctual, parts, run_once, seconds_to_wait, telling

IDLE_SECONDS = 0.25
LONGEST_WAIT_SECONDS = 10


class Command(BaseCommand):
    help = "Publish what is due and deliver what was published, until it is told to stop. Several may run at once."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="Do what is due now and stop.")

    def handle(self, *args, once: bool, **options):
        punctual, others, outward = Punctual(), parts(), telling()
        hasty = punctual.parts()
        if once:
            while run_once([*hasty, *others, *outward]):
                pass
            return
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        self.stdout.write("The worker is running.")
        publisher = threading.Thread(target=publish_on_time, args=(hasty, stopped), name="publisher")
        teller = threading.Thread(target=tell_others, args=(outward, stopped), name="teller")
        publisher.start()
        teller.start()
        while not stopped.is_set():
            if not sum(self._when_at_rest(punctual, part) for part in others):
                stopped.wait(IDLE_SECONDS)
            if not (publisher.is_alive() and teller.is_alive()) and not stopped.is_set():
                stopped.set()
                raise SystemExit("A thread of the worker has died; the worker ends, to be started anew.")
        publisher.join()
        teller.join()
        self.stdout.write("The worker has stopped.")

    def _when_at_rest(self, punctual: Punctual, part: Part) -> int:
        # Threads of one process share one processor: what can wait does not slow down what cannot.
        punctual.is_at_rest.wait(timeout=LONGEST_WAIT_SECONDS)
        return run_once([part])


def publish_on_time(work: list[Part], stopped: threading.Event) -> None:
    """Publish and make ready until told to stop; wakes at the very moment at which something is due."""
    try:
        while not stopped.is_set():
            if run_once(work):
                continue
            try:
                pause = seconds_to_wait(at_most=IDLE_SECONDS)
            except OperationalError:
                pause = IDLE_SECONDS
            # An event wakes some milliseconds late; what is left of the last of them is slept.
            if pause > 0.02:
                stopped.wait(pause - 0.01)
            else:
                time.sleep(max(0.0, pause))
    finally:
        connections.close_all()


def tell_others(work: list[Part], stopped: threading.Event) -> None:
    """Tell other sites until told to stop."""
    try:
        while not stopped.is_set():
            if not run_once(work):
                stopped.wait(IDLE_SECONDS)
    finally:
        connections.close_all()
