"""What takes two administrators, and what one does at once. Plain rules, to be read aloud.

1. One administrator proposes, with a reason; another confirms within PROPOSAL_LASTS. Neither is the person concerned.
2. Both have a second factor, are active and are people.
3. A proposal is confirmed once. Any administrator withdraws it.
4. What was proposed for an account that changed meanwhile is not confirmed: look again, propose again.
5. Power is taken by one administrator at once, with a reason.
6. Proposal and change are in the ledger; the change names both.
"""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum

import rfc8785
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from approvals import ledger, second_factor
from approvals.accounts import appointer_of, under_mandate
from approvals.facts import name_of
from approvals.models import AccountProposal, Change, EntryKind, LedgerEntry, Taking
from approvals.offices import APPROVERS

PROPOSAL_LASTS = dt.timedelta(hours=72)
PASSWORD_BYTES = 12


class Fault(StrEnum):
    """Why a proposal, or its confirmation, is refused."""

    NOT_AN_ADMINISTRATOR = "not_an_administrator"
    NO_SECOND_FACTOR = "no_second_factor"
    CONCERNED = "concerned"
    SAME_PERSON = "same_person"
    NO_REASON = "no_reason"
    NOTHING_TO_CHANGE = "nothing_to_change"
    PROPOSED_ALREADY = "proposed_already"
    NO_LONGER_OPEN = "no_longer_open"
    EXPIRED = "expired"
    CHANGED_MEANWHILE = "changed_meanwhile"
    NOT_ON_RECORD = "not_on_record"


FIELDS = {
    Fault.CONCERNED: "person",
    Fault.NO_REASON: "reason",
    Fault.NOTHING_TO_CHANGE: "change",
    Fault.PROPOSED_ALREADY: "change",
}
REASONS = {
    Fault.NOT_AN_ADMINISTRATOR: _("Only a system administrator whose account is open does this."),
    Fault.NO_SECOND_FACTOR: _("Administrators need a second factor for this. Set it up under “Second factor”."),
    Fault.CONCERNED: _("Nobody proposes or confirms anything for the own account."),
    Fault.SAME_PERSON: _("You proposed it, so another administrator must confirm it."),
    Fault.NO_REASON: _("Say why."),
    Fault.NOTHING_TO_CHANGE: _("There is nothing to change: the account is like that already."),
    Fault.PROPOSED_ALREADY: _("This is proposed already and waits for a second administrator."),
    Fault.NO_LONGER_OPEN: _("This proposal was confirmed or withdrawn already. Nothing was changed."),
    Fault.EXPIRED: _("This proposal is older than 72 hours. Propose it again."),
    Fault.CHANGED_MEANWHILE: _("The account was changed since this was proposed. Look at it and propose it again."),
    Fault.NOT_ON_RECORD: _("The ledger does not know this proposal. Nothing was changed."),
}


class ChangeRefused(PermissionDenied):
    """The change breaks a rule; `fault` says which. Nothing was changed or recorded."""

    def __init__(self, fault: Fault):
        super().__init__(str(REASONS[fault]))
        self.fault = fault


@dataclass(frozen=True)
class Confirmed:
    """A proposal that was carried out. password: the new one, shown to the confirmer once; else empty."""

    proposal: AccountProposal
    password: str = ""


