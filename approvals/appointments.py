"""Who may give and take the power to decide. Plain rules, to be read aloud.

1. Power is given by two administrators together, neither of them the person concerned: an office that decides, the
   rights of an administrator, an account that was closed and is opened again, a new password for another, the removal
   of another's second factor. One proposes, the other confirms (approvals.administration).
2. Power is taken by one administrator at once: taking away never waits. Nobody takes or gives his or her own.
3. Who decides or administers changes the own password only with a second factor; name and address of such an account
   are changed by that person or by an administrator.
4. The groups of the office keep their names and are not deleted. Who stands in the ledger is never deleted.
5. Every such change goes into the ledger, whoever makes it and by whatever door.

At the console of the server nobody has a name: it takes power, and gives none. What an installation needs before there
are two administrators and one approver is approvals.installation, in the ledger as such.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from approvals.offices import APPROVERS

SIGN_IN_FIELDS = ("username", "password", "email", "is_active", "is_agent")


class Refusal(StrEnum):
    """Why an appointment is refused."""

    NOT_AN_ADMINISTRATOR = "not_an_administrator"
    ONESELF = "oneself"
    ACCOUNT_IN_OFFICE = "account_in_office"
    TWO_ADMINISTRATORS = "two_administrators"
    NO_SECOND_FACTOR = "no_second_factor"
    ON_RECORD = "on_record"


REASONS = {
    Refusal.NOT_AN_ADMINISTRATOR: _("Only a system administrator gives or takes this office."),
    Refusal.ONESELF: _("Nobody gives or takes an office of his or her own."),
    Refusal.ACCOUNT_IN_OFFICE: _(
        "This person decides on texts. Only he or she, or a system administrator, changes how this account signs in."
    ),
    Refusal.TWO_ADMINISTRATORS: _(
        "This takes two administrators: propose it under “Two administrators” in the settings; another one confirms it."
    ),
    Refusal.NO_SECOND_FACTOR: _(
        "Who decides or administers changes the password only with a second factor: set it up under “Second factor”."
    ),
    Refusal.ON_RECORD: _(
        "Who worked on a text or stands in the ledger is not deleted. Close the account instead: nobody signs in then."
    ),
}


@dataclass(frozen=True)
class Appointer:
    """Who changes an account. user_id is None at the console of the server.

    mandate: what the ledger says of the confirmed proposal, or of the installation, under which it happens.
    """

    user_id: int | None
    is_superuser: bool = False
    name: str = ""
    mandate: Mapping[str, Any] | None = None

    @property
    def is_at_the_console(self) -> bool:
        return self.user_id is None


@dataclass(frozen=True)
class Account:
    """An account as it is before the change. user_id is None while it does not exist yet."""

    user_id: int | None
    groups: frozenset[str] = frozenset()
    is_superuser: bool = False
    has_second_factor: bool = False

    @property
    def is_powerful(self) -> bool:
        """Whether somebody who signs in with it could decide or administer."""
        return self.is_superuser or bool(self.groups & set(APPROVERS))


def may_give_office(appointer: Appointer, account: Account, *, groups: Iterable[str]) -> Refusal | None:
    """Rule 1, for the groups named. None: yes."""
    return _only_two(appointer, account) if set(groups) & set(APPROVERS) else None


def may_take_office(appointer: Appointer, account: Account, *, groups: Iterable[str]) -> Refusal | None:
    """Rule 2, for the groups named. None: yes."""
    return _one_other(appointer, account) if set(groups) & set(APPROVERS) else None


def may_change_sign_in(
    appointer: Appointer, account: Account, *, fields: Iterable[str], opens: bool = False
) -> Refusal | None:
    """Rules 1 to 3, for the fields named. opens: the account comes to decide that could not. None: yes."""
    if not account.is_powerful or appointer.mandate is not None:
        return None
    is_own = appointer.user_id == account.user_id
    if opens or ("password" in fields and not is_own):
        return _only_two(appointer, account)
    if "password" in fields and not account.has_second_factor:
        return Refusal.NO_SECOND_FACTOR
    return None if is_own or appointer.is_superuser or appointer.is_at_the_console else Refusal.ACCOUNT_IN_OFFICE


def may_change_factor(appointer: Appointer, account: Account) -> Refusal | None:
    """Rule 1: a second factor is set up and removed by the person alone, or under a mandate. None: yes."""
    if appointer.mandate is not None or appointer.user_id == account.user_id:
        return None
    if not account.is_powerful and (appointer.is_at_the_console or appointer.is_superuser):
        return None
    return _only_two(appointer, account)


def may_make_administrator(appointer: Appointer, account: Account, *, makes: bool) -> Refusal | None:
    """Rule 1 for making one, rule 2 for unmaking one. None: yes."""
    return _only_two(appointer, account) if makes else _one_other(appointer, account)


def _one_other(appointer: Appointer, account: Account) -> Refusal | None:
    if appointer.is_at_the_console or appointer.mandate is not None:
        return None
    if not appointer.is_superuser:
        return Refusal.NOT_AN_ADMINISTRATOR
    return Refusal.ONESELF if appointer.user_id == account.user_id else None


def _only_two(appointer: Appointer, account: Account) -> Refusal | None:
    if appointer.mandate is not None:
        return None
    if appointer.is_at_the_console:
        return Refusal.TWO_ADMINISTRATORS
    if not appointer.is_superuser:
        return Refusal.ACCOUNT_IN_OFFICE if account.is_powerful else Refusal.NOT_AN_ADMINISTRATOR
    return Refusal.ONESELF if appointer.user_id == account.user_id else Refusal.TWO_ADMINISTRATORS
