"""The rules of appointments at every door by which an account changes, and the record of each change.

Receivers of the models' signals, so that a form, a bulk action and a script pass the same place. Whatever they refuse
is a PermissionDenied, and nothing is written.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from wagtail.log_actions import get_active_log_context

from approvals import ledger, offices, second_factor
from approvals.appointments import (
    REASONS,
    SIGN_IN_FIELDS,
    Account,
    Appointer,
    Refusal,
    may_change_sign_in,
    may_give_office,
    may_make_administrator,
    may_take_office,
)
from approvals.facts import name_of
from approvals.models import EntryKind, LedgerEntry
from site_pages.models import Contribution

KEPT = offices.ALL
INSTALLATION = {"installation": True}
ADMINISTRATORS_NEEDED = 2
_MANDATED: ContextVar[Appointer | None] = ContextVar("mandated", default=None)


@contextmanager
def under_mandate(details: Mapping[str, Any], *, appointer: Appointer | None = None) -> Iterator[None]:
    """What happens inside was agreed by two administrators, or belongs to the installation; entries say so by details.

    Only approvals.administration and approvals.installation hand out mandates; who acts stays the appointer.
    """
    token = _MANDATED.set(replace(appointer or _in_this_request(), mandate=dict(details)))
    try:
        yield
    finally:
        _MANDATED.reset(token)


def appointer_now() -> Appointer:
    """Who acts: under a mandate, in the present request of the admin, else at the console."""
    return _MANDATED.get() or _in_this_request()


def _in_this_request() -> Appointer:
    user = get_active_log_context().user
    return appointer_of(user) if user is not None and user.pk else Appointer(user_id=None)


def appointer_of(user) -> Appointer:
    """The person as one who changes accounts."""
    return Appointer(user_id=user.pk, is_superuser=user.is_superuser, name=name_of(user))


def account_of(user) -> Account:
    """The account as it is stored now."""
    stored = get_user_model().objects.filter(pk=user.pk).first() if user.pk else None
    if stored is None:
        return Account(user_id=None)
    return Account(
        user_id=stored.pk,
        groups=frozenset(stored.groups.values_list("name", flat=True)),
        is_superuser=stored.is_superuser,
        has_second_factor=second_factor.suffices(stored),
    )


def administrators():
    """The accounts that administer now."""
    return get_user_model().objects.filter(is_superuser=True, is_active=True, is_agent=False)


def stands_on_record(user_id: int) -> bool:
    """Whether the ledger names the person, or he or she wrote at a text."""
    named = Q(actor_id=user_id)
    for role in ("person_id", "principal_id", "deputy_id", "proposed_by_id", "confirmed_by_id", "leader_id"):
        named |= Q(**{f"details__{role}": user_id})
    named |= Q(details__acting_for__person_id=user_id)
    return LedgerEntry.objects.filter(named).exists() or Contribution.objects.filter(user_id=user_id).exists()


def refuse(refusal: Refusal | None) -> None:
    """Raises PermissionDenied with the reason; does nothing for None."""
    if refusal is not None:
        raise PermissionDenied(str(REASONS[refusal]))


def groups_change(sender, instance, action: str, reverse: bool, pk_set: Iterable[int] | None, **kwargs) -> None:
    """Before somebody joins or leaves groups: rules 1, 2 and 5."""
    if action not in ("pre_add", "pre_remove", "pre_clear"):
        return
    for user, groups in _moves(instance, reverse=reverse, pk_set=pk_set):
        move(user, groups=groups, joins=action == "pre_add")


def move(user, *, groups: list[str], joins: bool) -> None:
    """Check and record that somebody joins or leaves groups. Raises PermissionDenied."""
    appointer, account = appointer_now(), account_of(user)
    ask = may_give_office if joins else may_take_office
    refuse(ask(appointer, account, groups=groups))
    kind = EntryKind.OFFICE_GIVEN if joins else EntryKind.OFFICE_TAKEN
    for name in sorted(set(groups) & set(offices.APPROVERS)):
        record(kind, user, appointer, group=name)


def _moves(instance, *, reverse: bool, pk_set: Iterable[int] | None) -> list[tuple[Any, list[str]]]:
    """Each person with the names of the groups; pk_set is None when everything is cleared."""
    if reverse:
        members = instance.user_set.all() if pk_set is None else get_user_model().objects.filter(pk__in=pk_set)
        return [(user, [instance.name]) for user in members]
    groups = instance.groups.all() if pk_set is None else Group.objects.filter(pk__in=pk_set)
    return [(instance, [group.name for group in groups])]


def account_saved(sender, instance, raw: bool, update_fields: Iterable[str] | None, **kwargs) -> None:
    """Before an account is stored: rules 1 to 3 and 5."""
    watched = {*SIGN_IN_FIELDS, "is_superuser"}
    fields = sorted(watched if update_fields is None else watched & set(update_fields))
    if raw or not fields:
        return
    account, appointer = account_of(instance), _founder_or(appointer_now(), instance)
    changed = _changed(instance, fields) if account.user_id else (["is_superuser"] if instance.is_superuser else [])
    if "is_superuser" in changed:
        refuse(may_make_administrator(appointer, account, makes=instance.is_superuser))
    if sign_in := sorted(set(changed) & set(SIGN_IN_FIELDS)):
        is_opened = opens(changed=sign_in, is_active=instance.is_active, is_agent=instance.is_agent)
        refuse(may_change_sign_in(appointer, account, fields=sign_in, opens=is_opened))
    if account.user_id and changed and (account.is_powerful or instance.is_superuser):
        with transaction.atomic():
            record(EntryKind.ACCOUNT_CHANGED, instance, appointer, fields=changed)


def opens(*, changed: Iterable[str], is_active: bool, is_agent: bool) -> bool:
    """Whether the change makes an account able to decide that was closed or belonged to a program."""
    return ("is_active" in changed and is_active) or ("is_agent" in changed and not is_agent)


def _founder_or(appointer: Appointer, user) -> Appointer:
    """At the console the first two administrators are made under the mandate of the installation."""
    if not appointer.is_at_the_console or appointer.mandate is not None or not user.is_superuser:
        return appointer
    is_one_already = user.pk and administrators().filter(pk=user.pk).exists()
    if is_one_already or administrators().count() >= ADMINISTRATORS_NEEDED:
        return appointer
    return replace(appointer, mandate=INSTALLATION)


def account_opened(sender, instance, created: bool, raw: bool, **kwargs) -> None:
    """After a new account was stored: an administrator is on record from the beginning."""
    if created and instance.is_superuser and not raw:
        with transaction.atomic():
            appointer = appointer_now()
            mandate = appointer.mandate or INSTALLATION
            record(EntryKind.ACCOUNT_CHANGED, instance, replace(appointer, mandate=mandate), fields=["is_superuser"])


def _changed(instance, fields: list[str]) -> list[str]:
    stored = get_user_model().objects.values(*fields).get(pk=instance.pk)
    return [name for name in fields if stored[name] != getattr(instance, name)]


def account_deleted(sender, instance, **kwargs) -> None:
    """Before an account goes: who decides, administers or stands in the ledger does not."""
    account, appointer = account_of(instance), appointer_now()
    refuse(may_change_sign_in(appointer, account, fields=["is_active"]))
    if account.user_id and (account.is_powerful or stands_on_record(account.user_id)):
        refuse(Refusal.ON_RECORD)


def group_saved(sender, instance, **kwargs) -> None:
    """Before a group is stored: rule 4, its name."""
    stored = Group.objects.filter(pk=instance.pk, name__in=KEPT).first()
    if stored is not None and stored.name != instance.name:
        raise PermissionDenied(f"The group “{stored.name}” keeps its name: the routes of clearance rest on it.")


def group_deleted(sender, instance, **kwargs) -> None:
    """Before a group goes: rule 4."""
    if instance.name in KEPT:
        raise PermissionDenied(f"The group “{instance.name}” stays: the routes of clearance rest on it.")


def record(kind: EntryKind, user, appointer: Appointer, **details) -> None:
    """Enter a change of an account into the ledger, with the mandate under which it happens."""
    ledger.append(
        kind=kind,
        now=timezone.now(),
        actor_id=appointer.user_id,
        actor_name=appointer.name,
        details={"person_id": user.pk, "person": name_of(user), **details, **(appointer.mandate or {})},
    )
