"""A short table of faults: each is made once, and none does harm."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

pytestmark = pytest.mark.own_database
FEW = ["--runs", "1", "--documents", "8", "--kills", "1", "--publications", "10"]


def test_each_fault_made_once_does_no_harm(elasticsearch_url):
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--on", connection.vendor, *FEW],
        cwd=settings.BASE_DIR, env={**os.environ, "ELASTICSEARCH_URL": elasticsearch_url},
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    made = re.findall(
        r"^(worker killed|killed while closing|PostgreSQL crashed|two workers|Elasticsearch down).*\s\d+/\d+ ",
        done.stdout,
        re.M,
    )
    assert len(made) == (23 if connection.vendor == "postgresql" else 22)
