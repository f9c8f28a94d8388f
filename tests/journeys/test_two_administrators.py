"""One administrator proposes that somebody becomes a department head, another one confirms; each in an own window."""

from django.contrib.auth import get_user_model

from approvals.models import AccountProposal, LedgerEntry
from approvals.offices import DEPARTMENT_HEADS
from tests.journeys import people
from tests.journeys.accessibility import serious_issues
from tests.journeys.chromium import picture


def test_an_author_becomes_a_department_head(office, browser):
    asel = people.sit_down(browser, address=office.editorial, username="asel")
    asel.goto(f"{office.editorial}/admin/approvals/administrators/")
    issues = serious_issues(asel)
    asel.select_option("[name=change]", "give_office")
    asel.select_option("[name=person]", label="Айгүл Токтосунова")
    asel.select_option("[name=group]", index=2)
    asel.fill("[name=reason]", "2026-жылдын 17-июлундагы № 45 буйрук")
    asel.press("[name=reason]", "Enter")
    asel.wait_for_selector("main form[action$='/withdraw/']")
    assert asel.locator("main form[action$='/confirm/']").count() == 0

    timur = people.sit_down(browser, address=office.editorial, username="timur")
    timur.goto(f"{office.editorial}/admin/approvals/administrators/")
    picture(timur, "two-administrators")
    issues += serious_issues(timur)
    with timur.expect_navigation():
        timur.click("main form[action$='/confirm/'] button")

    assert issues == []
    proposal = AccountProposal.objects.get()
    aigul = get_user_model().objects.get(username="aigul")
    assert (proposal.confirmed_by.username, proposal.group in aigul.groups.all()) == ("timur", True)
    entry = LedgerEntry.objects.order_by("number").last()
    assert (entry.kind, entry.details["group"]) == ("office_given", DEPARTMENT_HEADS)
