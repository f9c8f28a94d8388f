"""The workers of one run share a server, and it ends with the run."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from tests.services.recipes import check_redis
from tests.services.shared import shared_url

PATIENCE_SECONDS = 30


def test_all_who_ask_get_the_same_server_and_it_ends_with_its_owner(tmp_path):
    owner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(99)"])
    with ThreadPoolExecutor(3) as workers:
        answers = list(workers.map(lambda _: shared_url("redis", folder=tmp_path, owner=owner.pid), range(3)))
    check_redis(answers[0])

    owner.send_signal(signal.SIGKILL)
    owner.wait()

    assert len(set(answers)) == 1
    deadline = time.monotonic() + PATIENCE_SECONDS
    with pytest.raises(redis.ConnectionError):
        while time.monotonic() < deadline:
            check_redis(answers[0])
            time.sleep(0.05)


def test_a_server_whose_owner_is_gone_already_does_not_start(tmp_path):
    owner = subprocess.Popen([sys.executable, "-c", ""])
    owner.wait()

    with pytest.raises(Exception, match="redis ended by itself"):
        shared_url("redis", folder=tmp_path, owner=owner.pid)

    assert not (tmp_path / "redis.url").exists()
    assert os.listdir(tmp_path) == ["redis.lock"]
