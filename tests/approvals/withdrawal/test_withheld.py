"""What was closed after the backup is shown to the house, which closes it again or publishes it anew."""

import datetime as dt

import pytest
import time_machine
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from approvals.policy import Refusal
from cms import public_record
from cms.models import Restoration
from frontend_api.models import Publication, PublishedDocument, WithheldText
from site_pages.access import rules
from tests.approvals.withdrawal.taking_down import REASON, SUPERSEDED, close, propose, refused
from tests.attacks.houses import signed_in
from tests.newsroom import edit, publish, release

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(room):
    """Two versions were public; a restore withholds both."""
    page = publish(release(room.author, title="Жабылган"), room)
    edit(page, by=room.author, change_note="Такталды.", lead="Экинчи.")
    page = publish(page, room)
    withhold(page)
    return page


def withhold(page) -> None:
    """What a restore writes."""
    now = timezone.now()
    up_to = Publication.objects.order_by("-number").first().number
    Restoration.objects.create(taken_at=now, restored_at=now, ledger_number=0, publication_number=up_to)
    WithheldText.objects.create(
        content_id=page.content_id,
        locale="ky",
        up_to=up_to,
        withheld_at=now,
        closed_at=now - dt.timedelta(hours=1),
        reason=REASON,
    )


def listed(user) -> list[str] | int:
    """The titles on the list of withdrawals, or the status of the refusal."""
    answer = signed_in(user).get(reverse("approvals:withdrawals"))
    if answer.status_code != 200:
        return answer.status_code
    return [page.title for page, _known in answer.context_data["withheld"]]


def status(page, rest: str = "") -> int:
    """What readers are answered where the document, or one of its parts, would be."""
    with override_settings(ROOT_URLCONF="cms.urls.public"):
        return Client().get(f"/api/v1/documents/{page.content_id}{rest}?locale=ky").status_code


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("author", ["Жабылган"]),
        ("head", ["Жабылган"]),
        ("leader", ["Жабылган"]),
        ("boss", ["Жабылган"]),
        ("outsider", 302),
    ],
)
def test_the_house_sees_it_among_the_withdrawals(room, page, who, sees):
    assert listed(getattr(room, who)) == sees


def test_the_screen_says_why_and_leads_to_the_switch(room, page):
    shown = signed_in(room.leader).get(reverse("approvals:withdrawals")).content.decode()

    assert REASON in shown
    assert reverse("approvals:withdraw", args=[page.pk]) in shown


def test_without_a_restore_nothing_is_said(room):
    publish(release(room.author), room)

    assert listed(room.leader) == []


def test_a_limited_document_is_listed_for_whoever_is_named(room, page):
    rules.limit(content_id=page.content_id, owner=room.author, people=[room.leader])

    assert (listed(room.leader), listed(room.colleague)) == (["Жабылган"], [])


def test_a_reader_who_has_a_list_of_before_gets_a_new_one(room):
    pages = [publish(release(room.author, title=title), room) for title in ("Жабылган", "Калат")]
    address = "/api/v1/releases?locale=ky"
    with override_settings(ROOT_URLCONF="cms.urls.public"):
        with time_machine.travel(timezone.now() + dt.timedelta(minutes=2)):
            before = Client().get(address)
        with time_machine.travel(timezone.now() + dt.timedelta(minutes=3)):
            withhold(pages[0])
            after = Client().get(address, headers={"If-Modified-Since": before["Last-Modified"]})

    assert [len(answer.json()["items"]) for answer in (before, after)] == [2, 1]


def test_closed_again_it_is_a_debt_like_any_closing(room, page):
    debts = close(page, by=room.leader)

    assert [debt.is_closing for debt in debts] == [True]
    assert (listed(room.leader), status(page)) == ([], 410)
    assert list(public_record.faults()) == []


def test_a_new_version_is_public_and_nothing_that_was_before_it(room, page):
    assert (status(page), status(page, "/versions")) == (404, 404)
    edit(page, by=room.author, change_note="Такталды дагы.", lead="Үчүнчү.")

    publish(page, room)

    assert (listed(room.leader), status(page)) == ([], 200)
    assert [status(page, f"/versions/{number}") for number in (1, 2, 3)] == [404, 404, 200]
    corrections = PublishedDocument.objects.get().corrections
    assert [(one["version"], one["is_open"]) for one in corrections] == [(2, False), (3, False)]
    assert list(public_record.faults()) == []


def test_the_next_correction_can_be_compared_again(room, page):
    for lead in ("Үчүнчү.", "Төртүнчү."):
        edit(page, by=room.author, change_note=f"Такталды: {lead}", lead=lead)
        publish(page, room)

    corrections = PublishedDocument.objects.get().corrections
    assert [(one["version"], one["is_open"]) for one in corrections] == [(2, False), (3, False), (4, True)]
    assert (status(page, "/versions/4/difference"), status(page, "/versions/3/difference")) == (200, 404)
    assert list(public_record.faults()) == []


def test_the_same_text_may_be_cleared_and_published_anew(room, page):
    publish(page, room)

    assert (status(page), status(page, "/versions/2"), status(page, "/versions/3")) == (200, 404, 200)
    assert list(public_record.faults()) == []


def test_readers_are_not_led_to_what_is_withheld(room, page):
    other = publish(release(room.author, title="Эски"), room)

    refused(lambda: propose(other, by=room.author, as_=SUPERSEDED, successor=page.content_id), Refusal.SUCCESSOR_WRONG)
