"""The screens of bundles, asked by a plain client: who sees what, and what a bad request changes — nothing."""

import datetime as dt
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from approvals.bundles.overview import choices_for, listed, members_of
from approvals.models import Bundle, BundleMember, LedgerEntry
from site_pages.access import rules
from site_pages.models import PressReleasePage
from site_pages.tree import section_for
from tests.approvals.bundles.coverage import AT, CLEARED, clear, fresh, make, public, run
from tests.approvals.test_screens import desk
from tests.newsroom import release, speech, submit

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15


@pytest.fixture
def page(room):
    return release(room.author, title="Нарында мектеп ачылды")


def at(name: str, *numbers) -> str:
    return reverse(f"approvals:{name}", args=numbers)


def seen(bundle) -> dict:
    return {"seen": fresh(bundle).version}


def test_a_bundle_is_made_filled_rehearsed_and_published_on_the_screens(room, page):
    author, leader = desk(room.author), desk(room.leader)
    made = author.post(at("bundles"), {"title": "Кол коюу", "when": "hand", "due_at": ""})
    bundle = Bundle.objects.get()
    assert made.url == at("bundle_choose", bundle.pk)
    assert page.title in author.get(made.url).text

    author.post(made.url, {**seen(bundle), "page_id": [page.pk]})
    clear(page, room)
    shown = leader.get(at("bundle", bundle.pk)).text
    rehearsed = leader.post(at("bundle_rehearsal", bundle.pk)).text
    assert (page.title in shown, "everything would become public" in rehearsed, public()) == (True, True, 0)
    assert "Belongs to a bundle" in leader.get(at("document", page.pk)).text

    leader.post(at("bundle_release", bundle.pk), seen(bundle))

    assert (run().published, public()) == ([bundle.pk], 1)
    assert "Published" in author.get(at("bundles")).text


def test_empty_screens_say_what_to_do(room):
    author = desk(room.author)
    assert "There are no bundles" in author.get(at("bundles")).text
    bundle = make(room)
    assert "The bundle is empty" in author.get(at("bundle", bundle.pk)).text
    assert "No document fits" in author.get(at("bundle_choose", bundle.pk)).text


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_every_screen_is_there_in_every_language(room, page, language):
    bundle = make(room, page)
    reader = desk(room.head, language=language)

    for answer in (
        reader.get(at("bundles")),
        reader.get(at("bundle", bundle.pk)),
        reader.get(at("bundle_choose", bundle.pk)),
        reader.get(at("bundle_look", bundle.pk, page.pk)),
        reader.post(at("bundle_rehearsal", bundle.pk)),
    ):
        assert answer.status_code == 200


def test_how_it_will_look_is_the_public_form(room, page):
    bundle = make(room, page)

    text = desk(room.head).get(at("bundle_look", bundle.pk, page.pk)).text

    shown = re.search(r"<pre><code>(.*?)</code></pre>", text, re.DOTALL)[1]
    assert json.loads(shown.replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">"))["title"] == page.title


def test_a_failed_bundle_names_the_document_and_the_cause(room, page):
    bundle = make(room, page, speech(room.author), when=AT, due_at=timezone.now() + dt.timedelta(hours=1))
    run(timezone.now() + dt.timedelta(hours=2))

    for name, numbers in (("bundles", ()), ("bundle", (bundle.pk,))):
        text = desk(room.author).get(at(name, *numbers)).text
        assert "Failed, nothing was published" in text
        assert re.search(f"“{page.title}”: ", text) or re.search("“Президенттин сөзү”: ", text)


def test_a_bundle_that_is_held_before_its_time_is_let_go_to_it(room, page):
    bundle = make(room, page, when=AT, due_at=timezone.now() + dt.timedelta(hours=1))
    Bundle.objects.update(held_at=timezone.now())
    leader = desk(room.leader)

    text = leader.get(at("bundle", bundle.pk)).text
    assert "It is held since a restore" in text and "Publish all of them at their time" in text
    answer = leader.post(at("bundle_release", bundle.pk), seen(bundle), follow=True).text

    assert "it is published at its time" in answer and "It is held since a restore" not in answer
    assert (fresh(bundle).held_at, fresh(bundle).published_at) == (None, None)