@transaction.atomic
def propose(
    *, change: Change, person_id: int, proposer_id: int, reason: str, now: dt.datetime, group_id: int | None = None
) -> AccountProposal:
    """Propose one change of one account; another administrator confirms it. Raises ChangeRefused."""
    # One proposal for a person at a time, so that two made at once see each other.
    person = _locked(person_id)
    proposer = _administrator(proposer_id)
    if proposer.pk == person.pk:
        raise ChangeRefused(Fault.CONCERNED)
    if not reason.strip():
        raise ChangeRefused(Fault.NO_REASON)
    group = Group.objects.get(pk=group_id) if change == Change.GIVE_OFFICE and group_id else None
    if not _changes_something(change, person=person, group=group):
        raise ChangeRefused(Fault.NOTHING_TO_CHANGE)
    if AccountProposal.objects.open().filter(change=change, person=person, group=group, expires_at__gt=now).exists():
        raise ChangeRefused(Fault.PROPOSED_ALREADY)
    proposal = AccountProposal(
        change=change,
        person=person,
        group=group,
        reason=reason.strip(),
        state=state_of(person, change=change),
        proposed_by=proposer,
        proposed_at=now,
        expires_at=now + PROPOSAL_LASTS,
    )
    entry = ledger.append(
        kind=EntryKind.CHANGE_PROPOSED,
        now=now,
        actor_id=proposer.pk,
        actor_name=name_of(proposer),
        remark=proposal.reason,
        details={**proposal.as_details(), "person": name_of(person)},
    )
    proposal.entry_number = entry.number
    proposal.save(force_insert=True)
    return proposal


@transaction.atomic
def confirm(*, proposal_id: int, confirmer_id: int, now: dt.datetime) -> Confirmed:
    """Carry out what another administrator proposed. Of two confirmations at once one counts. Raises ChangeRefused."""
    proposal = _open_proposal(proposal_id)
    confirmer, person = _administrator(confirmer_id), _locked(proposal.person_id)
    if confirmer.pk == person.pk:
        raise ChangeRefused(Fault.CONCERNED)
    if confirmer.pk == proposal.proposed_by_id:
        raise ChangeRefused(Fault.SAME_PERSON)
    if now >= proposal.expires_at:
        raise ChangeRefused(Fault.EXPIRED)
    if not _is_on_record(proposal):
        raise ChangeRefused(Fault.NOT_ON_RECORD)
    # Who proposed must still be somebody who may: an administrator who was dismissed leaves no open doors behind.
    proposer = _administrator(proposal.proposed_by_id)
    if state_of(person, change=proposal.change) != proposal.state:
        raise ChangeRefused(Fault.CHANGED_MEANWHILE)
    mandate = {
        "proposed_by_id": proposer.pk,
        "proposed_by": name_of(proposer),
        "proposed_by_entry": proposal.entry_number,
        "confirmed_by_id": confirmer.pk,
        "confirmed_by": name_of(confirmer),
    }
    with under_mandate(mandate, appointer=appointer_of(confirmer)):
        password = _carry_out(proposal, person=person)
    proposal.confirmed_by, proposal.confirmed_at = confirmer, now
    proposal.save(update_fields=["confirmed_by", "confirmed_at"])
    return Confirmed(proposal=proposal, password=password)


@transaction.atomic
def withdraw(*, proposal_id: int, administrator_id: int, now: dt.datetime) -> AccountProposal:
    """Close a proposal without a change; any administrator may, the person concerned too. Raises ChangeRefused."""
    proposal = _open_proposal(proposal_id)
    administrator = get_user_model().objects.get(pk=administrator_id)
    if not _administers(administrator):
        raise ChangeRefused(Fault.NOT_AN_ADMINISTRATOR)
    proposal.withdrawn_by, proposal.withdrawn_at = administrator, now
    proposal.save(update_fields=["withdrawn_by", "withdrawn_at"])
    return proposal


@transaction.atomic
def take(*, taking: Taking, person_id: int, administrator_id: int, reason: str) -> None:
    """Take power from an account at once. Raises ChangeRefused.

    One administrator is enough, with or without a second factor: what is taken can do no harm.
    """
    person = _locked(person_id)
    administrator = get_user_model().objects.get(pk=administrator_id)
    if not _administers(administrator):
        raise ChangeRefused(Fault.NOT_AN_ADMINISTRATOR)
    if administrator.pk == person.pk:
        raise ChangeRefused(Fault.CONCERNED)
    if not reason.strip():
        raise ChangeRefused(Fault.NO_REASON)
    offices = list(person.groups.filter(name__in=APPROVERS).order_by("name"))
    has_it = {Taking.CLOSE: person.is_active, Taking.OFFICES: offices, Taking.ADMINISTRATION: person.is_superuser}
    if not has_it[Taking(taking)]:
        raise ChangeRefused(Fault.NOTHING_TO_CHANGE)
    with under_mandate({"reason": reason.strip()}, appointer=appointer_of(administrator)):
        match taking:
            case Taking.CLOSE:
                person.is_active = False
                person.save(update_fields=["is_active"])
            case Taking.OFFICES:
                person.groups.remove(*offices)
            case Taking.ADMINISTRATION:
                person.is_superuser = False
                person.save(update_fields=["is_superuser"])


