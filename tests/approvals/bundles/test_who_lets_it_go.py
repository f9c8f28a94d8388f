"""Once something in a bundle is cleared, only who decides lets it go: by no detour does anybody else."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from approvals import decisions
from approvals.bundles.publishing import changed_since
from approvals.bundles.refusals import Fault
from approvals.models import BundleState
from approvals.restored import quietings
from tests.approvals.bundles.coverage import (
    AT,
    CLEARED,
    HAND,
    add,
    change,
    clear,
    fresh,
    let_go,
    make,
    public,
    run,
    seen,
    take_out,
)
from tests.approvals.bundles.test_making import refused
from tests.attacks.houses import signed_in
from tests.newsroom import decree, edit, publish, release

pytestmark = pytest.mark.django_db
REASON = "Өзүнчө чыгат."


def hour() -> dt.datetime:
    return (timezone.now() + dt.timedelta(hours=1)).replace(microsecond=0)


@pytest.fixture
def pages(room):
    return [release(room.author, title=title) for title in ("Биринчи", "Экинчи", "Үчүнчү")]


def stop(page, *, by) -> None:
    decisions.stop_scheduled(page_id=page.pk, actor_id=by.pk, remark="Ката.", now=timezone.now())


@pytest.mark.parametrize("who", ["author", "colleague"])
@pytest.mark.parametrize("when", [CLEARED, AT])
def test_the_last_one_that_keeps_it_back_is_taken_out_only_by_who_decides(room, pages, who, when):
    first, draft, other_draft = pages
    due = hour() if when == AT else None
    bundle = make(room, *pages, when=when, due_at=due)
    clear(first, room)

    take_out(bundle, other_draft, by=getattr(room, who))
    assert refused(lambda: take_out(bundle, draft, by=getattr(room, who))) == [Fault.NOT_A_DECIDER]
    assert (run().published, public()) == ([], 0)

    take_out(bundle, draft, by=room.head)
    with time_machine.travel(due or timezone.now(), tick=False):
        assert (run().published, public()) == ([bundle.pk], 1)


def test_one_of_two_that_are_cleared_is_stopped_by_anybody_and_the_other_does_not_go_alone(room, pages):
    first, second, _third = pages
    due = hour()
    bundle = make(room, first, second, when=AT, due_at=due)
    clear(first, room)
    clear(second, room)
    assert refused(lambda: take_out(bundle, second, by=room.author, remark=REASON)) == [Fault.NOT_A_DECIDER]

    stop(second, by=room.author)
    assert refused(lambda: take_out(bundle, second, by=room.author)) == [Fault.NOT_A_DECIDER]

    with time_machine.travel(due, tick=False):
        assert (list(run(due).failed), public()) == ([bundle.pk], 0)


def test_it_is_refused_on_the_screen_too(room, pages):
    first, second, _third = pages
    bundle = make(room, first, second, when=CLEARED)
    clear(first, room)

    form = {"seen": seen(bundle), "page_id": second.pk, "remark": ""}
    signed_in(room.author).post(reverse("approvals:bundle_take_out", args=[bundle.pk]), form)

    assert (bundle.members.count(), run().published, public()) == (2, [], 0)


@pytest.mark.parametrize("is_stopped", [True, False])
def test_what_was_let_go_by_hand_waits_again_when_a_document_is_taken_out(room, pages, is_stopped):
    first, second, _third = pages
    bundle = make(room, first, second)
    clear(first, room)
    clear(second, room)
    let_go(bundle, by=room.leader)

    if is_stopped:
        stop(second, by=room.author)
    take_out(bundle, second, by=room.author, remark=REASON)

    assert (run().published, run().failed, public()) == ([], {}, 0)
    assert fresh(bundle).state(members=1, cleared=1) == BundleState.READY
    let_go(bundle, by=room.leader)
    assert (run().published, public()) == ([bundle.pk], 1)


def test_what_was_let_go_by_hand_waits_again_when_a_document_joins(room, pages):
    first, second, _third = pages
    bundle = make(room, first)
    clear(first, room)
    let_go(bundle, by=room.leader)

    add(bundle, second, by=room.author)
    clear(second, room)

    assert (run().published, run().failed, public()) == ([], {}, 0)
    assert fresh(bundle).released_at is None


@pytest.mark.parametrize("when", [CLEARED, AT])
def test_what_failed_and_was_let_go_has_failed_again_when_its_documents_change(room, pages, when):
    first, second, third = pages
    due = hour() if when == AT else None
    bundle = make(room, first, second, when=when, due_at=due)
    clear(first, room)
    clear(second, room)
    later = (due or timezone.now()) + dt.timedelta(minutes=1)
    with time_machine.travel(later, tick=False):
        type(bundle).objects.filter(pk=bundle.pk).update(failed_at=later, failure="Сүрөт жок")
        let_go(bundle, by=room.leader)
        add(bundle, third, by=room.author)
        take_out(bundle, third, by=room.author)

        assert (run(later).published, run(later).failed, public()) == ([], {}, 0)
        assert (fresh(bundle).failed_at, fresh(bundle).failure) == (later, changed_since())
        let_go(bundle, by=room.leader)
        assert run(later).published == [bundle.pk]


def test_what_is_stopped_and_cleared_anew_is_not_what_was_let_go(room, pages):
    first, second, _third = pages
    bundle = make(room, first, second)
    clear(first, room)
    clear(second, room)
    let_go(bundle, by=room.leader)

    stop(second, by=room.author)
    clear(edit(second, by=room.author, title="Башка аталыш"), room)

    assert (list(run().failed.values()), public()) == ([changed_since()], 0)
    let_go(bundle, by=room.leader)
    assert run().published == [bundle.pk]


def test_what_waits_for_its_original_is_not_let_go_by_a_bundle_of_its_own(room):
    act = decree(room.author)
    russian = publish(decree(room.author, locale="ru", title="Указ", translation_key=act.translation_key), room)
    bundle = make(room, when=CLEARED)

    assert refused(lambda: add(bundle, russian, by=room.author)) == [Fault.NOT_A_DECIDER]

    add(bundle, act, russian, by=room.author)
    clear(act, room)
    assert (run().published, public()) == ([bundle.pk], 2)


class TestARename:
    """A name changes nothing but the name."""

    def test_the_author_lifts_no_hold_with_it(self, room, pages):
        due = hour()
        bundle = make(room, pages[0], when=AT, due_at=due)
        for rows, values in quietings(now=timezone.now(), taken_at=timezone.now()):
            rows.update(**values)
        held_at = fresh(bundle).held_at

        later = due + dt.timedelta(hours=1)
        assert refused(lambda: change(bundle, by=room.author, due_at=later)) == [Fault.NOT_A_DECIDER]
        assert refused(lambda: change(bundle, by=room.author, when=HAND, due_at=None)) == [Fault.NOT_A_DECIDER]
        change(bundle, by=room.author, title="Башка аты")

        assert (held_at is not None, fresh(bundle).title, fresh(bundle).held_at) == (True, "Башка аты", held_at)
        clear(pages[0], room)
        with time_machine.travel(due, tick=False):
            assert (run(due).published, public()) == ([], 0)

    def test_what_was_let_go_stays_so_and_what_failed_has_failed(self, room, pages):
        going, failed = make(room, pages[0]), make(room, pages[1], when=CLEARED)
        clear(pages[0], room)
        clear(pages[1], room)
        let_go(going, by=room.leader)
        type(failed).objects.filter(pk=failed.pk).update(failed_at=timezone.now(), failure="Сүрөт жок")

        for bundle in (going, failed):
            change(bundle, by=room.author, title="Башка аты")

        assert (run().published, fresh(failed).failure) == ([going.pk], "Сүрөт жок")
