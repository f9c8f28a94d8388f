"""How each server starts from the packages of the machine: its command, its folder and how to see that it is ready."""

import json
import os
import secrets
import shutil
import subprocess
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis

from tests.services import elasticsearch_archive
from tests.services.system import Account, free_port, java_home, program

CHECK_SECONDS = 5
HEAP = "512m"
PLAIN_ENVIRONMENT = {"PATH": os.defpath, "LANG": "C.UTF-8", "TZ": "UTC"}
# Tests throw the database away, so it need not survive a power cut.
POSTGRES_SETTINGS = ("fsync=off", "full_page_writes=off", "max_connections=200", "timezone=UTC")
ELASTICSEARCH_MAJOR = "9"


@dataclass(frozen=True)
class Recipe:
    """One server about to be started. `check` raises until the server at `url` answers."""

    name: str
    url: str
    command: list[str]
    check: Callable[[str], None]
    environment: dict[str, str] = field(default_factory=dict)
    directory: Path | None = None
    stop_signal: str = "TERM"


def postgres(*, folder: Path, account: Account) -> Recipe:
    """An empty cluster; its superuser `jarchy` has a password made for this run."""
    server = Path(program("postgres"))
    port, password = free_port(), secrets.token_urlsafe(16)
    password_file = folder / "password"
    password_file.write_text(password)
    password_file.chmod(0o644)
    data = folder / "data"
    initdb = [str(server.with_name("initdb")), "--pgdata", str(data), "--username", "jarchy", "--encoding", "UTF8"]
    initdb += ["--locale", "C.UTF-8", "--auth", "scram-sha-256", "--pwfile", str(password_file), "--no-sync"]
    environment = {**PLAIN_ENVIRONMENT, "HOME": str(folder)}
    subprocess.run(
        initdb, cwd=folder, env=environment, check=True, capture_output=True, text=True, **account.popen_options()
    )
    password_file.unlink()
    settings = [part for setting in POSTGRES_SETTINGS for part in ("-c", setting)]
    return Recipe(
        name="postgres",
        url=f"postgres://jarchy:{password}@127.0.0.1:{port}/postgres",
        command=[str(server), "-D", str(data), "-k", str(folder), "-h", "127.0.0.1", "-p", str(port), *settings],
        check=check_postgres,
        stop_signal="INT",  # "fast": do not wait for open connections
    )


def check_postgres(url: str) -> None:
    """Raise unless the database answers."""
    with psycopg.connect(url, connect_timeout=CHECK_SECONDS) as connection:
        connection.execute("SELECT 1")


def redis_server(*, folder: Path, account: Account) -> Recipe:
    """An empty Redis that keeps nothing on disk."""
    port = free_port()
    command = [program("redis-server"), "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder)]
    return Recipe(
        name="redis",
        url=f"redis://127.0.0.1:{port}/0",
        command=[*command, "--save", "", "--appendonly", "no"],
        check=check_redis,
    )


def check_redis(url: str) -> None:
    """Raise unless Redis answers."""
    with redis.Redis.from_url(url, socket_timeout=CHECK_SECONDS, socket_connect_timeout=CHECK_SECONDS) as client:
        client.ping()


def nginx(*, folder: Path, account: Account, locations: str = "location / { return 204; }") -> Recipe:
    """nginx with one server block on loopback; `locations` is what stands inside it."""
    port = free_port()
    temporary = "\n".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log stderr;\nevents {{}}\n"
        f"http {{ access_log off; {temporary}\nserver {{ listen 127.0.0.1:{port}; {locations} }} }}\n"
    )
    return Recipe(
        name="nginx",
        url=f"http://127.0.0.1:{port}",
        command=[program("nginx"), "-c", str(configuration), "-p", str(folder), "-e", "stderr"],
        check=check_http,
    )


def check_http(url: str) -> None:
    """Raise unless an HTTP server answers without an error."""
    with urllib.request.urlopen(url, timeout=CHECK_SECONDS) as answer:
        answer.read()


def elasticsearch(*, folder: Path, account: Account) -> Recipe:
    """A node alone, without security, with a small heap."""
    home, java = elasticsearch_archive.unpacked(), java_home()
    port, transport_port = free_port(), free_port()
    configuration = folder / "config"
    shutil.copytree(home / "config", configuration, copy_function=shutil.copyfile)
    (configuration / "elasticsearch.yml").write_text(
        "cluster.name: jarchy\nnode.name: one\ndiscovery.type: single-node\nxpack.security.enabled: false\n"
        f"network.host: 127.0.0.1\nhttp.port: {port}\ntransport.port: {transport_port}\n"
        f"path.data: {folder}/data\npath.logs: {folder}/logs\n"
        "cluster.routing.allocation.disk.threshold_enabled: false\n"
    )
    (folder / "tmp").mkdir()
    launcher = ["-cp", f"{home}/lib/tools/server-launcher/*", "org.elasticsearch.server.launcher.ServerLauncher"]
    return Recipe(
        name="elasticsearch",
        url=f"http://127.0.0.1:{port}",
        command=[f"{java}/bin/java", "-Xmx64m", "-XX:+UseSerialGC", *launcher],
        check=check_elasticsearch,
        directory=home,
        environment={
            "JAVA_HOME": str(java),
            "JAVA": f"{java}/bin/java",
            "JAVA_TYPE": "JAVA_HOME",
            "ES_HOME": str(home),
            "ES_PATH_CONF": str(configuration),
            "ES_TMPDIR": str(folder / "tmp"),
            "ES_DISTRIBUTION_TYPE": "tar",
            "ES_JAVA_OPTS": f"-Xms{HEAP} -Xmx{HEAP}",
        },
    )


def check_elasticsearch(url: str) -> None:
    """Raise unless a server of our major version answers and can take documents."""
    base = url.rstrip("/")
    with urllib.request.urlopen(base, timeout=CHECK_SECONDS) as answer:
        version = json.load(answer)["version"]["number"]
    if version.split(".")[0] != ELASTICSEARCH_MAJOR:
        raise ValueError(f"Elasticsearch {ELASTICSEARCH_MAJOR} is needed, this is {version}")
    health = f"{base}/_cluster/health?wait_for_status=yellow&timeout={CHECK_SECONDS}s"
    with urllib.request.urlopen(health, timeout=CHECK_SECONDS * 2) as answer:
        if json.load(answer)["timed_out"]:
            raise TimeoutError("the cluster is not ready")
