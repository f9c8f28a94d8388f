"""axe finds nothing serious on the screens of the public side, in Kyrgyz, with everything on them that can be."""

import datetime as dt

import pytest
from django.utils import timezone
from wagtail.users.models import UserProfile

from approvals.embargo import breaches
from frontend_api import canaries, file_guesses
from frontend_api.models import Delivery
from frontend_api.webhooks import receivers
from tests import newsroom
from tests.journeys import chromium, people
from tests.journeys.accessibility import too_wide
from tests.journeys.test_accessibility import look, person


@pytest.fixture
def public_side(office, settings, tmp_path):
    """One receiver that is off after failures, one that is on; a touched canary, a prober; what was put aside."""
    settings.ALARMS_ROOT = tmp_path / "alarms"
    now, boss, author = timezone.now(), person("asel"), person("aigul")
    profile = UserProfile.get_for_user(boss)
    profile.preferred_language = "ky"
    profile.save()
    for name, url in (("president.kg", "https://www.example/hook"), ("kabar.kg", "https://kabar.example/told/of/it")):
        receivers.add(name=name, url=url, locales=["ky"], types=["release"], by=boss, now=now)
    page = newsroom.release(author, title="Нарын шаарында мектеп ачылды")
    newsroom.submit(page, by=author)
    newsroom.approve(page, by=person("nurlan"))
    newsroom.approve(page, by=person("jyldyz"))
    ours = receivers.WebhookEndpoint.objects.get(name="president.kg")
    Delivery.objects.filter(target=str(ours.key)).update(dead_at=now, attempts=20, last_error="HTTP 503")
    receivers.switch_off(key=ours.key, by=boss, now=now)
    canary = canaries.plant(filename="byudzhet-2027.pdf", note="Министрликтин архивинде", by=boss, now=now)
    file_guesses.note_canary(address="203.0.113.7", file_id=canary.pk, filename=canary.filename, now=now)
    for _ in range(settings.FILE_GUESSES_PER_MINUTE):
        file_guesses.note_guess(address="198.51.100.9", now=now)


@pytest.mark.parametrize("size", [chromium.DESK, chromium.PHONE], ids=["desk", "phone"])
def test_the_screens_of_the_public_side(office, browser, public_side, size):
    boss = people.sit_down(browser, address=office.editorial, username="asel", size=size)
    issues, width = [], size["width"]
    for name in ("", "webhooks/", "canaries/"):
        boss.goto(f"{office.editorial}/admin/public-side/{name}")
        issues += look(boss, f"public-side-{name.strip('/') or 'deliveries'}-{width}")
        issues += too_wide(boss)
        assert boss.evaluate("document.documentElement.lang") == "ky"

    boss.goto(f"{office.editorial}/admin/public-side/webhooks/")
    boss.fill("[name=name]", "жаңы.kg")
    boss.fill("[name=url]", "www.example/hook")
    boss.focus("main form:has([name=url]) button")
    with boss.expect_event("load"):
        boss.keyboard.press("Enter")
    issues += look(boss, f"public-side-webhooks-refused-{width}")
    boss.fill("[name=url]", "https://www.example/")
    boss.focus("main form:has([name=url]) button")
    with boss.expect_event("load"):
        boss.keyboard.press("Enter")
    assert "whsec_" in boss.inner_text("main")
    issues += look(boss, f"public-side-secret-{width}")
    boss.goto(f"{office.editorial}/admin/public-side/webhooks/")
    assert "whsec_" not in boss.content()

    boss.goto(f"{office.editorial}/admin/public-side/")
    boss.focus("main form[action$='/again/'] button >> nth=1")
    with boss.expect_event("load"):
        boss.keyboard.press("Enter")
    assert not Delivery.objects.exclude(dead_at=None).exists()

    assert issues == []


def test_the_empty_screens_and_a_broken_embargo_on_the_schedule(office, browser):
    profile = UserProfile.get_for_user(person("asel"))
    profile.preferred_language = "ky"
    profile.save()
    now, author, leader = timezone.now(), person("aigul"), person("jyldyz")
    page = newsroom.release(author, title="Нарын шаарында мектеп ачылды", go_live_at=now + dt.timedelta(hours=2))
    newsroom.submit(page, by=author)
    newsroom.approve(page, by=person("nurlan"))
    newsroom.approve(page, by=leader)
    seen = breaches.Sighting(place="«Кабар» сайты", seen_at=now)
    breaches.note_breach(page_id=page.pk, actor_id=leader.pk, seen=seen, now=timezone.now())
    boss = people.sit_down(browser, address=office.editorial, username="asel")

    issues = []
    for name in ("public-side/", "public-side/webhooks/", "public-side/canaries/", "approvals/schedule/"):
        boss.goto(f"{office.editorial}/admin/{name}")
        issues += look(boss, f"empty-{name.strip('/').replace('/', '-')}")

    assert issues == []
    assert "«Кабар» сайты" in boss.inner_text("main")
