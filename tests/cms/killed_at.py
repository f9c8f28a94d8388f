"""A command of manage.py that is killed with SIGKILL: `python -m tests.cms.killed_at EVENT PART COUNT DELAY COMMAND…`.

EVENT is an audit event of Python (open, os.rename, subprocess.Popen…), PART a text in its arguments, COUNT which of
those it is, DELAY how many seconds later. Nothing of the product is replaced.
"""

import os
import signal
import sys
import threading

from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command until the event."""
    event, part, count, delay, *command = sys.argv[1:]
    left = [int(count)]

    def kill() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def watch(name: str, arguments: tuple) -> None:
        if name == event and left[0] > 0 and part in repr(arguments):
            left[0] -= 1
            if left[0] == 0 and float(delay):
                threading.Timer(float(delay), kill).start()
            elif left[0] == 0:
                kill()

    sys.addaudithook(watch)
    execute_from_command_line(["manage.py", *command])


if __name__ == "__main__":
    main()
