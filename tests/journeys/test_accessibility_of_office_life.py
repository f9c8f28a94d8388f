"""axe finds nothing serious on the screens of absence, urgency and remarks."""

import datetime as dt

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from approvals import acting, urgency
from approvals.offices import DEPARTMENT_HEADS
from tests import newsroom
from tests.journeys import chromium, people
from tests.journeys.accessibility import too_wide
from tests.journeys.test_accessibility import look, person


@pytest.fixture
def busy_day(office):
    """The head is absent, one text was published urgently, another waits."""
    urgent, waiting = (newsroom.release(person("aigul"), title=title) for title in ("Жер титирөө", "Иш сапары"))
    for page in (urgent, waiting):
        newsroom.submit(page, by=page.owner)
    now = timezone.now()
    acting.appoint(
        principal_id=person("nurlan").pk, deputy_id=person("bakyt").pk,
        group_id=Group.objects.get(name=DEPARTMENT_HEADS).pk, starts_at=now, ends_at=now + dt.timedelta(days=3),
        legal_basis="№ 45 буйрук", appointer_id=person("asel").pk, now=now,
    )  # fmt: skip
    urgency.publish_urgently(
        page_id=urgent.pk, actor_id=person("mirlan").pk, seen_digest=newsroom.digest(urgent),
        reason="Калкка дароо айтуу керек.", now=timezone.now(),
    )  # fmt: skip
    return waiting


def test_the_screens_of_a_deputy(office, browser, busy_day):
    newsroom.give_telephone(person("bakyt"))
    deputy = people.sit_down(browser, address=office.editorial, username="bakyt")

    deputy.goto(f"{office.editorial}/admin/approvals/")
    issues = look(deputy, "deputy-waiting")
    deputy.goto(f"{office.editorial}/admin/approvals/{busy_day.pk}/")
    deputy.locator("details summary").first.click()
    issues += look(deputy, "deputy-decision-with-places")

    assert issues == []


@pytest.mark.parametrize("size", [chromium.DESK, chromium.PHONE], ids=["desk", "phone"])
def test_the_screens_of_urgency(office, browser, busy_day, size):
    head = people.sit_down(browser, address=office.editorial, username="nurlan", size=size)
    head.goto(f"{office.editorial}/admin/approvals/urgent/")
    issues = look(head, "urgent-overview")
    leader = people.sit_down(browser, address=office.editorial, username="jyldyz", size=size)
    leader.goto(f"{office.editorial}/admin/approvals/{busy_day.pk}/")
    leader.locator("details summary").last.click()
    issues += look(leader, "urgent-button")

    assert issues == []
    assert too_wide(head) == []


@pytest.mark.parametrize("size", [chromium.DESK, chromium.PHONE], ids=["desk", "phone"])
def test_the_screens_of_an_administrator(office, browser, busy_day, size):
    administrator = people.sit_down(browser, address=office.editorial, username="asel", size=size)
    issues = []
    for name in ("acting", "urgent", "notices", "administrators"):
        administrator.goto(f"{office.editorial}/admin/approvals/{name}/")
        issues += look(administrator, f"administrator-{name}-{size['width']}")
        assert too_wide(administrator) == [], name

    assert issues == []
