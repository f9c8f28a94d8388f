"""Appointing somebody to decide in the place of an absent person. Plain rules, to be read aloud.

1. A system administrator appoints, and is neither the one nor the other.
2. Only who holds an office that decides is represented in it; a system administrator or a program represents nobody.
3. Nobody represents himself or herself.
4. No chains: who represents somebody is not represented in that office at the same time, and the other way round.
5. No overlap: at one moment a person has one deputy in one office.
6. An appointment names its legal basis and its two ends, and is not over when it is made.
7. It is never changed: it is revoked, and another is made.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from approvals import ledger
from approvals.facts import name_of
from approvals.models import ActingAppointment, EntryKind
from approvals.offices import APPROVERS


class Fault(StrEnum):
    """Why an appointment is refused."""

    NOT_AN_ADMINISTRATOR = "not_an_administrator"
    HOLDS_NO_OFFICE = "holds_no_office"
    DEPUTY_MAY_NOT_DECIDE = "deputy_may_not_decide"
    ONESELF = "oneself"
    CHAIN = "chain"
    OVERLAP = "overlap"
    NO_LEGAL_BASIS = "no_legal_basis"
    NO_TIME = "no_time"


FIELDS = {
    Fault.HOLDS_NO_OFFICE: "principal",
    Fault.DEPUTY_MAY_NOT_DECIDE: "deputy",
    Fault.ONESELF: "deputy",
    Fault.CHAIN: "deputy",
    Fault.OVERLAP: "principal",
    Fault.NO_LEGAL_BASIS: "legal_basis",
    Fault.NO_TIME: "ends_at",
}
REASONS = {
    Fault.NOT_AN_ADMINISTRATOR: _("Only a system administrator who is neither of the two appoints and revokes."),
    Fault.HOLDS_NO_OFFICE: _("This person does not hold the office, so nobody can act in it for him or her."),
    Fault.DEPUTY_MAY_NOT_DECIDE: _(
        "This account cannot decide: it is not active, administers the system or is a program."
    ),
    Fault.ONESELF: _("Nobody acts for himself or herself."),
    Fault.CHAIN: _("One of the two already acts for another, or is represented, in this office at that time."),
    Fault.OVERLAP: _("At that time somebody else already acts for this person in this office."),
    Fault.NO_LEGAL_BASIS: _("Name the order on which the appointment rests."),
    Fault.NO_TIME: _("The end must lie after the beginning and in the future."),
}


class AppointmentRefused(PermissionDenied):
    """The appointment breaks a rule; `fault` says which. Nothing was recorded."""

    def __init__(self, fault: Fault):
        super().__init__(str(REASONS[fault]))
        self.fault = fault


@dataclass(frozen=True)
class Person:
    """An account, as the rules see it."""

    user_id: int
    groups: frozenset[str]
    is_active: bool = True
    is_superuser: bool = False
    is_agent: bool = False


@dataclass(frozen=True)
class Proposal:
    """An appointment that is to be made."""

    principal: Person
    deputy: Person
    office: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    legal_basis: str


def fault_of(
    proposal: Proposal, *, appointer: Person, others: Iterable[tuple[int, int]], now: dt.datetime
) -> Fault | None:
    """The first rule that the proposal breaks, None when it breaks none.

    others: (principal, deputy) of every other appointment in the same office that is in force at some time of this one.
    """
    principal, deputy, others = proposal.principal, proposal.deputy, list(others)
    if not appointer.is_superuser or appointer.user_id in (principal.user_id, deputy.user_id):
        return Fault.NOT_AN_ADMINISTRATOR
    if proposal.office not in APPROVERS or proposal.office not in principal.groups or not principal.is_active:
        return Fault.HOLDS_NO_OFFICE
    if principal.user_id == deputy.user_id:
        return Fault.ONESELF
    if not deputy.is_active or deputy.is_superuser or deputy.is_agent:
        return Fault.DEPUTY_MAY_NOT_DECIDE
    if not proposal.legal_basis.strip():
        return Fault.NO_LEGAL_BASIS
    if proposal.ends_at <= max(proposal.starts_at, now):
        return Fault.NO_TIME
    if any(deputy.user_id == represented or principal.user_id == acts for represented, acts in others):
        return Fault.CHAIN
    return Fault.OVERLAP if any(principal.user_id == represented for represented, _acts in others) else None


def person_of(user) -> Person:
    """The account as it is stored."""
    return Person(
        user_id=user.pk,
        groups=frozenset(user.groups.values_list("name", flat=True)),
        is_active=user.is_active,
        is_superuser=user.is_superuser,
        is_agent=user.is_agent,
    )


@transaction.atomic
def appoint(
    *,
    principal_id: int,
    deputy_id: int,
    group_id: int,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    legal_basis: str,
    appointer_id: int,
    now: dt.datetime,
    document_types: Iterable[str] = (),
) -> ActingAppointment:
    """Let the deputy decide in the principal's place, and enter it in the ledger. Raises AppointmentRefused."""
    # One appointment at a time, so that two made at once see each other.
    group = Group.objects.select_for_update().get(pk=group_id)
    users = get_user_model().objects.in_bulk([principal_id, deputy_id, appointer_id])
    appointment = ActingAppointment(
        principal=users[principal_id],
        deputy=users[deputy_id],
        group=group,
        document_types=sorted(set(document_types)),
        starts_at=starts_at,
        ends_at=ends_at,
        legal_basis=legal_basis.strip(),
    )
    appointer = users[appointer_id]
    if fault := check(appointment, appointer=appointer, now=now):
        raise AppointmentRefused(fault)
    entry = ledger.append(
        kind=EntryKind.ACTING_GIVEN,
        now=now,
        actor_id=appointer.pk,
        actor_name=name_of(appointer),
        remark=appointment.legal_basis,
        details=appointment.as_details(),
    )
    appointment.entry_number = entry.number
    appointment.save(force_insert=True)
    return appointment


