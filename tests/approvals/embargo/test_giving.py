"""Who gives early access, to what, for whom and until when; everything else is refused and changes nothing."""

import datetime as dt
from dataclasses import replace

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from approvals import acting, decisions, ledger
from approvals.accounts import INSTALLATION, under_mandate
from approvals.bundles import making
from approvals.embargo import giving
from approvals.embargo.refusals import EmbargoRefused, Fault
from approvals.models import Bundle, EarlyAccess, LedgerEntry, Notice
from approvals.offices import ADMINISTRATORS, APPARATUS_LEADERSHIP
from approvals.outside.tokens import hash_of
from approvals.policy import Refusal
from site_pages.access import rules
from tests.approvals.consultation import changed
from tests.approvals.embargo.press import ASEL, due_of, embargoed, give, opens, publish_in_time, without_factor
from tests.attacks.houses import everything
from tests.newsroom import approve, fresh, hire, ledger_kinds, publish, release, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(room):
    return embargoed(room)


def deputy_of_the_leader(room):
    """Somebody who only acts for one of the leadership."""
    deputy, now = hire("deputy"), timezone.now()
    acting.appoint(
        principal_id=room.leader.pk, deputy_id=deputy.pk, group_id=Group.objects.get(name=APPARATUS_LEADERSHIP).pk,
        starts_at=now, ends_at=now + dt.timedelta(days=1), legal_basis="№ 45", document_types=[],
        appointer_id=room.boss.pk, now=now,
    )  # fmt: skip
    return deputy


def without_telephone(room):
    return without_factor(room.second_leader)


def as_agent(room):
    changed(room.deputy_head, is_agent=True)
    return room.deputy_head


def who_left(room):
    changed(room.deputy_head, is_active=False)
    return room.deputy_head


def boss_in_office(room):
    with under_mandate(INSTALLATION):
        room.boss.groups.add(Group.objects.get(name=APPARATUS_LEADERSHIP))
    return room.boss


PEOPLE = [
    ("head", lambda room: room.head, None),
    ("another head", lambda room: room.deputy_head, None),
    ("leader", lambda room: room.leader, None),
    ("another leader", lambda room: room.second_leader, None),
    ("author", lambda room: room.author, Refusal.NOT_IN_GROUP),
    ("colleague", lambda room: room.colleague, Refusal.NOT_IN_GROUP),
    ("outsider", lambda room: room.outsider, Refusal.NOT_IN_GROUP),
    ("clerk", lambda room: hire("clerk", ADMINISTRATORS), Refusal.NOT_IN_GROUP),
    ("superuser", lambda room: room.boss, Refusal.SUPERUSER),
    ("superuser in office", boss_in_office, Refusal.SUPERUSER),
    ("acting for a leader", deputy_of_the_leader, Refusal.NOT_IN_GROUP),
    ("program", as_agent, Refusal.AGENT),
    ("closed account", who_left, Refusal.NOT_ACTIVE),
    ("without second factor", without_telephone, Refusal.NO_SECOND_FACTOR),
]


@pytest.mark.parametrize(("who", "refusal"), [row[1:] for row in PEOPLE], ids=[row[0] for row in PEOPLE])
def test_the_department_head_and_the_leadership_give_it_in_person(room, page, who, refusal):
    person = who(room)
    before = everything()

    if refusal is None:
        access, token = give(page, by=person)
        assert (access.giver_id, access.digest, access.locale) == (person.pk, due_of(page).digest, "ky")
        assert opens(token)
    else:
        with pytest.raises(EmbargoRefused) as refused:
            give(page, by=person)
        assert (refused.value.fault, everything()) == (refusal, before)


@pytest.mark.parametrize(("who", "may"), [("head", True), ("deputy_head", False), ("leader", False)])
def test_to_a_limited_document_only_a_named_person_gives_it(room, who, may):
    page = release(room.author, go_live_at=timezone.now() + dt.timedelta(hours=2))
    rules.limit(content_id=page.content_id, owner=room.author, people=[room.head, room.second_leader])
    submit(page, by=room.author)
    approve(page, by=room.head)
    approve(page, by=room.second_leader)
    before = everything()

    if may:
        assert opens(give(page, by=getattr(room, who))[1])
    else:
        with pytest.raises(EmbargoRefused) as refused:
            give(page, by=getattr(room, who))
        assert (refused.value.fault, everything()) == (Refusal.NOT_NAMED, before)


def test_it_is_on_record_and_does_not_void_the_clearance(room, page):
    access, token = give(page, by=room.leader)

    entry = LedgerEntry.objects.latest("number")
    assert (entry.kind, entry.number, entry.content_id, entry.page_id) == (
        "early_given", access.given_by_entry, None, None
    )  # fmt: skip
    assert (entry.actor_id, entry.details["outlet"], entry.details["cleared_by_entry"]) == (
        room.leader.pk, "Кабар агенттиги", access.entry_number
    )  # fmt: skip
    assert token not in str(entry.details) and ASEL.email not in str(entry.details)
    assert list(ledger.faults()) == []
    publish_in_time(page)
    assert fresh(page).live
    assert ledger_kinds(page) == ["submitted", "approved", "approved", "cleared", "published"]


