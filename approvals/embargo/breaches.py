"""The verbs of a breach: note it, and admit the outlet again. Each reads: lock, check, record.

A breach stops the reading before the publication; it publishes nothing. To publish at once, or sooner, is another verb.
"""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import transaction
from wagtail.models import Page

from approvals import ledger
from approvals.embargo.records import is_in_force
from approvals.embargo.refusals import EmbargoRefused, Fault
from approvals.embargo.rules import may_note_breach, may_readmit, outlet_key
from approvals.facts import actor_of, entries_of, facts_of, steps_of
from approvals.models import DuePublication, EarlyAccess, EmbargoBreach, EntryKind, LedgerEntry, OutletReadmission
from approvals.notices.writing import tell
from approvals.policy import Actor, Step, TextFacts
from site_pages.models import DocumentPage


@dataclass(frozen=True)
class Sighting:
    """Where and when the text was seen before its time. outlet: empty when nobody knows whose doing it was."""

    place: str
    seen_at: dt.datetime
    outlet: str = ""
    link: str = ""


@transaction.atomic
def note_breach(*, page_id: int, actor_id: int, seen: Sighting, now: dt.datetime) -> EmbargoBreach:
    """Put a breach on record: from this moment nobody reads the document early. Raises EmbargoRefused."""
    due = DuePublication.objects.select_for_update().filter(page_id=page_id).first()
    page = Page.objects.select_for_update().get(pk=page_id).specific
    ledger.hold()
    actor, facts = actor_of(actor_id, now=now), facts_of(page)
    verdict = may_note_breach(actor=actor, facts=facts)
    if not verdict:
        raise EmbargoRefused(verdict.refusal)
    cleared_by_entry = _broken_clearance(page, due=due)
    if not seen.place.strip():
        raise EmbargoRefused(Fault.PLACE_MISSING)
    if seen.seen_at > now:
        raise EmbargoRefused(Fault.NOT_SEEN_YET)
    outlet = " ".join(seen.outlet.split())
    entry = _record(seen, page=page, outlet=outlet, cleared_by_entry=cleared_by_entry, actor=actor, now=now)
    tell(entry=entry, people=_leadership(page, facts=facts).exclude(pk=actor_id), now=now)
    return EmbargoBreach.objects.create(
        content_id=page.content_id,
        locale=page.locale_code,
        page_id=page.pk,
        document_type=page.document_type,
        entry_number=entry.number,
        cleared_by_entry=cleared_by_entry,
        place=seen.place.strip(),
        seen_at=seen.seen_at,
        outlet=outlet,
        outlet_key=outlet_key(outlet),
        link=seen.link,
        noted_at=now,
        noted_by_id=actor.user_id,
        noted_by_name=actor.name,
    )


def _record(
    seen: Sighting, *, page: DocumentPage, outlet: str, cleared_by_entry: int, actor: Actor, now: dt.datetime
) -> LedgerEntry:
    return ledger.append(
        kind=EntryKind.EMBARGO_BROKEN,
        now=now,
        actor_id=actor.user_id,
        actor_name=actor.name,
        remark=seen.place.strip(),
        details={
            "document": f"{page.content_id} {page.locale_code}",
            "cleared_by_entry": cleared_by_entry,
            "seen_at": seen.seen_at.isoformat(),
            "outlet": outlet,
            "link": seen.link,
        },
    )


def _broken_clearance(page: DocumentPage, *, due: DuePublication | None) -> int:
    """The entry of the clearance under which the text waits, or else waited when it was last shown early."""
    about = {"content_id": page.content_id, "locale": page.locale_code}
    if due is not None and is_in_force(entries_of(**about), entry_number=due.entry_number, digest=due.digest):
        return due.entry_number
    shown = EarlyAccess.objects.filter(**about).order_by("-pk").first()
    if shown is None:
        raise EmbargoRefused(Fault.NO_EMBARGO)
    return shown.entry_number


def _leadership(page: DocumentPage, *, facts: TextFacts):
    """Whoever decides last on the route; of a limited document only the named."""
    people = get_user_model().objects.filter(
        groups=facts.steps[-1].group_id, is_active=True, is_agent=False, is_superuser=False
    )
    return (people if facts.named is None else people.filter(pk__in=facts.named)).order_by("pk")


def last_step_of(document_type: str) -> Step | None:
    """The step of the leadership, as the route of a type is now."""
    steps = steps_of(document_type)
    return steps[-1] if steps else None


@transaction.atomic
def readmit(*, breach_id: int, actor_id: int, reason: str, now: dt.datetime) -> OutletReadmission:
    """Let the outlet that broke an embargo have early access again; what was given to it before is open again.

    Raises EmbargoRefused.
    """
    breach = EmbargoBreach.objects.select_for_update().filter(pk=breach_id).first()
    if breach is None or not breach.outlet_key or OutletReadmission.objects.filter(breach=breach).exists():
        raise EmbargoRefused(Fault.NOT_BARRED)
    actor = actor_of(actor_id, now=now)
    verdict = may_readmit(actor=actor, last_step=last_step_of(breach.document_type))
    if not verdict:
        is_elsewhere = verdict.refusal == "not_in_group"
        raise EmbargoRefused(Fault.NOT_THE_LEADERSHIP if is_elsewhere else verdict.refusal)
    if not reason.strip():
        raise EmbargoRefused(Fault.REASON_MISSING)
    entry = ledger.append(
        kind=EntryKind.OUTLET_READMITTED,
        now=now,
        actor_id=actor.user_id,
        actor_name=actor.name,
        remark=reason.strip(),
        details={"outlet": breach.outlet, "noted_by_entry": breach.entry_number},
    )
    return OutletReadmission.objects.create(
        breach=breach,
        reason=reason.strip(),
        at=now,
        by_id=actor.user_id,
        by_name=actor.name,
        entry_number=entry.number,
    )
