"""One server for all the workers of a test run that starts it only when a test asks."""

from pathlib import Path

from tests.services.servers import VARIABLES, Server, start
from tests.services.system import locked


def shared_url(name: str, *, folder: Path, owner: int) -> str:
    """The address of the server that the workers share; the first who asks starts it.

    folder: common to the workers of one run. owner: the process (id) with whose end the server stops.
    Raises ServiceMissing, ServiceFailed.
    """
    record = folder / f"{name}.url"
    with locked(folder / f"{name}.lock"):
        if not record.exists():
            record.write_text(_started(name, owner=owner))
        return record.read_text()


def _started(name: str, *, owner: int) -> str:
    servers: list[Server] = []
    try:
        return start([name], environment={}, owner=owner, options={}, started=servers)[VARIABLES[name]]
    except BaseException:
        for server in servers:
            server.stop()
        raise