def check(appointment: ActingAppointment, *, appointer, now: dt.datetime) -> Fault | None:
    """The first rule that an appointment which is not made yet would break."""
    proposal = Proposal(
        principal=person_of(appointment.principal),
        deputy=person_of(appointment.deputy),
        office=appointment.group.name,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        legal_basis=appointment.legal_basis,
    )
    others = ActingAppointment.objects.filter(
        group=appointment.group,
        revoked_at__isnull=True,
        starts_at__lt=appointment.ends_at,
        ends_at__gt=appointment.starts_at,
    )
    pairs = others.values_list("principal_id", "deputy_id")
    return fault_of(proposal, appointer=person_of(appointer), others=pairs, now=now)


@transaction.atomic
def revoke(*, appointment_id: int, appointer_id: int, remark: str, now: dt.datetime) -> ActingAppointment:
    """End an appointment at once, for a reason. Raises AppointmentRefused."""
    appointment = ActingAppointment.objects.select_for_update().select_related("group").get(pk=appointment_id)
    appointer = get_user_model().objects.get(pk=appointer_id)
    if not appointer.is_superuser or appointer.pk in (appointment.principal_id, appointment.deputy_id):
        raise AppointmentRefused(Fault.NOT_AN_ADMINISTRATOR)
    if appointment.revoked_at is None:
        ledger.append(
            kind=EntryKind.ACTING_TAKEN,
            now=now,
            actor_id=appointer.pk,
            actor_name=name_of(appointer),
            remark=remark.strip(),
            details={**appointment.as_details(), "appointed_by_entry": appointment.entry_number},
        )
        appointment.revoked_at = now
        appointment.save(update_fields=["revoked_at"])
    return appointment


def deputies_of(*, group_id: int, now: dt.datetime) -> list:
    """The people who act for somebody in a group now."""
    in_force = ActingAppointment.objects.in_force(now).filter(group_id=group_id).values("deputy_id")
    return list(get_user_model().objects.filter(pk__in=in_force, is_active=True).order_by("pk"))
