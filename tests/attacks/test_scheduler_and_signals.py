"""Rows 14-16 and 19: the scheduler, the signals and what Wagtail installs."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from wagtail.models import GroupPagePermission, Page, Revision, TaskState, Workflow, WorkflowState
from wagtail.signals import page_published

from approvals import offices
from approvals.models import DuePublication, LedgerEntry
from approvals.scheduling import publish_due
from frontend_api.models import PublishedDocument
from tests.attacks.houses import everything, refuses
from tests.newsroom import approve, digest, fresh, publish, release, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def half_way(room):
    """A text that the head has approved and the leadership has not."""
    page = release(room.author)
    submit(page, by=room.author)
    approve(page, by=room.head)
    return fresh(page)


def due_release(room, *, title: str, minutes: int = 60):
    when = timezone.now() + dt.timedelta(minutes=minutes)
    return publish(release(room.author, title=title, go_live_at=when), room)


def test_row_14_a_time_set_by_hand_publishes_nothing(room):
    page = release(room.author)
    past = timezone.now() - dt.timedelta(hours=1)
    Revision.objects.filter(pk=page.latest_revision_id).update(approved_go_live_at=past)
    before = everything()

    call_command("publish_scheduled", verbosity=0)

    assert everything() == before


def test_row_14_a_due_row_set_by_hand_publishes_nothing(room, half_way):
    entry = LedgerEntry.objects.order_by("-number").first()
    DuePublication.objects.create(
        page_id=half_way.pk, revision_id=half_way.latest_revision_id, digest=digest(half_way),
        entry_number=entry.number, due_at=timezone.now() - dt.timedelta(hours=1),
    )  # fmt: skip
    before = everything()

    report = publish_due(now=timezone.now())

    assert (report.published, list(report.failed)) == ([], [half_way.pk])
    assert everything() == before


def test_row_14_one_bad_document_stops_no_other_and_keeps_its_place(room):
    bad, good = due_release(room, title="Бузулган"), due_release(room, title="Жакшы", minutes=61)
    Revision.objects.filter(pk=bad.latest_revision_id).update(content={"pk": bad.pk, "title": 7})
    later = timezone.now() + dt.timedelta(hours=2)

    with time_machine.travel(later, tick=False):
        report = publish_due(now=later)

    assert (report.published, list(report.failed)) == ([good.pk], [bad.pk])
    assert list(DuePublication.objects.values_list("page_id", flat=True)) == [bad.pk]
    assert fresh(bad).live is False


def test_row_14_a_crash_in_the_middle_loses_nothing(room, monkeypatch):
    page = due_release(room, title="Пландалган")
    later, before = timezone.now() + dt.timedelta(hours=2), everything()

    def crash(*args, **kwargs):
        raise KeyboardInterrupt

    with time_machine.travel(later, tick=False):
        monkeypatch.setattr("frontend_api.publishing._replace_tags", crash)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            publish_due(now=later)
        monkeypatch.undo()
        assert everything() == before

        first, second = publish_due(now=later), publish_due(now=later)

    assert (first.published, second.published) == ([page.pk], [])


def test_row_15_a_receiver_that_raises_leaves_nothing_half_done(room, half_way):
    def fails(sender, **kwargs):
        raise OSError("no space left")

    page_published.connect(fails)
    try:
        refuses(lambda: approve(half_way, by=room.leader), OSError)
    finally:
        page_published.disconnect(fails)

    approve(half_way, by=room.leader)
    assert PublishedDocument.objects.count() == 1


def test_row_16_who_listens_for_publications_hears_no_others(room):
    heard = []

    def listen(sender, instance, **kwargs):
        heard.append((instance.pk, Page.objects.get(pk=instance.pk).live))

    page_published.connect(listen)
    try:
        planned = due_release(room, title="Пландалган")
        assert heard == []
        later = timezone.now() + dt.timedelta(hours=2)
        with time_machine.travel(later, tick=False):
            publish_due(now=later)
    finally:
        page_published.disconnect(listen)

    assert heard == [(planned.pk, True)]


def test_row_19_wagtails_groups_and_workflow_are_gone():
    assert set(Group.objects.values_list("name", flat=True)) == set(offices.ALL)
    assert not GroupPagePermission.objects.filter(permission__codename="publish_page").exists()
    assert not Workflow.objects.filter(route__isnull=True).exists()
    assert WorkflowState.objects.count() == TaskState.objects.count() == 0
