"""A breach stops all early reading of a document; the outlet that broke the embargo waits for the leadership."""

import datetime as dt
from dataclasses import replace

import pytest
import time_machine
from django.utils import timezone

from approvals import decisions, ledger
from approvals.embargo import breaches
from approvals.embargo.breaches import Sighting
from approvals.embargo.refusals import EmbargoRefused, Fault
from approvals.models import EmbargoBreach, LedgerEntry, Notice
from approvals.policy import Refusal
from site_pages.access import rules
from tests.approvals.embargo.press import (
    ASEL,
    breach,
    due_of,
    embargoed,
    give,
    opens,
    publish_in_time,
    without_factor,
)
from tests.approvals.embargo.test_giving import as_agent, boss_in_office, deputy_of_the_leader, who_left
from tests.attacks.houses import everything
from tests.newsroom import edit, fresh, publish, release

pytestmark = pytest.mark.django_db
BEKTUR = replace(ASEL, reader_name="Бектур", outlet="Азаттык", email="bektur@azattyk.example")


@pytest.fixture
def page(room):
    return embargoed(room)


NOTERS = [
    ("head", lambda room: room.head, None),
    ("another leader", lambda room: room.second_leader, None),
    ("acting for a leader", deputy_of_the_leader, None),
    ("author", lambda room: room.author, Refusal.NOT_IN_GROUP),
    ("outsider", lambda room: room.outsider, Refusal.NOT_IN_GROUP),
    ("superuser", lambda room: room.boss, Refusal.SUPERUSER),
    ("superuser in office", boss_in_office, Refusal.SUPERUSER),
    ("program", as_agent, Refusal.AGENT),
    ("closed account", who_left, Refusal.NOT_ACTIVE),
    ("without second factor", lambda room: without_factor(room.head), Refusal.NO_SECOND_FACTOR),
]


@pytest.mark.parametrize(("who", "refusal"), [row[1:] for row in NOTERS], ids=[row[0] for row in NOTERS])
def test_who_decides_on_the_route_notes_it(room, page, who, refusal):
    person, (_access, token) = who(room), give(page, by=room.leader)
    before = everything()

    if refusal is None:
        noted = breach(page, by=person, link="https://example.org/1")
        assert (noted.noted_by_id, noted.cleared_by_entry) == (person.pk, due_of(page).entry_number)
        assert not opens(token)
        assert list(ledger.faults()) == []
    else:
        with pytest.raises(EmbargoRefused) as refused:
            breach(page, by=person)
        assert (refused.value.fault, everything()) == (refusal, before)
        assert opens(token)


def test_it_stops_all_early_access_in_every_language_and_no_new_one_is_given(room):
    page = embargoed(room)
    russian = embargoed(room, locale="ru", title="Заседание", translation_key=page.translation_key)
    other = embargoed(room, title="Башка")
    tokens = [give(one, by=room.head, to=to)[1] for one in (page, russian) for to in (ASEL, BEKTUR)]
    _access, elsewhere = give(other, by=room.head)

    breach(page, by=room.head)

    assert [opens(token) for token in tokens] == [False] * 4
    assert opens(elsewhere)
    before = everything()
    for one in (page, russian):
        with pytest.raises(EmbargoRefused) as refused:
            give(one, by=room.leader, to=BEKTUR)
        assert (refused.value.fault, everything()) == (Fault.EMBARGO_BROKEN, before)


def test_it_publishes_nothing_and_does_not_void_the_clearance(room, page):
    breach(page, by=room.head)

    assert not fresh(page).live
    publish_in_time(page)
    assert fresh(page).live


def test_stopping_and_clearing_anew_does_not_undo_it(room, page):
    breach(page, by=room.head)
    decisions.stop_scheduled(page_id=page.pk, actor_id=room.head.pk, remark="Токто.", now=timezone.now())
    publish(page, room)

    with pytest.raises(EmbargoRefused) as refused:
        give(page, by=room.head)

    assert refused.value.fault == Fault.EMBARGO_BROKEN


def test_when_the_text_is_public_the_next_embargo_begins_anew(room, page):
    breach(page, by=room.head)
    due_at = due_of(page).due_at
    publish_in_time(page)

    with time_machine.travel(due_at + dt.timedelta(minutes=1), tick=False):
        edit(page, by=room.author, title="Такталды", change_note="Такталды.",
             go_live_at=timezone.now() + dt.timedelta(hours=1))  # fmt: skip
        publish(page, room)
        assert opens(give(page, by=room.head)[1])


NAMES = [
    ("Кабар агенттиги", ASEL), ("«КАБАР» агенттиги", ASEL), ("Кабар  Агенттиги.", replace(ASEL, email="x@y.example")),
    ("Башка аталыш", ASEL),  # the address is known
]  # fmt: skip


