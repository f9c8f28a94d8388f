"""A department head sets up a telephone and a passkey in a real browser, and signs in with either."""

import re
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Browser, Page, sync_playwright

from approvals.models import LedgerEntry
from cms.demo.office import PASSWORD
from cms.demo.telephones import code_of
from tests.journeys import chromium
from tests.journeys.accessibility import serious_issues
from tests.newsroom import code_from

NAME = "nurlan"


@pytest.fixture
def browser(office, monkeypatch) -> Iterator[Browser]:
    """A browser that finds this machine by its name: passkeys belong to names, not to addresses."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    rules = "--host-resolver-rules=MAP localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    arguments = [rules if argument.startswith("--host-resolver-rules") else argument for argument in chromium.ARGUMENTS]
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium.EXECUTABLE, args=arguments)
        try:
            yield launched
        finally:
            launched.close()


def window_with_a_key(browser: Browser) -> Page:
    """A window at a computer that holds a key, touched at once whenever it is asked."""
    page = chromium.window(browser)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    key = {
        "protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    return page


def give_password(page: Page, address: str) -> None:
    page.goto(f"{address}/admin/login/")
    page.fill("[name=username]", NAME)
    page.fill("[name=password]", PASSWORD)
    page.click("form [type=submit]")


def is_at_the_desk(page: Page) -> bool:
    page.wait_for_selector("#wagtail-sidebar nav", state="attached")
    return page.url.split("?")[0].endswith("/admin/")


def set_up_telephone(page: Page) -> list[str]:
    """From one's desk to the recovery codes; gives what axe found on the way."""
    page.click("#wagtail-sidebar a[href='/admin/second-factor/']")
    chromium.picture(page, "second-factor-none")
    issues = serious_issues(page)
    page.click("main a[href$='/telephone/']")
    page.fill("[name=password]", PASSWORD)
    page.click("main form [type=submit]")
    page.wait_for_selector("main img[src^='data:image/svg']")
    chromium.picture(page, "second-factor-telephone")
    issues += serious_issues(page)
    page.fill("[name=code]", code_from(page.inner_text("main ol code")))
    page.click("main form [type=submit]")
    page.wait_for_url("**/recovery-codes/")
    chromium.picture(page, "second-factor-recovery-codes")
    assert len(re.findall(r"\b\d{8}\b", page.inner_text("main"))) == 10
    return issues


def set_up_passkey(page: Page) -> list[str]:
    """From the recovery codes to a named passkey; gives what axe found on the way."""
    page.click("main a[href='/admin/second-factor/']")
    page.click("main a[href$='/passkeys/add/']")
    page.wait_for_selector("#add-passkey")
    page.fill("[name=name]", "Ачкыч")
    chromium.picture(page, "second-factor-passkey")
    with page.expect_navigation():
        page.click("#add-passkey")
    page.wait_for_selector("main a[href$='/remove/'][aria-label*='Ачкыч']")
    chromium.picture(page, "second-factor-both")
    return serious_issues(page)


def test_a_telephone_and_a_passkey_are_set_up_and_either_signs_in(office, browser):
    address = office.editorial.replace("127.0.0.1", "localhost")
    Authenticator.objects.filter(user__username=NAME)._raw_delete("default")
    page = window_with_a_key(browser)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)

    give_password(page, address)
    assert is_at_the_desk(page)
    issues = set_up_telephone(page) + set_up_passkey(page)

    page.context.clear_cookies()
    give_password(page, address)
    page.wait_for_selector("#use-passkey")
    chromium.picture(page, "sign-in-second-step")
    issues += serious_issues(page)
    with page.expect_navigation():
        page.click("#use-passkey")
    assert is_at_the_desk(page)

    page.context.clear_cookies()
    give_password(page, address)
    page.fill("[name=code]", code_of(NAME))
    page.keyboard.press("Enter")
    assert is_at_the_desk(page)

    assert (issues, [text for text in complaints if "Content Security Policy" in text]) == ([], [])
    kept = Authenticator.objects.filter(user__username=NAME).values_list("type", flat=True)
    assert sorted(kept) == ["recovery_codes", "totp", "webauthn"]
    entries = LedgerEntry.objects.filter(kind="account_changed", details__how="set_up").order_by("number")
    assert [entry.details["factor"] for entry in entries][-2:] == ["totp", "webauthn"]


def test_the_key_of_another_computer_opens_nothing(office, browser):
    address = office.editorial.replace("127.0.0.1", "localhost")
    Authenticator.objects.filter(user__username=NAME)._raw_delete("default")
    page = window_with_a_key(browser)
    give_password(page, address)
    page.goto(f"{address}/admin/second-factor/passkeys/add/")
    page.fill("[name=password]", PASSWORD)
    page.click("main form [type=submit]")
    page.click("#add-passkey")
    page.wait_for_url("**/recovery-codes/")

    thief = window_with_a_key(browser)
    give_password(thief, address)
    thief.click("#use-passkey")
    thief.wait_for_timeout(1500)
    thief.goto(f"{address}/admin/")

    assert "/login/" in thief.url
