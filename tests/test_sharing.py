"""The two kinds of database share the work of `make test`: nothing falls between them."""

from itertools import product
from types import SimpleNamespace

import pytest

from tests import sharing

MARKERS = {
    "none": {},
    "plain": {"django_db": {}},
    "real": {"django_db": {"transaction": True}},
    "story": {"django_db": {"transaction": True}, "browser": {}},
    "races": {"django_db": {"transaction": True}, "postgresql": {}},
    "processes": {"own_database": {}},
}
PLACES = ("tests/approvals/test_screens.py", "tests/attacks/test_leaks.py")


class Item:
    """As much of a test as is asked for its place."""

    def __init__(self, name: str, markers: dict):
        self.nodeid, self.markers, self.fixturenames = name, markers, ()

    def get_closest_marker(self, name: str):
        return SimpleNamespace(kwargs=self.markers[name]) if name in self.markers else None


def items(kind: str, *, count: int = 60) -> list[Item]:
    return [Item(f"{place}::test_{number}", MARKERS[kind]) for place, number in product(PLACES, range(count))]


def kept(kind: str, *, engine: str, monkeypatch) -> set[str]:
    monkeypatch.setattr(sharing, "settings", SimpleNamespace(DATABASES={"default": {"ENGINE": engine}}))
    return {item.nodeid for item in items(kind) if not sharing.runs_elsewhere(item)}


@pytest.mark.parametrize("kind", MARKERS)
def test_everything_runs_somewhere_and_what_asks_a_database_on_postgresql(kind, monkeypatch):
    monkeypatch.setattr(sharing, "IS_SHARED", True)
    everything = {item.nodeid for item in items(kind)}

    sqlite, postgresql = (kept(kind, engine=engine, monkeypatch=monkeypatch) for engine in ("sqlite3", "postgresql"))

    assert sqlite | postgresql == everything
    assert postgresql == (set() if kind == "none" else everything)


@pytest.mark.parametrize(("kind", "share"), [("none", 1), ("real", 1), ("processes", 1), ("races", 0)])
def test_what_depends_on_the_kind_of_database_runs_on_both(kind, share, monkeypatch):
    monkeypatch.setattr(sharing, "IS_SHARED", True)

    assert len(kept(kind, engine="sqlite3", monkeypatch=monkeypatch)) == share * len(items(kind))


@pytest.mark.parametrize("kind", ["plain", "story"])
def test_of_the_rest_sqlite_has_a_part_and_all_attacks(kind, monkeypatch):
    monkeypatch.setattr(sharing, "IS_SHARED", True)

    names = kept(kind, engine="sqlite3", monkeypatch=monkeypatch)

    plain = [name for name in names if "/attacks/" not in name]
    assert len(names) - len(plain) == 60
    assert 60 / sharing.EVERY / 3 < len(plain) < 60 / sharing.EVERY * 3


def test_alone_each_kind_runs_everything_that_it_can(monkeypatch):
    monkeypatch.setattr(sharing, "IS_SHARED", False)

    for kind, engine in product(MARKERS, ("sqlite3", "postgresql")):
        is_missing = kind == "races" and engine == "sqlite3"
        assert len(kept(kind, engine=engine, monkeypatch=monkeypatch)) == (0 if is_missing else len(items(kind)))
