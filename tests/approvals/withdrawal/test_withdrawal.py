"""Taking down is decided like putting up."""

import datetime as dt
from uuid import uuid4

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from approvals import acting, ledger
from approvals.accounts import INSTALLATION, under_mandate
from approvals.decisions import DecisionRefused
from approvals.models import DuePublication, Outcome, Withdrawal
from approvals.offices import APPARATUS_LEADERSHIP, AUTHORS, DEPARTMENT_HEADS
from approvals.policy import Refusal
from approvals.queue import stage_of
from approvals.scheduling import publish_due
from approvals.stages import Stage
from approvals.withdrawal import verbs
from frontend_api.models import Publication, PublishedDocument, Tombstone
from site_pages.access import rules
from site_pages.models import PublicationPermit
from tests.approvals.withdrawal.taking_down import (
    IN_ERROR,
    NO_LONGER_CURRENT,
    REASON,
    SUPERSEDED,
    agree,
    propose,
    refuse,
    refused,
    take_down,
)
from tests.newsroom import (
    appoint,
    approve,
    decree,
    edit,
    fresh,
    hire,
    ledger_kinds,
    publish,
    release,
    submit,
)

pytestmark = pytest.mark.django_db
PUTTING_UP = ["submitted", "approved", "approved", "cleared", "published"]


@pytest.fixture
def page(room):
    return publish(release(room.author), room)


def test_a_document_in_error_is_taken_down_by_three_people(room, page):
    public = PublishedDocument.objects.get()

    withdrawal = take_down(page, room)

    assert ledger_kinds(page) == [
        *PUTTING_UP, "withdrawal_proposed", "withdrawal_approved", "withdrawal_approved", "withdrawal_cleared",
        "withdrawn",
    ]  # fmt: skip
    assert (fresh(page).live, PublishedDocument.objects.count(), PublicationPermit.objects.count()) == (False, 0, 0)
    tombstone = Tombstone.objects.get()
    assert (tombstone.pk, tombstone.reason, tombstone.withdrawal_class, tombstone.slug) == (
        2, REASON, IN_ERROR, public.slug
    )  # fmt: skip
    assert list(Publication.objects.order_by("number").values_list("number", "kind", "digest")) == [
        (1, "published", public.digest), (2, "withdrawn", public.digest)
    ]  # fmt: skip
    assert (withdrawal.outcome, stage_of(fresh(page))) == (Outcome.DONE, Stage.WITHDRAWN)
    assert list(ledger.faults()) == []


@pytest.mark.parametrize(
    ("who", "step", "refusal"),
    [
        ("author", 1, Refusal.NOT_IN_GROUP), ("leader", 1, Refusal.NOT_IN_GROUP), ("boss", 1, Refusal.SUPERUSER),
        ("outsider", 1, Refusal.NOT_IN_GROUP), ("head", 2, Refusal.NOT_IN_GROUP), ("author", 2, Refusal.NOT_IN_GROUP),
        ("boss", 2, Refusal.SUPERUSER), ("outsider", 2, Refusal.NOT_IN_GROUP),
    ],
)  # fmt: skip
def test_who_may_not_decide_is_refused(room, page, who, step, refusal):
    withdrawal = propose(page, by=room.author)
    if step == 2:
        agree(withdrawal, by=room.head)

    refused(lambda: agree(withdrawal, by=getattr(room, who)), refusal)
    refused(lambda: refuse(withdrawal, by=getattr(room, who)), refusal)


@pytest.mark.parametrize(("who", "refusal"), [("boss", Refusal.SUPERUSER), ("outsider", Refusal.NOT_OF_THE_HOUSE)])
def test_who_may_not_propose_is_refused(room, page, who, refusal):
    refused(lambda: propose(page, by=getattr(room, who)), refusal)


def test_a_program_neither_proposes_nor_decides(room, page):
    program = hire("program", AUTHORS, DEPARTMENT_HEADS)
    get_user_model().objects.filter(pk=program.pk).update(is_agent=True)

    refused(lambda: propose(page, by=program), Refusal.AGENT)
    withdrawal = propose(page, by=room.author)
    refused(lambda: agree(withdrawal, by=program), Refusal.AGENT)


