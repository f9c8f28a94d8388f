"""Being stopped in the middle: what was begun is cleared away, as after any other failure."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stopping_cleanly() -> Iterator[None]:
    """Within the block SIGTERM ends the process like an exception, so that every `finally` runs."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
