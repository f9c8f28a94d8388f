"""Making and changing bundles: what is refused changes nothing."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from approvals import decisions
from approvals.bundles import making
from approvals.bundles.publishing import BundleReport, publish_due_bundles
from approvals.bundles.refusals import BundleRefused, Fault
from approvals.models import Bundle, BundleMember, DuePublication, LedgerEntry, Route
from approvals.restored import quietings
from site_pages.access import rules
from tests import newsroom
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
    take_out,
)
from tests.attacks.houses import everything
from tests.newsroom import ledger_kinds, release, speech

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(room):
    return release(room.author)


def picture() -> dict:
    return {
        **everything(),
        "bundles": list(Bundle.objects.order_by("pk").values()),
        "members": list(BundleMember.objects.order_by("pk").values()),
        "bundles of due": list(DuePublication.objects.order_by("pk").values()),
    }


def refused(action) -> list[Fault]:
    """The faults with which it is refused; nothing has changed."""
    before = picture()
    with pytest.raises(BundleRefused) as refusal, transaction.atomic():
        action()
    assert picture() == before
    return [named.fault for named in refusal.value.faults]


def hour() -> dt.datetime:
    return (timezone.now() + dt.timedelta(hours=1)).replace(microsecond=0)


def test_a_document_of_another_bundle_is_refused(room, page):
    make(room, page)
    second = make(room)

    assert refused(lambda: add(second, page, by=room.author)) == [Fault.OTHER_BUNDLE]


def test_the_same_document_twice_is_refused(room, page):
    first, other = make(room, page), release(room.author, title="Башка")

    assert refused(lambda: add(first, page, by=room.author)) == [Fault.TWICE]
    assert refused(lambda: add(first, other, other, by=room.author)) == [Fault.TWICE]


def test_the_database_itself_keeps_a_text_in_one_open_bundle(room, page):
    make(room, page)
    second = make(room)

    with pytest.raises(IntegrityError), transaction.atomic():
        BundleMember.objects.create(bundle=second, page_id=page.pk, content_id=page.content_id, locale="ky")


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_added(room, page):
    taken, gone = release(room.author, title="Башка"), release(room.author, title="Өчкөн")
    make(room, taken)
    gone.delete()
    public_one = newsroom.publish(speech(room.author), room)
    dated = release(room.author, title="Өз убактысы", go_live_at=hour() + dt.timedelta(hours=5))
    bundle = make(room, when=AT, due_at=hour())

    faults = refused(lambda: add(bundle, page, taken, gone, public_one, dated, by=room.author))

    assert faults == [Fault.OTHER_BUNDLE, Fault.NO_DOCUMENT, Fault.NOTHING_TO_PUBLISH, Fault.OWN_TIME]


def test_an_alias_a_section_and_a_number_of_nothing_are_no_documents(room, page):
    bundle = make(room)
    section = page.get_parent()

    def put(number: int):
        return making.add(
            bundle_id=bundle.pk, seen=fresh(bundle).version, page_ids=[number], actor_id=room.author.pk,
            now=timezone.now(),
        )  # fmt: skip

    assert refused(lambda: put(section.pk)) == [Fault.NO_DOCUMENT]
    assert refused(lambda: put(2**40)) == [Fault.NO_DOCUMENT]
    assert refused(lambda: put(page.pk) and put(page.pk)) == [Fault.TWICE]
    type(page).objects.filter(pk=page.pk).update(alias_of=section)
    assert refused(lambda: put(page.pk)) == [Fault.NO_DOCUMENT]


def test_what_cannot_be_submitted_is_refused(room, page):
    bundle = make(room)
    Route.objects.filter(document_type="release").delete()

    assert refused(lambda: add(bundle, page, by=room.author)) == [Fault.NO_ROUTE]


def test_nothing_chosen_and_too_many_are_refused(room, page, monkeypatch):
    bundle = make(room)
    assert refused(lambda: add(bundle, by=room.author)) == [Fault.NOTHING_CHOSEN]

    monkeypatch.setattr(making, "MOST_DOCUMENTS", 1)
    assert refused(lambda: add(bundle, page, speech(room.author), by=room.author)) == [Fault.TOO_MANY]


@pytest.mark.parametrize(
    ("plan", "fault"),
    [
        ({"title": " "}, Fault.NO_NAME),
        ({"title": "\u200b"}, Fault.NO_NAME),
        ({"when": AT}, Fault.NO_TIME),
        ({"when": HAND, "due_at": dt.datetime(2126, 1, 1, tzinfo=dt.UTC)}, Fault.NO_TIME),
        ({"when": "sometime"}, Fault.NO_TIME),
        ({"when": AT, "due_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, Fault.TIME_IS_PAST),
    ],
)
def test_a_plan_that_cannot_be_is_refused(room, page, plan, fault):
    assert refused(lambda: make(room, **plan)) == [fault]
    bundle = make(room, page)
    assert refused(lambda: change(bundle, by=room.author, **plan)) == [fault]


@pytest.mark.parametrize("name", ["boss", "outsider"])
def test_who_is_not_of_the_house_makes_and_changes_nothing(room, page, name):
    bundle, person = make(room, page), getattr(room, name)

    for action in (
        lambda: making.make(title="Башка", when=HAND, due_at=None, actor_id=person.pk, now=timezone.now()),
        lambda: add(bundle, speech(room.author), by=person),
        lambda: take_out(bundle, page, by=person),
        lambda: change(bundle, by=person, title="Башка"),
        lambda: let_go(bundle, by=person),
    ):
        with pytest.raises(BundleRefused) as refusal, transaction.atomic():
            action()
        assert refusal.value.fault == Fault.NOT_OF_THE_HOUSE


def test_a_program_changes_nothing(room, page):
    bundle = make(room, page)
    type(room.colleague).objects.filter(pk=room.colleague.pk).update(is_agent=True)

    assert refused(lambda: take_out(bundle, page, by=room.colleague)) == [Fault.NOT_OF_THE_HOUSE]


def test_of_two_who_change_it_the_second_looks_again(room, page):
    bundle = make(room, page)
    on_screen = fresh(bundle).version
    change(bundle, by=room.head, title="Жаңы аты")

    def late():
        return making.change(
            bundle_id=bundle.pk, seen=on_screen, title="Башка аты", when=HAND, due_at=None, actor_id=room.author.pk,
            now=timezone.now(),
        )  # fmt: skip

    assert refused(late) == [Fault.CHANGED_MEANWHILE]
    assert fresh(bundle).title == "Жаңы аты"


def test_once_one_is_cleared_the_author_cannot_bring_it_forward(room, page):
    due = hour()
    bundle = make(room, page, when=AT, due_at=due)
    clear(page, room)
    sooner = due - dt.timedelta(minutes=30)

    assert refused(lambda: change(bundle, by=room.author, due_at=sooner)) == [Fault.NOT_A_DECIDER]
    assert refused(lambda: change(bundle, by=room.author, when=CLEARED, due_at=None)) == [Fault.NOT_A_DECIDER]
    change(bundle, by=room.author, due_at=due + dt.timedelta(hours=1))
    change(bundle, by=room.head, due_at=sooner)
    assert DuePublication.objects.get().due_at == sooner


def test_an_end_before_the_time_is_refused(room, page):
    due = hour()
    ends = release(room.author, title="Аяктайт", expire_at=due)
    bundle = make(room, page, when=AT, due_at=due)
    assert refused(lambda: add(bundle, ends, by=room.author)) == [Fault.ENDS_BEFORE]

    sooner = make(room, ends, when=AT, due_at=due - dt.timedelta(minutes=1))
    assert refused(lambda: change(sooner, by=room.author, due_at=due)) == [Fault.ENDS_BEFORE]


@pytest.mark.parametrize(("seconds", "is_near"), [(1, True), (3, True), (4, False)])
def test_a_time_nearer_than_the_cache_is_refused(room, page, settings, seconds, is_near):
    settings.CACHE_SECONDS = 4
    now = timezone.now().replace(microsecond=0)
    with time_machine.travel(now, tick=False):
        due, bundle = now + dt.timedelta(seconds=seconds), make(room, page)
        if is_near:
            assert refused(lambda: make(room, when=AT, due_at=due)) == [Fault.TOO_NEAR]
            assert refused(lambda: change(bundle, by=room.author, when=AT, due_at=due)) == [Fault.TOO_NEAR]
        else:
            assert change(make(room, when=AT, due_at=due), by=room.author, when=AT, due_at=due).due_at == due
    with time_machine.travel(now + dt.timedelta(seconds=5), tick=False):
        bundle = make(room, when=AT, due_at=now + dt.timedelta(seconds=15))
    with time_machine.travel(now + dt.timedelta(seconds=13), tick=False):
        assert change(bundle, by=room.author, title="Башкача").title == "Башкача"


def test_a_failed_bundle_is_set_going_again_only_by_who_decides(room, page):
    due = hour()
    bundle = make(room, page, when=AT, due_at=due)
    later = due + dt.timedelta(minutes=5)
    with time_machine.travel(due, tick=False):
        assert list(run(due).failed) == [bundle.pk]
        clear(page, room)

        assert refused(lambda: change(bundle, by=room.author, due_at=later)) == [Fault.NOT_A_DECIDER]
        change(bundle, by=room.head, due_at=later)

    assert run(later).published == [bundle.pk]


def test_the_author_does_not_let_it_go_and_nobody_does_before_all_are_cleared(room, page):
    second = release(room.author, title="Экинчи")
    bundle = make(room, page, second)
    clear(page, room)
    assert refused(lambda: let_go(bundle, by=room.leader)) == [Fault.NOT_CLEARED]
    clear(second, room)

    assert refused(lambda: let_go(bundle, by=room.author)) == [Fault.NOT_A_DECIDER]
    assert refused(lambda: let_go(bundle, by=room.colleague)) == [Fault.NOT_A_DECIDER]


def test_an_empty_bundle_and_one_whose_time_decides_are_not_let_go(room, page):
    empty, timed = make(room), make(room, page, when=AT, due_at=hour())
    clear(page, room)

    assert refused(lambda: let_go(empty, by=room.leader)) == [Fault.EMPTY]
    assert refused(lambda: let_go(timed, by=room.leader)) == [Fault.ITS_TIME_DECIDES]


def test_after_a_restore_no_bundle_goes_by_itself_and_one_before_its_time_is_let_go_to_it(room, page):
    due, second = hour(), release(room.author, title="Экинчи")
    timed, by_hand = make(room, page, when=AT, due_at=due), make(room, second)
    clear(page, room)
    for rows, values in quietings(now=timezone.now(), taken_at=timezone.now()):
        rows.update(**values)

    assert [fresh(one).held_at is not None for one in (timed, by_hand)] == [True, False]
    with time_machine.travel(due, tick=False):
        assert publish_due_bundles(now=due) == BundleReport()
    assert refused(lambda: let_go(timed, by=room.author)) == [Fault.NOT_A_DECIDER]
    assert refused(lambda: change(timed, by=room.author)) == [Fault.NOT_A_DECIDER]
    assert refused(lambda: change(timed, by=room.author, due_at=due + dt.timedelta(hours=1))) == [Fault.NOT_A_DECIDER]

    let_go(timed, by=room.leader)

    assert (fresh(timed).held_at, fresh(timed).due_at, fresh(timed).released_at) == (None, due, None)
    assert LedgerEntry.objects.latest("number").kind == "bundle_changed"
    assert publish_due_bundles(now=due - dt.timedelta(seconds=1)) == BundleReport()
    with time_machine.travel(due, tick=False):
        assert publish_due_bundles(now=due).published == [timed.pk]


def test_a_cleared_document_is_taken_out_for_a_reason_and_goes_through_clearance_again(room, page):
    bundle = make(room, page)
    clear(page, room)
    assert refused(lambda: take_out(bundle, page, by=room.author)) == [Fault.REASON_MISSING]

    take_out(bundle, page, by=room.author, remark="Өзүнчө чыгат.")

    assert ledger_kinds(page)[-2:] == ["cleared", "stopped"]
    assert (DuePublication.objects.count(), BundleMember.objects.count()) == (0, 0)
    newsroom.publish(page, room)
    assert public() == 1


def test_what_is_not_cleared_is_taken_out_and_published_alone(room, page):
    bundle = make(room, page)

    take_out(bundle, page, by=room.colleague)
    newsroom.publish(page, room)

    assert public() == 1
    assert refused(lambda: take_out(bundle, page, by=room.author)) == [Fault.NOT_IN_IT]


def test_what_was_cleared_before_joins_and_waits_for_the_others(room, page):
    due = hour()
    dated = release(room.author, title="Өз убактысы", go_live_at=due)
    newsroom.publish(dated, room)
    bundle = make(room, dated, page, when=AT, due_at=due)

    assert DuePublication.objects.get().bundle_id == bundle.pk
    assert (list(run(due).failed), public()) == ([bundle.pk], 0)


def test_what_is_stopped_stays_in_the_bundle_and_keeps_it_back(room, page):
    bundle = make(room, page, when=CLEARED)
    clear(page, room)

    decisions.stop_scheduled(page_id=page.pk, actor_id=room.head.pk, remark="Ката.", now=timezone.now())

    assert (run().published, public(), bundle.members.count()) == ([], 0, 1)


def test_a_bundle_that_is_given_up_publishes_nothing_and_frees_its_documents(room, page):
    bundle = make(room, page)
    clear(page, room)
    on = {"bundle_id": bundle.pk, "seen": fresh(bundle).version, "actor_id": room.author.pk, "now": timezone.now()}
    assert refused(lambda: making.give_up(**on, remark=" ")) == [Fault.REASON_MISSING]

    making.give_up(**on, remark="Иш-чара болбой калды.")

    assert ledger_kinds(page)[-1] == "stopped"
    assert refused(lambda: add(bundle, page, by=room.author)) == [Fault.OVER]
    assert make(room, page).members.count() == 1


def test_a_bundle_with_a_limited_document_does_not_exist_for_others(room, page):
    secret = release(room.author, title="Жашыруун")
    rules.limit(content_id=secret.content_id, owner=room.author, people=[room.head])
    plain, mixed = make(room, page), make(room, release(room.author, title="Үчүнчү"))
    assert refused(lambda: add(plain, secret, by=room.colleague)) == [Fault.NO_DOCUMENT]

    add(mixed, secret, by=room.author)

    for name in ("colleague", "leader"):
        assert refused(lambda name=name: change(mixed, by=getattr(room, name), title="Башка")) == [Fault.NO_BUNDLE]
    assert change(mixed, by=room.head, title="Жабык").title == "Жабык"
    unknown = Bundle(pk=10**6, title="?", when=HAND)
    with pytest.raises(Bundle.DoesNotExist):
        change(unknown, by=room.head)