@pytest.mark.parametrize(("again", "who"), NAMES)
def test_the_outlet_that_broke_it_gets_nothing_until_the_leadership_admits_it(room, page, again, who):
    other = embargoed(room, title="Башка")
    _first, here = give(page, by=room.head)
    _second, there = give(other, by=room.head)
    noted = breach(page, by=room.head, outlet="Кабар агенттиги")

    assert not opens(here) and not opens(there)
    assert opens(give(other, by=room.head, to=BEKTUR)[1])
    before = everything()
    with pytest.raises(EmbargoRefused) as refused:
        give(other, by=room.head, to=replace(who, outlet=again))
    assert (refused.value.fault, everything()) == (Fault.OUTLET_BARRED, before)

    breaches.readmit(breach_id=noted.pk, actor_id=room.leader.pk, reason="Кечирим сурады.", now=timezone.now())

    assert opens(give(other, by=room.head, to=replace(who, outlet=again))[1])
    assert opens(there) and not opens(here)
    entry = LedgerEntry.objects.filter(kind="outlet_readmitted").get()
    assert (entry.actor_id, entry.remark, entry.details["outlet"]) == (
        room.leader.pk, "Кечирим сурады.", "Кабар агенттиги"
    )  # fmt: skip


LEADERSHIP = [
    ("leader", lambda room: room.leader, None),
    ("head", lambda room: room.head, Fault.NOT_THE_LEADERSHIP),
    ("author", lambda room: room.author, Fault.NOT_THE_LEADERSHIP),
    ("acting for a leader", deputy_of_the_leader, Fault.NOT_THE_LEADERSHIP),
    ("superuser", lambda room: room.boss, Refusal.SUPERUSER),
    ("superuser in office", boss_in_office, Refusal.SUPERUSER),
    ("without second factor", lambda room: without_factor(room.leader), Refusal.NO_SECOND_FACTOR),
]


@pytest.mark.parametrize(("who", "refusal"), [row[1:] for row in LEADERSHIP], ids=[row[0] for row in LEADERSHIP])
def test_only_the_leadership_admits_it_again_in_person(room, page, who, refusal):
    noted, person = breach(page, by=room.head, outlet="Кабар"), who(room)
    call = {"breach_id": noted.pk, "actor_id": person.pk, "reason": "Кечирим.", "now": timezone.now()}
    before = everything()

    if refusal is None:
        breaches.readmit(**call)
        assert noted.readmission.by_id == person.pk
        return
    with pytest.raises(EmbargoRefused) as refused:
        breaches.readmit(**call)
    assert (refused.value.fault, everything()) == (refusal, before)


def test_what_is_incomplete_or_has_nothing_to_be_about_is_refused(room, page):
    public = publish(release(room.author, title="Ачык"), room)
    nobody = breach(embargoed(room, title="Бөлөк"), by=room.head)
    named = breach(embargoed(room, title="Дагы"), by=room.head, outlet="Азаттык")
    now = timezone.now()
    later = Sighting(place="Сайт", seen_at=now + dt.timedelta(minutes=1))
    cases = [
        (lambda: breach(public, by=room.head), Fault.NO_EMBARGO),
        (lambda: note(page, room, Sighting(place=" ", seen_at=now)), Fault.PLACE_MISSING),
        (lambda: note(page, room, later, now=now), Fault.NOT_SEEN_YET),
        (lambda: readmit(nobody.pk, room), Fault.NOT_BARRED),
        (lambda: readmit(999, room), Fault.NOT_BARRED),
        (lambda: readmit(named.pk, room, reason=" "), Fault.REASON_MISSING),
    ]
    before = everything()

    for action, fault in cases:
        with pytest.raises(EmbargoRefused) as refused:
            action()
        assert (refused.value.fault, everything()) == (fault, before)


def note(page, room, seen: Sighting, **values):
    return breaches.note_breach(page_id=page.pk, actor_id=room.head.pk, seen=seen, **{"now": timezone.now(), **values})


def readmit(breach_id: int, room, reason: str = "Кечирим."):
    return breaches.readmit(breach_id=breach_id, actor_id=room.leader.pk, reason=reason, now=timezone.now())


def test_a_breach_that_is_found_after_the_publication_bars_the_outlet_and_stops_nothing_new(room, page):
    give(page, by=room.head)
    due_at = due_of(page).due_at
    publish_in_time(page)

    with time_machine.travel(due_at + dt.timedelta(hours=1), tick=False):
        breach(page, by=room.head, outlet=ASEL.outlet)
        other = embargoed(room, title="Башка")
        with pytest.raises(EmbargoRefused) as refused:
            give(other, by=room.head)
        assert refused.value.fault == Fault.OUTLET_BARRED
        assert opens(give(other, by=room.head, to=BEKTUR)[1])


@pytest.mark.parametrize("is_limited", [False, True])
def test_the_leadership_is_told_without_the_title(room, page, is_limited):
    if is_limited:
        rules.limit(content_id=page.content_id, owner=room.author, people=[room.head, room.leader])

    noted = breach(page, by=room.head)

    told = Notice.objects.filter(entry_number=noted.entry_number).values_list("recipient_name", flat=True)
    assert set(told) == ({"leader"} if is_limited else {"leader", "second-leader"})
    assert EmbargoBreach.objects.count() == 1
