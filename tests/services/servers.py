"""Start servers, wait until they are ready, and stop them."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.services import containers, keeper, recipes
from tests.services.recipes import PLAIN_ENVIRONMENT, Recipe
from tests.services.system import Account, ServiceMissing, account, fresh_folder

READY_SECONDS = 180
STOP_SECONDS = 30
RETRY_SECONDS = 0.1
LOG_CHARACTERS = 8192
VARIABLES = {
    "postgres": "DATABASE_URL",
    "redis": "REDIS_URL",
    "elasticsearch": "ELASTICSEARCH_URL",
    "nginx": "NGINX_URL",
}
SCHEMES = {
    "postgres": ("postgres://", "postgresql://"),
    "redis": ("redis://", "rediss://"),
    "elasticsearch": ("http://", "https://"),
    "nginx": ("http://", "https://"),
}
BUILDERS = {
    "postgres": recipes.postgres,
    "redis": recipes.redis_server,
    "elasticsearch": recipes.elasticsearch,
    "nginx": recipes.nginx,
}
CHECKS = {
    "postgres": recipes.check_postgres,
    "redis": recipes.check_redis,
    "elasticsearch": recipes.check_elasticsearch,
    "nginx": recipes.check_http,
}


class ServiceFailed(Exception):
    """A server did not start or does not answer; the text has the end of its log."""


@dataclass(frozen=True)
class Server:
    """One server that was started here; `keeper` stops it."""

    name: str
    url: str
    keeper: subprocess.Popen
    folder: Path

    def stop(self) -> None:
        """Stop the server and wait until nothing of it is left."""
        self.keeper.terminate()
        try:
            self.keeper.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.keeper.kill()  # the server then gets the signal that its parent died
            self.keeper.wait()
        self.keeper.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def running(
    *names: str, environment: Mapping[str, str] = os.environ, owner: int | None = None, **options: Mapping
) -> Iterator[dict[str, str]]:
    """Servers that answer, as {"DATABASE_URL": …, "ELASTICSEARCH_URL": …}; stopped at the end of the block.

    names: postgres, redis, elasticsearch, nginx. A server that the environment names is only checked.
    owner: the process (id) with whose end the servers stop in any case; the present one by default.
    options: for a server of this name, for example nginx={"locations": "location / { return 204; }"}.
    Raises ServiceMissing: something is to be installed first. Raises ServiceFailed: a server does not answer.
    """
    started: list[Server] = []
    try:
        yield start(names, environment=environment, owner=owner or os.getpid(), options=options, started=started)
    finally:
        for server in reversed(started):
            server.stop()


def start(
    names: Sequence[str],
    *,
    environment: Mapping[str, str],
    owner: int,
    options: Mapping[str, Mapping],
    started: list[Server],
) -> dict[str, str]:
    """Start what the environment does not name, all at once, and wait; adds each server to `started` at once."""
    urls = {}
    pending = []
    for name in names:
        named = environment.get(VARIABLES[name], "")
        if named.startswith(SCHEMES[name]):
            urls[VARIABLES[name]] = named
            _check_named(name, named)
        elif named and name != "postgres":
            raise ServiceFailed(f"{VARIABLES[name]} is no address of {name}: {named}")
        else:
            server, recipe = _launch(name, owner=owner, options=options.get(name, {}))
            started.append(server)
            pending.append((server, recipe))
    for server, recipe in pending:
        _wait_ready(server, recipe)
        urls[VARIABLES[server.name]] = server.url
    return urls


def _check_named(name: str, url: str) -> None:
    try:
        CHECKS[name](url)
    except Exception as error:
        raise ServiceFailed(f"{VARIABLES[name]} is set, but {name} does not answer there: {error}") from error


def _launch(name: str, *, owner: int, options: Mapping) -> tuple[Server, Recipe]:
    if name != "nginx" and containers.engine_answers():
        who = Account(name="the engine's own")
        folder = fresh_folder(who, name=name)
        recipe = containers.recipe(name)
    else:
        who = account()
        folder = fresh_folder(who, name=name)
        recipe = _build(name, folder, who, options)
    return _spawn(recipe, folder=folder, who=who, owner=owner), recipe


def _build(name: str, folder: Path, who: Account, options: Mapping) -> Recipe:
    """The recipe, with everything that it put into the folder given to the account."""
    try:
        recipe = BUILDERS[name](folder=folder, account=who, **options)
    except subprocess.CalledProcessError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise ServiceFailed(f"{name} could not be prepared: {error.stderr or error}") from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    if who.uid is not None:
        for path in folder.rglob("*"):
            os.chown(path, who.uid, who.gid, follow_symlinks=False)
    return recipe


def _spawn(recipe: Recipe, *, folder: Path, who: Account, owner: int) -> Server:
    command = [sys.executable, "-I", keeper.__file__, "--owner", str(owner), "--folder", str(folder)]
    command += ["--directory", str(recipe.directory or folder), "--log", str(folder / "log")]
    command += ["--signal", recipe.stop_signal]
    if who.uid is not None:
        command += ["--uid", str(who.uid), "--gid", str(who.gid)]
    process = subprocess.Popen(
        [*command, "--", *recipe.command],
        env={**PLAIN_ENVIRONMENT, "HOME": str(folder), **recipe.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    return Server(name=recipe.name, url=recipe.url, keeper=process, folder=folder)


def _wait_ready(server: Server, recipe: Recipe) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            recipe.check(server.url)
            return
        except Exception as error:
            if server.keeper.poll() is not None:
                log = server.keeper.stdout.read().decode(errors="replace")
                raise ServiceFailed(f"{server.name} ended by itself: {error}\n{log}") from error
            if time.monotonic() > deadline:
                log = (server.folder / "log").read_text(errors="replace")[-LOG_CHARACTERS:]
                raise ServiceFailed(f"{server.name} is not ready after {READY_SECONDS} s: {error}\n{log}") from error
            time.sleep(RETRY_SECONDS)


def run_with(names: Sequence[str], command: Sequence[str]) -> int:
    """Run a command beside servers that it finds in its environment; its exit status (128 + n after signal n)."""
    asked: list[int] = []
    child: list[subprocess.Popen] = []

    def pass_on(number, frame):
        asked.append(number)
        if not child:
            raise KeyboardInterrupt
        child[0].send_signal(number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, pass_on)
    try:
        with running(*names) as urls:
            child.append(
                subprocess.Popen(
                    command,
                    env={**os.environ, **urls},
                    preexec_fn=lambda: keeper.die_with_parent(signal.SIGTERM),
                )
            )
            # A terminal sends Ctrl-C to the command as well: it decides how to end, we wait for it.
            signal.signal(signal.SIGINT, lambda received, frame: asked.append(received))
            status = child[0].wait()
    except KeyboardInterrupt:
        status = -(asked or [signal.SIGINT])[0]
    return status if status >= 0 else 128 - status


__all__ = ["Server", "ServiceFailed", "ServiceMissing", "run_with", "running"]
