"""axe finds nothing serious on the screen of the schedule, with everything on it that can be."""

import datetime as dt

import pytest
from django.utils import timezone

from approvals.models import DuePublication, FailedPublication, TimedPublication
from approvals.schedule_alarms import warn_of_uncleared
from tests import newsroom
from tests.journeys import chromium, people
from tests.journeys.accessibility import too_wide
from tests.journeys.test_accessibility import look, person


@pytest.fixture
def schedule(office):
    """One that waits, one that failed, one that is not cleared and was warned of, one that came late."""
    author, head, leader = person("aigul"), person("nurlan"), person("jyldyz")
    now = timezone.now()

    def cleared(title: str, **times):
        page = newsroom.release(author, title=title, **times)
        newsroom.submit(page, by=author)
        newsroom.approve(page, by=head)
        newsroom.approve(page, by=leader)
        return page

    cleared("Нарын шаарында мектеп ачылды", go_live_at=now + dt.timedelta(hours=2))
    failed = cleared("Көл боюндагы жыйын", go_live_at=now + dt.timedelta(hours=3))
    FailedPublication.objects.create(
        entry_number=DuePublication.objects.get(page_id=failed.pk).entry_number,
        page_id=failed.pk,
        reason="“koldo.jpg” окулбай жатат.",
        failed_at=now,
        try_again_at=now,
    )
    newsroom.submit(
        newsroom.speech(author, title="Ачылыштагы сөз", go_live_at=now + dt.timedelta(minutes=14)), by=author
    )
    warn_of_uncleared(now=now)
    came = cleared("Өткөн жаңылык")
    TimedPublication.objects.create(
        entry_number=1,
        page_id=came.pk,
        content_id=came.content_id,
        locale="ky",
        due_at=now,
        published_at=now + dt.timedelta(seconds=7),
        late_ms=7000,
    )


@pytest.mark.parametrize("size", [chromium.DESK, chromium.PHONE], ids=["desk", "phone"])
def test_the_schedule_and_the_alarm_on_the_start_page(office, browser, schedule, size):
    reader = people.sit_down(browser, address=office.editorial, username="aigul", size=size)
    assert reader.locator("#schedule-alarms-section").count() == 1
    issues = look(reader, f"start-with-alarm-{size['width']}")

    reader.goto(f"{office.editorial}/admin/approvals/schedule/")
    issues += look(reader, f"schedule-{size['width']}")

    assert issues == []
    assert too_wide(reader) == []
    assert "Ачылыштагы сөз" in reader.inner_text("main")
    reader.select_option("[name=state]", "unready")
    reader.focus("main form[role=search] button")
    with reader.expect_event("load"):
        reader.keyboard.press("Enter")
    assert "koldo.jpg" in reader.inner_text("main")
    assert "Ачылыштагы сөз" not in reader.inner_text("main")
