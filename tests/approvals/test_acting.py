"""Deciding in the place of an absent person: on time, within scope, once, and never on one's own text."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils import timezone

from approvals import acting, ledger
from approvals.acting import AppointmentRefused, Fault
from approvals.decisions import DecisionRefused
from approvals.models import ActingAppointment, LedgerEntry
from approvals.offices import APPARATUS_LEADERSHIP, AUTHORS, DEPARTMENT_HEADS
from approvals.policy import Refusal
from approvals.queue import queue_of
from frontend_api.models import PublishedDocument
from tests import newsroom
from tests.attacks.houses import everything
from tests.newsroom import approve, decree, edit, fresh, hire, release, send_back, submit

pytestmark = pytest.mark.django_db
MORNING = dt.datetime(2026, 3, 2, 3, 0, tzinfo=dt.UTC)
WEEK = dt.timedelta(days=7)
BASIS = "2026-жылдын 27-февралындагы № 45 буйрук"


@pytest.fixture
def morning():
    with time_machine.travel(MORNING, tick=False) as clock:
        yield clock


def office(name: str) -> int:
    return Group.objects.get(name=name).pk


def appoint(room, **changes) -> ActingAppointment:
    """The colleague acts for the head for a week, unless told otherwise."""
    values = {
        "principal_id": room.head.pk, "deputy_id": room.colleague.pk, "group_id": office(DEPARTMENT_HEADS),
        "starts_at": MORNING, "ends_at": MORNING + WEEK, "legal_basis": BASIS, "appointer_id": room.boss.pk,
        "now": timezone.now(),
    }  # fmt: skip
    return acting.appoint(**{**values, **changes})


def waiting(user) -> list[tuple[int, str]]:
    return [(item.page_id, item.acting_for) for item in queue_of(user_id=user.pk, now=timezone.now())]


def test_a_deputy_decides_and_the_record_shows_both_names(room, morning):
    page = release(room.author)
    submit(page, by=room.author)
    appoint(room)

    assert waiting(room.colleague) == [(page.pk, "head")]
    entry = approve(page, by=room.colleague)
    approve(page, by=room.leader)

    assert (entry.actor_name, entry.step) == ("colleague", 1)
    assert entry.details["acting_for"] == {"person_id": room.head.pk, "person": "head", "legal_basis": BASIS}
    assert PublishedDocument.objects.count() == 1
    assert list(ledger.faults()) == []


@pytest.mark.parametrize("moment", [-dt.timedelta(seconds=1), WEEK, 2 * WEEK])
def test_before_and_after_the_appointment_it_gives_no_right(room, morning, moment):
    appoint(room)
    page = release(room.author)
    submit(page, by=room.author)
    morning.move_to(MORNING + moment)
    before = everything()

    with pytest.raises(DecisionRefused) as refused, transaction.atomic():
        approve(page, by=room.colleague)

    assert refused.value.refusal is Refusal.NOT_IN_GROUP
    assert (everything(), waiting(room.colleague)) == (before, [])


def test_beyond_its_scope_it_gives_no_right(room, morning):
    appoint(room, document_types=["decree"])
    news, act = release(room.author), decree(room.author)
    submit(news, by=room.author)
    submit(act, by=room.author)

    with pytest.raises(DecisionRefused) as refused, transaction.atomic():
        approve(news, by=room.colleague)

    assert refused.value.refusal is Refusal.NOT_IN_GROUP
    assert waiting(room.colleague) == [(act.pk, "head")]
    approve(act, by=room.colleague)


def test_at_the_step_of_another_office_it_gives_no_right(room, morning):
    appoint(room)
    page = release(room.author)
    submit(page, by=room.author)
    approve(page, by=room.head)
    before = everything()

    with pytest.raises(DecisionRefused), transaction.atomic():
        approve(page, by=room.colleague)

    assert everything() == before


def test_a_deputy_does_not_decide_on_his_own_text(room, morning):
    appoint(room)
    page = release(room.colleague)
    submit(page, by=room.author)
    before = everything()

    with pytest.raises(DecisionRefused) as refused, transaction.atomic():
        approve(page, by=room.colleague)

    assert (refused.value.refusal, everything()) == (Refusal.CONTRIBUTOR, before)


def test_a_deputy_has_no_more_right_than_whom_he_represents(room, morning):
    """The head wrote at the text, so nobody decides on it in the head's place either."""
    appoint(room)
    page = release(room.author)
    edit(page, by=room.head, title="Башчынын аталышы")
    submit(page, by=room.author)

    with pytest.raises(DecisionRefused) as refused, transaction.atomic():
        approve(page, by=room.colleague)

    assert refused.value.refusal is Refusal.CONTRIBUTOR
    approve(page, by=room.deputy_head)


def test_nobody_decides_twice_in_whatever_capacity(room, morning):
    """The head decides in person, and may not decide for the leader; nor the leader for whom somebody decided."""
    appoint(room, principal_id=room.leader.pk, deputy_id=room.head.pk, group_id=office(APPARATUS_LEADERSHIP))
    page = release(room.author)
    submit(page, by=room.author)
    approve(page, by=room.head)

    with pytest.raises(DecisionRefused) as refused, transaction.atomic():
        approve(page, by=room.head)

    assert refused.value.refusal is Refusal.DECIDED_BEFORE
    approve(page, by=room.leader)
    assert PublishedDocument.objects.count() == 1


def test_whose_deputy_decided_does_not_decide_again_at_a_later_step(room, morning):
    newsroom.appoint(room.head, APPARATUS_LEADERSHIP)
    appoint(room)
    page = release(room.author)
    submit(page, by=room.author)
    approve(page, by=room.colleague)

    with pytest.raises(DecisionRefused) as refused, transaction.atomic():
        approve(page, by=room.head)

    assert refused.value.refusal is Refusal.DECIDED_BEFORE
    assert fresh(page).live is False


