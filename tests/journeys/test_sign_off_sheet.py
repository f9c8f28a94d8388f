"""A leader follows the squares' code, opens the sheet, brings it back, and learns of one changed letter."""

from tests import newsroom
from tests.approvals import sheets
from tests.journeys import people
from tests.journeys.chromium import picture
from tests.journeys.test_accessibility import look, person


def test_a_sheet_is_followed_opened_and_checked(office, browser, tmp_path):
    page = newsroom.release(person("aigul"), title="Нарын шаарында мектеп ачылды")
    newsroom.submit(page, by=person("aigul"))
    newsroom.approve(page, by=person("nurlan"))
    newsroom.approve(page, by=person("jyldyz"))
    true, forged = tmp_path / "sheet.pdf", tmp_path / "sheet.html"
    leader = people.sit_down(browser, address=office.editorial, username="jyldyz")

    leader.goto(f"{office.editorial}/admin/approvals/{page.pk}/")
    issues = look(leader, "sheet-links")
    address = leader.get_attribute("a[href*='sheet.pdf']", "href")
    true.write_bytes(leader.request.get(f"{office.editorial}{address}").body())
    forged.write_bytes(
        leader.request.get(f"{office.editorial}{address.replace('.pdf', '.html')}").body().replace(b"<td>", b"<td> ", 1)
    )
    leader.goto(f"{office.editorial}/admin/approvals/{page.pk}/sheet.html?language=ky")
    picture(leader, "40-sheet-html")  # its policy lets nothing run in it, axe neither
    question = sheets.contents(page)
    number, digest = question["clearing"]["number"], question["digest"]
    leader.goto(f"{office.editorial}/admin/approvals/sheets/check/?digest={digest}&number={number}")
    issues += look(leader, "sheet-check-asked")
    assert leader.locator(".help-critical").count() == 0
    for file, is_true in ((true, True), (forged, False)):
        leader.set_input_files("input[name=sheet]", file)
        leader.click("form[enctype] button[type=submit]")
        leader.wait_for_load_state()
        issues += look(leader, f"sheet-check-{'true' if is_true else 'forged'}")
        assert leader.locator(".help-critical").count() == (0 if is_true else 1)

    assert issues == []
