"""A document that was corrected, and each of its versions, are what the contract says of them.

Requests that are made up find none of these: their ids are made up too.
"""

import datetime as dt

import pytest
import yaml
from django.utils import timezone
from jsonschema import Draft202012Validator, FormatChecker

from tests.contracts.test_openapi import CONTRACT
from tests.newsroom import decree, edit, photo, publish, release, speech

KINDS = {"release": release, "speech": speech, "decree": decree}
DOCUMENT = "/api/v1/documents/{content_id}"
VERSION = f"{DOCUMENT}/versions/{{number}}"
ADDRESSES = [
    (DOCUMENT, {}),
    (f"{DOCUMENT}/versions", {}),
    (VERSION, {"number": 1}),
    (VERSION, {"number": 2}),
    (f"{VERSION}/difference", {"number": 2}),
]


@pytest.fixture(scope="module")
def contract() -> dict:
    return yaml.safe_load(CONTRACT.read_text())


def faults(body: dict, *, path: str, contract: dict) -> list[str]:
    """What the contract forbids in an answer of this address."""
    schema = contract["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    validator = Draft202012Validator({**schema, "components": contract["components"]}, format_checker=FormatChecker())
    return [error.message for error in validator.iter_errors(body)]


def corrected(room, *, kind: str, end: dt.datetime | None = None):
    """A document with two versions, the later one with the end; with a photograph where its type has one."""
    picture = {} if kind == "decree" else {"image": photo(alt_text_ky="Сүрөт", credit="А. Асанов")}
    page = publish(KINDS[kind](room.author, **picture), room)
    return publish(edit(page, by=room.author, title="Башка аталыш", expire_at=end, change_note="Такталды."), room)


@pytest.mark.parametrize("has_end", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_each_version_of_each_type_keeps_the_contract(api, room, contract, kind, has_end):
    end = timezone.now() + dt.timedelta(days=30) if has_end else None
    page = corrected(room, kind=kind, end=end)

    answers = [(path, api.get(path.format(content_id=page.content_id, **named))) for path, named in ADDRESSES]

    assert {answer.status_code for _path, answer in answers} == {200}
    assert [faults(answer.json(), path=path, contract=contract) for path, answer in answers] == [[]] * len(ADDRESSES)
    document, _list, first, second, _difference = (answer.json() for _path, answer in answers)
    assert [one["note"] for one in document["corrections"]] == ["Такталды."]
    assert ["expires_at" in body for body in (document, first, second)] == [has_end, False, has_end]


@pytest.mark.parametrize("name", ["type", "title", "scheduled_for", "digest", "previous_version", "current_version"])
def test_only_an_end_may_be_absent_from_a_version(api, room, contract, name):
    page = corrected(room, kind="release")
    body = api.get(VERSION.format(content_id=page.content_id, number=1)).json()

    del body[name]

    assert faults(body, path=VERSION, contract=contract) != []
