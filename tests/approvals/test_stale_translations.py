"""A translation is stale from the moment that another original is in force until somebody sends it again."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from approvals import decisions, ledger
from approvals.models import LedgerEntry
from approvals.queue import Records
from approvals.stages import Stage
from frontend_api.models import Publication, PublishedDocument
from tests import newsroom
from tests.approvals.test_screens import desk
from tests.approvals.withdrawal.taking_down import NO_LONGER_CURRENT, take_down
from tests.attacks.houses import everything
from tests.newsroom import approve, edit, fresh, release, send_back, submit
from tests.site_pages.test_concurrent_edits import form_of, open_editor, save

pytestmark = pytest.mark.django_db


@pytest.fixture
def original(room):
    return release(room.author, title="Мектеп ачылды")


def in_language(page, room, locale: str = "ru", **fields):
    """A draft of the release in another language."""
    values = {"title": f"Школа {locale}", "translation_key": page.translation_key}
    return release(room.author, locale=locale, **{**values, **fields})


def correct(page, room, **changes):
    """Another version of a published text, published."""
    edit(page, by=room.author, **{"lead": "Жаңы лид.", "change_note": "Такталды.", **changes})
    return newsroom.publish(page, room)


def states(page) -> list[tuple]:
    """Where each language is, and whether the original has changed since."""
    page = fresh(page)
    return [(language.stage, language.is_stale) for language in Records([page]).languages(page.content_id)]


def is_stale(page) -> bool:
    return Records([fresh(page)]).is_stale(fresh(page))


def test_a_changed_original_makes_its_translations_stale_until_they_are_confirmed(room, original):
    newsroom.publish(original, room)
    russian = in_language(original, room)
    newsroom.publish(russian, room)
    assert not is_stale(russian)

    correct(original, room)
    assert states(original) == [(Stage.PUBLISHED, False), (Stage.PUBLISHED, True), (None, False)]

    correct(russian, room)
    assert not is_stale(russian)


def test_a_translation_that_needs_no_change_is_sent_again_as_it_is(room, original):
    newsroom.publish(original, room)
    russian = in_language(original, room)
    newsroom.publish(russian, room)
    correct(original, room)
    before = PublishedDocument.objects.get(locale="ru")

    newsroom.publish(russian, room)

    after = PublishedDocument.objects.get(locale="ru")
    assert (after.digest, after.version) == (before.digest, before.version + 2)
    assert not is_stale(russian)
    assert list(ledger.faults()) == []


def test_a_notice_that_ends_a_waiting_correction_leaves_no_translation_stale(room, original):
    newsroom.publish(original, room)
    russian = in_language(original, room)
    newsroom.publish(russian, room)
    correct(original, room, go_live_at=timezone.now() + dt.timedelta(hours=3))
    assert is_stale(russian)

    take_down(original, room, as_=NO_LONGER_CURRENT)

    assert not is_stale(russian)


def test_the_button_on_its_screen_sends_it_again_as_it_is(room, original):
    newsroom.publish(original, room)
    russian = in_language(original, room)
    newsroom.publish(russian, room)
    correct(original, room)
    client, url = desk(room.author), reverse("approvals:submit_as_it_is", args=[russian.pk])
    shown = client.get(reverse("approvals:document", args=[russian.pk]))
    assert f'action="{url}"' in shown.text

    client.post(url, {"original": shown.context_data["view"].original_to_confirm})

    assert states(original)[1] == (Stage.WITH_HEAD, False)
    for person in (room.head, room.leader):
        approve(russian, by=person)
    assert states(original)[1] == (Stage.PUBLISHED, False)
    assert Publication.objects.filter(locale="ru").count() == 2


def test_a_confirmation_is_refused_to_others_and_for_another_original(room, original):
    newsroom.publish(original, room)
    russian = in_language(original, room)
    newsroom.publish(russian, room)
    url = reverse("approvals:submit_as_it_is", args=[russian.pk])
    current = PublishedDocument.objects.get(locale="ky").digest
    fresh_one = desk(room.author).post(url, {"original": current}, follow=True)
    correct(original, room)
    before = everything()

    others = [desk(getattr(room, name)).post(url, {"original": current}).status_code for name in ("leader", "outsider")]
    refused = [desk(room.author).post(url, {"original": o}, follow=True) for o in (current, "", "x")]

    assert others == [404, 302]
    assert [str(m).strip() for a in refused for m in a.context["messages"]] == [
        "The original has changed again. Please compare the text with it once more."
    ] * 3
    assert "There is nothing to confirm" in fresh_one.text
    assert everything() == before
    assert "as-it-is" not in desk(room.leader).get(reverse("approvals:document", args=[russian.pk])).text
    assert desk(room.author).get(url).status_code == 405


def test_the_editor_asks_for_a_note_or_for_a_minor_change(room, original):
    newsroom.publish(original, room)
    russian = in_language(original, room)
    newsroom.publish(russian, room)
    correct(original, room)
    sent = form_of(russian, **{"action-submit": "1"}, **open_editor(room.author, russian))
    before = everything()

    refused = save(room.author, russian, **sent)
    assert refused.context["form"].errors["change_note"]
    assert everything() == before

    assert save(room.author, russian, **{**sent, "update_type": "minor"}).status_code == 302
    assert states(original)[1] == (Stage.WITH_HEAD, False)


def test_a_confirmation_under_clearance_is_not_one_until_it_is_kept(room, original):
    newsroom.publish(original, room)
    russian = in_language(original, room)
    newsroom.publish(russian, room)
    correct(original, room)

    submit(russian, by=room.author)
    assert not is_stale(russian)
    send_back(russian, by=room.head)
    assert is_stale(russian)
    submit(russian, by=room.author)
    fresh(russian).current_workflow_state.cancel(user=room.author)
    assert is_stale(russian)


def test_the_same_original_published_again_makes_nothing_stale(room, original):
    newsroom.publish(original, room)
    russian = in_language(original, room)
    newsroom.publish(russian, room)

    newsroom.publish(original, room)

    assert not is_stale(russian)


def test_an_edit_of_the_original_that_nobody_cleared_makes_nothing_stale(room, original):
    newsroom.publish(original, room)
    russian = in_language(original, room)
    newsroom.publish(russian, room)

    edit(original, by=room.author, lead="Жаңы лид.", change_note="Такталды.")
    submit(original, by=room.author)
    assert not is_stale(russian)
    approve(original, by=room.head)
    assert not is_stale(russian)

    approve(original, by=room.leader)
    assert is_stale(russian)


def test_a_cleared_original_that_waits_counts_until_it_is_stopped(room, original):
    newsroom.publish(original, room)
    russian = in_language(original, room)
    newsroom.publish(russian, room)

    correct(original, room, go_live_at=timezone.now() + dt.timedelta(days=1))
    assert states(original)[:2] == [(Stage.SCHEDULED, False), (Stage.PUBLISHED, True)]

    decisions.stop_scheduled(page_id=original.pk, actor_id=room.head.pk, remark="Ката.", now=timezone.now())
    assert not is_stale(russian)


def test_two_texts_sent_together_stay_together(room, original):
    russian = in_language(original, room)
    for _round in range(2):
        for page in (original, russian):
            submit(page, by=room.author)
        for page in (russian, original):
            approve(page, by=room.head)
            approve(page, by=room.leader)
        assert not is_stale(russian)
        for page in (original, russian):
            edit(page, by=room.author, lead="Жаңы лид.", change_note="Такталды.")


def test_an_original_changed_on_its_way_makes_stale_what_was_made_from_it(room, original):
    russian = in_language(original, room)
    submit(original, by=room.author)
    newsroom.publish(russian, room)
    send_back(original, by=room.head)
    edit(original, by=room.author, lead="Башкача.")
    assert not is_stale(russian)

    newsroom.publish(original, room)

    assert is_stale(russian)


def test_what_was_made_from_a_withdrawn_change_is_stale(room, original):
    newsroom.publish(original, room)
    russian = in_language(original, room)
    edit(original, by=room.author, lead="Жаңы лид.", change_note="Такталды.")
    submit(original, by=room.author)
    newsroom.publish(russian, room)
    assert not is_stale(russian)

    fresh(original).current_workflow_state.cancel(user=room.author)

    assert is_stale(russian)


def test_a_draft_is_stale_until_it_is_saved_again(room, original):
    newsroom.publish(original, room)
    russian = in_language(original, room)
    assert not is_stale(russian)

    correct(original, room)
    assert states(original)[1] == (Stage.DRAFT, True)

    with time_machine.travel(timezone.now() + dt.timedelta(seconds=1)):
        edit(russian, by=room.author, title="Открылась школа")
        assert not is_stale(russian)


def test_a_text_older_than_its_original_is_stale(room):
    russian = release(room.author, locale="ru", title="Школа")
    newsroom.publish(russian, room)
    assert LedgerEntry.objects.get(kind="submitted").details["original_digest"] == ""
    assert not is_stale(russian)

    newsroom.publish(release(room.author, translation_key=russian.translation_key), room)

    assert is_stale(russian)


def test_an_original_that_is_incomplete_is_no_original(room):
    original = release(room.author, lead="", body=[("paragraph", "")], release_date=None)
    russian = in_language(original, room)

    submit(russian, by=room.author)

    assert LedgerEntry.objects.get(kind="submitted").details["original_digest"] == ""


def test_the_ledger_keeps_what_a_translation_was_made_from(room, original):
    newsroom.publish(original, room)
    submit(in_language(original, room), by=room.author)

    of_original, of_russian = LedgerEntry.objects.filter(kind="submitted").order_by("number")
    assert "original_digest" not in of_original.details
    assert of_russian.details["original_digest"] == PublishedDocument.objects.get().digest