def state_of(person, *, change: Change) -> str:
    """A digest of all that an administrator looks at before agreeing: who may sign in, how, and what for."""
    state = {
        "username": person.username,
        "name": name_of(person),
        "email": person.email,
        "password": person.password,
        "is_active": person.is_active,
        "is_agent": person.is_agent,
        "is_superuser": person.is_superuser,
        "groups": sorted(person.groups.values_list("name", flat=True)),
    }
    # Somebody who is to come into office may set up a telephone in the meantime.
    if change == Change.REMOVE_SECOND_FACTOR:
        state["factors"] = sorted(Authenticator.objects.filter(user=person).values_list("pk", flat=True))
    return hashlib.sha256(rfc8785.dumps(state)).hexdigest()


def _locked(person_id: int):
    return get_user_model().objects.select_for_update().get(pk=person_id)


def _administers(user) -> bool:
    return user.is_superuser and user.is_active and not user.is_agent


def _administrator(user_id: int):
    """The administrator, as the database has him or her now. Raises ChangeRefused."""
    user = get_user_model().objects.get(pk=user_id)
    if not _administers(user):
        raise ChangeRefused(Fault.NOT_AN_ADMINISTRATOR)
    if not second_factor.suffices(user):
        raise ChangeRefused(Fault.NO_SECOND_FACTOR)
    return user


def _open_proposal(proposal_id: int) -> AccountProposal:
    proposal = AccountProposal.objects.select_for_update().get(pk=proposal_id)
    if proposal.confirmed_at is not None or proposal.withdrawn_at is not None:
        raise ChangeRefused(Fault.NO_LONGER_OPEN)
    return proposal


def _is_on_record(proposal: AccountProposal) -> bool:
    entry = LedgerEntry.objects.filter(number=proposal.entry_number, kind=EntryKind.CHANGE_PROPOSED).first()
    if entry is None or entry.actor_id != proposal.proposed_by_id:
        return False
    return {name: entry.details.get(name) for name in proposal.as_details()} == proposal.as_details()


def _changes_something(change: Change, *, person, group: Group | None) -> bool:
    match change:
        case Change.GIVE_OFFICE:
            is_an_office = group is not None and group.name in APPROVERS
            return is_an_office and not person.groups.filter(pk=group.pk).exists()
        case Change.MAKE_ADMINISTRATOR:
            return not person.is_superuser
        case Change.REOPEN:
            return not person.is_active
        case Change.REMOVE_SECOND_FACTOR:
            return Authenticator.objects.filter(user=person).exists()
    return True


def _carry_out(proposal: AccountProposal, *, person) -> str:
    """Make the change; the receivers of approvals.accounts and approvals.factors record it. Gives a new password."""
    password = ""
    match proposal.change:
        case Change.GIVE_OFFICE:
            person.groups.add(proposal.group)
        case Change.MAKE_ADMINISTRATOR:
            person.is_superuser = True
            person.save(update_fields=["is_superuser"])
        case Change.REOPEN:
            person.is_active = True
            person.save(update_fields=["is_active"])
        case Change.RESET_PASSWORD:
            password = secrets.token_urlsafe(PASSWORD_BYTES)
            person.set_password(password)
            person.save(update_fields=["password"])
        case Change.REMOVE_SECOND_FACTOR:
            for factor in Authenticator.objects.filter(user=person):
                factor.delete()
    return password
