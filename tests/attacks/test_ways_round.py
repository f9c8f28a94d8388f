"""Rows 5, 6, 9-13: ways round the approval below the screens, each with the row it stands for."""

import datetime as dt
import threading

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from wagtail.models import Page, Revision, Task, WorkflowTask

from approvals import decisions
from approvals.decisions import DecisionRefused
from approvals.ledger import faults
from approvals.models import LedgerEntry, SignOffTask
from approvals.policy import Refusal
from approvals.queue import queue_of
from frontend_api.models import PublishedDocument
from site_pages.gatekeeping import GateClosed, TextLocked
from site_pages.models import Contribution
from tests.attacks.houses import everything, refuses
from tests.newsroom import approve, digest, edit, fresh, open_newsroom, publish, release, send_back, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def half_way(room):
    """A text that the head has approved and the leadership has not."""
    page = release(room.author)
    submit(page, by=room.author)
    approve(page, by=room.head)
    return fresh(page)


def newer_version(page, *, title: str) -> Revision:
    """A version that was slipped in below every check."""
    draft = page.get_latest_revision_as_object()
    draft.title = title
    revision = Revision.objects.create(
        content_object=draft, base_content_type=page.get_base_content_type(), content=draft.serializable_data()
    )
    Page.objects.filter(pk=page.pk).update(latest_revision=revision)
    return revision


# --- Rows 5 and 6: which text is published


def test_row_5_a_version_that_nobody_approved_is_not_published_in_place_of_the_approved(room, half_way):
    seen = digest(half_way)
    newer_version(half_way, title="Эч ким көрбөгөн аталыш")

    for shown in (seen, digest(fresh(half_way))):
        refuses(lambda shown=shown: approve(half_way, by=room.leader, seen=shown))

    send_back(half_way, by=room.leader)
    submit(fresh(half_way), by=room.author)
    approve(half_way, by=room.head)
    approve(half_way, by=room.leader)
    assert PublishedDocument.objects.get().title == "Эч ким көрбөгөн аталыш"


def test_row_6_a_version_overwritten_in_place_is_not_what_was_approved(room, half_way):
    seen, revision = digest(half_way), half_way.latest_revision
    Revision.objects.filter(pk=revision.pk).update(content={**revision.content, "title": "Уурдалган аталыш"})

    for shown in (seen, digest(fresh(half_way))):
        refuses(lambda shown=shown: approve(half_way, by=room.leader, seen=shown), DecisionRefused)


def test_row_6_autosave_does_not_reach_a_text_under_clearance(room, half_way):
    draft = half_way.get_latest_revision_as_object()
    draft.title = "Автоматтык аталыш"

    refuses(lambda: draft.save_revision(user=room.author, overwrite_revision=half_way.latest_revision), TextLocked)


