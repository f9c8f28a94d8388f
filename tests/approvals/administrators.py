"""What the tests of two administrators share: three of them, a proposal, and a picture of what must not change."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction

from approvals import administration
from approvals.administration import ChangeRefused, Fault
from approvals.models import AccountProposal, Change
from approvals.offices import DEPARTMENT_HEADS
from tests.attacks.houses import everything
from tests.newsroom import Newsroom, hire, open_newsroom

NOW = dt.datetime(2026, 7, 17, 4, 0, tzinfo=dt.UTC)
WHY = "2026-жылдын 17-июлундагы № 45 буйрук"


def three_administrators() -> Newsroom:
    """A newsroom with two more administrators beside the boss: `second` and `third`."""
    room = open_newsroom()
    room.second, room.third = hire("second", is_superuser=True), hire("third", is_superuser=True)
    return room


def group(name: str) -> int:
    """The key of a group."""
    return Group.objects.get(name=name).pk


def propose(room, *, by=None, person=None, change: Change = Change.GIVE_OFFICE, reason: str = WHY, **more):
    """The boss proposes that the outsider becomes a department head, unless told otherwise."""
    office = {"group_id": group(DEPARTMENT_HEADS)} if change == Change.GIVE_OFFICE else {}
    return administration.propose(
        change=change, person_id=(person or room.outsider).pk, proposer_id=(by or room.boss).pk, reason=reason,
        **{"now": NOW, **office, **more},
    )  # fmt: skip


def confirm(proposal, *, by, after: dt.timedelta = dt.timedelta(hours=1)):
    """Somebody confirms it, an hour later unless told otherwise."""
    return administration.confirm(proposal_id=proposal.pk, confirmer_id=by.pk, now=NOW + after)


def picture() -> tuple:
    """Everything by which people sign in and hold office, every proposal, and all else that must not change."""
    fields = ("pk", "username", "password", "email", "is_active", "is_superuser", "is_agent", "groups__name")
    return (
        list(get_user_model().objects.order_by("pk", "groups__name").values_list(*fields)),
        list(Authenticator.objects.order_by("pk").values_list("pk", "user_id", "type")),
        list(AccountProposal.objects.order_by("pk").values()),
        everything(),
    )


def refused(action) -> Fault:
    """Why the action is refused; nothing has changed."""
    before = picture()
    with pytest.raises(ChangeRefused) as error, transaction.atomic():
        action()
    assert picture() == before
    return error.value.fault


def offices(user) -> list[str]:
    """The groups of a person."""
    return sorted(user.groups.values_list("name", flat=True))
