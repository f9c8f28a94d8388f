"""The starter starts real servers, not as root, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from functools import partial
from pathlib import Path

import pytest
import redis

from tests.services import ServiceFailed, running
from tests.services.recipes import check_elasticsearch, check_postgres, check_redis
from tests.services.servers import run_with

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 30
NOTHING_NAMED: dict[str, str] = {}


def processes_with(word: str) -> list[int]:
    """The processes that have the word in their command line, without this one."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if word in (folder / "cmdline").read_text() and int(folder.name) != os.getpid():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def port_of(url: str) -> str:
    return url.rsplit(":", 1)[1].split("/")[0]


def listener_of(url: str) -> list[int]:
    """The server's own processes: those that were given its port or its folder, which the keeper names as well."""
    keepers = [pid for pid in processes_with("keeper.py") if port_of(url) in command_line(pid)]
    return [pid for keeper in keepers for pid in children_of(keeper)]


def command_line(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def children_of(pid: int) -> list[int]:
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for thread in threads for child in thread.read_text().split()]


def owner_of(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


def wait_until(condition, *, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@pytest.mark.parametrize(("name", "check"), [("postgres", check_postgres), ("redis", check_redis)])
def test_a_server_answers_is_not_root_and_is_gone_afterwards(name, check):
    with running(name, environment=NOTHING_NAMED) as urls:
        (url,) = urls.values()
        check(url)
        servers = listener_of(url)
        owners = {owner_of(pid) for pid in servers}

    assert len(servers) == 1
    assert 0 not in owners
    assert [pid for pid in servers if Path(f"/proc/{pid}").exists()] == []
    with pytest.raises(Exception, match="refused"):
        check(url)


def test_nginx_serves_what_it_is_given():
    locations = 'location / { return 200 "салам"; }'

    with running("nginx", environment=NOTHING_NAMED, nginx={"locations": locations}) as urls:
        answer = urllib.request.urlopen(urls["NGINX_URL"])
        body = answer.read().decode()

    assert body == "салам"


def test_elasticsearch_starts_beside_one_that_is_running_and_is_gone_afterwards(elasticsearch_url):
    with running("elasticsearch", environment=NOTHING_NAMED) as urls:
        url = urls["ELASTICSEARCH_URL"]
        check_elasticsearch(url)
        launchers = listener_of_elasticsearch(url)
        servers = [child for launcher in launchers for child in children_of(launcher)]
        owners = {owner_of(pid) for pid in (*launchers, *servers)}

    assert url != elasticsearch_url
    assert (len(launchers), len(servers)) == (1, 1)
    assert 0 not in owners
    assert [pid for pid in (*launchers, *servers) if Path(f"/proc/{pid}").exists()] == []


def listener_of_elasticsearch(url: str) -> list[int]:
    """The launcher does not name its port; its configuration does."""
    port = f"http.port: {port_of(url)}\n"
    found = []
    for keeper in processes_with("keeper.py"):
        folder = command_line(keeper).split("--folder ")[1].split()[0]
        configuration = Path(folder) / "config" / "elasticsearch.yml"
        if configuration.is_file() and port in configuration.read_text():
            found += children_of(keeper)
    return found


def test_a_server_that_the_environment_names_is_only_checked(redis_url):
    with running("redis", environment={"REDIS_URL": redis_url}) as urls:
        pass

    assert urls == {"REDIS_URL": redis_url}
    check_redis(redis_url)


@pytest.mark.parametrize(
    ("variable", "url", "name"),
    [
        ("REDIS_URL", "redis://127.0.0.1:1/0", "redis"),
        ("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing", "postgres"),
        ("ELASTICSEARCH_URL", "http://127.0.0.1:1", "elasticsearch"),
    ],
)
def test_an_address_where_nothing_answers_is_refused(variable, url, name):
    refused = pytest.raises(ServiceFailed, match=f"{variable} is set, but {name} does not answer there")

    with refused, running(name, environment={variable: url}):
        pytest.fail("nothing answers there")


def test_elasticsearch_of_another_version_is_refused():
    answer = 'location / { default_type application/json; return 200 \'{"version": {"number": "8.19.0"}}\'; }'
    refused = pytest.raises(ServiceFailed, match=r"Elasticsearch 9 is needed, this is 8\.19\.0")

    with running("nginx", environment=NOTHING_NAMED, nginx={"locations": answer}) as urls:
        old = {"ELASTICSEARCH_URL": urls["NGINX_URL"]}
        with refused, running("elasticsearch", environment=old):
            pytest.fail("it is too old")


def test_a_server_that_ends_by_itself_is_reported_with_its_log():
    refused = pytest.raises(ServiceFailed, match=r"(?s)nginx ended by itself.*unknown directive .no_such_thing")

    with refused, running("nginx", environment=NOTHING_NAMED, nginx={"locations": "no_such_thing;"}):
        pytest.fail("it cannot start")


def test_the_command_finds_the_address_and_its_status_is_passed_on(tmp_path):
    script = "import os, pathlib, sys; pathlib.Path(sys.argv[1]).write_text(os.environ['REDIS_URL']); sys.exit(7)"
    seen = tmp_path / "seen"

    done = start_beside_redis(sys.executable, "-c", script, str(seen))

    assert done.wait(PATIENCE_SECONDS) == 7
    assert seen.read_text().startswith("redis://127.0.0.1:")
    with pytest.raises(redis.ConnectionError):
        check_redis(seen.read_text())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_when_the_starter_is_stopped(tmp_path, number):
    script = (
        "import os, pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text(os.environ['REDIS_URL']);time.sleep(99)"
    )
    seen = tmp_path / "seen"
    starter = start_beside_redis(sys.executable, "-c", script, str(seen))
    wait_until(lambda: seen.exists() and seen.read_text(), what="the command did not start")
    keepers = [pid for pid in processes_with("keeper.py") if f"--owner {starter.pid} " in command_line(pid)]
    folders = [command_line(pid).split("--folder ")[1].split()[0] for pid in keepers]
    command = [pid for pid in children_of(starter.pid) if pid not in keepers]
    servers = [child for keeper in keepers for child in children_of(keeper)]

    if number == signal.SIGINT:
        os.kill(command[0], number)  # a terminal sends it to both
    starter.send_signal(number)
    starter.wait(PATIENCE_SECONDS)

    assert (len(keepers), len(command), len(servers)) == (1, 1, 1)
    left = [*keepers, *command, *servers]
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in left), what=f"still there of {left}")
    assert [folder for folder in folders if Path(folder).exists()] == []


