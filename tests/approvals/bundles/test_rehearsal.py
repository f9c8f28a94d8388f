"""The rehearsal finds beforehand what would keep a bundle back or spoil it, and leaves nothing behind."""

import datetime as dt
import io
from pathlib import Path

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from approvals import ledger
from approvals.models import DuePublication, LedgerHead, Notice
from frontend_api.models import Delivery, Publication, PublicationCounter
from site_pages.models import ActRelation, RelatedDocument
from tests import newsroom
from tests.approvals.bundles.coverage import (
    AT,
    CLEARED,
    change,
    clear,
    deleted_all_the_same,
    make,
    nearly_clear,
    public,
    run,
    signing,
    submitted_all_the_same,
)
from tests.approvals.bundles.rehearsing import found, look, paragraph
from tests.attacks.houses import everything
from tests.newsroom import decree, photo, release, speech

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def test_a_bundle_that_is_in_order_would_succeed_and_nothing_stays(room, caplog):
    pages = signing(room)
    bundle = make(room, *pages)
    for page in pages:
        clear(page, room)

    def picture():
        counts = (Notice.objects.count(), Delivery.objects.count(), Publication.objects.count())
        heads = (list(LedgerHead.objects.values()), list(PublicationCounter.objects.values()))
        return everything(), counts, heads, bundle.members.filter(is_open=True).count()

    before = picture()
    caplog.set_level("INFO", logger="wagtail")
    caplog.clear()

    result = look(bundle)

    assert (result.tried, result.refusal, result.would_succeed) == (True, "", True)
    assert picture() == before
    assert [record for record in caplog.records if "ublish" in record.getMessage()] == []
    assert [item.member.locale for item in result.items] == ["ky", "ky", "ky", "ru", "en"]
    change(bundle, by=room.leader, when=CLEARED)
    assert run().published == [bundle.pk]
    assert list(Publication.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert list(ledger.faults()) == []


def test_it_says_what_each_document_looks_like(room):
    page = release(room.author)
    bundle = make(room, page)
    clear(page, room)

    (item,) = look(bundle).items

    assert item.form.digest == newsroom.digest(page)
    assert item.form.payload["title"] == page.title


def test_what_is_not_cleared_is_named_with_the_step_whose_turn_it_is(room):
    draft, with_leaders = release(room.author), release(room.author, title="Экинчи")
    bundle = make(room, draft, with_leaders)
    nearly_clear(with_leaders, room)

    result = look(bundle)

    messages = {item.member.page_id: item.findings[0].message for item in result.items}
    assert messages[draft.pk] == "It is not cleared: Draft."
    assert messages[with_leaders.pk].startswith("It is not cleared. Its turn: ")
    assert result.tried is False


def test_unmet_requirements_are_named(room):
    page = release(room.author, lead="")

    assert "requirement" in found(make(room, page), page)


def test_links_that_lead_nowhere_are_named_and_those_inside_the_bundle_are_not(room):
    there, draft = speech(room.author), release(room.author, title="Долбоор")
    link = '<p><a linktype="page" id="{}">шилтеме</a></p>'
    pages = [
        release(room.author, title="Ичинде", body=paragraph(link.format(there.pk))),
        release(room.author, title="Сыртта", body=paragraph(link.format(draft.pk))),
        release(room.author, title="Жок", body=paragraph(link.format(draft.pk + 1_000))),
        release(room.author, title="Башка дарек", body=paragraph('<p><a href="http://nowhere">x</a></p>')),
    ]
    related = release(room.author, title="Байланышкан")
    related.related_documents.add(RelatedDocument(document=draft))
    related.save_revision(user=room.author)
    bundle = make(room, there, related, *pages)

    codes = {page.title: [c for c in found(bundle, page) if "link" in c or "elsewhere" in c] for page in pages}

    assert codes == {"Ичинде": [], "Сыртта": ["link"], "Жок": ["link"], "Башка дарек": ["address_elsewhere"]}
    assert "link" in found(bundle, related)


def test_a_relation_to_an_act_that_nobody_can_read_is_named(room):
    old = decree(room.author, number=1, title="Эски")
    act = decree(room.author, number=2)
    act.relations.add(ActRelation(kind="repeals", target=old))
    act.save_revision(user=room.author)
    bundle = make(room, act)
    assert "link" in found(bundle, act)

    newsroom.publish(old, room)

    assert "link" not in found(bundle, act)


def test_a_file_that_cannot_be_read_is_named(room):
    words = {f"alt_text_{code}": "Сөз" for code in ("ky", "ru", "en")}
    page = release(room.author, image=photo(credit="Басма сөз", **words))
    Path(default_storage.path(page.image.file.name)).unlink()

    assert "file" in found(make(room, page), page)


def test_shared_addresses_and_numbers_are_named(room):
    first, second = release(room.author), release(room.author, title="Экинчи")
    for page in (first, second):
        newsroom.edit(page, by=room.author, slug="meeting")
    acts = [decree(room.author, number=7), decree(room.author, number=8, title="Башка")]
    newsroom.edit(acts[1], by=room.author, number=7)
    bundle = make(room, first, second, *acts)

    assert "address" in found(bundle, first)
    assert {"number", "requirement"} & set(found(bundle, acts[1]))


def test_an_address_of_what_is_public_is_named(room):
    second = release(room.author, title="Экинчи")
    newsroom.edit(second, by=room.author, slug="meeting")
    newsroom.publish(release(room.author, slug="meeting"), room)

    assert "address" in found(make(room, second), second)


class TestWhatIsPublicByThen:
    """What is cleared and due before the bundle counts as public, with the address and number that were cleared."""

    @pytest.fixture
    def noon(self) -> dt.datetime:
        return (timezone.now() + dt.timedelta(hours=3)).replace(microsecond=0)

    @pytest.mark.parametrize("hours, is_taken", [(-1, True), (0, True), (1, False)])
    def test_its_address_is_taken(self, room, noon, hours, is_taken):
        other = release(room.author, title="Эртерээк", go_live_at=noon + dt.timedelta(hours=hours))
        newsroom.publish(newsroom.edit(other, by=room.author, slug="meeting"), room)
        page = newsroom.edit(release(room.author), by=room.author, slug="meeting")
        bundle = make(room, page, when=AT, due_at=noon)
        with submitted_all_the_same():
            clear(page, room)

        assert ("address" in found(bundle, page), look(bundle).would_succeed) == (is_taken, not is_taken)

    def test_the_number_of_an_act_is_taken_in_its_language(self, room, noon):
        other = decree(room.author, number=8, go_live_at=noon - dt.timedelta(hours=1))
        page = decree(room.author, number=9, title="Башка")
        newsroom.edit(page, by=room.author, number=7)
        bundle = make(room, page, when=AT, due_at=noon)
        clear(page, room)
        assert look(bundle).would_succeed

        with submitted_all_the_same():
            newsroom.publish(newsroom.edit(other, by=room.author, number=7), room)

        assert ("number" in found(bundle, page), look(bundle).would_succeed) == (True, False)

    def test_a_link_to_it_leads_somewhere_unless_it_comes_later_has_ended_or_waits_for_a_person(self, room, noon):
        early = noon - dt.timedelta(hours=1)
        act = decree(room.author)
        targets = {
            "earlier": release(room.author, title="А", go_live_at=early),
            "later": release(room.author, title="Б", go_live_at=noon + dt.timedelta(hours=1)),
            "ended": release(room.author, title="В", go_live_at=early, expire_at=noon),
            "held": release(room.author, title="Г", go_live_at=early),
            "alone": decree(room.author, locale="ru", title="Указ", translation_key=act.translation_key),
        }
        body = "".join(f'<a linktype="page" id="{page.pk}">x</a> ' for page in targets.values())
        page = release(room.author, title="Жаңы", body=paragraph(f"<p>{body}</p>"))
        bundle = make(room, page, when=AT, due_at=noon)
        for target in targets.values():
            newsroom.publish(target, room)
        DuePublication.objects.filter(page_id=targets["held"].pk).update(held_at=timezone.now())

        (item,) = look(bundle).items
        told = " ".join(finding.message for finding in item.findings if finding.code == "link")

        assert {name for name, target in targets.items() if str(target.content_id) not in told} == {"earlier"}

    def test_what_is_in_another_bundle_comes_with_that_one(self, room, noon):
        other = release(room.author, title="Башка топтомдо")
        make(room, other, when=AT, due_at=noon - dt.timedelta(hours=1))
        link = paragraph(f'<p><a linktype="page" id="{other.pk}">x</a></p>')
        page = release(room.author, title="Жаңы", body=link)
        bundle = make(room, page, when=AT, due_at=noon)
        assert "link" in found(bundle, page)

        clear(other, room)

        assert "link" not in found(bundle, page)


def test_a_time_of_its_own_is_named(room):
    due = (timezone.now() + dt.timedelta(hours=2)).replace(microsecond=0)
    page = release(room.author)
    bundle = make(room, page, when=AT, due_at=due)
    newsroom.edit(page, by=room.author, go_live_at=due + dt.timedelta(minutes=1))

    assert "own_time" in found(bundle, page)


@pytest.mark.parametrize("own_time", [False, True], ids=["the bundle's time", "the same time of its own"])
def test_what_has_a_time_is_tried_as_if_it_had_come(room, own_time):
    due = (timezone.now() + dt.timedelta(hours=1)).replace(microsecond=0)
    page, other = release(room.author, go_live_at=due if own_time else None), speech(room.author)
    bundle = make(room, page, other, when=AT, due_at=due)
    for one in (page, other):
        clear(one, room)
    before = everything()

    result = look(bundle)

    assert (result.tried, result.refusal, result.would_succeed) == (True, "", True)
    assert (everything(), public()) == (before, 0)
    with time_machine.travel(due, tick=False):
        assert run(due).published == [bundle.pk]


def test_a_deleted_document_is_named(room):
    page = release(room.author)
    bundle = make(room, page)
    deleted_all_the_same(page)

    assert found(bundle, page) == ["gone"]


def test_an_end_before_the_time_is_named(room):
    due = (timezone.now() + dt.timedelta(hours=2)).replace(microsecond=0)
    page = release(room.author)
    bundle = make(room, page, when=AT, due_at=due)
    with submitted_all_the_same():
        clear(newsroom.edit(page, by=room.author, expire_at=due), room)

    assert found(bundle, page) == ["end", "translation"]
    assert look(bundle).tried is False


def test_what_only_the_trial_finds_is_named_too(room, monkeypatch):
    page, other = release(room.author), speech(room.author)
    bundle = make(room, page, other)
    for one in (page, other):
        clear(one, room)
    before = everything()
    # As if somebody had gone round the screens: something stands in the ledger after the clearance.
    entry = ledger.LedgerEntry.objects.filter(content_id=other.content_id).latest("number")
    subject = ledger.Subject(other.content_id, "ky", "speech", other.pk, entry.revision_id, entry.digest)
    ledger.append(kind=ledger.EntryKind.RECALLED, now=timezone.now(), subject=subject)

    result = look(bundle)

    assert (result.tried, result.would_succeed, result.refused_page_id) == (True, False, other.pk)
    assert everything()["public"] == before["public"] == []


def test_it_keeps_away_from_a_moment_at_which_something_is_due(room):
    page = release(room.author)
    bundle = make(room, page)
    clear(page, room)
    newsroom.publish(release(room.author, title="Азыр", go_live_at=timezone.now() + dt.timedelta(seconds=40)), room)

    result = look(bundle)

    assert (result.tried, result.would_succeed, bool(result.refusal)) == (False, False, True)


def test_the_command_says_the_same(room):
    page = release(room.author)
    bundle, out = make(room, page), io.StringIO()
    with pytest.raises(CommandError, match="would not be published"):
        call_command("rehearse_bundle", bundle.pk, stdout=out)
    with pytest.raises(CommandError, match="no bundle"):
        call_command("rehearse_bundle", bundle.pk + 100)
    assert "STOPS\tnot_cleared\tIt is not cleared" in out.getvalue()

    clear(page, room)
    call_command("rehearse_bundle", bundle.pk, stdout=out)

    assert "All 1 would become public" in out.getvalue()
    assert public() == 0
