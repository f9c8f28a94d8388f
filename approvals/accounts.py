"""The rules of appointments at every door by which an account changes, and the record of each change.

Receivers of the models' signals, so that a form, a bulk action and a script pass the same place. Whatever they refuse
is a PermissionDenied, and nothing is written.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import get_active_log_context

from approvals import ledger, offices
from approvals.appointments import (
    REASONS,
    SIGN_IN_FIELDS,
    Account,
    Appointer,
    Refusal,
    may_appoint,
    may_change_sign_in,
    may_make_administrator,
)
from approvals.models import EntryKind

KEPT = offices.ALL
KIND_OF = {"pre_add": EntryKind.OFFICE_GIVEN, "pre_remove": EntryKind.OFFICE_TAKEN, "pre_clear": EntryKind.OFFICE_TAKEN}


def appointer_now() -> Appointer:
    """Who acts in the present request of the admin; the console outside of one."""
    user = get_active_log_context().user
    if user is None or not user.pk:
        return Appointer(user_id=None)
    return Appointer(user_id=user.pk, is_superuser=user.is_superuser, name=_name_of(user))


def account_of(user) -> Account:
    """The account as it is stored now."""
    stored = get_user_model().objects.filter(pk=user.pk).first() if user.pk else None
    if stored is None:
        return Account(user_id=None)
    groups = frozenset(stored.groups.values_list("name", flat=True))
    return Account(user_id=stored.pk, groups=groups, is_superuser=stored.is_superuser)


def refuse(refusal: Refusal | None) -> None:
    """Raises PermissionDenied with the reason; does nothing for None."""
    if refusal is not None:
        raise PermissionDenied(str(REASONS[refusal]))


def groups_change(sender, instance, action: str, reverse: bool, pk_set: Iterable[int] | None, **kwargs) -> None:
    """Before somebody joins or leaves groups: rules 1 and 5."""
    if action not in KIND_OF:
        return
    for user, groups in _moves(instance, reverse=reverse, pk_set=pk_set):
        appointer = appointer_now()
        refuse(may_appoint(appointer, account_of(user), groups=groups))
        for name in sorted(set(groups) & set(offices.APPROVERS)):
            _record(KIND_OF[action], user, appointer, group=name)


def _moves(instance, *, reverse: bool, pk_set: Iterable[int] | None) -> list[tuple[Any, list[str]]]:
    """Each person with the names of the groups; pk_set is None when everything is cleared."""
    if reverse:
        members = instance.user_set.all() if pk_set is None else get_user_model().objects.filter(pk__in=pk_set)
        return [(user, [instance.name]) for user in members]
    groups = instance.groups.all() if pk_set is None else Group.objects.filter(pk__in=pk_set)
    return [(instance, [group.name for group in groups])]


def account_saved(sender, instance, raw: bool, update_fields: Iterable[str] | None, **kwargs) -> None:
    """Before an account is stored: rules 2, 3 and 5."""
    watched = {*SIGN_IN_FIELDS, "is_superuser"}
    fields = sorted(watched if update_fields is None else watched & set(update_fields))
    if raw or not fields:
        return
    account, appointer = account_of(instance), appointer_now()
    changed = _changed(instance, fields) if account.user_id else (["is_superuser"] if instance.is_superuser else [])
    if "is_superuser" in changed:
        refuse(may_make_administrator(appointer, account))
    if set(changed) & set(SIGN_IN_FIELDS):
        refuse(may_change_sign_in(appointer, account))
    if changed and account.is_powerful:
        with transaction.atomic():
            _record(EntryKind.ACCOUNT_CHANGED, instance, appointer, fields=changed)


def _changed(instance, fields: list[str]) -> list[str]:
    stored = get_user_model().objects.values(*fields).get(pk=instance.pk)
    return [name for name in fields if stored[name] != getattr(instance, name)]


def account_deleted(sender, instance, **kwargs) -> None:
    """Before an account goes: whoever may not take its offices may not delete it."""
    account, appointer = account_of(instance), appointer_now()
    refuse(may_change_sign_in(appointer, account))
    refuse(may_appoint(appointer, account, groups=account.groups))
    with transaction.atomic():
        for name in sorted(account.groups & set(offices.APPROVERS)):
            _record(EntryKind.OFFICE_TAKEN, instance, appointer, group=name)


def group_saved(sender, instance, **kwargs) -> None:
    """Before a group is stored: rule 4, its name."""
    stored = Group.objects.filter(pk=instance.pk, name__in=KEPT).first()
    if stored is not None and stored.name != instance.name:
        raise PermissionDenied(f"The group “{stored.name}” keeps its name: the routes of clearance rest on it.")


def group_deleted(sender, instance, **kwargs) -> None:
    """Before a group goes: rule 4."""
    if instance.name in KEPT:
        raise PermissionDenied(f"The group “{instance.name}” stays: the routes of clearance rest on it.")


def _record(kind: EntryKind, user, appointer: Appointer, **details) -> None:
    ledger.append(
        kind=kind,
        now=timezone.now(),
        actor_id=appointer.user_id,
        actor_name=appointer.name,
        details={"person_id": user.pk, "person": _name_of(user), **details},
    )


def _name_of(user) -> str:
    return user.get_full_name() or user.get_username()
