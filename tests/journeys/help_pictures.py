"""The pictures of docs/help, taken from the running product. Not a part of the suite: `make help-pictures`."""

import datetime as dt
import io

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.utils import timezone
from PIL import Image
from wagtail.users.models import UserProfile

from approvals import acting, urgency
from approvals.bundles import making
from approvals.models import Bundle
from approvals.offices import APPARATUS_LEADERSHIP
from approvals.schedule_alarms import warn_of_uncleared
from approvals.withdrawal import verbs
from cms.demo import texts
from cms.demo.office import PASSWORD
from site_pages.withdrawal import WithdrawalClass
from tests import newsroom
from tests.journeys import chromium, people
from tests.journeys.test_accessibility import person

PICTURES = settings.BASE_DIR / "docs" / "help" / "pictures"
SHEET = {"width": 1240, "height": 800}
COLOURS = 48
MOST_BYTES = 80_000


@pytest.fixture
def busy_office(office):
    """Everybody reads Kyrgyz; texts stand at every stage; somebody is absent."""
    UserProfile.objects.update(preferred_language="ky")
    author, head, leader = person("aigul"), person("nurlan"), person("jyldyz")
    school, water = texts.SCHOOL["ky"], texts.PENDING_RELEASE
    body = [("paragraph", f"<p>{words}</p>") for words in school["body"]]
    opened = newsroom.release(author, title=school["title"], summary=school["summary"], lead=school["lead"], body=body)
    newsroom.submit(opened, by=author)
    newsroom.approve(opened, by=head)
    newsroom.send_back(opened, by=leader, remark="Мектептеги орундардын санын тактаңыз.")
    newsroom.edit(opened, by=author, lead=school["lead"].replace("600", "650"))
    newsroom.submit(opened, by=author)
    newsroom.approve(opened, by=head)
    begun = newsroom.release(author, title=water["title"], summary=water["summary"], lead=water["lead"])
    newsroom.submit(begun, by=author)
    urgent = newsroom.release(author, title="Ысык-Көлдө жер титирөө болду", summary="Жабыркагандар жок.")
    newsroom.submit(urgent, by=author)
    urgency.publish_urgently(
        page_id=urgent.pk, actor_id=leader.pk, seen_digest=newsroom.digest(urgent),
        reason="Калкка дароо кабарлоо керек.", now=timezone.now(),
    )  # fmt: skip
    _appoint(principal=person("mirlan"), deputy=person("bakyt"), office_name=APPARATUS_LEADERSHIP)
    return {"opened": opened, "begun": begun, "urgent": urgent}


@pytest.fixture
def what_comes(office):
    """A text that is public and is being corrected, one under embargo, one nearly due, a bundle, a withdrawal."""
    UserProfile.objects.update(preferred_language="ky")
    author, now = person("aigul"), timezone.now()
    school, water = texts.SCHOOL["ky"], texts.WATER_DECREE["ky"]
    body = [("paragraph", f"<p>{words}</p>") for words in school["body"]]
    public = _cleared(
        newsroom.release(author, title=school["title"], summary=school["summary"], lead=school["lead"], body=body)
    )
    note = "Мектептеги орундардын саны туура эмес көрсөтүлгөн: алар 650."
    newsroom.edit(public, by=author, lead=school["lead"].replace("600", "650"), change_note=note)
    visit = _cleared(
        newsroom.release(author, title="Президенттин Нарын облусуна иш сапары", go_live_at=now + dt.timedelta(hours=3))
    )
    near = newsroom.speech(
        author, title="Мектептин ачылышында сүйлөгөн сөз", go_live_at=now + dt.timedelta(minutes=14, seconds=30)
    )
    newsroom.submit(near, by=author)
    warn_of_uncleared(now=now)
    contest = _cleared(newsroom.release(author, title="Жаш акындардын сынагы жарыяланды"))
    proposed = verbs.propose(
        page_id=contest.pk, actor_id=author.pk, withdrawal_class=WithdrawalClass.NO_LONGER_CURRENT,
        reason="Арыздарды кабыл алуу аяктады.", successor=None, now=now,
    )  # fmt: skip
    decree = newsroom.decree(person("bakyt"), title=water["title"], summary=water["summary"])
    signing = newsroom.release(author, title="Суу ресурстары жөнүндө жарлыкка кол коюлду")
    bundle = making.make(
        title="Суу жөнүндө жарлыкка кол коюу", when=Bundle.When.AT, due_at=now + dt.timedelta(days=1),
        actor_id=author.pk, now=now,
    )  # fmt: skip
    making.add(bundle_id=bundle.pk, seen=1, page_ids=[decree.pk, signing.pk], actor_id=author.pk, now=now)
    _cleared(signing)
    newsroom.submit(decree, by=person("bakyt"))
    return {"public": public, "visit": visit, "proposed": proposed, "bundle": bundle}


