"""Two people at one text: the second save on an old version is refused, shows both texts, and changes nothing."""

import threading

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from wagtail.models import Revision
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text
from wagtail.users.models import UserProfile

from site_pages.models import Contribution
from tests.newsroom import PASSWORD, edit, fresh, photo, release, submit
from tests.thoroughness import times

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}
REFUSED_AUTOSAVE = (400, "invalid_revision")


@pytest.fixture
def page(room):
    return release(room.author)


def signed_in(user) -> Client:
    client = Client()
    assert client.login(username=user.username, password=PASSWORD)
    return client


def edit_url(page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def open_editor(user, page, *, url: str = "") -> dict[str, str]:
    """Open the editor, as the person does; gives which version the form names."""
    soup = BeautifulSoup(signed_in(user).get(url or edit_url(page)).content, "html.parser")
    names = ("loaded_revision_id", "loaded_revision_created_at")
    return {name: soup.select_one(f"form[data-edit-form] input[name={name}]")["value"] for name in names}


def form_of(page, **changes) -> dict[str, str]:
    """What the editor's form sends for the latest text, with some fields written anew."""
    draft = page.get_latest_revision_as_object()
    body = {"body-count": str(len(draft.body))}
    for number, child in enumerate(draft.body):
        block = {
            "deleted": "",
            "order": number,
            "type": "paragraph",
            "id": child.id,
            "value": rich_text(str(child.value)),
        }
        body |= {f"body-{number}-{key}": str(value) for key, value in block.items()}
    lists = nested_form_data({name: inline_formset([]) for name in ("related_documents", "attachments", "comments")})
    fields = {
        "title": draft.title,
        "slug": draft.slug,
        "summary": draft.summary,
        "lead": draft.lead,
        "release_date": str(draft.release_date),
        "subtype": draft.subtype,
        "update_type": draft.update_type,
        "urgency": draft.urgency,
        "text_role": draft.text_role,
        "notes_to_editors": "null",
    }
    return {**fields, **lists, **body, **changes}


def save(user, page, *, headers: dict | None = None, url: str = "", **sent):
    """Send the editor's form."""
    return signed_in(user).post(url or edit_url(page), sent, **(headers or {}))


def kept(page) -> dict[str, object]:
    """Everything of a text that a save could change."""
    page = fresh(page)
    return {
        "row": type(page).objects.filter(pk=page.pk).values().get(),
        "versions": list(page.revisions.order_by("pk").values("pk", "user_id", "created_at", "content")),
        "authors": list(Contribution.objects.order_by("pk").values()),
        "workflows": list(page.workflow_states.order_by("pk").values()),
    }


def titles(page) -> list[str]:
    """The titles of all versions, oldest first."""
    return [revision.content["title"] for revision in Revision.objects.for_instance(page).order_by("pk")]


def test_two_saves_one_after_the_other_are_both_kept(room, page):
    first = save(room.colleague, page, **form_of(page, title="Биринчи"), **open_editor(room.colleague, page))
    second = save(room.author, page, **form_of(page, title="Экинчи"), **open_editor(room.author, page))

    assert (first.status_code, second.status_code) == (302, 302)
    assert titles(page) == ["Өкмөттүн жыйыны өттү", "Биринчи", "Экинчи"]


@pytest.mark.parametrize("action", ["", "action-submit", "action-publish", "action-restart-workflow"])
def test_a_save_on_an_old_version_is_refused_with_both_texts(room, page, action):
    seen = open_editor(room.author, page)
    edit(page, by=room.colleague, title="Кесиптештин аталышы")
    before = kept(page)

    response = save(
        room.author, page, **form_of(page, title="Менин аталышым", **({action: "1"} if action else {})), **seen
    )

    assert response.status_code == 409
    assert kept(page) == before
    differing = {str(place.label): (place.mine, place.theirs) for place in response.context["places"] if place.differs}
    assert list(differing.values()) == [("Менин аталышым", "Кесиптештин аталышы")]
    shown = BeautifulSoup(response.content, "html.parser")
    assert [cell.text for cell in shown.select("tr.differs td")] == ["Менин аталышым", "Кесиптештин аталышы"]
    assert "colleague" in shown.select_one("#newer-version").text
    assert "Менин аталышым" in shown.select_one("#id_my_words").text


def test_paragraphs_stand_beside_each_other_and_only_those_that_differ_are_marked(room, page):
    seen, mine = open_editor(room.author, page), form_of(page)
    mine["body-1-value"] = rich_text("<p>Экинчи абзац, менин сөздөрүм.</p>")
    draft = fresh(page).get_latest_revision_as_object()
    draft.body.append(("paragraph", "<p>Үчүнчү абзац.</p>"))
    draft.save_revision(user=room.colleague)

    response = save(room.author, page, **mine, **seen)

    places = [
        (place.mine, place.theirs) for place in response.context["places"] if "абзац" in place.mine + place.theirs
    ]
    assert places == [
        ("Биринчи абзац.", "Биринчи абзац."),
        ("Экинчи абзац, менин сөздөрүм.", "Экинчи абзац."),
        ("", "Үчүнчү абзац."),
    ]
    assert [place.differs for place in response.context["places"] if place.mine == place.theirs] == [False] * sum(
        place.mine == place.theirs for place in response.context["places"]
    )


def test_what_no_field_would_accept_is_shown_as_it_was_typed(room, page):
    seen = open_editor(room.author, page)
    edit(page, by=room.colleague, title="Кесиптештин аталышы")
    before = kept(page)

    response = save(room.author, page, **form_of(page, release_date="эртең", title="<b>Менин</b>"), **seen)

    assert response.status_code == 409
    assert kept(page) == before
    mine = [place.mine for place in response.context["places"] if place.differs]
    assert mine == ["<b>Менин</b>", "эртең"]
    assert b"<b>\xd0\x9c" not in response.content


def test_pictures_and_choices_are_compared_as_well(room, page):
    seen = open_editor(room.author, page)
    edit(page, by=room.colleague, image=photo(title="Кесиптештин сүрөтү"))

    response = save(room.author, page, **form_of(page, subtype="news", image=photo(title="Менин сүрөтүм").pk), **seen)

    differing = [(place.mine, place.theirs) for place in response.context["places"] if place.differs]
    assert ("Менин сүрөтүм", "Кесиптештин сүрөтү") in differing
    assert len(differing) == 2


def test_the_same_person_in_another_window_is_refused_too(room, page):
    seen = open_editor(room.author, page)
    save(room.author, page, **form_of(page, title="Экинчи терезеден"), **open_editor(room.author, page))
    before = kept(page)

    response = save(room.author, page, **form_of(page, title="Биринчи терезеден"), **seen)

    assert response.status_code == 409
    assert response.context["is_own"] is True
    assert kept(page) == before


def test_a_version_that_was_saved_again_in_place_is_a_newer_one(room, page):
    """The number of the version stays the same; its moment does not."""
    other_window = open_editor(room.author, page)
    first = save(room.author, page, headers=JSON, **form_of(page, title="Бир"), **other_window).json()
    seen = open_editor(room.author, page)
    again = {"overwrite_revision_id": str(first["revision_id"])}
    assert save(room.author, page, headers=JSON, **form_of(page, title="Эки"), **other_window, **again).json()[
        "success"
    ]
    before = kept(page)

    response = save(room.author, page, **form_of(page, title="Үч"), **seen)

    assert seen["loaded_revision_id"] == str(first["revision_id"]) == str(fresh(page).latest_revision_id)
    assert response.status_code == 409
    assert kept(page) == before


def test_an_automatic_save_on_an_old_version_is_refused_in_the_words_of_the_script(room, page):
    seen = open_editor(room.author, page)
    edit(page, by=room.colleague, title="Кесиптештин аталышы")
    before = kept(page)

    response = save(room.author, page, headers=JSON, **form_of(page, title="Менин аталышым"), **seen)

    assert (response.status_code, response.json()["error_code"]) == REFUSED_AUTOSAVE
    assert response.json()["success"] is False
    assert kept(page) == before


@pytest.mark.parametrize("headers", [{}, JSON], ids=["by hand", "automatic"])
@pytest.mark.parametrize("named", ["first", "latest", "999999", "a"])
def test_nobody_overwrites_a_version_that_is_old_or_somebody_elses(room, page, named, headers):
    first = page.latest_revision_id
    latest = edit(page, by=room.colleague, title="Кесиптештин аталышы").latest_revision_id
    before = kept(page)
    number = {"first": str(first), "latest": str(latest)}.get(named, named)

    response = save(
        room.author, page, headers=headers, **form_of(page, title="Менин аталышым"), overwrite_revision_id=number
    )

    assert response.status_code == (400 if headers else 409)
    assert kept(page) == before


@pytest.mark.parametrize("headers", [{}, JSON], ids=["by hand", "automatic"])
def test_a_save_that_names_no_version_is_refused_when_the_latest_is_somebody_elses(room, page, headers):
    edit(page, by=room.colleague, title="Кесиптештин аталышы")
    before = kept(page)

    response = save(room.author, page, headers=headers, **form_of(page, title="Менин аталышым"))

    assert response.status_code == (400 if headers else 409)
    assert kept(page) == before


def test_a_save_that_names_no_version_follows_ones_own(room, page):
    response = save(room.author, page, **form_of(page, title="Менин аталышым"))

    assert response.status_code == 302
    assert titles(page)[-1] == "Менин аталышым"


@pytest.mark.parametrize("sent", [{}, {"action-submit": "1"}, {"action-cancel-workflow": ""}], ids=str)
@pytest.mark.parametrize("headers", [{}, JSON], ids=["by hand", "automatic"])
def test_no_save_touches_a_text_under_clearance(room, page, headers, sent):
    seen = open_editor(room.author, page)
    submit(page, by=room.author)
    before = kept(page)

    response = save(room.author, page, headers=headers, **form_of(page, title="Башка аталыш"), **seen, **sent)

    assert response.status_code == (400 if headers else 200)
    if headers:
        assert response.json()["error_code"] == "locked"
    assert kept(page) == before


def test_bringing_back_an_old_version_is_refused_when_a_newer_one_came_meanwhile(room, page):
    url = reverse("wagtailadmin_pages:revisions_revert", args=[page.pk, page.latest_revision_id])
    edit(page, by=room.author, title="Экинчи")
    mine = {**form_of(page, title="Өкмөттүн жыйыны өттү"), **open_editor(room.author, page, url=url)}
    edit(page, by=room.colleague, title="Үчүнчү")
    before = kept(page)

    response = save(room.author, page, url=url, **mine)

    assert response.status_code == 409
    assert kept(page) == before


def test_my_text_is_saved_on_the_newer_version_when_i_so_decide(room, page):
    seen = open_editor(room.author, page)
    edit(page, by=room.colleague, title="Кесиптештин аталышы")
    refused = save(room.author, page, **form_of(page, title="Менин аталышым", summary="Бир\nэки"), **seen)
    inputs = BeautifulSoup(refused.content, "html.parser").select("#save-mine input")

    response = save(room.author, page, **{i["name"]: i["value"] for i in inputs if i["name"] != "csrfmiddlewaretoken"})

    assert response.status_code == 302
    assert titles(page) == ["Өкмөттүн жыйыны өттү", "Кесиптештин аталышы", "Менин аталышым"]
    assert fresh(page).get_latest_revision_as_object().summary.split() == ["Бир", "эки"]


def test_a_third_version_is_refused_again(room, page):
    seen = open_editor(room.author, page)
    edit(page, by=room.colleague, title="Кесиптештин аталышы")
    refused = save(room.author, page, **form_of(page, title="Менин аталышым"), **seen)
    inputs = BeautifulSoup(refused.content, "html.parser").select("#save-mine input")
    edit(page, by=room.head, title="Башчынын аталышы")
    before = kept(page)

    response = save(room.author, page, **{i["name"]: i["value"] for i in inputs if i["name"] != "csrfmiddlewaretoken"})

    assert response.status_code == 409
    assert kept(page) == before
    assert ("Менин аталышым", "Башчынын аталышы") in [(p.mine, p.theirs) for p in response.context["places"]]


def test_whoever_may_not_edit_is_shown_nothing(room, page):
    edit(page, by=room.colleague, title="Кесиптештин аталышы")
    before = kept(page)

    response = save(room.outsider, page, **form_of(page, title="Менин аталышым"))

    assert response.status_code in (302, 403)
    assert "Кесиптештин" not in response.content.decode()
    assert kept(page) == before


def test_a_program_keeps_versions_without_saying_what_it_saw(room, page):
    draft = page.get_latest_revision_as_object()
    edit(page, by=room.colleague, title="Кесиптештин аталышы")
    draft.title = "Программанын аталышы"

    draft.save_revision(user=room.author)

    assert titles(page) == ["Өкмөттүн жыйыны өттү", "Кесиптештин аталышы", "Программанын аталышы"]


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_the_refusal_speaks_the_language_of_the_person(room, page, language):
    UserProfile.objects.update_or_create(user=room.author, defaults={"preferred_language": language})
    seen = open_editor(room.author, page)
    edit(page, by=room.colleague, title="Кесиптештин аталышы")

    shown = save(room.author, page, **form_of(page), **seen).content.decode()
    answer = save(room.author, page, headers=JSON, **form_of(page)).json()

    with translation.override(language):
        assert gettext("Save my text as the newest version") in shown
        assert gettext("Go on from the newer version") in shown
        message = gettext("A newer version was saved meanwhile. Press “Save” to see both texts; nothing is lost.")
        assert answer["error_message"] == message


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("action", ["", "action-submit"])
def test_of_two_saves_at_once_on_one_version_exactly_one_counts(room, action):
    for number in range(times(6, thorough=15)):
        page = release(room.author, title=f"Жаңылык {number}")
        seen = {user: open_editor(user, page) for user in (room.author, room.colleague)}
        sent = {user: {**form_of(page, title=f"Жазган {user}"), **seen[user]} for user in seen}
        if action:
            sent[room.author][action] = "1"

        statuses = at_once(page, sent)

        assert sorted(statuses.values()) == [302, 409] or (action and sorted(statuses.values()) == [200, 302])
        winner = next(user for user, status in statuses.items() if status == 302)
        assert titles(page) == [f"Жаңылык {number}", f"Жазган {winner}"]
        assert fresh(page).title == f"Жазган {winner}"


def at_once(page, sent: dict) -> dict:
    """Both people press the button at the same moment; gives the status that each saw."""
    clients, statuses = {user: signed_in(user) for user in sent}, {}
    barrier = threading.Barrier(len(sent))

    def press(user) -> None:
        try:
            barrier.wait(timeout=30)
            statuses[user] = clients[user].post(edit_url(page), sent[user]).status_code
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[user]) for user in sent]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return statuses
