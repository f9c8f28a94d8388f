"""The environment is read once, and everything that is wrong with it is said at once."""

import os
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from cms import env

COMPLETE = {
    "JARCHY_PROCESS": "editorial",
    "SECRET_KEY": "a-secret-key-that-is-long-enough-for-the-settings",
    "DATABASE_URL": "postgres://jarchy:database-password@127.0.0.1/jarchy",
    "ELASTICSEARCH_URL": "http://127.0.0.1:9200",
    "REDIS_URL": "redis://:redis-password@127.0.0.1:6379/0",
    "ALLOWED_HOSTS": "newsroom.example, inside.example ,",
    "EDITORIAL_BASE_URL": "https://newsroom.example",
    "PUBLIC_BASE_URL": "https://api.example",
    "MEDIA_ROOT": "/srv/jarchy/media",
}


@pytest.fixture
def environment(monkeypatch):
    for name in env.Environment.model_fields:
        monkeypatch.delenv(name, raising=False)
    return lambda **values: [monkeypatch.setenv(name, value) for name, value in values.items()]


def test_a_complete_environment_is_read_with_its_types_and_defaults(environment):
    environment(**COMPLETE, TRUSTED_PROXY_COUNT="2", SEARCH_TIMEOUT_SECONDS="0.5")

    read = env.read_environment()

    assert read.hosts == ["newsroom.example", "inside.example"]
    assert (read.TRUSTED_PROXY_COUNT, read.SEARCH_TIMEOUT_SECONDS) == (2, 0.5)
    assert (read.SEARCH_INDEX_PREFIX, read.LOG_LEVEL) == ("jarchy", "INFO")


def test_all_missing_names_are_said_at_once_in_order(environment):
    with pytest.raises(SystemExit) as stopped:
        env.read_environment()

    assert str(stopped.value) == "Jarchy cannot start; the environment lacks:\n" + "\n".join(
        f"  {name}: not set" for name in sorted(COMPLETE)
    )


def test_malformed_names_are_said_beside_missing_ones_and_no_secret_is_shown(environment):
    environment(
        **{name: value for name, value in COMPLETE.items() if name != "MEDIA_ROOT"}
        | {
            "SECRET_KEY": "too-short-secret",
            "DATABASE_URL": "mysql://jarchy:database-password@127.0.0.1/jarchy",
            "TRUSTED_PROXY_COUNT": "many",
            "EDITORIAL_BASE_URL": "http://newsroom.example/",
        }
    )

    with pytest.raises(SystemExit) as stopped:
        env.read_environment()

    lines = str(stopped.value).splitlines()[1:]
    assert [line.split(":")[0].strip() for line in lines] == [
        "DATABASE_URL",
        "EDITORIAL_BASE_URL",
        "MEDIA_ROOT",
        "SECRET_KEY",
        "TRUSTED_PROXY_COUNT",
    ]
    assert "  DATABASE_URL: must be the address of a PostgreSQL database: postgres://…" in lines
    assert "  MEDIA_ROOT: not set" in lines
    assert not any(secret in str(stopped.value) for secret in ("too-short-secret", "database-password"))


def test_what_is_read_does_not_show_its_secrets(environment):
    environment(**COMPLETE)

    shown = repr(env.read_environment())

    assert not any(secret in shown for secret in ("database-password", "redis-password", COMPLETE["SECRET_KEY"]))


def test_a_name_may_be_a_file_in_the_folder_of_secrets(environment, monkeypatch, tmp_path):
    environment(**{name: value for name, value in COMPLETE.items() if name not in ("SECRET_KEY", "DATABASE_URL")})
    (tmp_path / "SECRET_KEY").write_text(COMPLETE["SECRET_KEY"] + "\n")
    (tmp_path / "DATABASE_URL").write_text(COMPLETE["DATABASE_URL"] + "\n")
    monkeypatch.setitem(env.Environment.model_config, "secrets_dir", tmp_path)

    read = env.read_environment()

    assert read.SECRET_KEY.get_secret_value() == COMPLETE["SECRET_KEY"]
    assert read.DATABASE_URL.get_secret_value() == COMPLETE["DATABASE_URL"]
    assert "SECRET_KEY" not in os.environ


def test_operators_can_read_what_every_name_means():
    operations = (Path(django_settings.BASE_DIR) / "docs" / "operations.md").read_text()

    assert [name for name in env.Environment.model_fields if f"\n| `{name}` |" not in operations] == []