def _cleared(page):
    newsroom.submit(page, by=page.owner)
    newsroom.approve(page, by=person("nurlan"))
    newsroom.approve(page, by=person("jyldyz"))
    return page


def _appoint(*, principal, deputy, office_name: str) -> None:
    now = timezone.now()
    acting.appoint(
        principal_id=principal.pk, deputy_id=deputy.pk, group_id=Group.objects.get(name=office_name).pk,
        starts_at=now, ends_at=now + dt.timedelta(days=14), legal_basis="2026-жылдын 3-мартындагы № 45 буйрук",
        appointer_id=person("asel").pk, now=now,
    )  # fmt: skip


def keep(page, name: str) -> None:
    """Keep what the window shows now, in few colours."""
    page.wait_for_timeout(600)
    shot = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    few = shot.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    PICTURES.mkdir(exist_ok=True)
    few.save(PICTURES / f"{name}.png", optimize=True)
    assert (PICTURES / f"{name}.png").stat().st_size <= MOST_BYTES


def bring_up(page, selector: str) -> None:
    """Scroll the place to the upper part of the window."""
    page.locator(selector).first.evaluate("place => place.scrollIntoView({block: 'start'})")
    page.mouse.move(500, 400)
    page.mouse.wheel(0, -130)
    page.wait_for_timeout(500)


def test_signing_in(busy_office, office, browser):
    # Before anybody has signed in the browser's language counts.
    page = browser.new_context(viewport={"width": 760, "height": 620}, locale="ky").new_page()
    page.goto(f"{office.editorial}/admin/")
    page.fill("[name=username]", "nurlan")
    page.fill("[name=password]", PASSWORD)
    page.click("form [type=submit]")
    page.fill("[name=code]", "123456")
    keep(page, "sign-in-code")


def test_the_author(busy_office, office, browser):
    author = people.sit_down(browser, address=office.editorial, username="aigul", size=SHEET)
    photo = newsroom.photo(title="Суу сактагыч", alt_text_ru="Водохранилище", credit="Басма сөз кызматы")
    draft = newsroom.release(person("aigul"), title="Баткенде жаңы көпүрө ачылды", image=photo)
    people.open_in_editor(author, draft.pk)
    people.press_submit(author)
    bring_up(author, ".w-field__errors .error-message")
    keep(author, "editor-requirement")


def test_the_inbox_and_the_decision(busy_office, office, browser):
    leader = people.sit_down(browser, address=office.editorial, username="jyldyz", size=SHEET)
    leader.goto(f"{office.editorial}/admin/approvals/{busy_office['opened'].pk}/")
    keep(leader, "decision-what-changed")
    head = people.sit_down(browser, address=office.editorial, username="nurlan", size=SHEET)
    head.goto(f"{office.editorial}/admin/approvals/")
    keep(head, "inbox")
    head.goto(f"{office.editorial}/admin/approvals/{busy_office['begun'].pk}/")
    head.locator("form[action$='/approve/'] details summary").click()
    head.fill("[name='remark:field:title']", "Аталышын кыскартыңыз.")
    bring_up(head, "#id_remark")
    keep(head, "return-remark-on-place")
    head.goto(f"{office.editorial}/admin/approvals/urgent/")
    keep(head, "urgent-due")


