"""Every screen of ours says in the title of its window which it is: tabs and screen readers tell nothing else."""

from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from django.urls import get_resolver, reverse

from approvals.models import LedgerEntry
from tests.approvals.bundles import coverage
from tests.approvals.test_screens import desk
from tests.approvals.withdrawal.taking_down import propose
from tests.newsroom import publish, release

pytestmark = pytest.mark.django_db
OURS = ("approvals.", "cms.", "site_pages.")
# No screens of who is signed in: pages for people outside, files, measurements, the door.
OTHERS = ("outside:", "early:", "letters:", "approvals:sheet_html", "approvals:sheet_pdf", "live", "ready", "metrics",
          "account_login")  # fmt: skip
SCREENS = {
    "access_people", "approvals:acting", "approvals:administrators", "approvals:bundle", "approvals:bundle_choose",
    "approvals:bundle_look", "approvals:bundles", "approvals:document",
    "approvals:early", "approvals:embargoes", "approvals:languages", "approvals:notices", "approvals:outside",
    "approvals:schedule", "approvals:sheet_check", "approvals:subscribers", "approvals:urgent", "approvals:version",
    "approvals:waiting_for_me", "approvals:withdraw", "approvals:withdrawal", "approvals:withdrawals", "help:role",
    "mfa_index", "public_side:canaries", "public_side:deliveries", "public_side:webhooks",
}  # fmt: skip


def names(patterns, space: str = "") -> Iterator[tuple[str, set[str]]]:
    """The names of our addresses, each with what has to be filled in."""
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from names(pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif pattern.name and pattern.callback.__module__.startswith(OURS):
            yield f"{space}{pattern.name}", set(pattern.pattern.converters)


def title_of(response) -> str | None:
    """What the title of the window says besides the name of the house; None of what is no screen."""
    if response.status_code != 200 or not response["Content-Type"].startswith("text/html"):
        return None
    said, _dash, house = BeautifulSoup(response.content, "html.parser").title.get_text().rpartition(" - ")
    assert house.strip() == "Жарчы"
    return said.strip()


def test_each_screen_is_named_in_the_title_of_its_window(room, settings, tmp_path):
    settings.ALARMS_ROOT = tmp_path / "alarms"
    page, collected = publish(release(room.author), room), release(room.author, title="Топтомдо")
    entry = LedgerEntry.objects.get(page_id=page.pk, kind="published")
    known = {"page_id": page.pk, "entry_number": entry.number, "role": "author"}
    known |= {"withdrawal_id": propose(page, by=room.author).pk, "bundle_id": coverage.make(room, collected).pk}
    addresses = {
        name: reverse(name, kwargs={one: known[one] for one in needed})
        for name, needed in names(get_resolver().url_patterns)
        if needed <= set(known) and not name.startswith(OTHERS)
    }
    addresses["approvals:bundle_look"] = reverse("approvals:bundle_look", args=[known["bundle_id"], collected.pk])
    titles: dict[str, str] = {}

    for user in (room.leader, room.boss, room.author):
        client = desk(user, language="ky", raise_request_exception=False)
        for name in set(addresses) - set(titles):
            if (title := title_of(client.get(addresses[name]))) is not None:
                titles[name] = title

    assert set(titles) >= SCREENS
    assert [name for name, title in titles.items() if not title] == []
