"""What was made from the text of an act that is closed goes with it: on its way to readers, and in strangers' hands."""

import datetime as dt

import pytest
from django.utils import timezone

from approvals import decisions
from approvals.models import DuePublication, LedgerEntry
from approvals.originals import must_wait
from approvals.outside.rules import LinkState, state_now
from approvals.queue import stage_of
from approvals.stages import Stage
from frontend_api.models import PublishedDocument
from tests.approvals.consultation import address, answer_of, make, nothing, somebody
from tests.approvals.test_originals_first import run, translated
from tests.approvals.withdrawal.taking_down import NO_LONGER_CURRENT, REASON, close, take_down
from tests.newsroom import approve, decree, edit, fresh, ledger_kinds, publish, release, submit

pytestmark = pytest.mark.django_db
SOON = dt.timedelta(hours=5)


@pytest.fixture
def act(room):
    return publish(decree(room.author), room)


def by_the_switch(page, room) -> None:
    close(page, by=room.leader)


def by_its_steps(page, room) -> None:
    take_down(page, room)


BOTH_WAYS = pytest.mark.parametrize("closed", [by_the_switch, by_its_steps])


@BOTH_WAYS
def test_a_translation_that_waits_for_its_time_is_stopped(room, act, closed):
    noon = timezone.now() + SOON
    russian = publish(translated(act, room, go_live_at=noon), room)
    assert DuePublication.objects.filter(page_id=russian.pk).exists()

    closed(act, room)

    assert not DuePublication.objects.exists()
    assert (ledger_kinds(russian)[-1], stage_of(fresh(russian))) == ("stopped", Stage.DRAFT)
    assert REASON in LedgerEntry.objects.filter(locale="ru").latest("number").remark
    publish(edit(act, by=room.author, summary="Башкача."), room)
    assert run(noon + dt.timedelta(minutes=1)) == []
    assert list(PublishedDocument.objects.values_list("locale", flat=True)) == ["ky"]


@BOTH_WAYS
def test_a_translation_under_clearance_leaves_the_inbox_and_begins_anew(room, act, closed):
    russian = translated(act, room)
    submit(russian, by=room.author)
    approve(russian, by=room.head)

    closed(act, room)

    assert ledger_kinds(russian)[-1] == "stopped"
    assert not fresh(russian).workflow_in_progress
    with pytest.raises(decisions.DecisionRefused):
        approve(russian, by=room.leader)
    publish(edit(act, by=room.author, summary="Башкача."), room)
    assert fresh(publish(russian, room)).live


def test_a_notice_stops_no_translation(room, act):
    russian = publish(translated(act, room, go_live_at=timezone.now() + SOON), room)

    take_down(act, room, as_=NO_LONGER_CURRENT)

    assert DuePublication.objects.filter(page_id=russian.pk).exists()


def test_of_documents_of_other_types_each_language_goes_its_own_way(room):
    page = publish(release(room.author), room)
    noon = timezone.now() + SOON
    russian = publish(
        release(room.author, title="Заседание", locale="ru", translation_key=page.content_id, go_live_at=noon), room
    )

    close(page, by=room.leader)

    assert DuePublication.objects.filter(page_id=russian.pk).exists()


def test_the_gate_lets_nothing_through_that_was_submitted_before_the_closing(room, act):
    """Whatever waits still, by whatever way it came to wait."""
    russian = publish(translated(act, room, go_live_at=timezone.now() + SOON), room)
    row = DuePublication.objects.filter(page_id=russian.pk).values().get()
    before = LedgerEntry.objects.latest("number").number
    close(act, by=room.leader)
    DuePublication.objects.create(**row)
    assert LedgerEntry.objects.filter(number__gt=before, locale="ru", kind="stopped").exists()

    publish(edit(act, by=room.author, summary="Башкача."), room)

    assert must_wait(fresh(russian))
    assert run(timezone.now() + 2 * SOON) == []
    assert not fresh(russian).live


@pytest.mark.parametrize("closed", [by_the_switch, by_its_steps])
@pytest.mark.parametrize("whose", ["its own", "its original's"])
def test_a_link_for_an_outside_reader_dies_with_the_text(room, act, closed, whose):
    page = act if whose == "its own" else translated(act, room)
    link, token = make(page, by=room.author)
    assert somebody().get(address(token)).status_code == 200

    closed(act, room)

    assert (state_now(link, now=timezone.now()), answer_of(somebody().get(address(token)))) == (
        LinkState.CLOSED, nothing()
    )  # fmt: skip
    made_later, later = make(page, by=room.author)
    assert somebody().get(address(later)).status_code == 200
    assert state_now(made_later, now=timezone.now()) == LinkState.OPEN
