"""A proxy in front of Elasticsearch that makes the faults of a bad day, switched while the test runs."""

import contextlib
import gzip
import http.client
import json
import socket
import struct
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

UPSTREAM_SECONDS = 60
NOT_FORWARDED = {"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "content-encoding"}
NOT_RETURNED = {"connection", "content-length", "transfer-encoding", "keep-alive"}
JSON_TYPE = "application/vnd.elasticsearch+json;compatible-with=9"
TOO_MANY = {"type": "es_rejected_execution_exception", "reason": "rejected execution: the queue is full"}
BULK_VERBS = {"index", "create", "update", "delete"}


@dataclass(frozen=True)
class Answer:
    """What goes back to the client."""

    status: int
    body: bytes
    content_type: str = JSON_TYPE
    headers: tuple[tuple[str, str], ...] = (("X-Elastic-Product", "Elasticsearch"),)


@dataclass(frozen=True)
class Fault:
    """How the proxy behaves. The default passes everything on."""

    delay_seconds: float = 0
    status: int | None = None  # answered to every request, which the server never sees
    refused_share: float = 0  # of the items of each bulk: answered with 429, the server never sees them
    is_dropping: bool = False  # the connection is reset instead of an answer


class FaultProxy:
    """One proxy on a free loopback port. Use as a context manager; `seen` lists "METHOD /path" in order of arrival."""

    def __init__(self, target: str):
        self._target = urlsplit(target)
        self.seen: list[str] = []
        self.fault = Fault()
        self._sockets: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._server: _Server | None = None
        self._port = 0

    def __enter__(self) -> "FaultProxy":
        self._listen()
        return self

    def __exit__(self, *error) -> None:
        self._close()

    @property
    def url(self) -> str:
        """Where clients connect; the same through every fault."""
        return f"http://127.0.0.1:{self._port}"

    def work(self) -> None:
        """Pass everything on, as at the start."""
        self._become(Fault())

    def stop(self) -> None:
        """Refuse connections and cut those that are open, like a server that was stopped."""
        self._close()

    def delay(self, *, seconds: float) -> None:
        """Wait so long before each request is passed on."""
        self._become(Fault(delay_seconds=seconds))

    def answer(self, *, status: int = 429) -> None:
        """Answer every request with this status."""
        self._become(Fault(status=status))

    def refuse_in_bulk(self, *, share: float = 0.5) -> None:
        """Pass bulks on without this share of their items (evenly spread) and answer those items with 429."""
        self._become(Fault(refused_share=share))

    def drop(self) -> None:
        """Reset the connection when a request has come."""
        self._become(Fault(is_dropping=True))

    def _become(self, fault: Fault) -> None:
        self.fault = fault
        if self._server is None:
            self._listen()

    def _listen(self) -> None:
        self._server = _Server(("127.0.0.1", self._port), self)
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def _close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        with self._lock:
            sockets, self._sockets = self._sockets, set()
        for connection in sockets:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def opened(self, connection: socket.socket) -> None:
        """A client connected."""
        with self._lock:
            self._sockets.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """A client is gone."""
        with self._lock:
            self._sockets.discard(connection)

    def respond(self, method: str, path: str, headers: list[tuple[str, str]], body: bytes) -> Answer | None:
        """The answer to one request under the present fault; None resets the connection."""
        fault = self.fault
        self.seen.append(f"{method} {path.split('?')[0]}")
        time.sleep(fault.delay_seconds)
        if fault.is_dropping:
            return None
        if fault.status is not None:
            return _error(fault.status)
        if fault.refused_share and path.split("?")[0].endswith("/_bulk"):
            return self._part_of_bulk(method, path, headers, body, share=fault.refused_share)
        return self._pass_on(method, path, headers, body)

    def _pass_on(self, method: str, path: str, headers: list[tuple[str, str]], body: bytes) -> Answer:
        client = http.client.HTTPConnection(self._target.hostname, self._target.port, timeout=UPSTREAM_SECONDS)
        with contextlib.closing(client):
            client.request(method, path, body=body or None, headers=dict(headers))
            answer = client.getresponse()
            kept = tuple(
                (key, value)
                for key, value in answer.getheaders()
                if key.lower() not in NOT_RETURNED and key.lower() != "content-type"
            )
            return Answer(answer.status, answer.read(), answer.getheader("Content-Type", JSON_TYPE), kept)

    def _part_of_bulk(
        self, method: str, path: str, headers: list[tuple[str, str]], body: bytes, *, share: float
    ) -> Answer:
        items = _bulk_items(body)
        refused = [int((place + 1) * share) > int(place * share) for place in range(len(items))]
        passed = b"".join(lines for (_, _, lines), is_refused in zip(items, refused, strict=True) if not is_refused)
        answered: dict = {"took": 0, "errors": True, "items": []}
        if passed:
            answer = self._pass_on(method, path, headers, passed)
            if answer.status != 200:
                return answer
            answered = json.loads(answer.body)
        results = iter(answered["items"])
        answered["items"] = [
            {verb: {"_index": target.get("_index"), "_id": target.get("_id"), "status": 429, "error": TOO_MANY}}
            if is_refused
            else next(results)
            for (verb, target, _), is_refused in zip(items, refused, strict=True)
        ]
        answered["errors"] = answered["errors"] or any(refused)
        return Answer(200, json.dumps(answered).encode())


def _bulk_items(body: bytes) -> list[tuple[str, dict, bytes]]:
    """(verb, target, its lines) of each item of a bulk."""
    items = []
    lines = iter(line for line in body.split(b"\n") if line.strip())
    for line in lines:
        ((verb, target),) = json.loads(line).items()
        if verb not in BULK_VERBS:
            raise ValueError(f"not a bulk: {verb}")
        source = b"" if verb == "delete" else next(lines) + b"\n"
        items.append((verb, target, line + b"\n" + source))
    return items


def _error(status: int) -> Answer:
    return Answer(status, json.dumps({"error": {"root_cause": [TOO_MANY], **TOO_MANY}, "status": status}).encode())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def setup(self) -> None:
        super().setup()
        self.server.proxy.opened(self.connection)

    def finish(self) -> None:
        self.server.proxy.closed(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def handle_one_request(self) -> None:
        with contextlib.suppress(ConnectionError):
            super().handle_one_request()
            return
        self.close_connection = True

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        headers = [(key, value) for key, value in self.headers.items() if key.lower() not in NOT_FORWARDED]
        answer = self.server.proxy.respond(self.command, self.path, headers, body)
        if answer is None:
            self._reset()
            return
        self.send_response(answer.status)
        for key, value in (*answer.headers, ("Content-Type", answer.content_type)):
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _handle

    def _reset(self) -> None:
        """Close with RST, as a server does that dies in the middle."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def log_message(self, *arguments) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], proxy: FaultProxy):
        self.proxy = proxy
        super().__init__(address, _Handler)
