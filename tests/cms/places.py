"""A second place, beside the test's own: another database of the same kind, another media folder, its own processes."""

import datetime as dt
import json
import os
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg
import time_machine
from django.conf import settings
from django.db import connection
from django.utils import timezone

from tests.approvals.subscribers.press import subscribe
from tests.newsroom import Newsroom, decree, open_newsroom, photo, publish, release, speech, submit

WORDS = {"ky": "Өкмөттүн жыйыны өттү", "ru": "Заседание прошло", "en": "The meeting was held"}


@dataclass(frozen=True)
class Place:
    """Where an office stands. variables: more of its processes' environment."""

    database_url: str
    media: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its processes."""
        own = {"DATABASE_URL": self.database_url, "MEDIA_ROOT": str(self.media), "ELASTICSEARCH_URL": ""}
        return {**os.environ, **own, "DJANGO_SETTINGS_MODULE": "cms.settings.dev", **self.variables}

    def run(self, *arguments: str, **options) -> subprocess.CompletedProcess:
        """Run Python with these arguments in its environment."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR, env=self.environment, capture_output=True, text=True, timeout=300, check=False,
            **options,
        )  # fmt: skip

    def manage(self, *command: str, **options) -> subprocess.CompletedProcess:
        """Run a command of manage.py."""
        return self.run("manage.py", *command, **options)

    def kill_at(self, event: str, part: str, *command: str, count: int = 1, delay: float = 0) -> int:
        """Run a command until it is killed at an audit event; its exit status."""
        return self.run("-m", "tests.cms.killed_at", event, part, str(count), str(delay), *command).returncode

    def answers(self) -> dict[str, list]:
        """Every answer of its public process."""
        done = self.run("-m", "tests.cms.reading_everything")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def ask(self, code: str) -> str:
        """What a line of Python prints there."""
        done = self.run("-c", f"import django; django.setup()\n{code}")
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def rows(self, sql: str) -> list[tuple]:
        """What a statement finds there. No process of the place is needed."""
        if connection.vendor == "sqlite":
            with closing(sqlite3.connect(self.database_url.removeprefix("sqlite:///"))) as database:
                return database.execute(sql).fetchall()
        with psycopg.connect(self.database_url) as database:
            return database.execute(sql).fetchall()

    def ledger(self) -> list[tuple]:
        """The hash of every entry, which holds all that it says and the hash before it; nothing before migrations."""
        try:
            return self.rows("SELECT number, hash FROM approvals_ledgerentry ORDER BY number")
        except (sqlite3.OperationalError, psycopg.errors.UndefinedTable) as error:
            if isinstance(error, sqlite3.Error) and "no such table" not in str(error):
                raise
            return []

    def is_empty(self) -> bool:
        """Whether no table holds anything of an office."""
        return not self.ledger()


def first_place(**variables: str) -> Place:
    """The place in which the test itself works."""
    return Place(_address(str(connection.settings_dict["NAME"])), Path(settings.MEDIA_ROOT), variables)


@contextmanager
def second_place(folder: Path, **variables: str) -> Iterator[Place]:
    """An empty one of the same kind of database."""
    name = f"second_{uuid.uuid4().hex[:12]}"
    media = folder / f"{name}-media"
    media.mkdir()
    if connection.vendor == "sqlite":
        yield Place(_address(str(folder / f"{name}.sqlite3")), media, variables)
        return
    with psycopg.connect(_address("postgres"), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield Place(_address(name), media, variables)
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _address(name: str) -> str:
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    known = connection.get_connection_params()
    password = quote(known.get("password", ""), safe="")
    return f"postgres://{known['user']}:{password}@{known.get('host', '')}:{known.get('port', 5432)}/{name}"


def working_office() -> Newsroom:
    """Documents in three languages with pictures, one due since half an hour, one due tomorrow, notices to be sent, a
    subscriber."""
    now = timezone.now()
    # Hours ago: answers name the moment of their last change only when it is not of this minute.
    with time_machine.travel(now - dt.timedelta(hours=3)):
        room = open_newsroom()
        published_texts(room)
    with time_machine.travel(now - dt.timedelta(hours=2)):
        publish(release(room.author, title="Мөөнөтү өттү", go_live_at=now - dt.timedelta(minutes=30)), room)
    publish(release(room.author, title="Эртеңки", go_live_at=now + dt.timedelta(days=1)), room)
    submit(release(room.author, title="Макулдашууда"), by=room.author)
    subscribe()
    return room


def small_office() -> Newsroom:
    """One release with a picture, for what does not depend on what an office holds."""
    room = open_newsroom()
    publish(release(room.author, image=used_picture()), room)
    return room


def used_picture():
    """A picture with its words in three languages, and one size of it."""
    words = {f"{name}_{locale}": "Сөз" for name in ("alt_text", "caption") for locale in ("ky", "ru", "en")}
    picture = photo(title="Жыйын", credit="Басма сөз кызматы", rights="Эркин", **words)
    picture.get_rendition("fill-20x20")
    return picture


def published_texts(room: Newsroom) -> None:
    """A release in three languages with a picture, a speech and an act, by people who can be written to."""
    for person in vars(room).values():
        type(person).objects.filter(pk=person.pk).update(email=f"{person.username}@office.example")
    picture = used_picture()
    original = publish(release(room.author, title=WORDS["ky"], image=picture), room)
    for locale in ("ru", "en"):
        text = release(
            room.author, title=WORDS[locale], locale=locale, image=picture, translation_key=original.translation_key
        )
        publish(text, room)
    publish(speech(room.author), room)
    publish(decree(room.author), room)
