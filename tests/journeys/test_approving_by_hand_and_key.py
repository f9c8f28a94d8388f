"""Approving with the keyboard alone, and in three taps on a telephone."""

import pytest

from approvals.models import EntryKind, LedgerEntry
from tests import newsroom
from tests.journeys import chromium, people
from tests.journeys.accessibility import too_wide
from tests.journeys.test_accessibility import person

MANY_TABS = 150


@pytest.fixture
def returned_once(office):
    """A text that the leader has seen before: it came back once, and was changed."""
    page = newsroom.release(person("aigul"), title="Ысык-Көлгө иш сапары")
    newsroom.submit(page, by=person("aigul"))
    newsroom.approve(page, by=person("nurlan"))
    newsroom.send_back(page, by=person("mirlan"))
    newsroom.edit(page, by=person("aigul"), lead="Президент Ысык-Көл облусуна эки күндүк иш сапары менен барды.")
    newsroom.submit(page, by=person("aigul"))
    newsroom.approve(page, by=person("nurlan"))
    return page


def press_until(page, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _press in range(MANY_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by the keyboard")


def approvers_of(page) -> list[int]:
    entries = LedgerEntry.objects.about(content_id=page.content_id, locale="ky").filter(kind=EntryKind.APPROVED)
    return list(entries.order_by("number").values_list("actor_id", flat=True))


def test_a_leader_approves_with_the_keyboard_alone(office, browser, returned_once):
    leader = people.sit_down(browser, address=office.editorial, username="mirlan")

    press_until(leader, "#wagtail-sidebar a[href$='/approvals/']")
    with leader.expect_event("load"):
        leader.keyboard.press("Enter")
    press_until(leader, f"main table a[href$='/approvals/{returned_once.pk}/']")
    with leader.expect_event("load"):
        leader.keyboard.press("Enter")
    press_until(leader, "form[action$='/approve/'] button:not([formaction])")
    with leader.expect_event("load"):
        leader.keyboard.press("Enter")

    assert newsroom.fresh(returned_once).live
    assert approvers_of(returned_once)[-1] == person("mirlan").pk


def test_a_leader_reads_the_change_and_approves_in_three_taps_on_a_telephone(office, browser, returned_once):
    leader = people.sit_down(browser, address=office.editorial, username="mirlan", size=chromium.PHONE)

    # The start page shows what waits: the first tap opens the text, with what changed above it.
    with leader.expect_event("load"):
        leader.click(f"main a[href$='/approvals/{returned_once.pk}/'] >> nth=0")
    chromium.picture(leader, "60-telephone-decision")
    assert "эки күндүк" in leader.inner_text("main")
    assert leader.locator("main ins, main .side-by-side").count() > 0
    assert too_wide(leader) == []
    with leader.expect_event("load"):
        leader.click("form[action$='/approve/'] button:not([formaction])")

    assert newsroom.fresh(returned_once).live