def test_the_remark_beside_its_place(busy_office, office, browser):
    head = people.sit_down(browser, address=office.editorial, username="nurlan", size=SHEET)
    head.goto(f"{office.editorial}/admin/approvals/{busy_office['begun'].pk}/")
    head.locator("form[action$='/approve/'] details summary").click()
    head.fill("[name='remark:field:lead']", "Курулуш качан башталганын жазыңыз.")
    people.press_return(head, "Күндөрдү тактаңыз.")
    author = people.sit_down(browser, address=office.editorial, username="aigul", size=SHEET)
    people.open_in_editor(author, busy_office["begun"].pk)
    author.wait_for_selector("[data-remark-on]")
    bring_up(author, "[data-remarks]")
    keep(author, "editor-remark")


def test_the_telephone(busy_office, office, browser):
    leader = people.sit_down(browser, address=office.editorial, username="jyldyz", size=chromium.PHONE)
    leader.click(f"main a[href$='/approvals/{busy_office['opened'].pk}/'] >> nth=0")
    leader.wait_for_selector("[name=digest]", state="attached")
    bring_up(leader, "#decision-heading")
    keep(leader, "telephone-decision")


def test_the_languages(busy_office, office, browser):
    newsroom.decree(person("bakyt"), title=texts.WATER_DECREE["ky"]["title"])
    author = people.sit_down(browser, address=office.editorial, username="aigul", size=SHEET)
    author.goto(f"{office.editorial}/admin/approvals/languages/")
    keep(author, "languages")


def test_the_administrator(busy_office, office, browser):
    administrator = people.sit_down(browser, address=office.editorial, username="asel", size=SHEET)
    administrator.goto(f"{office.editorial}/admin/approvals/acting/")
    keep(administrator, "acting")


def test_what_the_author_prepares(what_comes, office, browser):
    author = people.sit_down(browser, address=office.editorial, username="aigul", size=SHEET)
    author.goto(f"{office.editorial}/admin/approvals/schedule/")
    bring_up(author, "#schedule-heading")
    keep(author, "schedule")
    author.goto(f"{office.editorial}/admin/pages/{what_comes['public'].pk}/edit/")
    keep(author, "editor-correction")
    author.goto(f"{office.editorial}/admin/approvals/bundles/{what_comes['bundle'].pk}/")
    with author.expect_event("load"):
        author.click("form[action$='/rehearsal/'] button")
    keep(author, "bundle-rehearsal")


def test_what_those_who_decide_give_and_take(what_comes, office, browser):
    head = people.sit_down(browser, address=office.editorial, username="nurlan", size=SHEET)
    head.goto(f"{office.editorial}/admin/approvals/withdrawals/{what_comes['proposed'].pk}/")
    keep(head, "withdrawal-decision")
    head.goto(f"{office.editorial}/admin/approvals/{what_comes['visit'].pk}/early/")
    head.fill("[name=reader_name]", "Асел Асанова")
    head.fill("[name=outlet]", "«Кабар» агенттиги")
    head.fill("[name=email]", "asel@kabar.example")
    with head.expect_event("load"):
        head.press("[name=email]", "Enter")
    head.locator("#id_made").evaluate("field => field.value = 'https://newsroom.example/early/…'")
    head.locator("#id_token").evaluate("field => field.value = '…'")
    keep(head, "early-access")
    leader = people.sit_down(browser, address=office.editorial, username="jyldyz", size=SHEET)
    leader.goto(f"{office.editorial}/admin/approvals/{what_comes['public'].pk}/withdraw/")
    leader.fill("#closing_reason", "Маалымат такталууда.")
    leader.locator("form[action$='/close/'] button").scroll_into_view_if_needed()
    keep(leader, "close-at-once")
