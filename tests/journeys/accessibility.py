"""What axe-core says about a screen."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

OPTIONS = {"resultTypes": ["violations"]}
# A message that is still fading in has not its colours yet.
AT_REST = """() => Promise.race([
    new Promise(done => setTimeout(done, 2000)),
    Promise.allSettled(document.getAnimations()
        .filter(animation => Number.isFinite(animation.effect.getComputedTiming().endTime))
        .map(animation => animation.finished)),
])"""

# Wagtail hides what is too wide instead of letting the window scroll: the width of the document says nothing. A table
# that scrolls by itself is read by scrolling, as long as it is in the window itself.
TOO_WIDE = """() => [...document.querySelectorAll('main, main *')]
    .filter(place => !place.closest('.w-sr-only, .w-minimap, .w-header ol, .w-slim-header, [data-slim-header]'))
    .filter(place => place.getBoundingClientRect().width > 1)
    .filter(place => place.getBoundingClientRect().right > window.innerWidth + 1)
    .filter(place => { for (let at = place.parentElement; at; at = at.parentElement)
        if (['auto', 'scroll'].includes(getComputedStyle(at).overflowX) && at.matches('[tabindex="0"]')) return false;
        return true; })
    .map(place => place.outerHTML.slice(0, 160))"""


def too_wide(page: Page) -> list[str]:
    """The mark-up of what sticks out of the window to the right, where nobody could read it."""
    return page.evaluate(TOO_WIDE)


def serious_issues(page: Page) -> list[str]:
    """What hinders people seriously or critically: rule, place and mark-up of each."""
    page.evaluate(AT_REST)
    found = []
    for violation in Axe().run(page, options=OPTIONS).response["violations"]:
        if violation["impact"] in ("serious", "critical"):
            rule = violation["id"]
            found += [f"{rule}: {node['failureSummary']} {node['html'][:160]}" for node in violation["nodes"]]
    return found
