"""No screen of the story hinders anybody seriously, by axe-core; in the languages of those who meet them."""

import pytest
from django.contrib.auth import get_user_model

from tests import newsroom
from tests.journeys import chromium, people
from tests.journeys.accessibility import serious_issues, too_wide
from tests.journeys.chromium import picture


def person(username: str):
    return get_user_model().objects.get(username=username)


@pytest.fixture
def returned(office):
    """A release with a photograph that the head returned."""
    photo = newsroom.photo(alt_text_ky="Мектеп", credit="Басма сөз кызматы")
    page = newsroom.release(person("aigul"), image=photo)
    newsroom.submit(page, by=page.owner)
    newsroom.send_back(page, by=person("nurlan"))
    return page


@pytest.fixture
def waiting(office):
    """A release that came back to the head mended."""
    page = newsroom.release(person("aigul"), title="Облустагы иш сапары")
    newsroom.submit(page, by=page.owner)
    newsroom.send_back(page, by=person("nurlan"))
    newsroom.edit(page, by=page.owner, lead="Иш сапары эки күнгө созулат.")
    newsroom.submit(page, by=page.owner)
    return page


def look(page, name: str) -> list[str]:
    picture(page, f"40-{name}")
    return [f"{name}: {issue}" for issue in serious_issues(page)]


def test_the_sign_in_screen(office, browser):
    page = chromium.window(browser)
    page.goto(f"{office.editorial}/admin/login/")

    assert look(page, "sign-in") == []


def test_the_screens_of_the_author(office, browser, returned):
    author = people.sit_down(browser, address=office.editorial, username="aigul")

    issues = look(author, "start")
    people.open_in_editor(author, returned.pk)
    issues += look(author, "editor-returned")
    people.write(author, lead="")
    people.press_submit(author)
    issues += look(author, "editor-with-errors")
    people.begin_release(author)
    issues += look(author, "editor-new")
    people.open_photo_upload(author)
    issues += look(author, "photo-upload")
    author.goto(f"{office.editorial}/admin/translation/submit/page/{returned.pk}/")
    issues += look(author, "translate")

    assert issues == []


@pytest.mark.parametrize("size", [chromium.DESK, chromium.PHONE], ids=["desk", "phone"])
def test_the_screens_of_the_head(office, browser, waiting, size):
    head = people.sit_down(browser, address=office.editorial, username="nurlan", size=size)

    issues = look(head, "head-start")
    head.goto(f"{office.editorial}/admin/help/")
    issues += look(head, "head-help")
    issues += too_wide(head)
    head.goto(f"{office.editorial}/admin/approvals/")
    issues += look(head, "head-waiting-for-me")
    head.goto(f"{office.editorial}/admin/approvals/{waiting.pk}/")
    issues += look(head, "head-decision")
    people.press_return(head, "")
    issues += look(head, "head-return-without-remark")
    people.press_approve(head)
    issues += look(head, "head-nothing-waits")

    assert issues == []


def test_the_screens_of_the_leadership(office, browser, waiting):
    newsroom.approve(waiting, by=person("nurlan"))
    leader = people.sit_down(browser, address=office.editorial, username="mirlan")

    issues = look(leader, "leader-start")
    leader.goto(f"{office.editorial}/admin/approvals/{waiting.pk}/")
    issues += look(leader, "leader-decision")
    leader.goto(f"{office.editorial}/admin/pages/{waiting.pk}/edit/")
    issues += look(leader, "leader-editor-locked")

    assert issues == []
