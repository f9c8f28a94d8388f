"""The first appointments, while there is nobody yet who could confirm any; in the ledger as such.

The first two administrators are made by `createsuperuser` (approvals.accounts lets it, until there are two).
"""

from collections.abc import Iterable

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from approvals.accounts import INSTALLATION, under_mandate
from approvals.offices import APPROVERS


class AlreadyInstalled(PermissionDenied):
    """Somebody holds an office that decides: from then on two administrators appoint. Nothing was changed."""


@transaction.atomic
def appoint_first(*, offices: Iterable[tuple[str, str]]) -> None:
    """Give the first offices. offices: names to sign in with, and of the groups. Raises AlreadyInstalled."""
    # One at a time: two installations at once do not both find an empty office.
    groups = {group.name: group for group in Group.objects.select_for_update().filter(name__in=APPROVERS)}
    if get_user_model().objects.filter(groups__name__in=APPROVERS).exists():
        raise AlreadyInstalled(_("Somebody is in office already: two administrators appoint the others."))
    with under_mandate(INSTALLATION):
        for username, office in offices:
            get_user_model().objects.get(username=username).groups.add(groups[office])
