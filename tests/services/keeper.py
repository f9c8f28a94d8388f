"""Keeps one server: starts it, and stops it when its owner ends, however that happens.

Run as a program of its own (standard library only), so that it outlives an owner that is killed. The server gets the
kernel's "your parent died" signal as well, so that it does not outlive the keeper either.
"""

import argparse
import contextlib
import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
import time

POLL_SECONDS = 0.2
REPORTED_BYTES = 8192  # less than a pipe holds: nobody needs to be reading
PR_SET_PDEATHSIG = 1


def die_with_parent(number: int) -> None:
    """Ask the kernel to send this signal to the calling process when its parent ends (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)


class Owner:
    """The process for which the server runs."""

    def __init__(self, pid: int):
        self.pid = pid
        self._handle = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None

    def wait_gone(self, seconds: float) -> bool:
        """Wait for the end of the owner, at most so long; whether it ended."""
        if self._handle is not None:
            return bool(select.select([self._handle], [], [], seconds)[0])
        time.sleep(seconds)
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        return False


def stop(server: subprocess.Popen, *, number: int, grace_seconds: float) -> None:
    """Ask the server to stop; after the grace period kill its whole process group."""
    if server.poll() is None:
        server.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(grace_seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def report(log: str) -> None:
    """Write the end of the server's log to standard output, for the owner: the server ended by itself."""
    with open(log, "rb") as file:
        file.seek(max(0, os.path.getsize(log) - REPORTED_BYTES))
        os.write(sys.stdout.fileno(), file.read())


def keep(options: argparse.Namespace) -> int:
    """Start the server and stay until it, its owner or this keeper is asked to end; the server's exit status."""
    asked = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda received, frame: asked.append(received))
    stop_signal = signal.Signals[f"SIG{options.signal}"]
    account = {"user": options.uid, "group": options.gid, "extra_groups": []} if options.uid is not None else {}
    try:
        owner = Owner(options.owner)
    except ProcessLookupError:
        return 1
    with open(options.log, "ab") as log:
        server = subprocess.Popen(
            options.command,
            cwd=options.directory,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(stop_signal),
            **account,
        )
    while not asked and server.poll() is None and not owner.wait_gone(POLL_SECONDS):
        pass
    if server.poll() is not None:
        report(options.log)
    stop(server, number=stop_signal, grace_seconds=options.grace)
    return server.returncode


def main() -> int:
    parser = argparse.ArgumentParser(description="Start a server and stop it when its owner ends.")
    parser.add_argument("--owner", type=int, required=True, help="process id of the owner")
    parser.add_argument("--folder", required=True, help="removed at the end")
    parser.add_argument("--directory", required=True, help="working directory of the server")
    parser.add_argument("--log", required=True)
    parser.add_argument("--signal", default="TERM", help="what asks the server to stop, for example INT")
    parser.add_argument("--grace", type=float, default=20, help="seconds")
    parser.add_argument("--uid", type=int)
    parser.add_argument("--gid", type=int)
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    try:
        return keep(options)
    finally:
        shutil.rmtree(options.folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
