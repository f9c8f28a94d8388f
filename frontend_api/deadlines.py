"""A time limit for a request as a whole.

The limits of the library are for each read: who sends one byte now and then is never too slow for them. Here the
connection is closed at the deadline, and whoever waits for it wakes.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection


class _Watch:
    """The connections that one request has opened."""

    def __init__(self) -> None:
        self._opened: list[socket.socket] = []
        self._lock = threading.Lock()
        self.is_over = False

    def add(self, connection: socket.socket) -> None:
        """Close it too at the deadline; at once when that has passed. By a second handle: TLS takes the first."""
        with self._lock:
            self._opened.append(connection.dup())
        if self.is_over:
            self.end()

    def end(self) -> None:
        """The deadline has come."""
        with self._lock:
            self.is_over = True
            for one in self._opened:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """The request is over."""
        with self._lock:
            for one in self._opened:
                one.close()
            self._opened.clear()


_running = threading.local()
TOO_LONG = "The whole request took too long."


@contextmanager
def whole_request_within(seconds: float) -> Iterator[None]:
    """What this thread asks inside, through POOLS, has ended by then; one request at a time.

    Raises TimeoutError: it had not. What looks like an answer then is one that was cut off.
    """
    watch = _running.watch = _Watch()
    timer = threading.Timer(seconds, watch.end)
    timer.daemon = True
    timer.start()
    try:
        try:
            yield
        except Exception as failure:
            if watch.is_over:
                raise TimeoutError(TOO_LONG) from failure
            raise
        if watch.is_over:
            raise TimeoutError(TOO_LONG)
    finally:
        timer.cancel()
        _running.watch = None
        watch.close()


class _Watched:
    """A connection that the deadline of its request can close."""

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        if watch := getattr(_running, "watch", None):
            watch.add(made)
        return made


class _WatchedHTTP(_Watched, HTTPConnection):
    pass


class _WatchedHTTPS(_Watched, HTTPSConnection):
    pass


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _WatchedHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedHTTPS


POOLS = {"http": _HTTPPool, "https": _HTTPSPool}
