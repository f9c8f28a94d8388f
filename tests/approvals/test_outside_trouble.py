"""A page for somebody outside that fails says so sealed, and its address, which is a key, stands in no log."""

import pytest
from django.db import OperationalError

from approvals.embargo import opening
from approvals.outside import reader
from approvals.subscribers import pages
from tests.approvals.consultation import address, make, somebody
from tests.approvals.embargo.press import address as early_address
from tests.approvals.embargo.press import embargoed, give
from tests.newsroom import release

pytestmark = pytest.mark.django_db


def outside(room) -> tuple[str, str]:
    _link, token = make(release(room.author), by=room.author)
    return address(token), token


def early(room) -> tuple[str, str]:
    _access, token = give(embargoed(room), by=room.head)
    return early_address(token), token


def letters(room) -> tuple[str, str]:
    token = "t" * 43
    return f"/letters/{token}/", token


@pytest.mark.parametrize(
    ("kind", "module", "name"),
    [(outside, reader.links, "look"), (early, opening, "open_text"), (letters, pages.answering, "look")],
)
def test_what_fails_tells_nobody_its_address(room, kind, module, name, monkeypatch, caplog):
    where, token = kind(room)

    def fails(*args, **kwargs):
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setattr(module, name, fails)
    client = somebody()
    client.raise_request_exception = False

    response = client.get(where)

    assert (response.status_code, response["Cache-Control"], response["Referrer-Policy"]) == (
        500, "no-store", "no-referrer"
    )  # fmt: skip
    assert "кийинчерээк" in response.text.lower()
    assert [record.name for record in caplog.records if record.levelname == "ERROR"] == ["approvals.outside.sealed"]
    assert all(token not in repr(vars(record)) for record in caplog.records)