def test_a_deputy_may_return_a_text(room, morning):
    appoint(room)
    page = release(room.author)
    submit(page, by=room.author)

    entry = send_back(page, by=room.colleague)

    assert entry.details["acting_for"]["person"] == "head"


def test_who_loses_the_office_is_no_longer_represented_in_it(room, morning):
    appoint(room)
    page = release(room.author)
    submit(page, by=room.author)
    room.head.groups.clear()

    with pytest.raises(DecisionRefused), transaction.atomic():
        approve(page, by=room.colleague)

    assert waiting(room.colleague) == []


def test_a_revoked_appointment_ends_at_once(room, morning):
    appointment = appoint(room)
    page = release(room.author)
    submit(page, by=room.author)

    acting.revoke(appointment_id=appointment.pk, appointer_id=room.boss.pk, remark="Кайтып келди", now=timezone.now())

    with pytest.raises(DecisionRefused), transaction.atomic():
        approve(page, by=room.colleague)
    assert LedgerEntry.objects.order_by("-number").first().kind == "acting_taken"


REFUSED = {
    "by somebody who is no administrator": (lambda r: {"appointer_id": r.leader.pk}, Fault.NOT_AN_ADMINISTRATOR),
    "for a person without the office": (lambda r: {"principal_id": r.author.pk}, Fault.HOLDS_NO_OFFICE),
    "in an office that does not decide": (lambda r: {"group_id": office(AUTHORS)}, Fault.HOLDS_NO_OFFICE),
    "for oneself": (lambda r: {"deputy_id": r.head.pk}, Fault.ONESELF),
    "by an administrator for himself": (lambda r: {"deputy_id": r.boss.pk}, Fault.NOT_AN_ADMINISTRATOR),
    "without a legal basis": (lambda r: {"legal_basis": "  "}, Fault.NO_LEGAL_BASIS),
    "that ends before it begins": (lambda r: {"ends_at": MORNING - WEEK}, Fault.NO_TIME),
    "that is over": (lambda r: {"starts_at": MORNING - 2 * WEEK, "ends_at": MORNING - WEEK}, Fault.NO_TIME),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_an_appointment_is_refused(room, morning, name):
    changes, fault = REFUSED[name]
    before = LedgerEntry.objects.count()

    with pytest.raises(AppointmentRefused) as refused, transaction.atomic():
        appoint(room, **changes(room))

    assert refused.value.fault is fault
    assert (ActingAppointment.objects.count(), LedgerEntry.objects.count()) == (0, before)


def test_there_are_no_chains_and_no_overlaps(room, morning):
    appoint(room)
    later = {"starts_at": MORNING + WEEK / 2, "ends_at": MORNING + 2 * WEEK}
    chain = {"principal_id": room.colleague.pk, "deputy_id": room.author.pk}
    newsroom.appoint(room.colleague, DEPARTMENT_HEADS)

    for changes, fault in (
        ({**later, "deputy_id": room.author.pk}, Fault.OVERLAP),
        ({**later, **chain}, Fault.CHAIN),
        ({**later, "principal_id": room.deputy_head.pk, "deputy_id": room.head.pk}, Fault.CHAIN),
    ):
        with pytest.raises(AppointmentRefused) as refused, transaction.atomic():
            appoint(room, **changes)
        assert refused.value.fault is fault

    appoint(room, starts_at=MORNING + WEEK, ends_at=MORNING + 2 * WEEK, deputy_id=room.author.pk)
    assert ActingAppointment.objects.count() == 2


def test_a_program_writes_and_never_decides(room, morning):
    get_user_model().objects.filter(pk=room.deputy_head.pk).update(is_agent=True)
    page = release(room.author)
    submit(page, by=room.author)
    before = everything()

    for verb in (approve, send_back):
        with pytest.raises(DecisionRefused) as refused, transaction.atomic():
            verb(page, by=room.deputy_head)
        assert refused.value.refusal is Refusal.AGENT

    with pytest.raises(AppointmentRefused), transaction.atomic():
        appoint(room, deputy_id=room.deputy_head.pk)
    assert (everything(), waiting(room.deputy_head)) == (before, [])


def test_what_a_program_wrote_it_contributed_to(room, morning):
    robot = hire("robot", AUTHORS)
    get_user_model().objects.filter(pk=robot.pk).update(is_agent=True)
    page = release(robot)
    submit(page, by=room.author)
    newsroom.appoint(robot, DEPARTMENT_HEADS)
    get_user_model().objects.filter(pk=robot.pk).update(is_agent=False)

    with pytest.raises(DecisionRefused) as refused, transaction.atomic():
        approve(page, by=robot)

    assert refused.value.refusal is Refusal.CONTRIBUTOR


@pytest.mark.parametrize(
    "change", [{"ends_at": MORNING + 9 * WEEK}, {"legal_basis": "башка"}, {"document_types": ["release"]}]
)
def test_a_row_that_the_ledger_does_not_know_gives_no_right(room, morning, change):
    appointment = appoint(room, document_types=["decree", "release"])
    ActingAppointment.objects.filter(pk=appointment.pk).update(**change)
    page = release(room.author)
    submit(page, by=room.author)

    with pytest.raises(DecisionRefused), transaction.atomic():
        approve(page, by=room.colleague)

    assert waiting(room.colleague) == []


def test_the_database_refuses_what_makes_no_sense(room, morning):
    appointment = appoint(room)

    for change in ({"deputy_id": room.head.pk}, {"ends_at": MORNING}, {"legal_basis": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ActingAppointment.objects.filter(pk=appointment.pk).update(**change)
