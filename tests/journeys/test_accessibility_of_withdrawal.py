"""axe finds nothing serious on the screens of withdrawal, and a leader decides by keyboard alone."""

import pytest
from django.utils import timezone

from approvals.withdrawal import verbs
from site_pages.withdrawal import WithdrawalClass
from tests import newsroom
from tests.approvals.withdrawal.test_withheld import withhold
from tests.journeys import chromium, people
from tests.journeys.accessibility import too_wide
from tests.journeys.test_accessibility import look, person


@pytest.fixture
def withdrawal(office):
    """A public release whose withdrawal the head has approved, and one that a restore withholds."""
    author, head, leader = person("aigul"), person("nurlan"), person("jyldyz")
    closed = newsroom.release(author, title="Ысык-Көлдө жол оңдолду")
    newsroom.submit(closed, by=author)
    newsroom.approve(closed, by=head)
    newsroom.approve(closed, by=leader)
    withhold(closed)
    release = newsroom.release(author, title="Нарын шаарында мектеп ачылды")
    newsroom.submit(release, by=author)
    newsroom.approve(release, by=head)
    newsroom.approve(release, by=leader)
    made = verbs.propose(
        page_id=release.pk, actor_id=author.pk, withdrawal_class=WithdrawalClass.IN_ERROR,
        reason="Пресс-релизде дата туура эмес көрсөтүлгөн.", successor=None, now=timezone.now(),
    )  # fmt: skip
    verbs.approve(withdrawal_id=made.pk, actor_id=head.pk, seen_digest=made.statement.own_digest, now=timezone.now())
    return made


@pytest.mark.parametrize("size", [chromium.DESK, chromium.PHONE], ids=["desk", "phone"])
def test_the_list_the_proposal_the_inbox_and_the_decision(office, browser, withdrawal, size):
    reader = people.sit_down(browser, address=office.editorial, username="mirlan", size=size)
    issues, root = [], f"{office.editorial}/admin/approvals/"
    for name, address in (
        ("list", f"{root}withdrawals/"), ("proposal", f"{root}{withdrawal.page_id}/withdraw/"), ("inbox", root),
        ("decision", f"{root}withdrawals/{withdrawal.pk}/"),
    ):  # fmt: skip
        reader.goto(address)
        issues += look(reader, f"withdrawal-{name}-{size['width']}")
        assert too_wide(reader) == [], name

    reader.focus("form[action$='/approve/'] button")
    with reader.expect_event("load"):
        reader.keyboard.press("Enter")

    assert issues == []
    withdrawal.refresh_from_db()
    assert withdrawal.outcome == "done"
