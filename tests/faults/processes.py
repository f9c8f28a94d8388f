"""Processes of the office, forked: each has connections of its own, and dies without asking anybody."""

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable

from django.db import connections

from cms.working import everything, run_once
from frontend_api.search import service

IDLE_SECONDS = 0.05


class Child:
    """One process that does something and ends."""

    def __init__(self, work: Callable[[], None]):
        connections.close_all()
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            _be(work)

    def wait(self) -> int:
        """Its exit status; minus the number of the signal that killed it."""
        _pid, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status)

    def kill(self) -> int:
        """Kill it, now."""
        os.kill(self.pid, signal.SIGKILL)
        return self.wait()


def _be(work: Callable[[], None]) -> None:
    status = 1
    try:
        service.forget_connections()
        work()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def work_once() -> None:
    """What `worker --once` does."""
    all_parts = everything()
    while run_once(all_parts):
        pass


def work_on() -> None:
    """What `worker` does, until it is killed; in one thread, so that a point is met where it was set."""
    all_parts = everything()
    while True:
        if not run_once(all_parts):
            time.sleep(IDLE_SECONDS)
