"""Who may give and take the offices that decide. Plain rules, to be read aloud.

1. Only a system administrator gives or takes an office that decides, and never his or her own.
2. How a person in such an office signs in (name, password, address, active or not, a program or not) is changed by that
   person or by a system administrator, by nobody else; the same holds for a system administrator's own account.
3. Only a system administrator makes or unmakes another one, and never himself or herself.
4. The groups of the office keep their names and are not deleted.
5. Every such change goes into the ledger, whoever makes it and by whatever door.

Work at the console of the server has no actor: it is not refused, and it is on record like everything else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from approvals.offices import APPROVERS

SIGN_IN_FIELDS = ("username", "password", "email", "is_active", "is_agent")


class Refusal(StrEnum):
    """Why an appointment is refused."""

    NOT_AN_ADMINISTRATOR = "not_an_administrator"
    ONESELF = "oneself"
    ACCOUNT_IN_OFFICE = "account_in_office"


REASONS = {
    Refusal.NOT_AN_ADMINISTRATOR: _("Only a system administrator gives or takes this office."),
    Refusal.ONESELF: _("Nobody gives or takes an office of his or her own."),
    Refusal.ACCOUNT_IN_OFFICE: _(
        "This person decides on texts. Only he or she, or a system administrator, changes how this account signs in."
    ),
}


@dataclass(frozen=True)
class Appointer:
    """Who changes an account. user_id is None at the console of the server."""

    user_id: int | None
    is_superuser: bool = False
    name: str = ""

    @property
    def is_at_the_console(self) -> bool:
        return self.user_id is None


@dataclass(frozen=True)
class Account:
    """An account as it is before the change. user_id is None while it does not exist yet."""

    user_id: int | None
    groups: frozenset[str] = frozenset()
    is_superuser: bool = False

    @property
    def is_powerful(self) -> bool:
        """Whether somebody who signs in with it could decide or administer."""
        return self.is_superuser or bool(self.groups & set(APPROVERS))


def may_appoint(appointer: Appointer, account: Account, *, groups: Iterable[str]) -> Refusal | None:
    """Rule 1, for giving or taking the groups named. None: yes."""
    if appointer.is_at_the_console or not set(groups) & set(APPROVERS):
        return None
    return _only_another_administrator(appointer, account)


def may_change_sign_in(appointer: Appointer, account: Account) -> Refusal | None:
    """Rule 2. None: yes."""
    is_own = appointer.user_id == account.user_id
    if appointer.is_at_the_console or appointer.is_superuser or is_own or not account.is_powerful:
        return None
    return Refusal.ACCOUNT_IN_OFFICE


def may_make_administrator(appointer: Appointer, account: Account) -> Refusal | None:
    """Rule 3. None: yes."""
    return None if appointer.is_at_the_console else _only_another_administrator(appointer, account)


def _only_another_administrator(appointer: Appointer, account: Account) -> Refusal | None:
    if not appointer.is_superuser:
        return Refusal.NOT_AN_ADMINISTRATOR
    return Refusal.ONESELF if appointer.user_id == account.user_id else None
