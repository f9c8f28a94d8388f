"""The head gives early access, a journalist reads, a breach ends it; on desk and telephone, and axe finds nothing."""

import datetime as dt
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.utils import timezone

from approvals.models import EarlyOpening
from tests import newsroom
from tests.approvals.embargo.press import ASEL
from tests.journeys import chromium, people
from tests.journeys.accessibility import too_wide
from tests.journeys.test_accessibility import look, person


@pytest.fixture
def embargoed(office):
    """A release with a photograph that waits for its time."""
    cache.clear()
    photo = newsroom.photo(alt_text_ky="Мектеп", credit="Басма сөз кызматы")
    page = newsroom.release(
        person("aigul"), title="Нарын шаарында мектеп ачылат", image=photo,
        go_live_at=timezone.now() + dt.timedelta(hours=3),
    )  # fmt: skip
    newsroom.submit(page, by=page.owner)
    newsroom.approve(page, by=person("nurlan"))
    newsroom.approve(page, by=person("jyldyz"))
    return page


def give(head, editorial: str, number: int) -> tuple[list[str], str]:
    """Give early access by the keyboard; what axe found, and the address for the reader."""
    head.goto(f"{editorial}/admin/approvals/{number}/")
    head.click(f"a[href$='/approvals/{number}/early/']")
    issues = look(head, f"early-nobody-{head.viewport_size['width']}")
    for name in ("reader_name", "outlet", "email"):
        head.fill(f"[name={name}]", getattr(ASEL, name))
    with head.expect_event("load"):
        head.press("[name=email]", "Enter")
    issues += look(head, f"early-given-{head.viewport_size['width']}")
    assert too_wide(head) == []
    return issues, editorial + urlsplit(head.input_value("#id_made")).path


def read(reader, address: str) -> list[str]:
    """Read the text; what axe found."""
    reader.goto(address)
    issues = look(reader, f"early-text-{reader.viewport_size['width']}")
    assert too_wide(reader) == []
    assert "UTC" in reader.inner_text(".for-whom")
    assert reader.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
    assert reader.context.cookies() == []
    return issues


@pytest.mark.parametrize("size", [chromium.DESK, chromium.PHONE], ids=["desk", "phone"])
def test_early_access_is_given_read_and_ended_by_a_breach(office, browser, embargoed, size):
    head = people.sit_down(browser, address=office.editorial, username="nurlan", size=size)
    issues, address = give(head, office.editorial, embargoed.pk)
    reader = chromium.window(browser, size=size)
    issues += read(reader, address)

    head.goto(f"{office.editorial}/admin/approvals/{embargoed.pk}/early/")
    head.click("main details summary")
    issues += look(head, f"early-opened-{size['width']}")
    head.goto(f"{office.editorial}/admin/approvals/embargoes/")
    issues += look(head, f"embargoes-{size['width']}")
    assert too_wide(head) == []
    head.goto(f"{office.editorial}/admin/approvals/{embargoed.pk}/early/")
    head.click("#breach-heading >> xpath=.. >> summary")
    head.fill("[name=place]", "Гезиттин сайты")
    head.fill("[name=seen_at]", f"{timezone.localtime():%Y-%m-%dT%H:%M}")
    head.fill("form[action$='/breach/'] [name=outlet]", ASEL.outlet)
    with head.expect_event("load"):
        head.click("form[action$='/breach/'] button[type=submit]")
    issues += look(head, f"early-broken-{size['width']}")
    assert too_wide(head) == []
    head.goto(f"{office.editorial}/admin/approvals/embargoes/")
    issues += look(head, f"embargoes-broken-{size['width']}")
    reader.goto(address)

    assert reader.inner_text("h1") == "404"
    assert issues == []
    assert EarlyOpening.objects.first().what == "page"
