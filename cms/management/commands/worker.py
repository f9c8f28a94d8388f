"""The worker process."""

import gc
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from itertools import chain

from django.core.management.base import BaseCommand
from django.db import OperationalError, connections

from cms.working import Part, Punctual, apart, indexing, parts, run_once

IDLE_SECONDS = 0.25
LONGEST_WAIT_SECONDS = 10


class Command(BaseCommand):
    help = "Publish what is due and deliver what was published, until it is told to stop. Several may run at once."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="Do what is due now and stop.")

    def handle(self, *args, once: bool, **options):
        punctual = Punctual()
        if once:
            work = [*punctual.parts(), *parts(), *indexing(), *chain(*apart().values())]
            while run_once(work):
                pass
            return
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        # What is loaded by now stays loaded: the collector of garbage need not walk it again and again.
        gc.freeze()
        self.stdout.write("The worker is running.")
        threads = _threads(punctual, stopped)
        for thread in threads:
            thread.start()
        others = parts()
        while not stopped.is_set():
            if not sum(_when_at_rest(punctual, part) for part in others):
                stopped.wait(IDLE_SECONDS)
            if not all(thread.is_alive() for thread in threads) and not stopped.is_set():
                stopped.set()
                raise SystemExit("A thread of the worker has died; the worker ends, to be started anew.")
        for thread in threads:
            thread.join()
        self.stdout.write("The worker has stopped.")


def _threads(punctual: Punctual, stopped: threading.Event) -> list[threading.Thread]:
    works: dict[str, Callable[[], int]] = {name: partial(run_once, work) for name, work in apart().items()}
    to_index = indexing()
    works["indexer"] = lambda: sum(_when_at_rest(punctual, part) for part in to_index)
    return [
        threading.Thread(target=publish_on_time, args=(punctual, stopped), name="publisher"),
        *(threading.Thread(target=work_apart, args=(work, stopped), name=name) for name, work in works.items()),
    ]


def _when_at_rest(punctual: Punctual, part: Part) -> int:
    # Threads of one process share one processor: what can wait does not slow down what cannot.
    punctual.is_at_rest.wait(timeout=LONGEST_WAIT_SECONDS)
    return run_once([part])


def publish_on_time(punctual: Punctual, stopped: threading.Event) -> None:
    """Publish and make ready until told to stop; wakes at the very moment at which something is due."""
    work = punctual.parts()
    try:
        while not stopped.is_set():
            if run_once(work):
                continue
            try:
                pause = punctual.seconds_to_wait(at_most=IDLE_SECONDS)
            except OperationalError:
                pause = IDLE_SECONDS
            # An event wakes some milliseconds late; what is left of the last of them is slept.
            if pause > 0.02:
                stopped.wait(pause - 0.01)
            else:
                time.sleep(max(0.0, pause))
    finally:
        connections.close_all()


def work_apart(work: Callable[[], int], stopped: threading.Event) -> None:
    """Do one kind of work, over and over, until told to stop. work: does what there is, and says how much it was."""
    try:
        while not stopped.is_set():
            if not work():
                stopped.wait(IDLE_SECONDS)
    finally:
        connections.close_all()
