"""A document that is closed takes its earlier versions with it, and they stay closed when it returns."""

from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client

from approvals import triggers as page_triggers
from cms import public_record
from frontend_api import triggers as public_triggers
from frontend_api.models import PublishedDocument, Tombstone
from tests.approvals.withdrawal.taking_down import NO_LONGER_CURRENT, REASON, SUPERSEDED, take_down
from tests.newsroom import edit, publish, release

pytestmark = [pytest.mark.django_db, pytest.mark.urls("cms.urls.public")]
EVERYTHING = ("", "/1", "/2", "/1/cleared", "/2/difference")


@pytest.fixture
def page(room):
    """Two versions were public: 1 and 2."""
    page = publish(release(room.author), room)
    return correct(page, room, lead="Экинчи.")


def correct(page, room, **changes):
    edit(page, by=room.author, change_note=f"Такталды: {changes}.", **changes)
    return publish(page, room)


def get(page, rest: str):
    return Client().get(f"/api/v1/documents/{page.content_id}/versions{rest}")


def test_in_error_closes_every_version_and_says_why(room, page):
    take_down(page, room)

    answers = [get(page, rest) for rest in EVERYTHING]

    assert [(answer.status_code, answer.json()["detail"]) for answer in answers] == [(410, REASON)] * 5


def test_the_superseded_leads_to_its_successor(room, page):
    successor = publish(release(room.author, title="Жаңы"), room)
    take_down(page, room, as_=SUPERSEDED, successor=successor.content_id)

    answer = get(page, "/1")

    assert (answer.status_code, answer["Location"].split("/")[-1]) == (301, f"{successor.content_id}?locale=ky")


def test_what_returns_does_not_bring_back_what_was_closed(room, page):
    take_down(page, room)
    page = correct(page, room, lead="Туура лид.")
    page = correct(page, room, lead="Дагы бир.")

    listed = get(page, "").json()["items"]
    old = [get(page, rest).status_code for rest in ("/1", "/2", "/3", "/2/cleared", "/4/difference")]
    document = Client().get(f"/api/v1/documents/{page.content_id}").json()

    assert [(one["version"], one["previous_version"], one["is_current"]) for one in listed] == [
        (5, 4, True),
        (4, None, False),
    ]
    assert old == [404] * 5
    # Corrections only grow, but nobody reads any more what the closed one changed.
    assert document["corrections"][0]["version"] == 2
    assert document["corrections"][0]["difference"] is None
    assert document["corrections"][-1]["difference"].endswith("/versions/5/difference?locale=ky")


def test_under_a_notice_every_version_stays(room, page):
    take_down(page, room, as_=NO_LONGER_CURRENT)

    listed = get(page, "").json()["items"]

    assert [(one["version"], one["is_current"]) for one in listed] == [(2, True), (1, False)]
    assert get(page, "/2").json()["current_version"] == 2
    assert get(page, "/3").status_code == 404


@pytest.fixture
def house(room, page):
    """One closed and published again, one under a notice, one gone."""
    take_down(page, room)
    correct(page, room, lead="Туура лид.")
    noticed = publish(release(room.author, title="Эскирген"), room)
    take_down(noticed, room, as_=NO_LONGER_CURRENT)
    take_down(publish(release(room.author, title="Ката"), room), room)


@pytest.fixture
def without_triggers():
    for side in (page_triggers, public_triggers):
        side.remove(using="default")
    yield
    for side in (page_triggers, public_triggers):
        side.install(using="default")


def tombstone(number: int, **changes) -> Callable:
    return lambda: Tombstone.objects.filter(pk=number).update(**changes)


TAMPERING = {
    "the reason": (
        tombstone(3, reason="Башка"),
        "number 3 tells readers another withdrawal than the one that was cleared",
    ),
    "the class": (
        tombstone(3, withdrawal_class="no_longer_current"),
        "number 3 tells readers another withdrawal than the one that was cleared",
    ),
    "the tombstone is gone": (
        lambda: Tombstone.objects.filter(pk=8).delete(),
        "number 8 tells readers another withdrawal than the one that was cleared",
    ),
    "the notice": (
        lambda: _under_notice().update(notice="Башка"),
        "{document} ky stands under another notice than the log says",
    ),
    "the notice is gone": (
        lambda: _under_notice().update(notice="", notice_at=None),
        "{document} ky stands under another notice than the log says",
    ),
}


def _under_notice():
    return PublishedDocument.objects.exclude(notice_at=None)


def test_the_public_record_is_sound_after_withdrawals_and_tampering_is_found(house, without_triggers):
    document = _under_notice().get().content_id
    assert list(public_record.faults()) == []
    found = {}

    for name, (tamper, _expected) in TAMPERING.items():
        with transaction.atomic():
            tamper()
            found[name] = list(public_record.faults())[:1]
            transaction.set_rollback(True)

    assert found == {name: [words.format(document=document)] for name, (_tamper, words) in TAMPERING.items()}
