"""A Russian or English act is never public before its Kyrgyz text: cleared, it waits."""

import datetime as dt
import threading
from contextlib import contextmanager

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from approvals import decisions, gate, ledger, triggers, urgency
from approvals.decisions import DecisionRefused
from approvals.models import DuePublication, LedgerEntry, UrgentPublication
from approvals.queue import stage_of
from approvals.scheduling import publish_due
from approvals.stages import Stage
from frontend_api.models import Publication, PublishedDocument
from site_pages.gatekeeping import GateClosed, TextLocked
from site_pages.models import DocumentPage
from tests import newsroom
from tests.approvals.test_races import at_once
from tests.attacks.houses import refuses, signed_in
from tests.newsroom import approve, decree, digest, edit, fresh, ledger_kinds, release, submit
from tests.thoroughness import times

PAIRS = times(8, thorough=50)
WAITING = ["submitted", "approved", "approved", "cleared"]


def translated(original, room, *, locale: str = "ru", **fields):
    """A draft of the act in another language."""
    values = {"title": "О водных ресурсах", "translation_key": original.translation_key, "number": original.number}
    return decree(room.author, locale=locale, **{**values, **fields})


@pytest.fixture
def act(room):
    return decree(room.author)


@pytest.fixture
def russian(room, act):
    return translated(act, room)


def order_of(*pages) -> list[int]:
    """The numbers under which the texts first became public."""
    found = [
        Publication.objects.filter(content_id=p.content_id, locale=p.locale_code).earliest("number") for p in pages
    ]
    return [publication.number for publication in found]


def run(now: dt.datetime | None = None) -> list[int]:
    """What the worker publishes; nothing may go wrong."""
    report = publish_due(now=now or timezone.now())
    assert report.failed == {}
    return report.published


@pytest.mark.django_db
class TestWaiting:
    def test_the_last_approval_is_kept_and_the_text_waits(self, room, act, russian):
        newsroom.publish(russian, room)

        assert ledger_kinds(russian) == WAITING
        assert (fresh(russian).live, stage_of(fresh(russian))) == (False, Stage.WAITS_FOR_ORIGINAL)
        assert PublishedDocument.objects.count() == 0
        assert run() == []
        with pytest.raises(TextLocked):
            edit(russian, by=room.author, title="Иначе")

    def test_it_is_published_once_the_original_is(self, room, act, russian):
        newsroom.publish(russian, room)
        newsroom.publish(act, room)

        assert (run(), run()) == ([russian.pk], [])
        assert stage_of(fresh(russian)) == Stage.PUBLISHED
        assert order_of(act, russian) == [1, 2]
        assert list(ledger.faults()) == []

    def test_after_the_original_it_is_published_at_once(self, room, act, russian):
        newsroom.publish(act, room)
        newsroom.publish(russian, room)

        assert order_of(act, russian) == [1, 2]
        assert DuePublication.objects.count() == 0

    @pytest.mark.parametrize("kind", [release, newsroom.speech])
    def test_other_documents_wait_for_nothing(self, room, kind):
        original = kind(room.author)
        russian = kind(room.author, locale="ru", title="О школах", translation_key=original.translation_key)

        assert newsroom.publish(russian, room).live

    def test_an_english_act_waits_too_and_the_russian_one_is_not_enough(self, room, act, russian):
        english = translated(act, room, locale="en", title="On water")
        for page in (english, russian):
            newsroom.publish(page, room)
        assert run() == []

        newsroom.publish(act, room)

        assert sorted(run()) == sorted([english.pk, russian.pk])
        assert min(order_of(english, russian)) > order_of(act)[0]

    def test_what_waits_can_be_stopped_and_sent_again(self, room, act, russian):
        newsroom.publish(russian, room)
        decisions.stop_scheduled(page_id=russian.pk, actor_id=room.author.pk, remark="Ката.", now=timezone.now())
        newsroom.publish(act, room)
        assert run() == []

        newsroom.publish(russian, room)

        assert order_of(act, russian) == [1, 2]

    def test_the_screen_says_for_what_it_waits(self, room, act, russian):
        newsroom.publish(russian, room)

        answer = signed_in(room.leader).get(reverse("approvals:document", args=[russian.pk]))

        assert answer.context_data["view"].stage.value == "waits_for_original"
        assert answer.context_data["view"].languages[1].stage == Stage.WAITS_FOR_ORIGINAL
        assert 'id="due-heading"' in answer.text
        assert reverse("approvals:stop", args=[russian.pk]) in answer.text


def corrected(page, room, **fields):
    """Another version of a published act, sent to clearance."""
    edit(page, by=room.author, **{"summary": "Такталган чаралар.", "change_note": "Такталды.", **fields})
    submit(page, by=room.author)


