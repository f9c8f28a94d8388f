"""The rules of appointments where a second factor comes or goes, and the record of it.

Receivers of the signals of allauth's model. Recovery codes are guarded alike; only factors are entered in the ledger.
"""

from allauth.mfa.models import Authenticator
from django.db import transaction

from approvals.accounts import account_of, appointer_now, record, refuse
from approvals.appointments import may_change_factor
from approvals.models import EntryKind
from approvals.second_factor import FACTORS


def factor_saved(sender, instance: Authenticator, raw: bool, **kwargs) -> None:
    """Before a factor is set up. Its use is stored in the same row, and is nobody's decision."""
    if not raw and instance._state.adding:
        _change(instance, how="set_up")


def factor_deleted(sender, instance: Authenticator, **kwargs) -> None:
    """Before a factor goes."""
    _change(instance, how="removed")


def _change(factor: Authenticator, *, how: str) -> None:
    account, appointer = account_of(factor.user), appointer_now()
    refuse(may_change_factor(appointer, account))
    if account.is_powerful and factor.type in FACTORS:
        with transaction.atomic():
            record(
                EntryKind.ACCOUNT_CHANGED,
                factor.user,
                appointer,
                fields=["second_factor"],
                factor=str(factor.type),
                how=how,
            )