def test_a_server_does_not_outlive_a_keeper_that_is_killed():
    with running("redis", environment=NOTHING_NAMED) as urls:
        (server,) = listener_of(urls["REDIS_URL"])
        (keeper,) = [pid for pid in processes_with("keeper.py") if server in children_of(pid)]

        os.kill(keeper, signal.SIGKILL)

        wait_until(lambda: not Path(f"/proc/{server}").exists(), what="the server lives on")


def start_beside_redis(*command: str) -> subprocess.Popen:
    environment = {key: value for key, value in os.environ.items() if key != "REDIS_URL"}
    starter = [sys.executable, "-m", "tests.services", "run", "--with", "redis", "--", *command]
    # Whoever is started in the background is told to ignore Ctrl-C, and hands that on to all children.
    hear_again = partial(signal.signal, signal.SIGINT, signal.default_int_handler)
    return subprocess.Popen(starter, cwd=REPOSITORY, env=environment, preexec_fn=hear_again)


def test_a_command_that_is_not_there_leaves_no_server(monkeypatch):
    monkeypatch.delenv("REDIS_URL", raising=False)

    with pytest.raises(FileNotFoundError):
        run_with(["redis"], ["no-such-command"])

    assert [pid for pid in processes_with("keeper.py") if f"--owner {os.getpid()} " in command_line(pid)] == []
