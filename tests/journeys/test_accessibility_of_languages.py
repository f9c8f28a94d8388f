"""axe finds nothing serious on the language matrix and where a translation is confirmed."""

import pytest

from tests import newsroom
from tests.journeys import chromium, people
from tests.journeys.accessibility import too_wide
from tests.journeys.test_accessibility import look, person


@pytest.fixture
def languages(office):
    """A release whose Russian text is stale, an act whose Russian text waits, and drafts."""
    author, head, leader = person("aigul"), person("nurlan"), person("jyldyz")

    def published(page):
        newsroom.submit(page, by=author)
        newsroom.approve(page, by=head)
        newsroom.approve(page, by=leader)
        return page

    release = published(newsroom.release(author, title="Нарын шаарында мектеп ачылды"))
    key = {"translation_key": release.translation_key}
    russian = published(newsroom.release(author, locale="ru", title="В Нарыне открылась школа", **key))
    newsroom.release(author, locale="en", title="A school opened in Naryn", **key)
    newsroom.edit(release, by=author, lead="Мектеп 400 окуучуга ылайыкталган.", change_note="Саны такталды.")
    published(release)
    act = newsroom.decree(author)
    newsroom.submit(act, by=author)
    published(newsroom.decree(author, locale="ru", title="О водных ресурсах", translation_key=act.translation_key))
    return russian


@pytest.mark.parametrize("size", [chromium.DESK, chromium.PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("username", ["aigul", "mirlan", "asel"])
def test_the_language_matrix(office, browser, languages, username, size):
    reader = people.sit_down(browser, address=office.editorial, username=username, size=size)
    reader.goto(f"{office.editorial}/admin/approvals/languages/")

    issues = look(reader, f"languages-{username}-{size['width']}")

    assert issues == []
    assert reader.locator("table.matrix tbody tr").count() == 2
    assert too_wide(reader) == []


def test_the_author_confirms_a_translation_with_the_keyboard(office, browser, languages):
    author = people.sit_down(browser, address=office.editorial, username="aigul")
    author.goto(f"{office.editorial}/admin/approvals/languages/")
    author.click(f"table.matrix a[href$='/approvals/{languages.pk}/']")
    issues = look(author, "languages-confirm")

    author.focus("form[action$='/as-it-is/'] button")
    with author.expect_event("load"):
        author.keyboard.press("Enter")

    assert issues == []
    assert newsroom.ledger_kinds(languages)[-1] == "submitted"