# --- Row 9: two decisions at once


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", range(10))
def test_row_9_of_an_approval_and_a_return_at_once_one_counts(number):
    room = open_newsroom()
    page = release(room.author)
    submit(page, by=room.author)
    seen, barrier, answers = digest(page), threading.Barrier(2), []
    call = {"page_id": page.pk, "actor_id": room.head.pk, "seen_digest": seen, "now": timezone.now()}

    def decide(verb, **words) -> None:
        try:
            barrier.wait(timeout=30)
            answers.append(verb(**call, **words).kind)
        except DecisionRefused as refused:
            answers.append(refused.refusal)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=decide, args=(decisions.approve,)),
        threading.Thread(target=decide, args=(decisions.return_for_changes,), kwargs={"remark": "Тактаңыз."}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    decided = [entry.kind for entry in LedgerEntry.objects.filter(kind__in=("approved", "returned"))]
    assert (len(decided), len(answers)) == (1, 2)
    assert set(answers) & {decided[0]}
    assert fresh(page).live is False
    assert list(faults()) == []


# --- Rows 10 and 11: the route and Wagtail's own buttons, called directly


def step_of(page) -> Task:
    return page.current_workflow_task_state.task


ROUTE_ATTACKS = {
    "switch the step off": lambda page: step_of(page).specific.deactivate(),
    "switch it off past its own class": lambda page: Task.deactivate(step_of(page)),
    "switch the workflow off": lambda page: page.current_workflow_state.workflow.deactivate(),
    "finish the workflow": lambda page: page.current_workflow_state.finish(),
    "approve by Wagtail": lambda page: page.current_workflow_task_state.approve(),
    "wedge it": lambda page: page.current_workflow_task_state.approve(update=False),
    "act by the task": lambda page: step_of(page).specific.on_action(
        page.current_workflow_task_state, user=None, action_name="approve"
    ),
    "delete the step": lambda page: SignOffTask.objects.get(pk=step_of(page).pk).delete(),
    "take the step out": lambda page: (
        WorkflowTask.objects.filter(task=step_of(page)).delete(),
        page.current_workflow_state.update(next_task=None),
    ),
}


@pytest.mark.parametrize("name", sorted(ROUTE_ATTACKS))
@pytest.mark.parametrize("steps_done", [0, 1])
def test_rows_10_and_11_nothing_is_published_by_taking_the_route_apart(room, name, steps_done):
    page = release(room.author)
    submit(page, by=room.author)
    if steps_done:
        approve(page, by=room.head)
    page = fresh(page)

    with transaction.atomic():
        try:
            with transaction.atomic():
                ROUTE_ATTACKS[name](page)
        except Exception as error:
            assert not isinstance(error, AssertionError)

    assert (fresh(page).live, PublishedDocument.objects.count()) == (False, 0)
    assert not LedgerEntry.objects.filter(kind__in=("cleared", "published")).exists()
    assert list(faults()) == []


def test_row_10_a_step_that_was_taken_out_below_is_still_missing(room):
    """The steps of a text are those that the ledger noted at its submission."""
    page = release(room.author)
    submit(page, by=room.author)
    WorkflowTask.objects.filter(workflow=page.get_workflow(), sort_order=2).delete()

    refuses(lambda: approve(page, by=room.head), GateClosed)


# --- Row 12: copies and aliases


def test_row_12_a_copy_is_a_draft_of_its_own(room):
    page = publish(release(room.author), room)
    before = everything()["public"]

    with transaction.atomic():
        copied = page.copy(user=room.colleague, keep_live=False, update_attrs={"slug": "kochurmo", "title": "Көчүрмө"})

    assert (fresh(copied).live, everything()["public"]) == (False, before)
    assert copied.content_id != page.content_id
    submit(copied, by=room.colleague)
    refuses(lambda: approve(copied, by=room.leader), DecisionRefused)


@pytest.mark.parametrize("copy_revisions", [True, False])
def test_row_12_who_wrote_the_text_does_not_decide_on_its_copy(room, copy_revisions):
    page = release(room.head)
    copied = page.copy(
        user=room.author, keep_live=False, copy_revisions=copy_revisions, update_attrs={"slug": "kochurmo"}
    )
    submit(copied, by=room.author)
    before = everything()

    with pytest.raises(DecisionRefused) as refused, transaction.atomic():
        approve(copied, by=room.head)

    assert refused.value.refusal is Refusal.CONTRIBUTOR
    assert everything() == before


@pytest.mark.parametrize("behind", [dt.timedelta(minutes=1), dt.timedelta(days=1)])
def test_who_wrote_on_a_machine_whose_clock_is_behind_does_not_decide(room, behind):
    page = publish(release(room.author), room)
    with time_machine.travel(timezone.now() - behind):
        edit(page, by=room.head, title="Башкасынын сөзү", change_note="Такталды.")
    submit(page, by=room.author)
    before = everything()

    with pytest.raises(DecisionRefused) as refused:
        approve(page, by=room.head)

    assert (refused.value.refusal, everything()) == (Refusal.CONTRIBUTOR, before)
    waiting = [queue_of(user_id=person.pk, now=timezone.now()) for person in (room.head, room.deputy_head)]
    assert [len(texts) for texts in waiting] == [0, 1]


def test_row_12_a_copy_that_would_be_live_and_an_alias_are_refused(room):
    page = publish(release(room.author), room)

    refuses(lambda: page.copy(user=room.author, keep_live=True, update_attrs={"slug": "kochurmo"}), GateClosed)
    refuses(lambda: page.create_alias(parent=page.get_parent(), update_slug="alias"), GateClosed)


# --- Row 13: what stands is not moved or removed


REMOVALS = {
    "delete": lambda page: page.delete(),
    "delete by its base": lambda page: Page.objects.get(pk=page.pk).delete(),
    "delete by a queryset": lambda page: Page.objects.filter(pk=page.pk).delete(),
    "delete its section": lambda page: page.get_parent().delete(),
    "delete its section by a queryset": lambda page: Page.objects.filter(pk=page.get_parent().pk).delete(),
    "move": lambda page: page.move(page.get_parent().get_parent(), pos="last-child"),
    "move by its base": lambda page: Page.objects.get(pk=page.pk).move(
        page.get_parent().get_parent(), pos="last-child"
    ),
    "move its section": lambda page: page.get_parent().move(
        Page.objects.get(depth=2, locale__language_code="ru"), pos="last-child"
    ),
}


@pytest.mark.parametrize("name", sorted(REMOVALS))
def test_row_13_a_text_under_clearance_is_not_moved_or_removed(half_way, name):
    refuses(lambda: REMOVALS[name](half_way), TextLocked)


@pytest.mark.parametrize("name", sorted(REMOVALS))
def test_row_13_a_public_document_is_not_moved_or_removed(room, name):
    page = publish(release(room.author), room)

    refuses(lambda: REMOVALS[name](fresh(page)))


def test_row_13_purging_versions_takes_nothing_that_clearance_needs(room):
    page = release(room.head)
    edit(page, by=room.author, title="Экинчи аталыш")
    submit(page, by=room.author)
    send_back_by_deputy = digest(page)
    call_command("purge_revisions", verbosity=0)

    assert digest(fresh(page)) == send_back_by_deputy
    refuses(lambda: approve(page, by=room.head), DecisionRefused)
    assert Contribution.objects.filter(user=room.head, content_id=page.content_id).exists()
    approve(page, by=room.deputy_head)
    approve(page, by=room.leader)
    assert PublishedDocument.objects.get().digest == send_back_by_deputy


def test_row_13_purging_versions_leaves_the_public_one(room):
    page = publish(release(room.author), room)
    for number in range(3):
        edit(page, by=room.author, title=f"Аталыш {number}")
    before = everything()["pages"]
    assert page.revisions.count() == 4

    call_command("purge_revisions", verbosity=0)

    assert everything()["pages"] == before
    assert set(fresh(page).revisions.values_list("pk", flat=True)) == {
        fresh(page).live_revision_id, fresh(page).latest_revision_id,
    }  # fmt: skip


def test_row_13_a_deleted_draft_leaves_its_record(room, half_way):
    send_back(half_way, by=room.leader)
    fresh(half_way).current_workflow_state.cancel(user=room.author)
    record = list(LedgerEntry.objects.values_list("number", "hash"))

    fresh(half_way).delete()

    assert list(LedgerEntry.objects.values_list("number", "hash")) == record
    assert list(faults()) == []
