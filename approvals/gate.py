"""The gate: the only door to the public.

Whoever wants a text published comes here, and the gate believes nobody: it rebuilds the public form of the very
revision, compares its digest with what the ledger says was approved, and publishes exactly that or nothing.
"""

import datetime as dt

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.models import Page, Revision

from approvals import ledger
from approvals.facts import actor_of, facts_of
from approvals.models import BundleMember, DuePublication, EntryKind, LedgerEntry
from approvals.originals import must_wait
from approvals.policy import is_cleared, is_cleared_urgently, skipped_steps
from approvals.withdrawal.voiding import void_open_withdrawal
from site_pages.gatekeeping import GateClosed, opened
from site_pages.models import DocumentPage, PublicationPermit
from site_pages.public_form.builders import build
from site_pages.public_form.canonical import PublicForm
from site_pages.signals import document_published

# What each kind of clearance has to show.
CLEARING = {EntryKind.CLEARED: is_cleared, EntryKind.CLEARED_URGENTLY: is_cleared_urgently}


def subject_of(page: DocumentPage, *, revision_id: int, digest: str) -> ledger.Subject:
    """How the ledger names one version of a document."""
    return ledger.Subject(
        content_id=page.content_id,
        locale=page.locale_code,
        document_type=page.document_type,
        page_id=page.pk,
        revision_id=revision_id,
        digest=digest,
    )


def clear(*, page_id: int, revision_id: int, actor_id: int | None, now: dt.datetime) -> LedgerEntry:
    """Declare a version cleared when the ledger says so, and publish it, or set it down for its time, its original or
    its bundle.

    Runs inside the transaction of the last decision. Raises GateClosed: a decision of the route is missing, or the
    version is not the one that was decided on.
    """
    page, form = _locked_form(page_id=page_id, revision_id=revision_id)
    facts = facts_of(page)
    if not facts.is_under_way or not is_cleared(facts=facts, digest=form.digest):
        raise GateClosed(_("Not every step of the route has approved exactly this text."))
    entry = ledger.append(
        kind=EntryKind.CLEARED,
        now=now,
        subject=subject_of(page, revision_id=revision_id, digest=form.digest),
        actor_id=actor_id,
        actor_name=actor_of(actor_id, now=now).name if actor_id else "",
        steps_total=len(facts.steps),
    )
    due_at = page.go_live_at if page.go_live_at and page.go_live_at > now else now
    membership = membership_of(page)
    if membership:
        due_at = membership.bundle.due_at or now
    # The entry has locked the ledger's head, so no original becomes public while this is decided.
    if membership or due_at > now or must_wait(page):
        DuePublication.objects.create(
            page_id=page_id,
            revision_id=revision_id,
            digest=form.digest,
            entry_number=entry.number,
            due_at=due_at,
            bundle_id=membership.bundle_id if membership else None,
        )
    else:
        publish(entry=entry, now=now)
    return entry


def clear_urgently(
    *, page_id: int, revision_id: int, actor_id: int, actor_name: str, reason: str, now: dt.datetime
) -> LedgerEntry:
    """Declare a version cleared by one leader for a reason, and publish it at once.

    Runs inside the transaction of that decision. Raises GateClosed: no such decision is on record, or the version is
    not the one that was decided on, or its time has not come.
    """
    page, form = _locked_form(page_id=page_id, revision_id=revision_id)
    facts = facts_of(page)
    if not facts.is_under_way or not is_cleared_urgently(facts=facts, digest=form.digest):
        raise GateClosed(_("Nobody of the last step has approved exactly this text."))
    entry = ledger.append(
        kind=EntryKind.CLEARED_URGENTLY,
        now=now,
        subject=subject_of(page, revision_id=revision_id, digest=form.digest),
        actor_id=actor_id,
        actor_name=actor_name,
        steps_total=len(facts.steps),
        remark=reason,
        details={"contributors": sorted(facts.contributors), "skipped": skipped_steps(facts, digest=form.digest)},
    )
    publish(entry=entry, now=now)
    return entry


