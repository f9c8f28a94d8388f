"""The worker process."""

import signal
import threading
import time
from itertools import chain

from django.core.management.base import BaseCommand
from django.db import OperationalError, connections

from cms.working import Part, Punctual, outward, parts, run_once, seconds_to_wait

IDLE_SECONDS = 0.25
LONGEST_WAIT_SECONDS = 10


class Command(BaseCommand):
    help = "Publish what is due and deliver what was published, until it is told to stop. Several may run at once."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="Do what is due now and stop.")

    def handle(self, *args, once: bool, **options):
        punctual, others = Punctual(), parts()
        hasty, by_threads = punctual.parts(), outward()
        if once:
            while run_once([*hasty, *others, *chain(*by_threads.values())]):
                pass
            return
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        self.stdout.write("The worker is running.")
        threads = [threading.Thread(target=publish_on_time, args=(hasty, stopped), name="publisher")]
        threads += [
            threading.Thread(target=tell_others, args=(work, stopped), name=name) for name, work in by_threads.items()
        ]
        for thread in threads:
            thread.start()
        while not stopped.is_set():
            if not sum(self._when_at_rest(punctual, part) for part in others):
                stopped.wait(IDLE_SECONDS)
            if not all(thread.is_alive() for thread in threads) and not stopped.is_set():
                stopped.set()
                raise SystemExit("A thread of the worker has died; the worker ends, to be started anew.")
        for thread in threads:
            thread.join()
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
    """Tell other sites, or people by mail, until told to stop."""
    try:
        while not stopped.is_set():
            if not run_once(work):
                stopped.wait(IDLE_SECONDS)
    finally:
        connections.close_all()
