"""axe finds nothing serious on the screens of bundles."""

import pytest
from django.utils import timezone

from approvals.bundles import making
from approvals.models import Bundle
from tests import newsroom
from tests.journeys import chromium, people
from tests.journeys.accessibility import too_wide
from tests.journeys.test_accessibility import look, person


@pytest.fixture
def bundle(office):
    """A release that is cleared and a speech that is not."""
    author, head, leader = person("aigul"), person("nurlan"), person("jyldyz")
    release = newsroom.release(author, title="Нарын шаарында мектеп ачылды")
    speech = newsroom.speech(author, title="Мектептин ачылышындагы сөз")
    made = making.make(
        title="Мектептин ачылышы", when=Bundle.When.HAND, due_at=None, actor_id=author.pk, now=timezone.now()
    )
    making.add(bundle_id=made.pk, seen=1, page_ids=[release.pk, speech.pk], actor_id=author.pk, now=timezone.now())
    newsroom.submit(release, by=author)
    newsroom.approve(release, by=head)
    newsroom.approve(release, by=leader)
    return made


@pytest.mark.parametrize("size", [chromium.DESK, chromium.PHONE], ids=["desk", "phone"])
def test_the_list_one_bundle_the_choice_and_the_rehearsal(office, browser, bundle, size):
    reader = people.sit_down(browser, address=office.editorial, username="aigul", size=size)
    issues, root = [], f"{office.editorial}/admin/approvals/bundles/"
    for name, address in (("list", root), ("choice", f"{root}{bundle.pk}/choose/"), ("one", f"{root}{bundle.pk}/")):
        reader.goto(address)
        issues += look(reader, f"bundle-{name}-{size['width']}")
        assert too_wide(reader) == []

    reader.focus("form[action$='/rehearsal/'] button")
    with reader.expect_event("load"):
        reader.keyboard.press("Enter")
    issues += look(reader, f"bundle-rehearsal-{size['width']}")

    assert issues == []
    assert "Мектептин ачылышындагы сөз" in reader.inner_text("main")