def test_a_password_alone_decides_nothing(room, page):
    withdrawal = propose(page, by=room.author)
    with under_mandate(INSTALLATION):
        Authenticator.objects.filter(user=room.head).delete()

    refused(lambda: agree(withdrawal, by=room.head), Refusal.NO_SECOND_FACTOR)


def test_a_head_alone_never_takes_down_a_decree(room):
    page = publish(decree(room.author), room)
    withdrawal = propose(page, by=room.head)

    refused(lambda: agree(withdrawal, by=room.head), Refusal.CONTRIBUTOR)
    agree(withdrawal, by=room.deputy_head)
    refused(lambda: agree(withdrawal, by=room.head), Refusal.NOT_IN_GROUP)

    assert (fresh(page).live, PublishedDocument.objects.count()) == (True, 1)


def test_nobody_decides_at_two_steps_nor_for_the_proposer(room, page):
    appoint(room.head, APPARATUS_LEADERSHIP)
    withdrawal = propose(page, by=room.leader)
    agree(withdrawal, by=room.head)
    refused(lambda: agree(withdrawal, by=room.head), Refusal.DECIDED_BEFORE)
    refused(lambda: agree(withdrawal, by=room.leader), Refusal.CONTRIBUTOR)
    now = timezone.now()
    group = Group.objects.get(name=APPARATUS_LEADERSHIP)
    acting.appoint(
        principal_id=room.leader.pk, deputy_id=room.outsider.pk, group_id=group.pk, starts_at=now,
        ends_at=now + dt.timedelta(days=1), now=now, legal_basis="№ 1", appointer_id=room.boss.pk,
    )  # fmt: skip

    refused(lambda: agree(withdrawal, by=room.outsider), Refusal.CONTRIBUTOR)

    agree(withdrawal, by=room.second_leader)
    assert not fresh(page).live


def test_who_acts_for_the_head_decides_and_the_ledger_says_for_whom(room, page):
    now = timezone.now()
    group = Group.objects.get(name=DEPARTMENT_HEADS)
    acting.appoint(
        principal_id=room.head.pk, deputy_id=room.outsider.pk, group_id=group.pk, starts_at=now,
        ends_at=now + dt.timedelta(days=1), now=now, legal_basis="№ 1", appointer_id=room.boss.pk,
    )  # fmt: skip
    withdrawal = propose(page, by=room.author)

    entry = agree(withdrawal, by=room.outsider)

    assert entry.details["acting_for"]["person_id"] == room.head.pk
    assert entry.digest == withdrawal.statement.own_digest


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ({"reason": " \n"}, Refusal.PUBLIC_REASON_MISSING),
        ({"reason": "\u200b\u2060\ufeff\u00ad"}, Refusal.PUBLIC_REASON_UNREADABLE),
        ({"reason": "... \u00a0"}, Refusal.PUBLIC_REASON_UNREADABLE),
        ({"reason": "\u3164"}, Refusal.PUBLIC_REASON_CHARACTERS),
        ({"reason": "Ката\x07"}, Refusal.PUBLIC_REASON_CHARACTERS),
        ({"reason": "\u202eатаК"}, Refusal.PUBLIC_REASON_CHARACTERS),
        ({"reason": "а" * 2001}, Refusal.PUBLIC_REASON_TOO_LONG),
        ({"as_": SUPERSEDED}, Refusal.SUCCESSOR_MISSING),
        ({"as_": SUPERSEDED, "successor": uuid4()}, Refusal.SUCCESSOR_WRONG),
        ({"as_": IN_ERROR, "successor": uuid4()}, Refusal.SUCCESSOR_UNWANTED),
    ],
)
def test_a_statement_that_is_not_whole_is_refused(room, page, words, refusal):
    refused(lambda: propose(page, by=room.author, **words), refusal)


def test_only_what_is_public_is_withdrawn(room):
    page = release(room.author)

    refused(lambda: propose(page, by=room.author), Refusal.NOT_PUBLIC)


