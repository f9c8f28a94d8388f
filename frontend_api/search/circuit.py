"""Not asking a server that has just failed, so that its time-out is paid once and not with every request."""

import threading
import time
from collections.abc import Callable


class CircuitBreaker:
    """One server's. Closed: ask. Open: do not ask until the pause is over; then one caller asks, the others wait on."""

    def __init__(self, *, pause_seconds: float, clock: Callable[[], float] = time.monotonic):
        self._pause_seconds = pause_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._ask_again_at: float | None = None

    def may_ask(self) -> bool:
        """Whether to ask the server now. After the pause the first caller gets True and the pause begins anew."""
        with self._lock:
            if self._ask_again_at is None:
                return True
            if self._clock() < self._ask_again_at:
                return False
            self._ask_again_at = self._clock() + self._pause_seconds
            return True

    def failed(self) -> None:
        """The server gave no useful answer."""
        with self._lock:
            self._ask_again_at = self._clock() + self._pause_seconds

    def answered(self) -> None:
        """The server answered."""
        with self._lock:
            self._ask_again_at = None
