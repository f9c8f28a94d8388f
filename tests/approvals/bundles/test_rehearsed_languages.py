"""The rehearsal names the languages and originals that readers, or translations, would miss by then."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone, translation

from frontend_api.models import WithheldText
from tests import newsroom
from tests.approvals.bundles.coverage import AT, clear, make, public, signing
from tests.approvals.bundles.rehearsing import found, look, paragraph
from tests.approvals.on_time import rewrite
from tests.attacks.houses import everything
from tests.newsroom import decree, release

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def test_missing_languages_are_named_once_for_each_document(room):
    act = decree(room.author)
    russian = decree(room.author, locale="ru", title="О водных ресурсах", translation_key=act.translation_key)
    bundle = make(room, act, russian)

    messages = [f.message for item in look(bundle).items for f in item.findings if f.code == "translation"]

    assert messages == ["Neither public nor in the bundle: en."]


def test_a_translation_of_an_act_without_its_original_is_named(room):
    russian = signing(room)[0]

    assert "original" in found(make(room, russian), russian)


@pytest.mark.parametrize("before", ["alone", "in a bundle", "in a bundle at the same time"])
def test_an_original_that_becomes_public_before_is_neither_missing_nor_in_the_way(room, before):
    noon = (timezone.now() + dt.timedelta(hours=3)).replace(microsecond=0)
    earlier = noon - dt.timedelta(hours=1)
    act = decree(room.author, **({"go_live_at": earlier} if before == "alone" else {}))
    if before != "alone":
        make(room, act, when=AT, due_at=earlier if before == "in a bundle" else noon)
    clear(act, room)
    russian = decree(room.author, locale="ru", title="О водных ресурсах", translation_key=act.translation_key)
    bundle = make(room, russian, when=AT, due_at=noon)
    clear(russian, room)
    kept = everything()

    result = look(bundle)

    assert (result.would_succeed, result.refusal) == (True, "")
    messages = [f.message for item in result.items for f in item.findings]
    assert messages == ["Neither public nor in the bundle: en."]
    assert (everything(), public()) == (kept, 0)


def test_an_original_before_it_that_cannot_be_published_stops_the_bundle(room):
    noon = (timezone.now() + dt.timedelta(hours=3)).replace(microsecond=0)
    act = decree(room.author, go_live_at=noon - dt.timedelta(hours=1))
    clear(act, room)
    russian = decree(room.author, locale="ru", title="О водных ресурсах", translation_key=act.translation_key)
    bundle = make(room, russian, when=AT, due_at=noon)
    clear(russian, room)
    rewrite(act, room)

    result = look(bundle)

    assert (result.would_succeed, result.refused_page_id, public()) == (False, act.pk, 0)
    assert result.refusal == "The text is not the one that was cleared."


def test_what_has_ended_by_then_is_no_place_to_lead_to_and_no_language_to_read(room):
    due = (timezone.now() + dt.timedelta(hours=2)).replace(microsecond=0)
    ends = newsroom.publish(release(room.author, title="Эски", expire_at=due), room)
    link = f'<p><a linktype="page" id="{ends.pk}">шилтеме</a></p>'
    page = release(room.author, title="Жаңы", body=[("paragraph", link)])
    russian = release(room.author, locale="ru", title="Перевод", translation_key=ends.translation_key)
    now, then = make(room, page), make(room, russian, when=AT, due_at=due)

    assert "link" not in found(now, page)
    with time_machine.travel(due, tick=False):
        assert "link" in found(now, page)
    (message,) = [f.message for item in look(then).items for f in item.findings if f.code == "translation"]
    assert message == "Neither public nor in the bundle: ky, en."


def test_what_a_restore_withholds_is_no_place_to_lead_to_and_no_language_to_read(room):
    there = newsroom.publish(release(room.author, title="Эски"), room)
    link = f'<p><a linktype="page" id="{there.pk}">шилтеме</a></p>'
    page = release(room.author, title="Жаңы", body=paragraph(link))
    russian = release(room.author, locale="ru", title="Перевод", translation_key=there.translation_key)
    leads, translates = make(room, page), make(room, russian)
    clear(page, room)
    assert "link" not in found(leads, page)

    WithheldText.objects.create(content_id=there.content_id, locale="ky", up_to=100, withheld_at=timezone.now())

    (message,) = [f.message for item in look(leads).items for f in item.findings if f.code == "link"]
    assert message == f"It leads to a document that is neither public nor in the bundle: {there.content_id}."
    assert look(leads).would_succeed
    (message,) = [f.message for item in look(translates).items for f in item.findings if f.code == "translation"]
    assert message == "Neither public nor in the bundle: ky, en."
