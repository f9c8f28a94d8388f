"""When early access is dead: at the publication, at its end, and whenever anything happens to the clearance."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from wagtail.models import Page

from approvals import decisions, gate, ledger, restored
from approvals.bundles import making
from approvals.embargo import giving
from approvals.holds import held
from approvals.models import Bundle, DuePublication, EarlyAccessFloor, EntryKind, LedgerEntry
from site_pages.access import rules
from site_pages.models import AccessLimit
from tests.approvals.consultation import answer_of, changed
from tests.approvals.embargo.press import (
    address,
    bearer,
    due_of,
    embargoed,
    form_address,
    give,
    nothing,
    openings,
    opens,
    publish_in_time,
    somebody,
    without_factor,
)
from tests.approvals.record_of_texts import alter, lose
from tests.attacks.houses import everything
from tests.newsroom import approve, edit, fresh, publish, release, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(room):
    return embargoed(room)


def stop(room, page):
    decisions.stop_scheduled(page_id=page.pk, actor_id=room.head.pk, remark="Токто.", now=timezone.now())


def stop_and_clear_the_same_anew(room, page):
    stop(room, page)
    publish(page, room)


def stop_and_clear_another(room, page):
    stop(room, page)
    edit(page, by=room.author, title="Башка")
    publish(page, room)


def take_out_of_a_bundle(room, page):
    bundle = making.make(
        title="Топтом", when=Bundle.When.AT, due_at=due_of(page).due_at.replace(microsecond=0),
        actor_id=room.author.pk, now=timezone.now(),
    )  # fmt: skip
    DuePublication.objects.filter(page_id=page.pk).update(bundle=bundle)
    stop(room, page)


def anything_on_record(room, page):
    """Whatever later versions of the product may decide on a document after its clearance."""
    due = due_of(page)
    ledger.append(
        kind=EntryKind.RETURNED,
        now=timezone.now(),
        subject=gate.subject_of(fresh(page), revision_id=due.revision_id, digest=due.digest),
        remark="Кайтарылды.",
    )


def limit_to_others(room, page):
    rules.limit(content_id=page.content_id, owner=room.author, people=[room.leader])


def restore(room, page):
    (rows, values), = [pair for pair in restored.quietings(now=timezone.now(), taken_at=timezone.now())
                       if pair[0].model is EarlyAccessFloor]  # fmt: skip
    assert rows.update(**values) == 1


DEATHS = {
    "revoked": lambda room, page: giving.revoke(access_id=1, actor_id=room.head.pk, now=timezone.now()),
    "stopped": stop,
    "stopped and cleared anew": stop_and_clear_the_same_anew,
    "another text cleared": stop_and_clear_another,
    "taken out of its bundle": take_out_of_a_bundle,
    "anything else decided": anything_on_record,
    "held after a restore": lambda room, page: DuePublication.objects.update(held_at=timezone.now()),
    "given before a restore": restore,
    "no floor on record": lambda room, page: EarlyAccessFloor.objects.all().delete(),
    "limited to others": limit_to_others,
    "giver left": lambda room, page: changed(room.head, is_active=False),
    "giver lost the office": lambda room, page: room.head.groups.clear(),
    "giver is a program": lambda room, page: changed(room.head, is_agent=True),
    "giver has no second factor": lambda room, page: without_factor(room.head),
    "digest under clearance changed": lambda room, page: DuePublication.objects.update(digest="0" * 64),
    "clearance changed": lambda room, page: DuePublication.objects.update(entry_number=1),
    "nothing waits": lambda room, page: DuePublication.objects.all().delete(),
    "text off the record": lambda room, page: lose(due_of(page).digest),
    "text altered": lambda room, page: alter(due_of(page).digest),
}


@pytest.mark.parametrize("death", DEATHS)
def test_a_dead_access_is_an_address_that_never_was(room, page, death):
    access, token = give(page, by=room.head)
    assert opens(token)
    if death == "revoked":
        giving.revoke(access_id=access.pk, actor_id=room.head.pk, now=timezone.now())
    else:
        DEATHS[death](room, page)
    before, shown = everything(), openings()

    assert not opens(token)
    assert somebody().head(address(token)).status_code == 404

    assert (everything(), openings()) == (before, shown)


def test_the_page_that_is_gone_takes_its_access_along(room, page):
    _access, token = give(page, by=room.head)
    stop(room, page)
    fresh(page).delete()
    assert not Page.objects.filter(pk=page.pk).exists()

    assert not opens(token)


def test_it_ends_to_the_second(room, page):
    ends_at = timezone.now() + dt.timedelta(minutes=30)
    access, token = give(page, by=room.head, ends_at=ends_at)

    with time_machine.travel(ends_at - dt.timedelta(seconds=1), tick=False):
        assert opens(token)
    with time_machine.travel(ends_at, tick=False):
        assert not opens(token)
    assert access.ends_at == ends_at


def test_it_shows_no_word_from_the_instant_of_the_publication_even_while_the_worker_sleeps(room, page):
    _access, token = give(page, by=room.head)
    due_at = due_of(page).due_at

    with time_machine.travel(due_at - dt.timedelta(microseconds=1), tick=False):
        assert opens(token)
    with time_machine.travel(due_at, tick=False):
        assert not opens(token)
    assert not fresh(page).live


def test_when_the_time_is_brought_forward_it_ends_then(room):
    page, later = release(room.author), timezone.now().replace(microsecond=0) + dt.timedelta(hours=3)
    make = {"title": "Топтом", "when": Bundle.When.AT, "due_at": later, "actor_id": room.author.pk}
    bundle = making.make(**make, now=timezone.now())
    making.add(bundle_id=bundle.pk, seen=1, page_ids=[page.pk], actor_id=room.author.pk, now=timezone.now())
    publish(page, room)
    _access, token = give(page, by=room.head)
    sooner = later - dt.timedelta(hours=2)

    making.change(
        bundle_id=bundle.pk, seen=2, title="Топтом", when=Bundle.When.AT, due_at=sooner, actor_id=room.leader.pk,
        now=timezone.now(),
    )  # fmt: skip

    with time_machine.travel(sooner - dt.timedelta(seconds=1), tick=False):
        assert opens(token)
    with time_machine.travel(sooner, tick=False):
        assert not opens(token)


def test_when_it_is_public_the_reader_is_sent_there_without_a_word(room, page, settings):
    access, token = give(page, by=room.head)
    publish_in_time(page)

    with time_machine.travel(access.ends_at, tick=False):
        answers = [
            somebody().get(address(token)),
            somebody().get(form_address(token)),
            somebody().head(address(token)),
            somebody().get("/early/", headers=bearer(token)),
        ]

    assert {(answer.status_code, answer.content) for answer in answers} == {(303, b"")}
    assert openings() == []
    (location,) = {answer.headers["Location"] for answer in answers}
    settings.ROOT_URLCONF, settings.MIDDLEWARE = "cms.urls.public", settings.PUBLIC_MIDDLEWARE
    public = Client().get(location.removeprefix(settings.PUBLIC_BASE_URL)).json()
    assert public["digest"] == access.digest


def test_what_was_revoked_leads_nowhere_after_the_publication_either(room, page):
    access, token = give(page, by=room.head)
    giving.revoke(access_id=access.pk, actor_id=room.head.pk, now=timezone.now())
    publish_in_time(page)

    with time_machine.travel(access.ends_at, tick=False):
        assert answer_of(somebody().get(address(token))) == nothing()


def test_a_correction_under_embargo_is_read_early_and_the_public_text_stays(room):
    page = publish(release(room.author, title="Эски аталыш"), room)
    edit(page, by=room.author, title="Жаңы аталыш", change_note="Такталды.",
         go_live_at=timezone.now() + dt.timedelta(hours=2))  # fmt: skip
    publish(page, room)

    _access, token = give(page, by=room.head)

    assert "Жаңы аталыш" in somebody().get(address(token)).text
    assert LedgerEntry.objects.filter(kind="published").count() == 1


def test_a_document_that_becomes_limited_to_its_giver_too_stays_open(room, page):
    _access, token = give(page, by=room.head)

    rules.limit(content_id=page.content_id, owner=room.author, people=[room.head])

    assert AccessLimit.objects.count() == 1 and held() == []
    assert opens(token)


def test_the_way_back_after_a_stop_gives_nothing_back(room, page):
    _access, token = give(page, by=room.head)
    stop(room, page)
    submit(page, by=room.author)
    approve(page, by=room.head)
    assert not opens(token)
    approve(page, by=room.leader)

    assert not opens(token)
    assert opens(give(page, by=room.head)[1])