def test_the_token_is_shown_once_and_stored_nowhere(room, page):
    access, token = give(page, by=room.head)

    assert len(token) == 43 and access.token_hash == hash_of(token)
    assert token not in str(list(EarlyAccess.objects.values()))
    assert give(page, by=room.head)[1] != token


REFUSED = [
    ("another text", {"seen_digest": "0" * 64}, Fault.TEXT_CHANGED),
    ("an end after the publication", {"hours": 2.1}, Fault.END_TOO_LATE),
    ("an end now", {"hours": 0}, Fault.END_TOO_LATE),
    ("an end in the past", {"hours": -1}, Fault.END_TOO_LATE),
    ("no name", {"to": replace(ASEL, reader_name=" \n")}, Fault.INCOMPLETE),
    ("no outlet", {"to": replace(ASEL, outlet="—")}, Fault.INCOMPLETE),
    ("no e-mail", {"to": replace(ASEL, email="asel")}, Fault.INCOMPLETE),
    ("no such language", {"to": replace(ASEL, language="de")}, Fault.INCOMPLETE),
]


@pytest.mark.parametrize(("values", "fault"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_incomplete_or_too_long_is_refused(room, page, values, fault):
    now, values = timezone.now(), dict(values)
    if "hours" in values:
        values |= {"ends_at": now + dt.timedelta(hours=values.pop("hours")), "now": now}
    before = everything()

    with pytest.raises(EmbargoRefused) as refused:
        give(page, by=room.head, **values)

    assert (refused.value.fault, everything()) == (fault, before)


def not_cleared(room):
    page = release(room.author, go_live_at=timezone.now() + dt.timedelta(hours=2))
    submit(page, by=room.author)
    approve(page, by=room.head)
    return page


def stopped(room):
    page = embargoed(room)
    decisions.stop_scheduled(page_id=page.pk, actor_id=room.head.pk, remark="Токто.", now=timezone.now())
    return page


def in_a_bundle_by_hand(room):
    page = release(room.author)
    bundle = making.make(
        title="Топтом", when=Bundle.When.HAND, due_at=None, actor_id=room.author.pk, now=timezone.now()
    )
    making.add(bundle_id=bundle.pk, seen=1, page_ids=[page.pk], actor_id=room.author.pk, now=timezone.now())
    return publish(page, room)


NOT_UNDER_EMBARGO = {
    "a draft under clearance": not_cleared,
    "a public text": lambda room: publish(release(room.author), room),
    "a text that was stopped": stopped,
    "a text that waits without a time": in_a_bundle_by_hand,
}


@pytest.mark.parametrize("kind", NOT_UNDER_EMBARGO)
def test_only_a_text_under_embargo_is_read_early(room, kind):
    page = NOT_UNDER_EMBARGO[kind](room)
    before = everything()

    with pytest.raises(EmbargoRefused) as refused:
        give(page, by=room.head, seen_digest="0" * 64)

    assert (refused.value.fault, everything()) == (Fault.NO_EMBARGO, before)


def test_a_document_of_a_bundle_is_read_early_until_the_time_of_the_bundle(room):
    page, due = release(room.author), timezone.now().replace(microsecond=0) + dt.timedelta(hours=3)
    bundle = making.make(title="Топтом", when=Bundle.When.AT, due_at=due, actor_id=room.author.pk, now=timezone.now())
    making.add(bundle_id=bundle.pk, seen=1, page_ids=[page.pk], actor_id=room.author.pk, now=timezone.now())
    publish(page, room)

    access, token = give(page, by=room.leader)

    assert access.ends_at == due
    assert opens(token)


REVOKERS = [
    ("head", True), ("deputy_head", True), ("leader", True), ("author", True), ("colleague", False),
    ("outsider", False), ("boss", False), ("agent", False), ("acting", True), ("without_telephone", True),
]  # fmt: skip


@pytest.mark.parametrize(("who", "may"), REVOKERS)
def test_who_decides_or_wrote_ends_it(room, page, who, may):
    access, token = give(page, by=room.leader)
    special = {"agent": as_agent, "acting": deputy_of_the_leader, "without_telephone": without_telephone}
    person = special.get(who, lambda room: getattr(room, who))(room)
    before = everything()

    if may:
        giving.revoke(access_id=access.pk, actor_id=person.pk, now=timezone.now())
        assert not opens(token)
        once = everything()
        giving.revoke(access_id=access.pk, actor_id=person.pk, now=timezone.now())
        assert everything() == once
        assert LedgerEntry.objects.latest("number").kind == "early_revoked"
    else:
        with pytest.raises(EmbargoRefused):
            giving.revoke(access_id=access.pk, actor_id=person.pk, now=timezone.now())
        assert everything() == before
        assert opens(token)


def test_nobody_revokes_what_was_never_given(room):
    before = everything()

    with pytest.raises(EmbargoRefused) as refused:
        giving.revoke(access_id=999, actor_id=room.head.pk, now=timezone.now())

    assert (refused.value.fault, everything()) == (Fault.NOT_GIVEN, before)


def test_nobody_is_told_of_it_by_mail_unless_it_is_wished(room, page):
    before = Notice.objects.count()

    give(page, by=room.leader)

    assert Notice.objects.count() == before
