"""Deadlines of steps: when they begin and end, who is told, exactly once, by a clock that people set."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils import timezone

from approvals import acting, decisions, urgency
from approvals.deadlines import urgency_of, watch_deadlines
from approvals.decisions import DecisionRefused
from approvals.models import CalendarDay, Deadline, DeadlineAlert, LedgerEntry, StepTime
from approvals.offices import DEPARTMENT_HEADS
from cms.working import parts
from site_pages.models import Urgency
from tests import newsroom
from tests.approvals.test_working_time import at
from tests.newsroom import approve, digest, edit, fresh, open_newsroom, release, send_back, submit

pytestmark = pytest.mark.django_db

# A Thursday; the Friday after it is Nooruz, and then comes a weekend.
THURSDAY = at("2025-03-20 15:00")
REMIND = at("2025-03-24 12:00")
DUE = at("2025-03-24 15:00")
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def room():
    with time_machine.travel(at("2025-03-03 10:00"), tick=False):
        return open_newsroom()


@pytest.fixture
def page(room):
    """A text that the author submitted on the Thursday."""
    with time_machine.travel(THURSDAY, tick=False):
        document = release(room.author)
        submit(document, by=room.author)
    return fresh(document)


def only(**filters) -> Deadline:
    return Deadline.objects.get(**filters)


def watch(moment: dt.datetime) -> int:
    with time_machine.travel(moment, tick=False):
        return watch_deadlines(now=timezone.now())


def told() -> list[tuple[str, str]]:
    """Who was told what, in order of name."""
    names = dict(get_user_model().objects.values_list("pk", "username"))
    return sorted((kind, names[person]) for kind, person in DeadlineAlert.objects.values_list("kind", "recipient_id"))


def acts(moment: dt.datetime):
    return time_machine.travel(moment, tick=False)


REMINDED = [("reminder", "deputy-head"), ("reminder", "head")]
ESCALATED = [("escalation", "deputy-head"), ("escalation", "head")]


# When a step begins and ends


def test_a_submission_gives_the_first_step_eight_working_hours(page):
    deadline = only()

    assert (deadline.page_id, deadline.content_id, deadline.locale) == (page.pk, page.content_id, "ky")
    assert (deadline.entry_number, deadline.step, deadline.urgency) == (
        LedgerEntry.objects.get(kind="submitted").number,
        1,
        "normal",
    )
    assert (deadline.began_at, deadline.remind_at, deadline.due_at) == (THURSDAY, REMIND, DUE)
    assert (deadline.reminded_at, deadline.escalated_at, deadline.closed_at) == (None, None, None)


def test_an_approval_ends_the_step_and_begins_the_next(room, page):
    with acts(at("2025-03-24 11:00")):
        entry = approve(page, by=room.head)

    first, second = Deadline.objects.order_by("step")
    assert first.closed_at == at("2025-03-24 11:00")
    assert (second.entry_number, second.step, second.closed_at) == (entry.number, 2, None)
    assert second.due_at == at("2025-03-25 11:00")

    with acts(at("2025-03-25 10:00")):
        approve(page, by=room.leader)

    assert fresh(page).live is True
    assert [d.closed_at for d in Deadline.objects.order_by("step")] == [
        at("2025-03-24 11:00"),
        at("2025-03-25 10:00"),
    ]


def test_a_return_ends_the_step_and_the_next_round_has_its_own_time(room, page):
    with acts(at("2025-03-24 11:00")):
        send_back(page, by=room.head)

    assert not Deadline.objects.open().exists()

    with acts(at("2025-03-24 16:00")):
        edit(page, by=room.author, title="Оңдолгон аталыш")
        submit(page, by=room.author)

    assert only(closed_at=None).due_at == at("2025-03-25 16:00")


def test_a_return_to_an_earlier_step_gives_that_step_its_time_again(room, page):
    with acts(at("2025-03-24 11:00")):
        approve(page, by=room.head)
    with acts(at("2025-03-24 16:00")):
        decisions.return_for_changes(
            page_id=page.pk,
            actor_id=room.leader.pk,
            seen_digest=digest(page),
            remark="Дагы бир жолу караңыз.",
            now=timezone.now(),
            to_step=1,
        )

    deadline = only(closed_at=None)
    assert (deadline.step, deadline.due_at) == (1, at("2025-03-25 16:00"))
    assert Deadline.objects.count() == 3


def test_after_an_urgent_publication_no_step_has_a_deadline(room, page):
    with acts(at("2025-03-20 16:00")):
        urgency.publish_urgently(
            page_id=page.pk,
            actor_id=room.leader.pk,
            seen_digest=digest(page),
            reason="Жер титирөө.",
            now=timezone.now(),
        )

    assert fresh(page).live is True
    assert not Deadline.objects.open().exists()
    assert watch(DUE) == 0


def test_a_recall_ends_the_step(room, page):
    with acts(at("2025-03-24 11:00")):
        fresh(page).current_workflow_state.cancel(user=room.author)

    assert only().closed_at == at("2025-03-24 11:00")


def test_a_refused_decision_leaves_the_deadline_as_it_was(room, page):
    before = list(Deadline.objects.values())

    with acts(at("2025-03-24 11:00")), pytest.raises(DecisionRefused):
        approve(page, by=room.leader)

    assert list(Deadline.objects.values()) == before


def test_a_deadline_is_undone_with_the_entry_that_began_it(room, page):
    before = list(Deadline.objects.values())

    with acts(at("2025-03-24 11:00")), pytest.raises(RuntimeError), transaction.atomic():
        approve(page, by=room.head)
        raise RuntimeError

    assert list(Deadline.objects.values()) == before


def test_each_language_has_its_own_deadline(room, page):
    with acts(at("2025-03-24 11:00")):
        submit(release(room.author, locale="ru", title="Состоялось заседание"), by=room.author)

    assert set(Deadline.objects.open().values_list("locale", "due_at")) == {
        ("ky", DUE),
        ("ru", at("2025-03-25 11:00")),
    }


# How long a step may take


def test_an_urgent_text_has_an_hour(room):
    with acts(THURSDAY):
        submit(release(room.author, urgency=Urgency.URGENT), by=room.author)

    deadline = only()
    assert (deadline.urgency, deadline.due_at) == ("urgent", at("2025-03-20 16:00"))
    assert deadline.remind_at == at("2025-03-20 15:40")


def test_a_version_that_is_gone_is_no_urgency():
    assert urgency_of(revision_id=None) == Urgency.NORMAL


def test_a_row_gives_a_step_another_time_and_a_running_step_keeps_its_own(room, page):
    StepTime.objects.create(document_type="release", step_order=1, working_minutes=90, remind_before_minutes=30)
    StepTime.objects.create(
        document_type="release", step_order=1, urgency="urgent", working_minutes=5, remind_before_minutes=1
    )

    with acts(THURSDAY):
        submit(release(room.author, title="Башка жаңылык"), by=room.author)

    assert only(page_id=page.pk).due_at == DUE
    other = Deadline.objects.exclude(page_id=page.pk).get()
    assert (other.due_at, other.remind_at) == (at("2025-03-20 16:30"), at("2025-03-20 16:00"))


# Who is told, and when


def test_over_a_holiday_and_a_weekend_each_is_reminded_once_and_escalated_once(page):
    quiet = THURSDAY
    while quiet < REMIND:
        assert watch(quiet) == 0
        quiet += 3 * HOUR
    assert told() == []

    assert [watch(REMIND), watch(REMIND), watch(DUE - MINUTE)] == [1, 0, 0]
    assert told() == REMINDED

    assert [watch(DUE), watch(DUE), watch(DUE + dt.timedelta(days=9))] == [1, 0, 0]
    assert told() == ESCALATED + REMINDED
    deadline = only()
    assert (deadline.reminded_at, deadline.escalated_at) == (REMIND, DUE)


def test_after_a_long_silence_nobody_is_reminded_of_what_is_escalated(page):
    late = DUE + dt.timedelta(days=2)

    assert [watch(late), watch(late + MINUTE)] == [1, 0]

    assert told() == ESCALATED
    assert (only().reminded_at, only().escalated_at) == (None, late)


@pytest.mark.parametrize(
    "moments",
    [
        [REMIND, REMIND - HOUR, REMIND, REMIND + HOUR, DUE, DUE - HOUR, DUE, DUE + HOUR, REMIND],
        [REMIND + HOUR, REMIND - HOUR, DUE + HOUR, DUE - HOUR, REMIND, THURSDAY, DUE],
    ],
)
def test_a_clock_that_jumps_tells_nobody_twice(page, moments):
    told_at = [watch(moment) for moment in moments]

    assert sum(told_at) == 2
    assert told() == ESCALATED + REMINDED


def test_of_what_was_decided_in_time_nobody_is_told(room, page):
    with acts(REMIND - MINUTE):
        approve(page, by=room.head)

    assert watch(REMIND) == 0
    assert told() == []


def test_who_may_not_decide_is_not_told(room):
    with acts(THURSDAY):
        document = release(room.author)
        edit(document, by=room.deputy_head, title="Башкы аталыш")
        submit(document, by=room.author)

    watch(REMIND)
    watch(DUE)

    assert told() == [("escalation", "head"), ("reminder", "head")]


def test_where_nobody_can_decide_the_administrators_are_told(room, page):
    get_user_model().objects.filter(pk__in=[room.head.pk, room.deputy_head.pk]).update(is_active=False)
    second_boss = newsroom.hire("second-boss", is_superuser=True)
    retired = newsroom.hire("retired-boss", is_superuser=True)
    get_user_model().objects.filter(pk=retired.pk).update(is_active=False)

    assert [watch(REMIND), watch(DUE)] == [1, 1]

    assert told() == [("escalation", "boss"), ("escalation", second_boss.username)]


def test_an_escalation_reaches_the_acting_deputy(room, page):
    with acts(THURSDAY):
        acting.appoint(
            principal_id=room.head.pk,
            deputy_id=room.colleague.pk,
            group_id=Group.objects.get(name=DEPARTMENT_HEADS).pk,
            starts_at=THURSDAY,
            ends_at=DUE + HOUR,
            legal_basis="Буйрук № 45",
            appointer_id=room.boss.pk,
            now=THURSDAY,
        )

    watch(REMIND)
    assert told() == REMINDED
    watch(DUE)

    assert told() == [("escalation", "colleague"), *ESCALATED, *REMINDED]


def test_one_bad_deadline_never_stops_the_next(room, page):
    with acts(THURSDAY + MINUTE):
        submit(release(room.author, title="Башка жаңылык"), by=room.author)
    bad = only(page_id=page.pk)
    DeadlineAlert.objects.create(deadline=bad, kind="escalation", recipient_id=room.head.pk, at=DUE)

    assert watch(DUE + MINUTE) == 1

    other = Deadline.objects.exclude(pk=bad.pk).get()
    assert (only(pk=bad.pk).escalated_at, other.escalated_at) == (None, DUE + MINUTE)


def test_a_deadline_without_its_text_is_closed_in_silence(page):
    Deadline.objects.update(page_id=10**6)

    assert watch(DUE) == 0

    assert told() == []
    assert only().closed_at == DUE


def test_the_database_refuses_to_tell_one_person_twice(room, page):
    alert = {"deadline": only(), "kind": "reminder", "recipient_id": room.head.pk, "at": REMIND}
    DeadlineAlert.objects.create(**alert)

    with pytest.raises(IntegrityError), transaction.atomic():
        DeadlineAlert.objects.create(**alert)

    assert told() == [("reminder", "head")]


def test_the_worker_watches(page):
    with acts(DUE):
        (watching,) = [part for part in parts() if part.work.__name__ == "watch"]

        assert watching.run(timezone.now()) == 1

    assert told() == ESCALATED


# A calendar that changes


def test_a_holiday_that_moves_moves_the_open_deadlines(page):
    moved = CalendarDay.objects.create(day=dt.date(2025, 3, 21), is_working=True, note="Өкмөттүн токтому")
    assert (only().remind_at, only().due_at) == (at("2025-03-21 12:00"), at("2025-03-21 15:00"))

    moved.is_working = False
    moved.save()
    CalendarDay.objects.create(day=dt.date(2025, 3, 24), is_working=False, note="Өкмөттүн токтому")
    assert (only().remind_at, only().due_at) == (at("2025-03-25 12:00"), at("2025-03-25 15:00"))

    CalendarDay.objects.all().delete()
    assert (only().remind_at, only().due_at) == (REMIND, DUE)


def test_who_was_reminded_is_not_reminded_again_when_the_deadline_moves(page):
    watch(REMIND)

    CalendarDay.objects.create(day=dt.date(2025, 3, 24), is_working=False, note="Өкмөттүн токтому")

    assert watch(at("2025-03-25 12:00")) == 0
    assert watch(at("2025-03-25 15:00")) == 1
    assert told() == ESCALATED + REMINDED


def test_what_is_escalated_or_decided_does_not_move(room, page):
    with acts(THURSDAY):
        decided = release(room.author, title="Башка жаңылык")
        submit(decided, by=room.author)
        send_back(decided, by=room.head)
    watch(DUE)

    CalendarDay.objects.create(day=dt.date(2025, 3, 24), is_working=False, note="Өкмөттүн токтому")

    assert set(Deadline.objects.values_list("due_at", flat=True)) == {DUE}


def test_a_new_step_knows_the_moved_day(room):
    CalendarDay.objects.create(day=dt.date(2025, 3, 21), is_working=True, note="Өкмөттүн токтому")

    with acts(THURSDAY):
        submit(release(room.author), by=room.author)

    assert only().due_at == at("2025-03-21 15:00")
