"""The verbs of early access: give and revoke. Each reads: lock, read again, check, change, record.

What they record is about no single document to the ledger, as with bundles: an entry about the document would void its
clearance. The ledger's head is held before anything is checked, so a breach, a revocation and a gift have an order.
"""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from wagtail.models import Page

from approvals import ledger
from approvals.embargo.records import BarredOutlets, EmbargoRecords, is_in_force
from approvals.embargo.refusals import EmbargoRefused, Fault
from approvals.embargo.rules import may_give, may_revoke, outlet_key
from approvals.facts import actor_of, entries_of, facts_of
from approvals.models import (
    DuePublication,
    EarlyAccess,
    EarlyInvitation,
    EarlyRevocation,
    EntryKind,
    LedgerEntry,
    Notice,
)
from approvals.outside import tokens
from approvals.policy import Actor
from approvals.queue import key_of
from site_pages.models import DocumentPage


@dataclass(frozen=True)
class Journalist:
    """For whom an early access is. language: of the pages that he or she is shown, not of the document."""

    reader_name: str
    outlet: str
    email: str
    language: str

    @property
    def key(self) -> str:
        """By what the outlet is known again."""
        return outlet_key(self.outlet)

    def tidied(self) -> "Journalist":
        """The same without stray spaces. Raises EmbargoRefused: something is missing."""
        name, outlet = " ".join(self.reader_name.split()), " ".join(self.outlet.split())
        tidy = Journalist(reader_name=name, outlet=outlet, email=self.email.strip().lower(), language=self.language)
        try:
            validate_email(tidy.email)
        except ValidationError as error:
            raise EmbargoRefused(Fault.INCOMPLETE) from error
        if not (tidy.reader_name and tidy.key and tidy.language in dict(settings.LANGUAGES)):
            raise EmbargoRefused(Fault.INCOMPLETE)
        return tidy


@transaction.atomic
def give(
    *,
    page_id: int,
    giver_id: int,
    seen_digest: str,
    to: Journalist,
    ends_at: dt.datetime | None,
    by_mail: bool,
    now: dt.datetime,
) -> tuple[EarlyAccess, str]:
    """Early access to exactly the text with `seen_digest`, and its token, which is shown once and stored nowhere.

    ends_at: None for the publication. by_mail: whether the address is also sent to the journalist.
    Raises EmbargoRefused.
    """
    due = DuePublication.objects.select_for_update().filter(page_id=page_id).first()
    page = Page.objects.select_for_update().get(pk=page_id).specific
    ledger.hold()
    actor = actor_of(giver_id, now=now)
    due, journalist = _checked(due, page=page, actor=actor, seen_digest=seen_digest, to=to, now=now)
    ends_at = ends_at or due.due_at
    if not now < ends_at <= due.due_at:
        raise EmbargoRefused(Fault.END_TOO_LATE)
    entry = _record_gift(actor, page=page, due=due, to=journalist, ends_at=ends_at, now=now)
    seed = tokens.new_seed()
    token = tokens.made_of(seed)
    access = _kept(token, entry, page=page, due=due, to=journalist, ends_at=ends_at)
    if by_mail:
        _invite(access, seed=seed, entry=entry)
    return access, token


def _kept(
    token: str, entry: LedgerEntry, *, page: DocumentPage, due: DuePublication, to: Journalist, ends_at: dt.datetime
) -> EarlyAccess:
    return EarlyAccess.objects.create(
        token_hash=tokens.hash_of(token),
        content_id=page.content_id,
        locale=page.locale_code,
        page_id=page.pk,
        digest=due.digest,
        entry_number=due.entry_number,
        given_by_entry=entry.number,
        outlet_key=to.key,
        giver_id=entry.actor_id,
        giver_name=entry.actor_name,
        given_at=entry.recorded_at,
        ends_at=ends_at,
        **vars(to),
    )


def _checked(
    due: DuePublication | None, *, page: DocumentPage, actor: Actor, seen_digest: str, to: Journalist, now: dt.datetime
) -> tuple[DuePublication, Journalist]:
    """What waits of the page, and for whom it is, when the actor may give that. Raises EmbargoRefused."""
    verdict = may_give(actor=actor, facts=facts_of(page))
    if not verdict:
        raise EmbargoRefused(verdict.refusal)
    due = _under_embargo(due, page=page, now=now)
    if seen_digest != due.digest:
        raise EmbargoRefused(Fault.TEXT_CHANGED)
    journalist = to.tidied()
    if EmbargoRecords(content_ids=[page.content_id], now=now).breaches.standing(key_of(page)):
        raise EmbargoRefused(Fault.EMBARGO_BROKEN)
    if BarredOutlets().has(outlet_key=journalist.key, email=journalist.email):
        raise EmbargoRefused(Fault.OUTLET_BARRED)
    return due, journalist


def _under_embargo(due: DuePublication | None, *, page: DocumentPage, now: dt.datetime) -> DuePublication:
    """What waits of the page, if it is under embargo by rule 1."""
    entries = entries_of(content_id=page.content_id, locale=page.locale_code)
    is_cleared = due is not None and is_in_force(entries, entry_number=due.entry_number, digest=due.digest)
    if not is_cleared or due.held_at is not None or due.due_at <= now:
        raise EmbargoRefused(Fault.NO_EMBARGO)
    return due


def _record_gift(
    actor: Actor, *, page: DocumentPage, due: DuePublication, to: Journalist, ends_at: dt.datetime, now: dt.datetime
) -> LedgerEntry:
    return ledger.append(
        kind=EntryKind.EARLY_GIVEN,
        now=now,
        actor_id=actor.user_id,
        actor_name=actor.name,
        details={
            "document": f"{page.content_id} {page.locale_code}",
            "digest": due.digest,
            "cleared_by_entry": due.entry_number,
            "reader": to.reader_name,
            "outlet": to.outlet,
            "ends_at": ends_at.isoformat(),
        },
    )


def _invite(access: EarlyAccess, *, seed: str, entry: LedgerEntry) -> None:
    """Write the mail down that brings the address. Its row names the entry only: administrators see it too."""
    EarlyInvitation.objects.create(access=access, seed=seed)
    Notice.objects.create(
        entry_number=entry.number,
        recipient_id=0,
        recipient_name=f"№ {entry.number}",
        written_at=entry.recorded_at,
        next_attempt_at=entry.recorded_at,
    )


@transaction.atomic
def revoke(*, access_id: int, actor_id: int, now: dt.datetime) -> None:
    """End an early access at once. Safe to repeat. Raises EmbargoRefused."""
    access = EarlyAccess.objects.select_for_update().filter(pk=access_id).first()
    page = DocumentPage.objects.filter(pk=access.page_id).first() if access else None
    if page is None:
        raise EmbargoRefused(Fault.NOT_GIVEN)
    actor = actor_of(actor_id, now=now)
    verdict = may_revoke(actor=actor, facts=facts_of(page.specific))
    if not verdict:
        raise EmbargoRefused(verdict.refusal)
    if EarlyRevocation.objects.filter(access=access).exists():
        return
    entry = ledger.append(
        kind=EntryKind.EARLY_REVOKED,
        now=now,
        actor_id=actor.user_id,
        actor_name=actor.name,
        details={"document": f"{access.content_id} {access.locale}", "given_by_entry": access.given_by_entry},
    )
    EarlyRevocation.objects.create(
        access=access, at=now, by_id=actor.user_id, by_name=actor.name, entry_number=entry.number
    )
