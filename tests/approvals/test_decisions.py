"""The verbs of clearance, on a whole newsroom."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from approvals import decisions, ledger
from approvals.decisions import DecisionRefused, RequirementsUnmet
from approvals.management.commands.publish_scheduled import publish_due
from approvals.models import DuePublication, LedgerEntry
from approvals.offices import APPARATUS_LEADERSHIP
from approvals.policy import Refusal
from approvals.queue import queue_of, stage_of
from approvals.stages import Stage
from site_pages.gatekeeping import TextLocked
from tests import newsroom
from tests.newsroom import approve, edit, fresh, ledger_kinds, release, send_back, submit

pytestmark = pytest.mark.django_db


def test_a_document_walks_its_route_and_becomes_live(room):
    page = release(room.author)

    submit(page, by=room.author)
    assert stage_of(fresh(page)) is Stage.WITH_HEAD
    approve(page, by=room.head)
    assert stage_of(fresh(page)) is Stage.WITH_APPARATUS
    approve(page, by=room.leader)

    assert fresh(page).live is True
    assert stage_of(fresh(page)) is Stage.PUBLISHED
    assert ledger_kinds(page) == ["submitted", "approved", "approved", "cleared", "published"]
    assert list(ledger.faults()) == []


def test_a_return_sends_it_back_and_voids_what_was_approved(room):
    page = release(room.author)
    submit(page, by=room.author)
    approve(page, by=room.head)

    send_back(page, by=room.leader)
    assert stage_of(fresh(page)) is Stage.CHANGES_REQUESTED
    edit(page, by=room.author, title="Жаңы аталыш")
    submit(page, by=room.author)

    assert stage_of(fresh(page)) is Stage.WITH_HEAD
    assert [item.page_id for item in queue_of(user_id=room.head.pk, now=timezone.now())] == [page.pk]
    assert queue_of(user_id=room.leader.pk, now=timezone.now()) == []


@pytest.mark.parametrize("remark", ["", "   \n"])
def test_a_return_without_a_remark_is_refused(room, remark):
    page = release(room.author)
    submit(page, by=room.author)

    with pytest.raises(DecisionRefused) as refused:
        send_back(page, by=room.head, remark=remark)

    assert refused.value.refusal is Refusal.REMARK_MISSING
    assert ledger_kinds(page) == ["submitted"]


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("author", Refusal.NOT_IN_GROUP),
        ("leader", Refusal.NOT_IN_GROUP),
        ("boss", Refusal.SUPERUSER),
        ("outsider", Refusal.NOT_IN_GROUP),
    ],
)
def test_nobody_but_the_head_decides_first(room, who, refusal):
    page = release(room.author)
    submit(page, by=room.author)

    with pytest.raises(DecisionRefused) as refused:
        approve(page, by=getattr(room, who))

    assert refused.value.refusal is refusal
    assert ledger_kinds(page) == ["submitted"]
    assert fresh(page).live is False


def test_a_head_who_once_touched_the_text_does_not_decide_on_it(room):
    page = release(room.author)
    edit(page, by=room.head, summary="Башчы бир сөз кошту.")
    edit(page, by=room.author, summary="Автор кайра жазды.")
    submit(page, by=room.author)

    with pytest.raises(DecisionRefused) as refused:
        approve(page, by=room.head)

    assert refused.value.refusal is Refusal.CONTRIBUTOR
    assert queue_of(user_id=room.head.pk, now=timezone.now()) == []
    assert len(queue_of(user_id=room.deputy_head.pk, now=timezone.now())) == 1


def test_one_person_in_both_groups_decides_once(room):
    newsroom.appoint(room.head, APPARATUS_LEADERSHIP)
    page = release(room.author)
    submit(page, by=room.author)
    approve(page, by=room.head)

    with pytest.raises(DecisionRefused) as refused:
        approve(page, by=room.head)

    assert refused.value.refusal is Refusal.DECIDED_BEFORE
    assert fresh(page).live is False


def test_a_decision_on_a_text_that_was_not_the_one_seen_is_refused(room):
    page = release(room.author)
    submit(page, by=room.author)

    with pytest.raises(DecisionRefused) as refused:
        approve(page, by=room.head, seen="0" * 64)

    assert refused.value.refusal is Refusal.TEXT_CHANGED
    assert ledger_kinds(page) == ["submitted"]


def test_a_text_under_clearance_cannot_be_changed(room):
    page = release(room.author)
    submit(page, by=room.author)
    versions = page.revisions.count()

    with pytest.raises(TextLocked):
        edit(page, by=room.author, title="Башка аталыш")

    assert page.revisions.count() == versions
    assert fresh(page).get_latest_revision_as_object().title == page.title


def test_an_incomplete_document_is_not_submitted(room):
    page = release(room.author, lead="")

    with pytest.raises(RequirementsUnmet) as unmet:
        submit(page, by=room.author)

    assert [(issue.field, issue.code) for issue in unmet.value.issues] == [("lead", "required")]
    assert ledger_kinds(page) == []


def test_a_scheduled_document_waits_and_is_published_at_its_time(room):
    noon = timezone.now() + dt.timedelta(hours=1)
    page = release(room.author, go_live_at=noon)
    newsroom.publish(page, room)
    assert (fresh(page).live, stage_of(fresh(page))) == (False, Stage.SCHEDULED)

    assert publish_due(now=noon - dt.timedelta(seconds=1)).published == []
    with time_machine.travel(noon, tick=False):
        report = publish_due(now=noon)

    assert (report.published, report.failed) == ([page.pk], {})
    assert fresh(page).live is True
    assert DuePublication.objects.count() == 0
    assert publish_due(now=noon).published == []


def test_a_worker_whose_clock_runs_ahead_publishes_nothing(room):
    noon = timezone.now() + dt.timedelta(hours=1)
    page = newsroom.publish(release(room.author, go_live_at=noon), room)

    report = publish_due(now=noon)

    assert list(report.failed) == [page.pk]
    assert fresh(page).live is False
    assert ledger_kinds(page)[-1] == "cleared"


def test_a_scheduled_document_can_be_stopped_with_a_reason(room):
    noon = timezone.now() + dt.timedelta(hours=1)
    page = newsroom.publish(release(room.author, go_live_at=noon), room)

    decisions.stop_scheduled(page_id=page.pk, actor_id=room.leader.pk, remark="Күнү өзгөрдү", now=timezone.now())

    assert publish_due(now=noon).published == []
    assert fresh(page).live is False
    assert ledger_kinds(page)[-1] == "stopped"


def test_who_loses_the_office_loses_the_right_at_once(room):
    page = release(room.author)
    submit(page, by=room.author)
    room.head.groups.clear()

    with pytest.raises(DecisionRefused) as refused:
        approve(page, by=room.head)

    assert refused.value.refusal is Refusal.NOT_IN_GROUP
    assert ledger_kinds(page) == ["submitted"]


def test_the_second_version_of_a_published_text_needs_its_own_clearance(room):
    page = newsroom.publish(release(room.author), room)
    first = page.live_revision_id
    edit(page, by=room.author, title="Оңдолгон аталыш", change_note="Аталышы такталды.")

    assert fresh(page).live_revision_id == first
    submit(page, by=room.author)
    approve(page, by=room.head)
    assert fresh(page).live_revision_id == first
    approve(page, by=room.leader)

    assert fresh(page).title == "Оңдолгон аталыш"
    assert fresh(page).live_revision_id != first


@pytest.mark.parametrize("number", [1, 5, 40])
def test_the_inbox_needs_as_many_queries_for_many_texts_as_for_one(room, number, django_assert_max_num_queries):
    for index in range(number):
        submit(release(room.author, title=f"Жаңылык {index}"), by=room.author)

    with django_assert_max_num_queries(15):
        items = queue_of(user_id=room.head.pk, now=timezone.now())

    assert len(items) == number


def test_the_ledger_outlives_the_person_and_the_page(room):
    page = newsroom.publish(release(room.author), room)

    entry = LedgerEntry.objects.get(kind="cleared")

    assert (entry.page_id, entry.actor_name) == (page.pk, "leader")
