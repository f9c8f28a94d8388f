"""The command: an empty database, an Elasticsearch where there is one, and the table of faults in them."""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.faults.servers import Postgres
from tests.services.elasticsearch_indexes import remove_indexes

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Faults on real servers, counted.")
    parser.add_argument("--on", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--runs", type=int, default=20, help="of each kill and crash")
    parser.add_argument("--documents", type=int, default=200, help="for two workers at once")
    parser.add_argument("--kills", type=int, default=5, help="of those workers")
    parser.add_argument("--publications", type=int, default=500, help="while Elasticsearch is down")
    options = parser.parse_args()
    (ROOT / "var").mkdir(exist_ok=True)  # for the log: a fresh clone has no such folder yet
    with tempfile.TemporaryDirectory(prefix="jarchy-faults-") as folder:
        if options.on == "sqlite":
            return _table(options, database_url=f"sqlite:///{folder}/faults.sqlite3", folder=folder)
        with Postgres() as server:
            signal.signal(signal.SIGUSR1, lambda number, frame: server.crash())
            return _table(options, database_url=server.url, folder=folder)


def _table(options: argparse.Namespace, *, database_url: str, folder: str) -> int:
    index, prefix = os.environ.get("ELASTICSEARCH_URL", ""), f"faults-{os.getpid()}"
    own = {
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "DATABASE_URL": database_url,
        "MEDIA_ROOT": f"{folder}/media",
        "ELASTICSEARCH_URL": index,
        "SEARCH_INDEX_PREFIX": prefix,
    }
    sizes = [f"--{name}={getattr(options, name)}" for name in ("runs", "documents", "kills", "publications")]
    try:
        command = [sys.executable, "-m", "tests.faults.table", *sizes]
        return subprocess.run(command, cwd=ROOT, env={**os.environ, **own}, check=False).returncode
    finally:
        if index:
            remove_indexes(index, prefix=prefix)


if __name__ == "__main__":
    sys.exit(main())
