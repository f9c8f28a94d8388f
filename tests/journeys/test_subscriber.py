"""The head adds a subscriber, who says yes, gets a letter and leaves; on desk and telephone, and axe finds nothing."""

from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.utils import timezone
from wagtail.users.models import UserProfile

from approvals.models import Notice, Subscriber
from approvals.notices.letters import write_letter
from tests import newsroom
from tests.approvals.subscribers.press import ASEL, BAKYT, add, page_of, subscribe, token_of
from tests.journeys import chromium, people
from tests.journeys.accessibility import too_wide
from tests.journeys.test_accessibility import look, person

LIST = "/admin/approvals/subscribers/"


@pytest.fixture
def public(office):
    """A release that is public; one subscriber who said yes, one who has not answered."""
    cache.clear()
    profile = UserProfile.get_for_user(person("nurlan"))
    profile.preferred_language = "ky"
    profile.save()
    page = newsroom.release(person("aigul"), title="Нарын шаарында мектеп ачылды")
    publish(page)
    subscribe(BAKYT, locales=("ky", "ru"), types=("release", "decree"), wants_minor=True)
    add(BAKYT, name="Канышай Кубанычбекова", outlet="«Азаттык» радиосу", email="kanyshai@azattyk.example")
    return page


def publish(page) -> None:
    newsroom.submit(page, by=person("aigul"))
    newsroom.approve(page, by=person("nurlan"))
    newsroom.approve(page, by=person("jyldyz"))


def put_on_the_list(head, editorial: str) -> list[str]:
    """First with an address that is none; what axe found."""
    width = head.viewport_size["width"]
    head.goto(f"{editorial}{LIST}")
    assert head.evaluate("document.documentElement.lang") == "ky"
    issues = look(head, f"subscribers-{width}") + too_wide(head)
    for name, value in (("name", ASEL.name), ("outlet", ASEL.outlet), ("email", "asel")):
        head.fill(f"main [name={name}]", value)
    with head.expect_event("load"):
        head.press("main [name=email]", "Enter")
    head.click("a[href='#add-heading']")
    issues += look(head, f"subscribers-refused-{width}") + too_wide(head)
    assert people.fields_with_errors(head) == ["email"]
    head.fill("main [name=email]", ASEL.email)
    with head.expect_event("load"):
        head.press("main [name=email]", "Enter")
    assert ASEL.email in head.inner_text("main table")
    return issues + look(head, f"subscribers-added-{width}") + too_wide(head)


def answer(reader, address: str) -> list[str]:
    """Say yes, then leave, each by the button; what axe found."""
    width, issues = reader.viewport_size["width"], []
    reader.goto(address)
    for name in ("question", "subscribed"):
        issues += look(reader, f"letters-{name}-{width}") + too_wide(reader)
        with reader.expect_event("load"):
            reader.click("button")
    assert reader.locator("button").count() == 0 and reader.context.cookies() == []
    return issues + look(reader, f"letters-over-{width}") + too_wide(reader)


@pytest.mark.parametrize("size", [chromium.DESK, chromium.PHONE], ids=["desk", "phone"])
def test_a_subscriber_is_added_says_yes_and_leaves(office, browser, public, size):
    head = people.sit_down(browser, address=office.editorial, username="nurlan", size=size)
    issues = put_on_the_list(head, office.editorial)
    added = Subscriber.objects.get(email=ASEL.email)

    reader = chromium.window(browser, size=size)
    issues += answer(reader, office.editorial + page_of(token_of(added)))
    head.goto(f"{office.editorial}{LIST}?state=ended")
    issues += look(head, f"subscribers-ended-{size['width']}") + too_wide(head)

    assert issues == []
    assert Subscriber.objects.get(pk=added.pk).state == "ended"
    assert f"№ {added.pk}" in head.inner_text("main table") and ASEL.name not in head.inner_text("main table")


def test_the_link_of_a_letter_opens_its_page(office, browser, public):
    newsroom.edit(public, by=person("aigul"), lead="Мектеп эртең ачылат.", change_note="Күнү такталды.")
    publish(public)
    letter = write_letter([Notice.objects.exclude(subscriber=None).latest("pk")], now=timezone.now())

    head = letter.content.decode("ascii").split("\r\n\r\n")[0].replace("\r\n ", "")
    link = next(line for line in head.splitlines() if line.startswith("List-Unsubscribe:")).split("<")[1].rstrip(">")
    reader = chromium.window(browser)
    reader.goto(office.editorial + urlsplit(link).path)

    assert reader.locator("button").count() == 1