@pytest.mark.django_db
class TestVersions:
    @pytest.fixture
    def both(self, room, act, russian):
        for page in (act, russian):
            newsroom.publish(page, room)
        return act, russian

    def decide(self, page, room):
        approve(page, by=room.head)
        approve(page, by=room.leader)

    def test_a_translation_of_a_correction_waits_for_the_correction(self, room, both):
        act, russian = both
        for page in both:
            corrected(page, room)

        self.decide(russian, room)
        assert (stage_of(fresh(russian)), run()) == (Stage.WAITS_FOR_ORIGINAL, [])

        self.decide(act, room)
        assert run() == [russian.pk]
        numbers = Publication.objects.order_by("number").values_list("locale", flat=True)
        assert list(numbers) == ["ky", "ru", "ky", "ru"]

    def test_it_waits_for_a_correction_that_is_cleared_and_has_its_time(self, room, both):
        act, russian = both
        due = timezone.now() + dt.timedelta(hours=1)
        corrected(act, room, go_live_at=due)
        self.decide(act, room)
        corrected(russian, room)

        self.decide(russian, room)
        assert (stage_of(fresh(russian)), run()) == (Stage.WAITS_FOR_ORIGINAL, [])

        with time_machine.travel(due, tick=False):
            assert run(due) == [act.pk, russian.pk]

    @pytest.mark.parametrize("way", ["returned", "recalled"])
    def test_a_correction_that_is_taken_back_keeps_its_translation_back(self, room, both, way):
        act, russian = both
        for page in both:
            corrected(page, room)
        self.decide(russian, room)
        if way == "returned":
            newsroom.send_back(act, by=room.head)
        else:
            fresh(act).current_workflow_state.cancel(user=room.author)
        assert (stage_of(fresh(russian)), run()) == (Stage.WAITS_FOR_ORIGINAL, [])

        newsroom.publish(act, room)

        assert run() == [russian.pk]

    def test_a_translation_that_was_sent_before_the_correction_waits_for_nothing(self, room, both):
        act, russian = both
        corrected(russian, room)
        corrected(act, room)

        self.decide(russian, room)

        assert stage_of(fresh(russian)) == Stage.PUBLISHED

    def test_nor_is_it_published_urgently_before_the_correction(self, room, both):
        russian = both[1]
        for page in both:
            corrected(page, room)
        call = {"page_id": russian.pk, "actor_id": room.leader.pk, "seen_digest": digest(russian), "reason": "Шашылыш"}

        refuses(lambda: urgency.publish_urgently(**call, now=timezone.now()), GateClosed)


@pytest.mark.django_db
class TestTheGate:
    def test_it_refuses_a_translation_that_is_ahead(self, room, act, russian):
        newsroom.publish(russian, room)
        entry = LedgerEntry.objects.get(kind="cleared")

        refuses(lambda: gate.publish(entry=entry, now=timezone.now()), GateClosed)

    def test_it_refuses_when_the_original_has_been_taken_down(self, room, act, russian):
        newsroom.publish(act, room)
        _take_down(act)
        newsroom.publish(russian, room)

        entry = LedgerEntry.objects.filter(kind="cleared").latest("number")
        refuses(lambda: gate.publish(entry=entry, now=timezone.now()), GateClosed)
        assert stage_of(fresh(russian)) == Stage.WAITS_FOR_ORIGINAL
        assert run() == []

    def test_it_does_not_believe_a_page_of_which_the_ledger_knows_nothing(self, room, act, russian):
        newsroom.publish(russian, room)
        with without_triggers():
            DocumentPage.objects.filter(pk=act.pk).update(live=True, live_revision=act.latest_revision)

        report = publish_due(now=timezone.now())

        assert (report.published, report.failed) == ([], {})
        assert PublishedDocument.objects.count() == 0

    def test_nothing_is_urgent_before_the_original(self, room, act, russian):
        submit(russian, by=room.author)
        call = {"page_id": russian.pk, "actor_id": room.leader.pk, "seen_digest": digest(russian), "reason": "Шашылыш"}

        refuses(lambda: urgency.publish_urgently(**call, now=timezone.now()), GateClosed)
        assert UrgentPublication.objects.count() == 0

        newsroom.publish(act, room)
        urgency.publish_urgently(**call, now=timezone.now())
        assert order_of(act, russian) == [1, 2]

    def test_an_urgent_original_lets_the_translation_go(self, room, act, russian):
        newsroom.publish(russian, room)
        submit(act, by=room.author)

        urgency.publish_urgently(
            page_id=act.pk, actor_id=room.leader.pk, seen_digest=digest(act), reason="Шашылыш", now=timezone.now()
        )

        assert run() == [russian.pk]
        assert order_of(act, russian) == [1, 2]


