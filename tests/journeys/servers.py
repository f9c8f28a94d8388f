"""The editorial and the public process on loopback, inside the test's own process and on its database."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import QuietWSGIRequestHandler

HOST = "127.0.0.1"


class PublicHandler(WSGIHandler):
    """The public process: other addresses, the same database."""

    def get_response(self, request):
        request.urlconf = "cms.urls.public"
        return super().get_response(request)


@contextmanager
def serving(application) -> Iterator[str]:
    """Serve a WSGI application on a free port; gives its address."""
    server = ThreadedWSGIServer((HOST, 0), QuietWSGIRequestHandler, allow_reuse_address=False)
    server.set_app(application)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def editorial() -> StaticFilesHandler:
    """The editorial process with its scripts and styles."""
    return StaticFilesHandler(WSGIHandler())


def public() -> PublicHandler:
    """The public process."""
    return PublicHandler()
