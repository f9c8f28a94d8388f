"""axe finds nothing serious on the screens of corrections: the editor, the notice to be signed, one earlier version."""

import pytest

from approvals.models import LedgerEntry
from tests import newsroom
from tests.journeys import chromium, people
from tests.journeys.accessibility import too_wide
from tests.journeys.test_accessibility import look, person


@pytest.fixture
def correction(office):
    """A release that was corrected once, with another correction under clearance."""
    author, head, leader = person("aigul"), person("nurlan"), person("jyldyz")
    page = newsroom.release(author, title="Нарын шаарында мектеп ачылды", lead="Мектеп 300 окуучуга ылайыкталган.")
    for lead, note in (
        ("Мектеп 300 окуучуга ылайыкталган.", ""),
        ("Мектеп 400 окуучуга ылайыкталган.", "Окуучулардын саны такталды: алар 400."),
    ):
        newsroom.edit(page, by=author, lead=lead, change_note=note)
        newsroom.submit(page, by=author)
        newsroom.approve(page, by=head)
        newsroom.approve(page, by=leader)
    newsroom.edit(page, by=author, summary="Мектептин ачылышы.", update_type="minor", change_note="")
    return page


@pytest.mark.parametrize("size", [chromium.DESK, chromium.PHONE], ids=["desk", "phone"])
def test_the_editor_the_notice_and_an_earlier_version(office, browser, correction, size):
    author = people.sit_down(browser, address=office.editorial, username="aigul", size=size)
    author.goto(f"{office.editorial}/admin/pages/{correction.pk}/edit/")
    issues = look(author, f"correction-editor-{size['width']}")
    newsroom.submit(correction, by=person("aigul"))
    head = people.sit_down(browser, address=office.editorial, username="nurlan", size=size)

    head.goto(f"{office.editorial}/admin/approvals/{correction.pk}/")
    issues += look(head, f"correction-decision-{size['width']}")
    entry = LedgerEntry.objects.filter(kind="published").latest("number")
    head.focus(f"a[href$='/approvals/{correction.pk}/versions/{entry.number}/']")
    with head.expect_event("load"):
        head.keyboard.press("Enter")
    issues += look(head, f"correction-version-{size['width']}")

    assert issues == []
    assert "Окуучулардын саны такталды: алар 400." in head.inner_text("main")
    assert too_wide(head) == []
