"""A real browser, one window for each person, and the pictures that it takes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright

EXECUTABLE = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
PICTURES = Path(settings.BASE_DIR) / "screenshots"
PATIENCE_MS = 30_000


@contextmanager
def launched() -> Iterator[Browser]:
    """Debian's Chromium, without any traffic of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def window(browser: Browser, *, size: dict[str, int] = DESK) -> Page:
    """A window with nobody signed in. The interface language comes from the account, not from the browser."""
    context = browser.new_context(viewport=size, locale="en-GB", timezone_id="Asia/Bishkek")
    context.set_default_timeout(PATIENCE_MS)
    return context.new_page()


def picture(page: Page, name: str) -> None:
    """Keep a picture of the whole screen when JARCHY_SCREENSHOTS is set."""
    if os.environ.get("JARCHY_SCREENSHOTS"):
        PICTURES.mkdir(exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png", full_page=True, animations="disabled")
