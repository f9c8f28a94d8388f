"""The minister whose speech it is reads it on a telephone, says something, and the office finds it."""

from urllib.parse import urlsplit

import pytest
from django.core.cache import cache

from approvals.models import OutsideReading, OutsideRemark
from tests import newsroom
from tests.journeys import chromium, people
from tests.journeys.test_accessibility import look, person


def show(author, editorial: str, number: int) -> tuple[list[str], str]:
    """Make a link on the screen; gives what axe found, and the address for the reader."""
    author.goto(f"{editorial}/admin/approvals/{number}/")
    author.click(f"a[href$='/approvals/{number}/outside/']")
    issues = look(author, "outside-nobody-yet")
    author.fill("[name=reader_name]", "А. Асанов, саламаттык сактоо министри")
    author.fill("[name=reason]", "Бул анын сөзү.")
    author.select_option("[name=language]", "ky")
    with author.expect_event("load"):
        author.press("[name=hours]", "Enter")
    issues += look(author, "outside-made")
    return issues, editorial + urlsplit(author.input_value("#id_made")).path


def consult(reader, address: str) -> list[str]:
    """Read the text, say something by the keyboard alone, press the button once more; gives what axe found."""
    reader.goto(address)
    issues = look(reader, "outside-text")
    assert reader.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
    assert reader.evaluate("document.documentElement.scrollWidth > window.innerWidth") is False
    reader.focus("#id_remark")
    reader.keyboard.type("Экинчи абзацта жыл туура эмес.")
    reader.keyboard.press("Tab")
    with reader.expect_event("load"):
        reader.keyboard.press("Enter")
    issues += look(reader, "outside-said")
    with reader.expect_event("load"):
        reader.click("form button")
    issues += look(reader, "outside-empty-remark")
    assert reader.context.cookies() == []
    reader.goto(address.replace(address.split("/")[-2], "x" * 43))
    issues += look(reader, "outside-nothing")
    return issues


@pytest.mark.parametrize("size", [chromium.DESK, chromium.PHONE], ids=["desk", "phone"])
def test_a_text_is_shown_outside_and_what_is_said_comes_back(office, browser, size):
    cache.clear()
    picture = newsroom.photo(alt_text_ky="Мектеп", credit="Басма сөз кызматы")
    speech = newsroom.speech(person("aigul"), image=picture)
    author = people.sit_down(browser, address=office.editorial, username="aigul", size=size)
    issues, address = show(author, office.editorial, speech.pk)
    reader = chromium.window(browser, size=size)
    issues += consult(reader, address)

    author.goto(f"{office.editorial}/admin/approvals/{speech.pk}/")
    assert "Экинчи абзацта жыл туура эмес." in author.inner_text("#outside-heading >> xpath=..")
    issues += look(author, "outside-decision")
    author.goto(f"{office.editorial}/admin/approvals/{speech.pk}/outside/")
    author.click("details summary")
    issues += look(author, "outside-links")
    with author.expect_event("load"):
        author.click("form[action$='/revoke/'] button")
    reader.goto(address)

    assert reader.inner_text("h1") == "404"
    assert issues == []
    assert (OutsideReading.objects.count(), OutsideRemark.objects.count()) == (2, 1)