def publish(*, entry: LedgerEntry, now: dt.datetime, bundle_id: int | None = None) -> None:
    """Make public the version that a `cleared` entry names: page, published document and log in one transaction.

    bundle_id: the bundle as a part of which it becomes public; a text of an open bundle does so in no other way.
    Raises GateClosed: the revision is no longer what was cleared, something happened to the document since, nobody
    stored the public form, an act's original is not public yet, or the text belongs to another bundle.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("Publication happens inside a transaction.")
    page, form = _locked_form(page_id=entry.page_id, revision_id=entry.revision_id)
    _check_clearance(entry=entry, page=page, form=form)
    _check_bundle(page, bundle_id=bundle_id)
    # Before the number of the publication, as every decision takes them: else the two could wait for each other.
    ledger.hold()
    _check_original(page)
    permit = PublicationPermit.objects.create(
        content_id=page.content_id,
        locale=page.locale_code,
        page_id=page.pk,
        revision_id=entry.revision_id,
        digest=form.digest,
        entry_number=entry.number,
    )
    with opened(page_id=page.pk, revision_id=entry.revision_id):
        revision = Revision.objects.get(pk=entry.revision_id)
        PublishPageRevisionAction(revision, user=None).execute(skip_permission_checks=True)
        if not Page.objects.filter(pk=page.pk, live=True, live_revision_id=entry.revision_id).exists():
            raise GateClosed(_("The time of publication has not come yet."))
        _store(form=form, now=now, entry_number=entry.number)
    ledger.append(
        kind=EntryKind.PUBLISHED,
        now=now,
        subject=subject_of(page, revision_id=entry.revision_id, digest=form.digest),
        steps_total=entry.steps_total,
        details={"cleared_by_entry": entry.number, **_urgency(entry), **({"bundle": bundle_id} if bundle_id else {})},
    )
    permit.delete()
    DuePublication.objects.filter(page_id=page.pk).delete()
    void_open_withdrawal(content_id=page.content_id, locale=page.locale_code, now=now)


def _urgency(entry: LedgerEntry) -> dict:
    return {"urgent": {"reason": entry.remark}} if entry.kind == EntryKind.CLEARED_URGENTLY else {}


def _locked_form(*, page_id: int, revision_id: int) -> tuple[DocumentPage, PublicForm]:
    """The page as its revision holds it, and its public form; the page's row stays locked to the transaction's end."""
    stored = Page.objects.select_for_update().get(pk=page_id)
    revision = Revision.objects.get(pk=revision_id)
    if (revision.object_id, revision.base_content_type_id) != (str(page_id), stored.get_base_content_type().pk):
        raise GateClosed(_("This version belongs to another document."))
    page = revision.as_object()
    if not isinstance(page, DocumentPage) or page.alias_of_id:
        raise GateClosed(_("Only documents are published."))
    return page, build(page)


def _check_clearance(*, entry: LedgerEntry, page: DocumentPage, form: PublicForm) -> None:
    same_text = (entry.content_id, entry.locale, entry.digest) == (page.content_id, page.locale_code, form.digest)
    if entry.kind not in CLEARING or not same_text:
        raise GateClosed(_("The text is not the one that was cleared."))
    about = LedgerEntry.objects.about(content_id=page.content_id, locale=page.locale_code)
    later = about.of_the_text().filter(number__gt=entry.number)
    if later.exists():
        raise GateClosed(_("Something was decided on this document after it was cleared."))
    if not CLEARING[entry.kind](facts=facts_of(page), digest=form.digest):
        raise GateClosed(_("Not every step of the route has approved exactly this text."))


def membership_of(page: DocumentPage) -> BundleMember | None:
    """The text's place in an open bundle. It changes only under the lock of the page's row."""
    members = BundleMember.objects.filter(content_id=page.content_id, locale=page.locale_code, is_open=True)
    return members.select_related("bundle").first()


def _check_bundle(page: DocumentPage, *, bundle_id: int | None) -> None:
    membership = membership_of(page)
    if (membership.bundle_id if membership else None) != bundle_id:
        raise GateClosed(
            _("This text belongs to a bundle and is published with it. To publish it alone, take it out first.")
        )


def _check_original(page: DocumentPage) -> None:
    if must_wait(page):
        raise GateClosed(_("The Kyrgyz text of this act is not public yet, and it goes first."))


def _store(*, form: PublicForm, now: dt.datetime, entry_number: int) -> None:
    answers = document_published.send(sender=DocumentPage, form=form, published_at=now, entry_number=entry_number)
    if not any(getattr(answer, "digest", None) == form.digest for _receiver, answer in answers):
        raise GateClosed(_("The public form was not stored as it was cleared."))


def finish(workflow_state, user=None) -> None:
    """Wagtail says that the last step is done; the ledger decides whether that is true."""
    page = workflow_state.content_object
    revision_id = workflow_state.current_task_state.revision_id
    clear(page_id=page.pk, revision_id=revision_id, actor_id=getattr(user, "pk", None), now=timezone.now())
