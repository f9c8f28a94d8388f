"""A PostgreSQL that may crash: stopped in the middle of everything, and started again on the same data."""

import os
import shutil
import signal
import subprocess
import time

from tests.services import recipes
from tests.services.system import account, fresh_folder

READY_SECONDS = 60


class Postgres:
    """One server on loopback, for the length of a block."""

    def __enter__(self) -> "Postgres":
        self._account = account()
        self._folder = fresh_folder(self._account, name="faults")
        self._recipe = recipes.postgres(folder=self._folder, account=self._account)
        self.url = self._recipe.url
        self._start()
        return self

    def __exit__(self, *error) -> None:
        self._end(signal.SIGINT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def crash(self) -> None:
        """All its processes end at once, without a word to anybody; then it starts again and recovers."""
        self._end(signal.SIGQUIT)
        self._start()

    def _start(self) -> None:
        if self._account.uid is not None:
            for path in (self._folder, *self._folder.rglob("*")):
                os.chown(path, self._account.uid, self._account.gid, follow_symlinks=False)
        with open(self._folder.parent / f"{self._folder.name}.log", "ab") as log:
            self._server = subprocess.Popen(
                self._recipe.command, cwd=self._folder, stdout=log, stderr=log, start_new_session=True,
                env={**recipes.PLAIN_ENVIRONMENT, "HOME": str(self._folder)}, **self._account.popen_options(),
            )  # fmt: skip
        began = time.monotonic()
        while True:
            try:
                return self._recipe.check(self.url)
            except Exception:
                if time.monotonic() - began > READY_SECONDS:
                    raise
                time.sleep(0.1)

    def _end(self, number: signal.Signals) -> None:
        self._server.send_signal(number)
        self._server.wait(timeout=READY_SECONDS)
