"""The urgent lane: one leader, a reason, a visible debt, and a confirmation that somebody else gives."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from approvals import ledger, rules, urgency
from approvals.decisions import DecisionRefused
from approvals.models import LedgerEntry, UrgentPublication
from approvals.offices import DEPARTMENT_HEADS
from approvals.policy import Refusal
from approvals.queue import stage_of
from approvals.scheduling import publish_due
from approvals.stages import Stage
from frontend_api.models import PublishedDocument
from site_pages.gatekeeping import GateClosed
from tests.attacks.houses import everything
from tests.newsroom import appoint, approve, digest, edit, fresh, ledger_kinds, publish, release, send_back, submit

pytestmark = pytest.mark.django_db
REASON = "Жер титирөө: калкка дароо айтуу керек."


@pytest.fixture
def page(room):
    page = release(room.author)
    submit(page, by=room.author)
    return fresh(page)


def publish_urgently(page, *, by, reason: str = REASON, seen: str = ""):
    return urgency.publish_urgently(
        page_id=page.pk, actor_id=by.pk, seen_digest=seen or digest(page), reason=reason, now=timezone.now()
    )


def answer(verb, *, by, **words):
    return verb(debt_id=UrgentPublication.objects.get().pk, actor_id=by.pk, now=timezone.now(), **words)


def refused(action, refusal: Refusal) -> None:
    before, debts = everything(), list(UrgentPublication.objects.values())
    with pytest.raises(DecisionRefused) as raised, transaction.atomic():
        action()
    assert (raised.value.refusal, everything()) == (refusal, before)
    assert list(UrgentPublication.objects.values()) == debts


def test_one_leader_publishes_for_a_reason_and_owes_a_confirmation(room, page):
    seen = digest(page)

    publish_urgently(page, by=room.leader)

    assert PublishedDocument.objects.get().digest == seen
    assert ledger_kinds(page) == ["submitted", "approved", "cleared_urgently", "published"]
    published = LedgerEntry.objects.get(kind="published")
    assert published.details["urgent"] == {"reason": REASON}
    debt = UrgentPublication.objects.get()
    assert (debt.leader_id, debt.step, debt.digest, debt.reason) == (room.leader.pk, 1, seen, REASON)
    assert stage_of(fresh(page)) == Stage.PUBLISHED_URGENTLY
    assert (fresh(page).live, fresh(page).workflow_in_progress) == (True, False)
    assert list(ledger.faults()) == []


def test_the_head_confirms_and_the_debt_is_paid(room, page):
    publish_urgently(page, by=room.leader)
    assert [debt.page_id for debt in urgency.debts_of(user_id=room.head.pk, now=timezone.now())] == [page.pk]

    answer(urgency.confirm, by=room.head)

    assert ledger_kinds(page)[-1] == "confirmed"
    assert stage_of(fresh(page)) == Stage.PUBLISHED
    assert urgency.debts_of(user_id=room.head.pk, now=timezone.now()) == []
    refused(lambda: answer(urgency.confirm, by=room.deputy_head), Refusal.NOTHING_TO_DECIDE)


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("author", Refusal.NOT_IN_GROUP), ("head", Refusal.NOT_IN_GROUP), ("boss", Refusal.SUPERUSER),
        ("outsider", Refusal.NOT_IN_GROUP),
    ],
)  # fmt: skip
def test_nobody_else_publishes_urgently(room, page, who, refusal):
    refused(lambda: publish_urgently(page, by=getattr(room, who)), refusal)


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_without_a_reason_nothing_is_urgent(room, page, reason):
    refused(lambda: publish_urgently(page, by=room.leader, reason=reason), Refusal.REASON_MISSING)


def test_a_leader_does_not_publish_his_own_text(room):
    page = release(room.author)
    edit(page, by=room.leader, title="Жетекчинин аталышы")
    submit(page, by=room.author)

    refused(lambda: publish_urgently(page, by=room.leader), Refusal.CONTRIBUTOR)


def test_a_text_that_was_not_the_one_seen_is_not_published(room, page):
    refused(lambda: publish_urgently(page, by=room.leader, seen="0" * 64), Refusal.TEXT_CHANGED)


def test_a_draft_that_nobody_submitted_is_not_published(room):
    page = release(room.author)

    refused(lambda: publish_urgently(page, by=room.leader), Refusal.NOTHING_TO_DECIDE)


def test_what_is_left_for_the_leadership_alone_is_not_urgent(room, page):
    approve(page, by=room.head)

    refused(lambda: publish_urgently(page, by=room.leader), Refusal.NOT_URGENT)


def test_a_time_of_publication_is_not_run_ahead_of(room):
    page = release(room.author, go_live_at=timezone.now() + dt.timedelta(hours=2))
    submit(page, by=room.author)
    before = everything()

    with pytest.raises(GateClosed), transaction.atomic():
        publish_urgently(page, by=room.leader)

    assert (everything(), UrgentPublication.objects.count()) == (before, 0)


def test_an_unpaid_debt_blocks_the_next_urgent_publication_of_that_leader_alone(room, page):
    publish_urgently(page, by=room.leader)
    other, third = (release(room.author, title=title) for title in ("Экинчи", "Үчүнчү"))
    submit(other, by=room.author)
    submit(third, by=room.author)

    refused(lambda: publish_urgently(other, by=room.leader), Refusal.URGENT_DEBT)

    publish_urgently(other, by=room.second_leader)
    for debt in UrgentPublication.objects.all():
        urgency.confirm(debt_id=debt.pk, actor_id=room.head.pk, now=timezone.now())
    publish_urgently(third, by=room.leader)
    assert PublishedDocument.objects.count() == 3


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("leader", Refusal.NOT_IN_GROUP), ("author", Refusal.NOT_IN_GROUP), ("boss", Refusal.SUPERUSER)],
)
def test_who_may_not_confirm_is_refused(room, page, who, refusal):
    publish_urgently(page, by=room.leader)

    refused(lambda: answer(urgency.confirm, by=getattr(room, who)), refusal)
    refused(lambda: answer(urgency.object_to, by=getattr(room, who), remark="Жок"), refusal)


def test_neither_who_published_nor_who_wrote_confirms(room):
    appoint(room.leader, DEPARTMENT_HEADS)
    page = release(room.author)
    edit(page, by=room.head, title="Башчынын аталышы")
    submit(page, by=room.author)
    publish_urgently(page, by=room.leader)

    refused(lambda: answer(urgency.confirm, by=room.leader), Refusal.DECIDED_BEFORE)
    refused(lambda: answer(urgency.confirm, by=room.head), Refusal.CONTRIBUTOR)
    answer(urgency.confirm, by=room.deputy_head)


def test_an_objection_needs_words_stays_a_debt_and_is_escalated(room, page):
    publish_urgently(page, by=room.leader)
    refused(lambda: answer(urgency.object_to, by=room.head, remark=" "), Refusal.REMARK_MISSING)

    answer(urgency.object_to, by=room.head, remark="Үчүнчү абзац туура эмес.")

    assert stage_of(fresh(page)) == Stage.PUBLISHED_URGENTLY
    assert urgency.has_debt(room.leader.pk)
    assert (urgency.escalate_overdue(now=timezone.now()), urgency.escalate_overdue(now=timezone.now())) == (1, 0)
    assert ledger_kinds(page)[-2:] == ["objected", "escalated"]


def test_an_overdue_debt_is_escalated_once(room, page):
    with time_machine.travel(timezone.now(), tick=False):
        publish_urgently(page, by=room.leader)
        late = timezone.now() + urgency.CONFIRM_WITHIN

    assert urgency.escalate_overdue(now=late - dt.timedelta(seconds=1)) == 0
    assert (urgency.escalate_overdue(now=late), urgency.escalate_overdue(now=late)) == (1, 0)

    assert ledger_kinds(page)[-1] == "escalated"
    answer(urgency.confirm, by=room.head)
    assert stage_of(fresh(page)) == Stage.PUBLISHED


def test_the_report_counts_by_person_and_month(room):
    for day, leader, confirmed_after in ((1, room.leader, 1), (10, room.leader, 30), (12, room.second_leader, None)):
        with time_machine.travel(dt.datetime(2026, 3, day, 6, tzinfo=dt.UTC), tick=False) as clock:
            page = release(room.author, title=f"Шашылыш {day}")
            submit(page, by=room.author)
            publish_urgently(page, by=leader)
            if confirmed_after:
                clock.shift(dt.timedelta(hours=confirmed_after))
                debt = UrgentPublication.objects.get(page_id=page.pk)
                urgency.confirm(debt_id=debt.pk, actor_id=room.head.pk, now=timezone.now())

    march = dt.date(2026, 3, 1)
    assert urgency.report(zone=ZoneInfo("Asia/Bishkek")) == [
        urgency.MonthOfOne("leader", march, published=2, confirmed_in_time=1, confirmed_late=1, waiting=0),
        urgency.MonthOfOne("second-leader", march, published=1, confirmed_in_time=0, confirmed_late=0, waiting=1),
    ]


def test_a_forged_urgent_clearance_is_refused_by_the_database(room, page):
    entry = LedgerEntry.objects.get(kind="submitted")
    forged = {f.attname: getattr(entry, f.attname) for f in entry._meta.concrete_fields}
    head = LedgerEntry.objects.order_by("-number").first()
    forged.update(
        number=head.number + 1, kind="cleared_urgently", remark="x", actor_id=room.leader.pk,
        previous_hash=head.hash, hash="2" * 64,
    )  # fmt: skip

    with pytest.raises(IntegrityError, match="not every step"), transaction.atomic():
        LedgerEntry.objects.create(**forged)


def test_the_next_version_needs_its_ordinary_way(room, page):
    publish_urgently(page, by=room.leader)
    edit(page, by=room.author, title="Кийинки аталыш", change_note="Такталды.")
    submit(page, by=room.author)

    approve(page, by=room.head)
    approve(page, by=room.leader)

    assert PublishedDocument.objects.get().title == "Кийинки аталыш"
    assert list(ledger.faults()) == []


def confirmed(debt, room) -> None:
    urgency.confirm(debt_id=debt.pk, actor_id=room.head.pk, now=timezone.now())


def objected(debt, room) -> None:
    urgency.object_to(debt_id=debt.pk, actor_id=room.head.pk, remark="Эртелик кылды.", now=timezone.now())


def left_to_the_clock(debt, room) -> None:
    assert urgency.escalate_overdue(now=timezone.now() + dt.timedelta(hours=25)) == 1


@pytest.mark.parametrize("happens", [confirmed, objected, left_to_the_clock])
def test_what_is_said_of_the_urgent_version_leaves_its_cleared_correction_alone(room, page, happens):
    publish_urgently(page, by=room.leader)
    at = timezone.now() + dt.timedelta(hours=30)
    publish(edit(fresh(page), by=room.author, title="Жаңы", change_note="Такталды.", go_live_at=at), room)

    happens(UrgentPublication.objects.get(), room)

    assert stage_of(fresh(page)) == Stage.SCHEDULED
    with time_machine.travel(at, tick=False):
        report = publish_due(now=at)
    assert (report.published, report.failed) == ([page.pk], {})
    assert PublishedDocument.objects.get().title == "Жаңы"
    assert list(ledger.faults()) == []


def test_a_remark_of_a_return_is_still_shown_after_a_confirmation(room, page):
    publish_urgently(page, by=room.leader)
    correction = edit(fresh(page), by=room.author, title="Жаңы", change_note="Такталды.")
    submit(correction, by=room.author)
    send_back(correction, by=room.deputy_head, remark="Аталышын тактаңыз.")

    confirmed(UrgentPublication.objects.get(), room)

    assert stage_of(fresh(page)) == Stage.CHANGES_REQUESTED
    assert rules.LedgerRules().remark_on(fresh(page)).text == "Аталышын тактаңыз."