class TestWhoSeesWhat:
    def test_who_is_not_of_the_house_gets_the_answer_for_nothing(self, room, page):
        bundle = make(room, page)
        stranger = desk(room.outsider)

        answers = [stranger.get(at("bundles")), stranger.get(at("bundle", bundle.pk))]
        answers.append(stranger.post(at("bundle_rehearsal", bundle.pk)))

        assert all(page.title not in answer.text and answer.status_code in (302, 403, 404) for answer in answers)

    def test_a_bundle_with_a_limited_document_is_not_there_for_others(self, room, page):
        secret = release(room.author, title="Купуя документ")
        bundle = make(room, page, secret, title="Купуя топтом")
        rules.limit(content_id=secret.content_id, owner=room.author, people=[room.head])
        colleague = desk(room.colleague)
        before = LedgerEntry.objects.count()

        for name in ("bundle", "bundle_choose"):
            assert colleague.get(at(name, bundle.pk)).status_code == 404
        for name in ("bundle_change", "bundle_take_out", "bundle_release", "bundle_give_up", "bundle_rehearsal"):
            assert colleague.post(at(name, bundle.pk), seen(bundle)).status_code == 404
        assert colleague.get(at("bundle_look", bundle.pk, page.pk)).status_code == 404
        assert colleague.get(at("bundle", 10**9)).status_code == 404
        for text in (colleague.get(at("bundles")).text, colleague.get(at("document", page.pk)).text):
            assert "Купуя" not in text
        assert "Купуя документ" in desk(room.head).get(at("bundle", bundle.pk)).text
        assert LedgerEntry.objects.count() == before

    def test_the_choice_lists_nothing_that_is_hidden(self, room, page):
        secret = release(room.author, title="Купуя документ")
        rules.limit(content_id=secret.content_id, owner=room.author)
        bundle = make(room)

        assert "Купуя" not in desk(room.colleague).get(at("bundle_choose", bundle.pk)).text
        refused = desk(room.colleague).post(at("bundle_choose", bundle.pk), {**seen(bundle), "page_id": [secret.pk]})
        unknown = desk(room.colleague).post(at("bundle_choose", bundle.pk), {**seen(bundle), "page_id": [10**9]})

        assert (refused.status_code, unknown.status_code) == (409, 409)
        assert refused.text.count("There is no such document") == unknown.text.count("There is no such document") == 1
        assert BundleMember.objects.count() == 0

    def test_the_choice_of_the_leadership_lists_what_was_submitted_and_no_other_draft(self, room, page):
        bundle = make(room)
        draft = release(room.author, title="Эч ким көрө элек")
        submit(page, by=room.author)

        shown = desk(room.leader).get(at("bundle_choose", bundle.pk)).text
        of_the_author = desk(room.author).get(at("bundle_choose", bundle.pk)).text

        assert (page.title in shown, draft.title in shown) == (True, False)
        assert (page.title in of_the_author, draft.title in of_the_author) == (True, True)
        refused = desk(room.leader).post(at("bundle_choose", bundle.pk), {**seen(bundle), "page_id": [draft.pk]})
        assert (refused.status_code, draft.title in refused.text, BundleMember.objects.count()) == (409, False, 0)

    def test_an_administrator_looks_and_changes_nothing(self, room, page):
        bundle = make(room, page)
        boss = desk(room.boss)
        assert page.title in boss.get(at("bundle", bundle.pk)).text

        boss.post(at("bundle_take_out", bundle.pk), {**seen(bundle), "page_id": page.pk})

        assert bundle.members.count() == 1


@pytest.mark.parametrize("sent", [{}, {"seen": "x"}, {"seen": "-1"}, {"seen": "9" * 30}, {"seen": "1", "page_id": "x"}])
def test_a_bad_request_changes_nothing(room, page, sent):
    bundle = make(room, page)
    before, author = list(Bundle.objects.values()), desk(room.author)

    for name in ("bundle_take_out", "bundle_release", "bundle_give_up", "bundle_change"):
        assert author.post(at(name, bundle.pk), sent).status_code in (302, 400, 404)

    assert list(Bundle.objects.values()) == before
    assert bundle.members.count() == 1


def fill(bundle, room, *, up_to: int) -> None:
    """More members, without the versions that nobody asks for here."""
    section = section_for(document_type="release", locale="ky")
    for number in range(bundle.members.count(), up_to):
        page = PressReleasePage(title=f"Кабар {number}", owner=room.author, locale=section.locale)
        section.add_child(instance=page)
        BundleMember.objects.create(bundle=bundle, page_id=page.pk, content_id=page.content_id, locale="ky")


def test_as_many_queries_for_two_hundred_documents_as_for_five(room):
    """What fills the screens is counted; the frame around them is Wagtail's and asks on its own."""
    bundle, author, counts, frames = make(room, when=CLEARED), desk(room.author), [], []
    listed(user=room.author, now=timezone.now())  # what is asked once for each account
    for size in (5, 200):
        fill(bundle, room, up_to=size)
        author.get(at("bundle", bundle.pk)), author.get(at("bundles"))
        with CaptureQueriesContext(connection) as on_list:
            listed(user=room.author, now=timezone.now())
        with CaptureQueriesContext(connection) as on_bundle:
            members_of(bundle)
        with CaptureQueriesContext(connection) as on_choice:
            choices_for(room.author, words="", now=timezone.now())
        with CaptureQueriesContext(connection) as on_screen:
            author.get(at("bundle", bundle.pk))
        counts.append((len(on_list), len(on_bundle), len(on_choice)))
        frames.append(len(on_screen))

    assert (counts[0], frames[0]) == (counts[1], frames[1])
    assert max(counts[0]) <= MOST_QUERIES
    assert frames[0] <= MOST_QUERIES + 10


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "1999-12-31T23:59", "2200-01-01T00:00", "9999-12-31T23:59:59"])
def test_a_time_at_the_ends_of_the_calendar_is_refused_at_its_field(room, moment):
    answer = desk(room.author).post(at("bundles"), {"title": "Кол коюу", "when": "at", "due_at": moment})

    assert (answer.status_code, list(answer.context["form"].errors)) == (400, ["due_at"])
    assert not Bundle.objects.exists()


def test_what_is_wrong_with_a_time_stands_at_its_field(room, page):
    author, bundle = desk(room.author), make(room, page)
    passed = {"title": "Кол коюу", "when": "at", "due_at": "2020-01-01T00:00"}

    made = author.post(at("bundles"), passed)
    changed = author.post(at("bundle_change", bundle.pk), {**passed, **seen(bundle)})

    assert [list(answer.context["form"].errors) for answer in (made, changed)] == [["due_at"], ["due_at"]]
