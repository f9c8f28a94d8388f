"""A real HTTP server on loopback that keeps what it is sent, and makes the faults of a bad day when told to."""

import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Received:
    """One request that was read whole. headers: by lower-case names."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class HttpSink:
    """One server on a free loopback port; use as a context manager.

    statuses: what it answers to the next requests, one after the other; 0 resets the connection after reading the
    request, and afterwards it answers 204. delay_seconds: how long it waits before each answer. location: where it
    sends with a 302.
    """

    statuses: list[int] = field(default_factory=list)
    delay_seconds: float = 0
    location: str = ""
    received: list[Received] = field(default_factory=list)

    def __enter__(self) -> "HttpSink":
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def _take(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                sink.received.append(Received(self.command, self.path, headers, body))
                time.sleep(sink.delay_seconds)
                status = sink.statuses.pop(0) if sink.statuses else 204
                if not status:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True
                    return
                self.send_response(status)
                if sink.location:
                    self.send_header("Location", sink.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_POST = do_PURGE = do_GET = _take

            def log_message(self, *args) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *args) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}/hook"


class Dripping:
    """A server that answers and never comes to an end; use as a context manager.

    habit: sends a header now and then; says “continue” without end; redirects, with a body that drips.
    """

    def __init__(self, habit: str):
        self._habit = habit

    def __enter__(self) -> "Dripping":
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._stopped = threading.Event()
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/"
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *error) -> None:
        self._stopped.set()
        self._listening.close()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _address = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._drip, args=[connection], daemon=True).start()

    def _drip(self, connection: socket.socket) -> None:
        start, drop = {
            "headers": (b"HTTP/1.1 200 OK\r\n", b"X-Wait: a\r\n"),
            "continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
            "redirect": (b"HTTP/1.1 301 Moved\r\nLocation: /x\r\nContent-Length: 100000\r\n\r\n", b"a"),
        }[self._habit]
        try:
            connection.sendall(start)
            while not self._stopped.wait(0.2):
                connection.sendall(drop)
        except OSError:
            return
        finally:
            connection.close()