def test_no_document_succeeds_itself_nor_one_that_is_withdrawn_or_foreign(room, page):
    noticed, gone, draft = (release(room.author, title=title) for title in ("Эскертме", "Жок", "Кайсы"))
    russian = publish(release(room.author, title="Другой", locale="ru"), room)
    take_down(publish(noticed, room), room, as_=NO_LONGER_CURRENT)
    take_down(publish(gone, room), room)

    for successor in (page, noticed, gone, draft, russian):
        refused(
            lambda successor=successor: propose(page, by=room.author, as_=SUPERSEDED, successor=successor.content_id),
            Refusal.SUCCESSOR_WRONG,
        )


def test_what_has_ended_succeeds_nothing(room, page):
    other, end = release(room.author, title="Мөөнөттүү"), timezone.now() + dt.timedelta(hours=1)
    other = publish(edit(other, by=room.author, expire_at=end), room)
    proposed = propose(page, by=room.author, as_=SUPERSEDED, successor=other.content_id)
    agree(proposed, by=room.head)

    with time_machine.travel(end):
        refused(lambda: agree(proposed, by=room.leader), Refusal.SUCCESSOR_ENDED)
        verbs.recall(withdrawal_id=proposed.pk, actor_id=room.author.pk, now=timezone.now())
        again = {"as_": SUPERSEDED, "successor": other.content_id}
        refused(lambda: propose(page, by=room.author, **again), Refusal.SUCCESSOR_ENDED)


def test_of_two_that_name_each_other_only_the_first_goes(room, page):
    other = publish(release(room.author, title="Башка"), room)
    first = propose(page, by=room.author, as_=SUPERSEDED, successor=other.content_id)
    second = propose(other, by=room.author, as_=SUPERSEDED, successor=page.content_id)
    for withdrawal in (first, second):
        agree(withdrawal, by=room.head)
    agree(first, by=room.leader)

    refused(lambda: agree(second, by=room.leader), Refusal.SUCCESSOR_WRONG)

    refuse(second, by=room.leader)
    assert (fresh(page).live, fresh(other).live) == (False, True)


def test_there_is_one_proposal_at_a_time_and_it_can_be_recalled(room, page):
    withdrawal = propose(page, by=room.author)
    refused(lambda: propose(page, by=room.head), Refusal.WITHDRAWAL_OPEN)
    recall = {"withdrawal_id": withdrawal.pk, "now": timezone.now()}
    refused(lambda: verbs.recall(actor_id=room.head.pk, **recall), Refusal.NOT_THE_PROPOSER)

    verbs.recall(actor_id=room.author.pk, **recall)

    assert ledger_kinds(page)[-2:] == ["withdrawal_proposed", "withdrawal_recalled"]
    refused(lambda: agree(withdrawal, by=room.head), Refusal.NOTHING_TO_DECIDE)
    assert stage_of(fresh(page)) == Stage.PUBLISHED
    propose(page, by=room.head)


def test_a_refusal_needs_words_and_leaves_the_document(room, page):
    withdrawal = propose(page, by=room.author)
    refused(lambda: refuse(withdrawal, by=room.head, remark=" "), Refusal.REFUSAL_REMARK_MISSING)
    agree(withdrawal, by=room.head)

    entry = refuse(withdrawal, by=room.leader, remark="Документ туура.")

    assert (entry.kind, entry.remark, entry.step) == ("withdrawal_refused", "Документ туура.", 2)
    assert Withdrawal.objects.get().outcome == Outcome.REFUSED
    assert (stage_of(fresh(page)), Tombstone.objects.count()) == (Stage.PUBLISHED, 0)
    refused(lambda: agree(withdrawal, by=room.leader), Refusal.NOTHING_TO_DECIDE)


def test_another_statement_than_the_one_seen_is_not_decided_on(room, page):
    withdrawal = propose(page, by=room.author)

    refused(lambda: agree(withdrawal, by=room.head, seen="0" * 64), Refusal.TEXT_CHANGED)
    refused(lambda: refuse(withdrawal, by=room.head, seen="0" * 64), Refusal.TEXT_CHANGED)


