"""Returning a text: to its author or an earlier step, with remarks tied to places, which the author answers."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from approvals import decisions, ledger, remarks
from approvals.decisions import DecisionRefused
from approvals.models import LedgerEntry, Remark, Route, RouteStep, SignOffTask
from approvals.offices import APPARATUS_LEADERSHIP, DEPARTMENT_HEADS
from approvals.policy import Refusal
from approvals.queue import queue_of, stage_of
from approvals.remarks import RemarkRefused
from approvals.routes import StepPlan, install_route
from approvals.stages import Stage
from frontend_api.models import PublishedDocument
from site_pages.gatekeeping import TextLocked
from site_pages.public_form.builders import build
from tests.attacks.houses import everything
from tests.newsroom import approve, digest, edit, fresh, hire, ledger_kinds, release, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(room):
    page = release(room.author)
    submit(page, by=room.author)
    return fresh(page)


def paragraph(page, number: int) -> str:
    return f"block:{build(page.get_latest_revision_as_object()).payload['body']['blocks'][number - 1]['id']}"


def send_back(page, *, by, **how):
    return decisions.return_for_changes(
        page_id=page.pk, actor_id=by.pk, seen_digest=digest(page), now=timezone.now(), **how
    )


def waits_for(user) -> list[int]:
    return [item.page_id for item in queue_of(user_id=user.pk, now=timezone.now())]


def test_a_remark_is_tied_to_its_place_and_is_in_the_ledger(room, page):
    second = paragraph(page, 2)

    entry = send_back(
        page, by=room.head, remark="Жалпысынан жакшы.", remarks={second: "Күнү туура эмес.", "field:lead": " "}
    )

    assert entry.remark == "Жалпысынан жакшы.\n2-абзац: Күнү туура эмес."
    assert [(r["anchor"], r["text"]) for r in entry.details["remarks"]] == [(second, "Күнү туура эмес.")]
    (kept,) = remarks.open_remarks(page)
    assert (kept.anchor, kept.text, kept.by, kept.entry_number) == (second, "Күнү туура эмес.", "head", entry.number)
    assert list(ledger.faults()) == []


def test_a_remark_on_a_place_alone_is_enough_and_an_empty_return_is_refused(room, page):
    before = everything()

    with pytest.raises(DecisionRefused) as refused, transaction.atomic():
        send_back(page, by=room.head, remarks={"field:title": "  "})

    assert (refused.value.refusal, everything(), Remark.objects.count()) == (Refusal.REMARK_MISSING, before, 0)
    send_back(page, by=room.head, remarks={"field:title": "Кыскартыңыз."})
    assert ledger_kinds(page) == ["submitted", "returned"]


@pytest.mark.parametrize(
    "given", [{"block:none": "х"}, {"field:slug": "х"}, {"field:title": "х" * 4001}, {"field:title": "\x00"}]
)
def test_a_remark_that_cannot_be_kept_is_refused(room, page, given):
    before = everything()

    with pytest.raises(RemarkRefused), transaction.atomic():
        send_back(page, by=room.head, remarks=given)

    assert (everything(), Remark.objects.count()) == (before, 0)


def test_the_author_ticks_off_and_answers(room, page):
    send_back(page, by=room.head, remarks={"field:title": "Кыскартыңыз.", "field:lead": "Тактаңыз."})
    first, second = remarks.open_remarks(page)

    remarks.settle(remark_id=first.pk, page=page, user=room.author, answer="Кыскардым.", now=timezone.now())
    assert remarks.open_remarks(page) == [second]
    remarks.settle(remark_id=second.pk, page=page, user=room.author, answer="", now=timezone.now())

    assert remarks.open_remarks(page) == []
    assert list(Remark.objects.values_list("answer", "settled_by").order_by("order")) == [
        ("Кыскардым.", "author"), ("", "author"),
    ]  # fmt: skip


def test_a_remark_of_another_text_is_not_settled(room, page):
    send_back(page, by=room.head, remarks={"field:title": "Кыскартыңыз."})
    other = release(room.author, title="Башка текст")

    with pytest.raises(Remark.DoesNotExist):
        remarks.settle(remark_id=Remark.objects.get().pk, page=other, user=room.author, answer="", now=timezone.now())

    assert len(remarks.open_remarks(page)) == 1


def test_a_leader_returns_to_the_head_and_the_text_stays_locked(room, page):
    approve(page, by=room.head)

    send_back(page, by=room.leader, remark="Башчы кайра карасын.", to_step=1)

    assert stage_of(fresh(page)) == Stage.WITH_HEAD
    assert fresh(page).workflow_in_progress
    assert waits_for(room.deputy_head) == [page.pk]
    assert waits_for(room.leader) == []
    with pytest.raises(TextLocked), transaction.atomic():
        edit(page, by=room.author, title="Башка")


def test_after_a_return_to_the_head_both_decide_anew(room, page):
    approve(page, by=room.head)
    send_back(page, by=room.leader, remark="Кайра караңыз.", to_step=1)

    approve(page, by=room.deputy_head)
    approve(page, by=room.leader)

    assert PublishedDocument.objects.get().digest == LedgerEntry.objects.get(kind="published").digest
    assert ledger_kinds(page) == ["submitted", "approved", "returned", "approved", "approved", "cleared", "published"]
    assert list(ledger.faults()) == []


@pytest.mark.parametrize(("by", "to_step"), [("head", 1), ("head", 2), ("head", -1)])
def test_a_text_is_not_returned_forwards(room, page, by, to_step):
    before = everything()

    with pytest.raises(DecisionRefused) as refused, transaction.atomic():
        send_back(page, by=getattr(room, by), remark="х", to_step=to_step)

    assert (refused.value.refusal, everything()) == (Refusal.NOT_AN_EARLIER_STEP, before)


def test_of_three_steps_only_those_from_there_on_decide_again(room):
    _reroute()
    page = release(room.author)
    submit(page, by=room.author)
    approve(page, by=room.head)
    approve(page, by=room.deputy_head)
    third = hire("third", DEPARTMENT_HEADS)

    send_back(page, by=room.leader, remark="Экинчи баскычка", to_step=2)

    with pytest.raises(DecisionRefused), transaction.atomic():
        approve(page, by=room.head)
    approve(page, by=third)
    approve(page, by=room.leader)
    assert PublishedDocument.objects.count() == 1
    assert list(ledger.faults()) == []


def _reroute() -> None:
    """Releases go by two heads and a leader."""
    plans = {
        plan.key: plan
        for plan in (
            StepPlan("one", DEPARTMENT_HEADS, Stage.WITH_HEAD, {"ky": "Бир", "ru": "Один", "en": "One"}),
            StepPlan("two", DEPARTMENT_HEADS, Stage.WITH_HEAD, {"ky": "Эки", "ru": "Два", "en": "Two"}),
            StepPlan("three", APPARATUS_LEADERSHIP, Stage.WITH_APPARATUS, {"ky": "Үч", "ru": "Три", "en": "Three"}),
        )
    }
    route = Route.objects.get(document_type="release")
    RouteStep.objects.filter(route=route).delete()
    workflow = route.workflow
    route.delete()
    workflow.workflow_tasks.all().delete()
    workflow.delete()
    SignOffTask.objects.filter(step__isnull=True).delete()
    install_route(document_type="release", steps=tuple(plans.values()))


def test_the_database_counts_no_approval_that_was_returned(room, page):
    approve(page, by=room.head)
    send_back(page, by=room.leader, remark="Кайра караңыз.", to_step=1)
    last = LedgerEntry.objects.order_by("-number").first()
    approved = LedgerEntry.objects.get(kind="approved")
    forged = {f.attname: getattr(approved, f.attname) for f in approved._meta.concrete_fields}
    second = {**forged, "number": last.number + 1, "step": 2, "actor_id": room.second_leader.pk,
              "previous_hash": last.hash, "hash": "3" * 64}  # fmt: skip
    cleared = {**forged, "number": last.number + 2, "kind": "cleared", "previous_hash": "3" * 64, "hash": "4" * 64}

    LedgerEntry.objects.create(**second)
    with pytest.raises(IntegrityError, match="not every step"), transaction.atomic():
        LedgerEntry.objects.create(**cleared)
