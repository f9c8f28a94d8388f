"""Who chose Kyrgyz meets no English word on the screens of the story, whatever language the process began in."""

import re

import pytest
from django.contrib.auth import get_user_model

from tests import newsroom
from tests.journeys import people

WORD = re.compile(r"[A-Za-z][A-Za-z’'-]{2,}")
# Names of keys, of kinds of files, of a language in itself, of the English tree, and what people sign in with.
SAME_IN_KYRGYZ = {
    "Alt", "Ctrl", "Esc", "Shift", "AVIF", "GIF", "JPEG", "JPG", "PNG", "WEBP", "English", "Home", "aigul", "SHA-256",
    "http", "https", "domain", "com",
}  # fmt: skip
SCREENS = (
    "/admin/", "/admin/pages/", "/admin/pages/{page}/edit/", "/admin/pages/{page}/history/",
    "/admin/pages/{page}/copy/",
    "/admin/translation/submit/page/{page}/", "/admin/images/", "/admin/images/add/", "/admin/documents/",
    "/admin/documents/multiple/add/", "/admin/snippets/site_pages/person/add/", "/admin/approvals/",
    "/admin/approvals/{page}/", "/admin/reports/workflow/", "/admin/pages/search/?q=a",
)  # fmt: skip


@pytest.fixture
def returned(office):
    page = newsroom.release(get_user_model().objects.get(username="aigul"))
    newsroom.submit(page, by=page.owner)
    newsroom.send_back(page, by=get_user_model().objects.get(username="nurlan"))
    return page


def english_words(screen) -> set[str]:
    text = "\n".join([screen.title(), screen.inner_text("body")])
    without_digests = re.sub(r"\b[0-9a-f]{12,64}\b", "", text)
    return set(WORD.findall(without_digests)) - SAME_IN_KYRGYZ


def test_no_english_word_is_on_the_screens_of_the_story(office, browser, returned):
    english = people.sit_down(browser, address=office.editorial, username="mirlan")
    english.goto(f"{office.editorial}/admin/approvals/")
    author = people.sit_down(browser, address=office.editorial, username="aigul")

    found = {}
    for screen in SCREENS:
        author.goto(office.editorial + screen.format(page=returned.pk))
        if words := english_words(author):
            found[screen] = words
    people.begin_release(author)
    if words := english_words(author):
        found["a new release"] = words

    assert found == {}
