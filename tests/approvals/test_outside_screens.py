"""Links for outside readers as the office meets them: who makes one, what the screen tells, what it costs."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from approvals import acting
from approvals.models import OutsideLink, TextOnRecord
from approvals.offices import ADMINISTRATORS, APPARATUS_LEADERSHIP, AUTHORS
from approvals.outside.links import LinkRefused
from tests.approvals.consultation import (
    READER,
    address,
    answer_of,
    changed,
    filled,
    limited,
    make,
    nothing,
    recorded,
    screen,
    somebody,
)
from tests.attacks.houses import everything, signed_in
from tests.newsroom import edit, hire, photo, release, submit

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def page(room):
    return release(room.author, image=photo(alt_text_ky="Сүрөт", credit="А. Асанов"))


@pytest.fixture
def made(room, page):
    return make(page, by=room.author)


# --- Who makes one


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("author", True), ("colleague", True), ("head", True), ("leader", True), ("boss", True), ("outsider", False),
        ("clerk", False), ("agent", False), ("former", False),
    ],
)  # fmt: skip
def test_who_may_edit_or_decides_makes_a_link(room, page, who, may):
    person = {
        "clerk": lambda: hire("clerk", ADMINISTRATORS),
        "agent": lambda: hire("agent", AUTHORS, APPARATUS_LEADERSHIP),
        "former": lambda: hire("former", AUTHORS),
    }.get(who, lambda: getattr(room, who))()
    changed(person, is_agent=who == "agent", is_active=who != "former")
    before = recorded()

    if may:
        make(page, by=person)
        assert OutsideLink.objects.get().maker_id == person.pk
    else:
        with pytest.raises(LinkRefused):
            make(page, by=person)
        assert recorded() == before


def test_who_acts_for_a_leader_makes_one_and_it_dies_with_the_appointment(room, page):
    deputy, now = hire("deputy"), timezone.now()
    group = Group.objects.get(name=APPARATUS_LEADERSHIP)
    with pytest.raises(LinkRefused):
        make(page, by=deputy)
    acting.appoint(
        principal_id=room.leader.pk, deputy_id=deputy.pk, group_id=group.pk, starts_at=now,
        ends_at=now + dt.timedelta(hours=2), legal_basis="№ 45", document_types=[], appointer_id=room.boss.pk, now=now,
    )  # fmt: skip
    _link, token = make(page, by=deputy)
    assert somebody().get(address(token)).status_code == 200

    with time_machine.travel(now + dt.timedelta(hours=3), tick=False):
        assert answer_of(somebody().get(address(token))) == nothing()


def test_an_access_limited_document_is_shown_to_nobody_outside(room, page, monkeypatch):
    limited(monkeypatch)
    before = recorded()

    with pytest.raises(LinkRefused):
        make(page, by=room.author)

    assert recorded() == before


# --- The screen of the office


def test_a_link_is_made_on_the_screen_and_shown_once(room, page):
    client = signed_in(room.author)
    assert (
        reverse("approvals:outside", args=[page.pk]) in client.get(reverse("approvals:document", args=[page.pk])).text
    )

    answer = client.post(screen(page), filled(page))
    shown = answer.context["made"]["address"]

    assert answer.status_code == 200 and shown in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    again = client.get(screen(page)).text
    assert READER in again and "Анын сөзү." in again and shown not in again
    opened = somebody().get(shown.removeprefix("http://127.0.0.1:8000"))
    assert opened.status_code == 200 and '<html lang="ru">' in opened.text


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"reader_name": " "}, 400), ({"reason": ""}, 400), ({"reason": "а\x00"}, 400),
        ({"reader_name": "а" * 201}, 400),
        ({"hours": 0}, 400), ({"hours": 337}, 400), ({"hours": "9" * 30}, 400), ({"hours": ""}, 400),
        ({"language": "de"}, 400), ({"digest": "x"}, 400), ({"digest": "0" * 64}, 403),
    ],
)  # fmt: skip
def test_what_is_incomplete_or_was_not_seen_makes_no_link(room, page, changes, status):
    before, texts = recorded(), TextOnRecord.objects.count()

    answer = signed_in(room.author).post(screen(page), filled(page, **changes))

    assert answer.status_code == status
    assert 'role="alert"' in answer.text or "error-message" in answer.text
    assert (recorded(), TextOnRecord.objects.count()) == (before, texts)


@pytest.mark.parametrize("who", ["outsider", "clerk"])
def test_who_has_no_part_in_the_document_finds_no_screen(room, page, made, who):
    client = signed_in(hire("clerk", ADMINISTRATORS) if who == "clerk" else room.outsider)
    before = recorded()

    answers = [
        client.get(screen(page)),
        client.post(screen(page), filled(page)),
        client.post(reverse("approvals:outside_revoke", args=[page.pk, made[0].pk])),
    ]

    assert {answer.status_code for answer in answers} <= {302, 404}
    assert READER not in "".join(answer.text for answer in answers)
    assert recorded() == before


def test_a_program_sees_the_screen_and_makes_nothing(room, page):
    changed(room.colleague, is_agent=True)
    before, client = recorded(), signed_in(room.colleague)

    assert 'name="reader_name"' not in client.get(screen(page)).text
    assert client.post(screen(page), filled(page)).status_code == 403
    assert recorded() == before


def test_the_screen_tells_of_readings_newer_versions_and_the_end(room, page, made):
    client = signed_in(room.head)
    somebody(REMOTE_ADDR="198.51.100.7").get(address(made[1]))
    (row,) = client.get(screen(page)).context["rows"]
    assert (row.state, row.has_newer_version, row.count) == ("open", False, 1)
    edit(page, by=room.author, title="Жаңы аталыш")

    shown = client.get(screen(page))
    (row,) = shown.context["rows"]
    assert row.has_newer_version and "198.51.100.7" in shown.text
    client.post(reverse("approvals:outside_revoke", args=[page.pk, made[0].pk]))

    (row,) = client.get(screen(page)).context["rows"]
    assert (row.state, row.link.revocation.by_name) == ("revoked", "head")
    assert answer_of(somebody().get(address(made[1]))) == nothing()


def test_a_link_is_revoked_on_the_screen_of_its_own_document_only(room, page, made):
    other = release(room.author, title="Башка")
    before, client = recorded(), signed_in(room.author)

    answers = [
        client.post(reverse("approvals:outside_revoke", args=[other.pk, made[0].pk])),
        client.get(reverse("approvals:outside_revoke", args=[page.pk, made[0].pk])),
        client.post(reverse("approvals:outside_revoke", args=[page.pk, 999])),
    ]

    assert [answer.status_code for answer in answers] == [404, 405, 404]
    assert recorded() == before


def test_whoever_shows_a_text_that_has_a_time_is_warned(room):
    page = release(room.author, go_live_at=timezone.now() + dt.timedelta(hours=5))

    answer = signed_in(room.author).post(screen(page), filled(page))

    assert answer.context["is_under_embargo"] and "help-warning" in answer.text
    assert OutsideLink.objects.count() == 1
    assert not signed_in(room.author).get(screen(release(room.author, title="Эркин"))).context["is_under_embargo"]


def test_an_incomplete_document_has_nothing_to_show(room):
    page = release(room.author, summary="")

    answer = signed_in(room.author).get(screen(page))

    assert answer.status_code == 200 and 'name="reader_name"' not in answer.text


def test_what_is_said_of_a_text_changes_nothing_of_its_clearance(room, page, made):
    submit(page, by=room.author)
    before = everything()

    somebody().post(address(made[1]), "remark=approve", content_type=FORM)

    assert everything() == before


# --- What it costs


def queries(client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def test_the_screen_costs_the_same_with_many_links(room, page, made):
    client = signed_in(room.head)
    with_one = queries(client, screen(page))
    for _ in range(20):
        _link, token = make(page, by=room.author)
        somebody().get(address(token))
        somebody().post(address(token), "remark=x", content_type=FORM)

    assert queries(client, screen(page)) == with_one


def test_a_reading_costs_the_same_with_many_readings_and_remarks(room, made):
    first = queries(somebody(), address(made[1]))
    for number in range(19):
        somebody().post(address(made[1]), f"remark={number}", content_type=FORM)
        somebody().get(address(made[1]))

    assert queries(somebody(), address(made[1])) == first <= 18
