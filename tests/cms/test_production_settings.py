"""The settings of production, imported as a process imports them."""

import os
import subprocess
import sys

import pytest
from django.conf import settings as django_settings

from tests.cms.test_env import COMPLETE

SHOW = """
import json
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in (
    "DEBUG", "ROOT_URLCONF", "MIDDLEWARE", "ALLOWED_HOSTS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
    "CSRF_TRUSTED_ORIGINS", "TRUSTED_PROXY_COUNT", "SECURE_HSTS_SECONDS", "DEMO_OFFICE_ALLOWED",
    "SECOND_FACTOR_REQUIRED", "WEBAUTHN_RP_ID", "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN")}))
"""


def run(*command: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, *command],
        cwd=django_settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "cms.settings.production", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("process", "url_conf", "has_sessions"),
    [("editorial", "editorial", True), ("worker", "editorial", True), ("public", "public", False)],
)
def test_each_process_has_its_addresses_and_its_middleware(process, url_conf, has_sessions):
    done = run("-c", SHOW, **COMPLETE | {"JARCHY_PROCESS": process})

    assert done.returncode == 0, done.stderr
    assert f'"ROOT_URLCONF": "cms.urls.{url_conf}"' in done.stdout
    assert ("SessionMiddleware" in done.stdout) is has_sessions


def test_nothing_of_a_single_machine_is_left_in_production():
    done = run("-c", SHOW, **COMPLETE)

    for line in (
        '"DEBUG": false',
        '"DEMO_OFFICE_ALLOWED": false',
        '"SESSION_COOKIE_SECURE": true',
        '"CSRF_COOKIE_SECURE": true',
        '"CSRF_TRUSTED_ORIGINS": ["https://newsroom.example"]',
        '"ALLOWED_HOSTS": ["newsroom.example", "inside.example"]',
        '"TRUSTED_PROXY_COUNT": 1',
        '"SECURE_HSTS_SECONDS": 31536000',
        '"SECOND_FACTOR_REQUIRED": true',
        '"WEBAUTHN_RP_ID": "newsroom.example"',
        '"MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": false',
    ):
        assert line in done.stdout


def test_an_empty_environment_stops_the_process_and_names_everything():
    done = run("-c", "import cms.settings.production")

    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if ": not set" in line] == [
        f"  {name}: not set" for name in sorted(COMPLETE)
    ]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("process", ["editorial", "public"])
def test_the_deployment_checks_find_no_error(process, tmp_path):
    done = run(
        "manage.py", "check", "--deploy", "--fail-level", "ERROR",
        **COMPLETE | {"JARCHY_PROCESS": process, "MEDIA_ROOT": str(tmp_path)},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "jarchy.E" not in done.stderr
