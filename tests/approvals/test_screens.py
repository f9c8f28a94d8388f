"""The screens of clearance, asked by a plain client: who sees what, and what a bad request changes — nothing."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.users.models import UserProfile

from approvals.models import DuePublication
from approvals.offices import ADMINISTRATORS, APPARATUS_LEADERSHIP
from approvals.queue import stage_of
from approvals.stages import Stage
from tests import newsroom
from tests.newsroom import digest, edit, fresh, ledger_kinds, release, send_back, submit

pytestmark = pytest.mark.django_db

TITLE = "Өкмөттүн жыйыны өттү"
VERBS = ("approve", "return", "stop")


@pytest.fixture
def page(room):
    document = release(room.author, title=TITLE)
    submit(document, by=room.author)
    return fresh(document)


def desk(user, *, language: str = "en", **options) -> Client:
    """A signed-in client whose interface is in the language."""
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})
    client = Client(**options)
    client.force_login(user)
    return client


def screen(page) -> str:
    return reverse("approvals:document", args=[page.pk])


def verb(name: str, page) -> str:
    return reverse(f"approvals:{name}", args=[page.pk])


@pytest.mark.parametrize("name", ["author", "colleague", "head", "deputy_head", "leader", "second_leader", "boss"])
def test_those_whose_work_it_is_read_the_document(room, page, name):
    answer = desk(getattr(room, name)).get(screen(page))

    assert answer.status_code == 200
    assert TITLE in answer.text


def test_somebody_who_signs_in_and_has_no_part_in_it_learns_nothing(room, page):
    reader = newsroom.hire("reader", ADMINISTRATORS)
    client = desk(reader)

    answers = [client.get(screen(page)), *(client.post(verb(name, page)) for name in VERBS)]
    nothing_there = client.get(reverse("approvals:document", args=[10**6]))

    assert [answer.status_code for answer in answers] == [404, 404, 404, 404]
    assert nothing_there.status_code == 404
    assert not any(TITLE in answer.text for answer in answers)
    assert TITLE not in client.get(reverse("approvals:waiting_for_me")).text
    assert TITLE not in client.get(reverse("wagtailadmin_home")).text
    assert ledger_kinds(page) == ["submitted"]


def test_who_may_not_enter_the_admin_is_sent_away(room, page):
    for client in (desk(room.outsider), Client()):
        answers = [client.get(screen(page)), client.get(reverse("approvals:waiting_for_me"))]
        answers += [client.post(verb(name, page)) for name in VERBS]

        assert {answer.status_code for answer in answers} == {302}
        assert all("login" in answer["Location"] or answer["Location"] == "/admin/" for answer in answers)
    assert ledger_kinds(page) == ["submitted"]


@pytest.mark.parametrize("name", VERBS)
def test_a_decision_is_never_made_by_following_a_link(room, page, name):
    answer = desk(room.head).get(verb(name, page), {"digest": digest(page), "remark": "Макул."})

    assert answer.status_code == 405
    assert ledger_kinds(page) == ["submitted"]


@pytest.mark.parametrize("name", VERBS)
def test_a_decision_from_another_site_is_refused(room, page, name):
    client = desk(room.head, enforce_csrf_checks=True)

    answer = client.post(verb(name, page), {"digest": digest(page), "remark": "Макул."})

    assert answer.status_code == 403
    assert ledger_kinds(page) == ["submitted"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("author", "You do not belong to the group that decides at this step."),
        ("colleague", "You do not belong to the group that decides at this step."),
        ("leader", "You do not belong to the group that decides at this step."),
        ("boss", "A system administrator administers and does not decide."),
    ],
)
@pytest.mark.parametrize("decision", ["approve", "return"])
def test_whose_turn_it_is_not_is_told_why(room, page, name, reason, decision):
    client = desk(getattr(room, name))

    shown = client.get(screen(page))
    answer = client.post(verb(decision, page), {"digest": digest(page), "remark": "Макул."})

    assert "formaction" not in shown.text
    assert answer.status_code == 403
    assert reason in answer.text
    assert ledger_kinds(page) == ["submitted"]


def test_a_head_who_wrote_at_the_text_is_told_why_not(room):
    document = release(room.author)
    edit(document, by=room.head, summary="Башчы оңдогон.")
    submit(document, by=room.author)

    answer = desk(room.head).post(verb("approve", document), {"digest": digest(document)})

    assert answer.status_code == 403
    assert "You contributed to this text, so another person must decide on it." in answer.text
    assert ledger_kinds(document) == ["submitted"]


def test_an_approval_of_a_text_that_changed_shows_the_new_text(room, page):
    client = desk(room.head)
    seen = digest(page)
    send_back(page, by=room.deputy_head)
    edit(page, by=room.author, summary="Жаңыртылган мазмун.")
    submit(page, by=room.author)

    answer = client.post(verb("approve", page), {"digest": seen, "remark": "Жакшы."})

    assert answer.status_code == 409
    assert "The text is not the one that you were shown. Please read it again." in answer.text
    assert "Жаңыртылган мазмун." in answer.text
    assert digest(fresh(page)) in answer.text
    assert seen not in answer.text
    assert "Жакшы." in answer.text
    assert ledger_kinds(page) == ["submitted", "returned", "submitted"]


@pytest.mark.parametrize("bad", ["", "x" * 64, "A" * 64, "0" * 63, "\x00"])
def test_a_digest_that_is_none_changes_nothing_and_keeps_the_remark(room, page, bad):
    answer = desk(room.head).post(verb("return", page), {"digest": bad, "remark": "Күнү туура эмес."})

    assert answer.status_code == 400
    assert "Күнү туура эмес." in answer.text
    assert digest(page) in answer.text
    assert ledger_kinds(page) == ["submitted"]


@pytest.mark.parametrize("remark", ["\x00", "а" * 4001])
def test_a_remark_that_cannot_be_kept_is_said_so_beside_the_field(room, page, remark):
    answer = desk(room.head).post(verb("return", page), {"digest": digest(page), "remark": remark})

    assert answer.status_code == 400
    assert answer.context["form"].errors["remark"]
    assert 'id="id_remark_error"' in answer.text
    assert ledger_kinds(page) == ["submitted"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ky", "Кайтаруу үчүн эскертүү керек"),
        ("ru", "Для возврата нужно замечание"),
        ("en", "A return needs a remark: say what should be changed."),
    ],
)
def test_a_return_without_a_remark_is_refused_in_the_reader_s_language(room, page, language, words):
    answer = desk(room.head, language=language).post(verb("return", page), {"digest": digest(page), "remark": " "})

    assert answer.status_code == 403
    assert words in answer.text
    assert ledger_kinds(page) == ["submitted"]


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_what_was_done_is_said_in_the_reader_s_language(room, page, language):
    client = desk(room.head, language=language)
    with translation.override(language):
        message = translation.gettext("You approved “%(title)s”.") % {"title": TITLE}

    answer = client.post(verb("approve", page), {"digest": digest(page)}, follow=True)

    assert answer.redirect_chain == [(reverse("approvals:waiting_for_me"), 302)]
    assert [str(m).strip() for m in answer.context["messages"]] == [message]
    assert stage_of(fresh(page)) is Stage.WITH_APPARATUS


def test_a_person_who_left_the_group_a_moment_ago_no_longer_decides(room, page):
    client = desk(room.head)
    assert client.get(screen(page)).status_code == 200
    seen = digest(page)
    room.head.groups.clear()

    answer = client.post(verb("approve", page), {"digest": seen})

    assert answer.status_code == 302  # out of the admin altogether
    assert ledger_kinds(page) == ["submitted"]


def test_a_head_who_became_one_of_the_leadership_no_longer_decides_as_head(room, page):
    client = desk(room.head)
    seen = digest(page)
    room.head.groups.clear()
    newsroom.appoint(room.head, APPARATUS_LEADERSHIP)

    answer = client.post(verb("approve", page), {"digest": seen})

    assert answer.status_code == 403
    assert ledger_kinds(page) == ["submitted"]


def test_a_remark_is_shown_as_words_and_never_as_markup(room, page):
    send_back(page, by=room.head, remark="<script>alert(1)</script> эки сап\nэкинчи")

    answer = desk(room.author).get(screen(page))

    assert "<script>alert(1)" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; эки сап<br>экинчи" in answer.text


def test_the_author_reads_the_remark_in_the_editor_and_on_the_start_page(room, page):
    send_back(page, by=room.head, remark="Экинчи абзацты тактаңыз.")
    client = desk(room.author)

    editor = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    start = client.get(reverse("wagtailadmin_home"))

    assert "Экинчи абзацты тактаңыз." in editor.text
    assert "head returned this text for changes on" in editor.text
    assert "Экинчи абзацты тактаңыз." in start.text
    assert "Returned for changes" in start.text


def test_the_editor_of_a_text_under_clearance_offers_nothing_but_its_recall(room, page):
    editor = desk(room.author).get(reverse("wagtailadmin_pages:edit", args=[page.pk]))

    assert "This text is under clearance and cannot be changed." in editor.text
    assert 'name="action-cancel-workflow"' in editor.text
    for hidden in ("action-publish", "action-submit", "action-restart-workflow", "action-unpublish"):
        assert f'name="{hidden}"' not in editor.text


def test_the_editor_lists_what_is_missing(room):
    document = release(room.author, lead="", summary="")

    editor = desk(room.author).get(reverse("wagtailadmin_pages:edit", args=[document.pk]))

    assert "Before it can be submitted, this is still missing:" in editor.text
    assert "“lead” is empty." in editor.text
    assert "“summary” is empty." in editor.text


@pytest.mark.parametrize(
    ("remark", "words"),
    [
        ("\x00", "Null characters are not allowed."),
        ("", "A return needs a remark: say what should be changed."),
        ("Тексти каталуу.", "will not be published at its time."),
    ],
)
def test_a_scheduled_text_is_stopped_with_a_remark_only(room, remark, words):
    document = release(room.author, go_live_at=timezone.now() + dt.timedelta(days=1))
    newsroom.publish(document, room)
    is_stopped = words.startswith("will not")
    before = ledger_kinds(document)

    answer = desk(room.author).post(verb("stop", document), {"remark": remark}, follow=True)

    assert answer.status_code == 200
    assert DuePublication.objects.exists() is not is_stopped
    assert ledger_kinds(document) == before + ["stopped"] * is_stopped
    assert any(words in str(message) for message in answer.context["messages"])