def test_a_new_version_voids_the_proposal(room, page):
    withdrawal = propose(page, by=room.author)
    agree(withdrawal, by=room.head)

    publish(edit(page, by=room.author, title="Жаңы", change_note="Такталды."), room)

    assert Withdrawal.objects.get().outcome == Outcome.VOID
    assert ledger_kinds(page)[-2:] == ["published", "withdrawal_void"]
    refused(lambda: agree(withdrawal, by=room.leader), Refusal.NOTHING_TO_DECIDE)
    assert stage_of(fresh(page)) == Stage.PUBLISHED
    take_down(page, room)


def test_a_proposal_disturbs_no_clearance_and_its_end_ends_it(room, page):
    edit(page, by=room.author, title="Жаңы", change_note="Такталды.")
    submit(page, by=room.author)
    withdrawal = propose(page, by=room.author)
    approve(page, by=room.head)
    agree(withdrawal, by=room.head)
    assert stage_of(fresh(page)) == Stage.WITH_APPARATUS

    agree(withdrawal, by=room.leader)

    assert (fresh(page).workflow_in_progress, stage_of(fresh(page))) == (False, Stage.WITHDRAWN)
    with pytest.raises(DecisionRefused), transaction.atomic():
        approve(page, by=room.second_leader)


def test_what_waits_for_its_time_is_taken_off_the_queue(room, page):
    soon = timezone.now() + dt.timedelta(hours=1)
    edit(page, by=room.author, title="Жаңы", change_note="Такталды.", go_live_at=soon)
    submit(page, by=room.author)
    withdrawal = propose(page, by=room.author)
    approve(page, by=room.head)
    approve(page, by=room.leader)
    agree(withdrawal, by=room.head)
    assert stage_of(fresh(page)) == Stage.SCHEDULED

    agree(withdrawal, by=room.second_leader)

    assert DuePublication.objects.count() == 0
    assert publish_due(now=soon).published == []
    assert not fresh(page).live


def test_a_proposal_does_not_hold_up_what_waits_for_its_time(room, page):
    soon = timezone.now() + dt.timedelta(hours=1)
    edit(page, by=room.author, title="Жаңы", change_note="Такталды.", go_live_at=soon)
    submit(page, by=room.author)
    approve(page, by=room.head)
    approve(page, by=room.leader)
    propose(page, by=room.author)

    with time_machine.travel(soon + dt.timedelta(seconds=1)):
        assert publish_due(now=timezone.now()).published == [page.pk]

    assert Withdrawal.objects.get().outcome == Outcome.VOID


def test_the_kyrgyz_text_of_an_act_goes_after_its_translations(room):
    page = publish(decree(room.author), room)
    russian = publish(decree(room.author, locale="ru", translation_key=page.content_id, title="О воде"), room)
    refused(lambda: propose(page, by=room.author), Refusal.TRANSLATIONS_FIRST)
    take_down(publish(release(room.author), room), room)

    take_down(russian, room)
    take_down(page, room)

    assert PublishedDocument.objects.count() == 0


def test_whoever_wrote_a_withdrawn_text_does_not_decide_on_its_return(room):
    page = release(room.author)
    edit(page, by=room.head, title="Башчы жазды")
    submit(page, by=room.author)
    approve(page, by=room.deputy_head)
    approve(page, by=room.leader)
    take_down(page, room)
    submit(page, by=room.author)

    with pytest.raises(DecisionRefused) as raised, transaction.atomic():
        approve(page, by=room.head)

    assert raised.value.refusal == Refusal.CONTRIBUTOR
    approve(page, by=room.deputy_head)
    approve(page, by=room.leader)
    assert fresh(page).live


def test_a_withdrawn_document_can_be_deleted_once_nothing_waits(room, page):
    refused_page = publish(release(room.author, title="Экинчи"), room)
    propose(refused_page, by=room.author)
    take_down(page, room)

    fresh(page).delete()

    with pytest.raises(PermissionDenied), transaction.atomic():
        fresh(refused_page).delete()
    assert Tombstone.objects.count() == 1


def test_people_who_are_not_named_do_not_decide_on_a_limited_document(room):
    page = publish(release(room.author, title="Чектелген"), room)
    rules.limit(content_id=page.content_id, owner=room.author)

    refused(lambda: propose(page, by=room.head), Refusal.NOT_NAMED)
    withdrawal = propose(page, by=room.author)
    refused(lambda: agree(withdrawal, by=room.head), Refusal.NOT_NAMED)
