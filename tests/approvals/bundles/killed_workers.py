"""Workers killed with SIGKILL: `python -m tests.approvals.bundles.killed_workers`, a point on each line of stdin.

A point is "PART COUNT": the worker dies before the COUNT-th SQL statement that holds PART (spaces as “_”); of COMMIT
there is no statement, so “commit” means before the COUNT-th commit and “committed” after it. “live 0” lets it live.
Each worker is a process of its own, and its status is one line on stdout. Nothing of the product is replaced.
"""

import os
import signal
import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402


def die() -> None:
    """At once, and without a word."""
    os.kill(os.getpid(), signal.SIGKILL)


def work(part: str, count: int) -> None:
    """One round of the worker with its death in it."""
    left = [count]

    def reached(found: bool) -> bool:
        left[0] -= found
        return found and left[0] == 0

    def watch(execute, sql, params, many, context):
        if reached(part.replace("_", " ") in sql.replace("_", " ").replace('"', "")):
            die()
        return execute(sql, params, many, context)

    commit = connection._commit

    def watched_commit():
        if part == "commit" and reached(True):
            die()
        commit()
        if part == "committed" and reached(True):
            die()

    connection._commit = watched_commit
    with connection.execute_wrapper(watch):
        call_command("worker", "--once")


def main() -> None:
    """One process for each line."""
    for line in sys.stdin:
        part, count = line.split()
        child = os.fork()
        if child == 0:
            try:
                work(part, int(count))
            finally:
                os._exit(0)
        _child, status = os.waitpid(child, 0)
        print(-os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status), flush=True)


if __name__ == "__main__":
    main()