@pytest.mark.django_db
class TestTheClock:
    def test_of_two_texts_due_at_once_the_original_goes_first(self, room):
        due = timezone.now() + dt.timedelta(hours=1)
        act = decree(room.author, go_live_at=due)
        russian = translated(act, room, go_live_at=due)
        newsroom.publish(russian, room)  # set down first
        newsroom.publish(act, room)
        assert stage_of(fresh(russian)) == Stage.SCHEDULED

        with time_machine.travel(due, tick=False):
            assert run(due) == [act.pk, russian.pk]
        assert order_of(act, russian) == [1, 2]

    def test_a_translation_whose_time_comes_first_goes_on_waiting(self, room, act):
        due = timezone.now() + dt.timedelta(hours=1)
        russian = translated(act, room, go_live_at=due)
        newsroom.publish(russian, room)

        with time_machine.travel(due, tick=False):
            assert run(due) == []
            assert stage_of(fresh(russian)) == Stage.WAITS_FOR_ORIGINAL
            newsroom.publish(act, room)
            assert run(due) == [russian.pk]

    def test_a_translation_is_not_ahead_of_its_own_time(self, room, act):
        due = timezone.now() + dt.timedelta(hours=1)
        russian = translated(act, room, go_live_at=due)
        newsroom.publish(russian, room)
        newsroom.publish(act, room)

        assert (run(), stage_of(fresh(russian))) == ([], Stage.SCHEDULED)

    def test_an_original_that_fails_at_its_time_keeps_the_translation_back(self, room):
        due = timezone.now() + dt.timedelta(hours=1)
        act = decree(room.author, go_live_at=due)
        russian = translated(act, room, go_live_at=due)
        for page in (act, russian):
            newsroom.publish(page, room)
        decisions.stop_scheduled(page_id=act.pk, actor_id=room.head.pk, remark="Ката.", now=timezone.now())

        with time_machine.travel(due, tick=False):
            assert run(due) == []
        assert PublishedDocument.objects.count() == 0


@contextmanager
def without_triggers():
    """The database's own wall taken away: what somebody with its owner's rights could do."""
    triggers.remove(using="default")
    yield
    triggers.install(using="default")


def _take_down(page) -> None:
    with without_triggers():
        DocumentPage.objects.filter(pk=page.pk).update(live=False)


def waits_until_last(page, room):
    """Submitted and approved by the head: one decision is left."""
    submit(page, by=room.author)
    approve(page, by=room.head)
    return digest(page)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_both_approved_at_the_same_moment_the_original_is_public_first(self, room):
        for number in range(1, PAIRS + 1):
            act = decree(room.author, number=number, title=f"Жарлык {number}")
            russian = translated(act, room, title=f"Указ {number}")
            seen, seen_russian = waits_until_last(act, room), waits_until_last(russian, room)

            results = at_once(
                lambda act=act, seen=seen: approve(act, by=room.leader, seen=seen),
                lambda page=russian, seen=seen_russian: approve(page, by=room.second_leader, seen=seen),
                lambda: publish_due(now=timezone.now()),
            )

            assert not [r for r in results if isinstance(r, Exception)], results
            run()
            first, second = order_of(act, russian)
            assert first < second
        assert DuePublication.objects.count() == 0
        assert list(ledger.faults()) == []

    def test_nobody_ever_sees_the_translation_alone(self, room):
        acts = [decree(room.author, number=number, title=f"Жарлык {number}") for number in range(1, 11)]
        texts = [(act, translated(act, room, title=f"Указ {act.number}")) for act in acts]
        seen = {page.pk: waits_until_last(page, room) for pair in texts for page in pair}
        stopped, alone = threading.Event(), []

        def approve_all(pages, leader):
            for page in pages:
                approve(page, by=leader, seen=seen[page.pk])

        def work():
            while not stopped.is_set():
                publish_due(now=timezone.now())

        def watch():
            while not stopped.is_set():
                public = list(PublishedDocument.objects.values_list("content_id", "locale"))
                alone.extend(c for c, locale in public if locale == "ru" and (c, "ky") not in public)

        def decide():
            at_once(
                lambda: approve_all([act for act, _russian in texts], room.leader),
                lambda: approve_all([russian for _act, russian in texts], room.second_leader),
            )
            stopped.set()

        results = at_once(decide, work, work, watch)
        run()

        assert results == [None] * 4
        assert alone == []
        assert PublishedDocument.objects.count() == 20

    def test_an_original_approved_while_the_translation_is_published_urgently(self, room):
        for number in range(1, 11):
            act = decree(room.author, number=number, title=f"Жарлык {number}")
            russian = translated(act, room, title=f"Указ {number}")
            seen = waits_until_last(act, room)
            submit(russian, by=room.author)
            call = {"page_id": russian.pk, "actor_id": room.second_leader.pk, "seen_digest": digest(russian)}

            _approved, urgent = at_once(
                lambda act=act, seen=seen: approve(act, by=room.leader, seen=seen),
                lambda call=call: urgency.publish_urgently(**call, reason="Шашылыш", now=timezone.now()),
            )

            is_refused = isinstance(urgent, GateClosed | DecisionRefused)
            assert is_refused or order_of(act) < order_of(russian)
            assert ledger_kinds(russian) == ["submitted"] or not is_refused
            UrgentPublication.objects.update(confirmed_at=timezone.now())
