"""The gate: the only door to the public.

Whoever wants a text published comes here, and the gate believes nobody: it rebuilds the public form of the very
revision, compares its digest with what the ledger says was approved, and publishes exactly that or nothing.
"""

import datetime as dt
from collections.abc import Callable, Iterable

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision

from approvals import ledger
from approvals.cleared_texts import DATABASE_FAILED, Ahead, ClearedText, in_words, is_early, read, version_of, write
from approvals.clock import database_now
from approvals.corrections import correction_by
from approvals.facts import (
    actor_of,
    entries_of,
    facts_of,
    last_publication,
    of_the_text,
    published_at_last,
    was_met,
)
from approvals.going_live import go_live
from approvals.models import BundleMember, DuePublication, EntryKind, LedgerEntry
from approvals.originals import follows_its_original, must_wait
from approvals.page_rows import write_changes
from approvals.policy import is_cleared, is_cleared_urgently, skipped_steps
from approvals.punctuality import Delay, delays_of, keep_delays
from approvals.queue import Key, Records, key_of
from approvals.withdrawal.voiding import void_open_withdrawals
from site_pages import corrections
from site_pages.gatekeeping import GateClosed
from site_pages.models import DocumentPage, PublicationPermit
from site_pages.public_form.builders import build
from site_pages.public_form.canonical import PublicForm
from site_pages.signals import Handed, documents_published
from site_pages.times import has_ended, is_too_near

# What each kind of clearance has to show.
CLEARING = {EntryKind.CLEARED: is_cleared, EntryKind.CLEARED_URGENTLY: is_cleared_urgently}


class EndPassed(GateClosed):
    """The time until which the text was to be shown is over before it was published: it never can be."""


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
    check_notice(page, form)
    entry = ledger.append(
        kind=EntryKind.CLEARED,
        now=now,
        subject=subject_of(page, revision_id=revision_id, digest=form.digest),
        actor_id=actor_id,
        actor_name=actor_of(actor_id, now=now).name if actor_id else "",
        steps_total=len(facts.steps),
        details=time_at_clearance(page, place=membership_of(page), now=now),
    )
    # The machine on which somebody decides may be ahead of the clock by which nothing is early.
    has_time = page.go_live_at is not None and page.go_live_at > min(now, database_now())
    due_at = page.go_live_at if has_time else now
    membership = _place_kept_for(page)
    if membership:
        due_at = membership.bundle.due_at or now
    # The entry has locked the ledger's head, so no original becomes public while this is decided.
    if membership or has_time or must_wait(page):
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


def time_at_clearance(page: DocumentPage, *, place: BundleMember | None, now: dt.datetime) -> dict:
    """What the ledger says of the time of a text that is cleared only now; nothing when there is time enough.

    A time never shifts: what is cleared late is published at once and says by how much; what is cleared just before its
    time is published at it, though sites may show it later. The time of what is in a bundle is the bundle's.
    """
    due_at = place.bundle.due_at if place else page.go_live_at
    if due_at is not None and due_at < now:
        entries = entries_of(content_id=page.content_id, locale=page.locale_code)
        if not was_met(due_at, published_at=published_at_last(entries)):
            return {"cleared_late_seconds": int((now - due_at).total_seconds())}
    return {"cleared_near_its_time": True} if is_too_near(page, now=now) else {}


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
    check_notice(page, form)
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


def publish(*, entry: LedgerEntry, now: dt.datetime) -> None:
    """Make public the version that a `cleared` entry names: page, published document and log in one transaction.

    Raises GateClosed: the revision is no longer what was cleared, something happened to the document since, its time
    has not come, nobody stored the public form, an act's original is not public yet, or it belongs to a bundle.
    """
    for refusal in publish_all(entries=[entry], now=now).values():
        raise refusal


def publish_all(
    *,
    entries: Iterable[LedgerEntry],
    now: dt.datetime,
    bundle_id: int | None = None,
    ahead: Ahead | None = None,
    clock: Callable[[], dt.datetime] = database_now,
    counts_waiting: bool = False,
) -> dict[int, Exception]:
    """Make public the versions that these `cleared` entries name, all in the transaction of the caller.

    What is refused falls out alone, and nothing of it stays; given back by page, with the reason. They go in their
    order, but translations of acts after originals that become public here. bundle_id: the bundle as a part of which
    they become public; a text of an open bundle does so in no other way. ahead: what was made ready before. clock: by
    which no text is early. counts_waiting: what waited for another worker is public from the end of that wait, not
    from `now`.
    Raises what DATABASE_FAILED names: the transaction is lost, and can be begun again.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("Publication happens inside a transaction.")
    texts, refused = _texts(list(entries), ahead=ahead or Ahead())
    moment, records = clock(), Records([text.page for text in texts], steps=())
    bundles = _bundles_of(texts)
    for text in list(texts):
        try:
            _check(text, records=records, bundles=bundles, bundle_id=bundle_id, moment=moment)
        except GateClosed as refusal:
            refused[text.page.pk] = refusal
            texts.remove(text)
    # Before the numbers of the publications, as every decision takes them: else the two could wait for each other. And
    # before any page is written: Wagtail's search index locks rows of other pages.
    ledger.hold()
    now = max(now, clock()) if counts_waiting else now
    waiting = _too_early(texts)
    refused |= _pass([text for text in texts if text.page.pk not in waiting], now=now, bundle_id=bundle_id)
    following = [text for text in texts if text.page.pk in waiting]
    # Asked once more: what they wait for may just have become public.
    too_early = _too_early(following)
    following = [text for text in following if text.page.pk not in too_early]
    return refused | too_early | _pass(following, now=now, bundle_id=bundle_id)


def _texts(entries: list[LedgerEntry], *, ahead: Ahead) -> tuple[list[ClearedText], dict[int, Exception]]:
    """The texts of the entries, and what cannot be read. Their pages stay locked."""
    locked = Page.objects.select_for_update().filter(pk__in=[e.page_id for e in entries]).order_by("pk")
    pages = {page.pk: page for page in locked}
    revisions = Revision.objects.in_bulk([entry.revision_id for entry in entries])
    written = set(
        DuePublication.objects.filter(page_id__in=pages, prepared_at__isnull=False).values_list(
            "page_id", "entry_number"
        )
    )
    texts, refused, gone = [], {}, ahead.gone(entries)
    for entry in entries:
        try:
            page, revision = pages[entry.page_id], revisions[entry.revision_id]
            text = ahead.still(entry, revision, stored=page, gone=gone)
            if text is None or not (text.changes or (page.pk, entry.number) in written):
                with transaction.atomic():
                    text = read(entry, stored=page, revision=revision)
            texts.append(text)
        except DATABASE_FAILED:
            raise
        except Exception as refusal:
            # Whatever nobody foresaw with one document must not keep the others from their time.
            refused[entry.page_id] = refusal
    return texts, refused


def _pass(texts: list[ClearedText], *, now: dt.datetime, bundle_id: int | None) -> dict[int, Exception]:
    """Let them through together; where that fails, half and half, until what fails stands alone."""
    if not texts:
        return {}
    try:
        with transaction.atomic():
            _let_through(texts, now=now, bundle_id=bundle_id)
        return {}
    except DATABASE_FAILED:
        raise
    except Exception as refusal:
        if len(texts) == 1:
            return {texts[0].page.pk: in_words(refusal, page=texts[0].page)}
    half = len(texts) // 2
    refused = _pass(texts[:half], now=now, bundle_id=bundle_id)
    return refused | _pass(texts[half:], now=now, bundle_id=bundle_id)


def _let_through(texts: list[ClearedText], *, now: dt.datetime, bundle_id: int | None) -> None:
    ids = [text.page.pk for text in texts]
    due = {row.page_id: row for row in DuePublication.objects.filter(page_id__in=ids).select_related("bundle")}
    for text in texts:
        if not text.is_written and text.changes is None:
            write(text.entry)
    write_changes([(text.page, text.changes) for text in texts if text.changes])
    PublicationPermit.objects.bulk_create(
        PublicationPermit(
            content_id=text.page.content_id,
            locale=text.page.locale_code,
            page_id=text.page.pk,
            revision_id=text.entry.revision_id,
            digest=text.form.digest,
            entry_number=text.entry.number,
        )
        for text in texts
    )
    go_live(texts, now=now)
    versions = _store(texts, now=now)
    delays = delays_of(texts, due=due, now=now)
    published = [
        _published(text, version=versions[text.form.digest], delay=delays.get(text.page.pk), bundle_id=bundle_id)
        for text in texts
    ]
    keep_delays(ledger.append_all(published, now=now), delays=delays)
    PublicationPermit.objects.filter(page_id__in=ids).delete()
    DuePublication.objects.filter(page_id__in=ids).delete()
    void_open_withdrawals(page_ids=ids, now=now)


def _published(text: ClearedText, *, version: int, delay: Delay | None, bundle_id: int | None) -> ledger.Draft:
    entry = text.entry
    return ledger.Draft(
        kind=EntryKind.PUBLISHED,
        subject=subject_of(text.page, revision_id=entry.revision_id, digest=text.form.digest),
        steps_total=entry.steps_total,
        details=_details(text, version=version, delay=delay, bundle_id=bundle_id),
    )


def _details(text: ClearedText, *, version: int, delay: Delay | None, bundle_id: int | None) -> dict:
    entry = text.entry
    return {
        "cleared_by_entry": entry.number,
        "version": version,
        **({"urgent": {"reason": entry.remark}} if entry.kind == EntryKind.CLEARED_URGENTLY else {}),
        **({"bundle": bundle_id} if bundle_id else {}),
        **(delay.as_details() if delay else {}),
    }


def _locked_form(*, page_id: int, revision_id: int) -> tuple[DocumentPage, PublicForm]:
    """The page as its revision holds it, and its public form; the page's row stays locked to the transaction's end."""
    stored = Page.objects.select_for_update().get(pk=page_id)
    page = version_of(stored, Revision.objects.get(pk=revision_id))
    return page, build(page)


def _check(
    text: ClearedText, *, records: Records, bundles: dict[Key, int], bundle_id: int | None, moment: dt.datetime
) -> None:
    page, entry = text.page, text.entry
    _require_same(entry, page, text.form)
    if of_the_text(records.entries[key_of(page)])[-1].number > entry.number:
        raise GateClosed(_("Something was decided on this document after it was cleared."))
    if not CLEARING[entry.kind](facts=records.facts(page), digest=text.form.digest):
        raise GateClosed(_("Not every step of the route has approved exactly this text."))
    if bundles.get(key_of(page)) != bundle_id:
        raise GateClosed(
            _("This text belongs to a bundle and is published with it. To publish it alone, take it out first.")
        )
    if is_early(text, at=moment):
        raise GateClosed(_("The time of publication has not come yet."))
    if has_ended(page, at=moment):
        raise EndPassed(_("The time until which it was to be shown has passed. It is never published."))
    public = last_publication(records.entries[key_of(page)])
    # The notice of a correction that was made ready was looked at beside the very version that is public now.
    if not (text.changes and public and public.number == text.changes.public_entry) and (page.live or public):
        check_notice(page, text.form)


def _require_same(entry: LedgerEntry, page: DocumentPage, form: PublicForm) -> None:
    same_text = (entry.content_id, entry.locale, entry.digest) == (page.content_id, page.locale_code, form.digest)
    if entry.kind not in CLEARING or not same_text:
        raise GateClosed(_("The text is not the one that was cleared."))


def check_notice(page: DocumentPage, form: PublicForm) -> None:
    """The bytes that would change a public text carry their notice, whichever way they came. Raises GateClosed."""
    payload = form.payload
    wrong = corrections.issues(
        correction=correction_by(page, form=form), update_type=payload["update_type"], note=payload["change_note"]
    )
    if messages := [issue.message for issue in wrong]:
        raise GateClosed(" ".join(messages))


def _bundles_of(texts: list[ClearedText]) -> dict[Key, int]:
    """In which open bundle each text is; none for most. It changes only under the lock of the page's row."""
    members = BundleMember.objects.filter(content_id__in=[text.page.content_id for text in texts], is_open=True)
    return {(row.content_id, row.locale): row.bundle_id for row in members}


def _too_early(texts: list[ClearedText]) -> dict[int, Exception]:
    """The translations of acts among them whose originals are not public now, by page."""
    following = [text for text in texts if follows_its_original(text.page)]
    if not following:
        return {}
    records = Records([text.page for text in following], steps=())
    return {
        text.page.pk: GateClosed(_("The Kyrgyz text of this act is not public yet, and it goes first."))
        for text in following
        if not records.may_follow(text.page)
    }


def _place_kept_for(page: DocumentPage) -> BundleMember | None:
    """Its place in an open bundle, with this page in it: the text may have been deleted and made anew."""
    membership = membership_of(page)
    if membership and membership.page_id != page.pk:
        membership.page_id = page.pk
        membership.save(update_fields=["page_id"])
    return membership


def membership_of(page: DocumentPage) -> BundleMember | None:
    """The text's place in an open bundle. It changes only under the lock of the page's row."""
    members = BundleMember.objects.filter(content_id=page.content_id, locale=page.locale_code, is_open=True)
    return members.select_related("bundle").first()


def _store(texts: list[ClearedText], *, now: dt.datetime) -> dict[str, int]:
    """Hand the forms over; gives the numbers under which they were stored, by their digests."""
    handed = tuple(Handed(form=text.form, entry_number=text.entry.number) for text in texts)
    answers = documents_published.send(sender=DocumentPage, handed=handed, published_at=now)
    stored = {digest: number for _receiver, answer in answers for digest, number in (answer or {}).items()}
    if not stored.keys() >= {text.form.digest for text in texts}:
        raise GateClosed(_("The public form was not stored as it was cleared."))
    return stored


def finish(workflow_state, user=None) -> None:
    """Wagtail says that the last step is done; the ledger decides whether that is true."""
    page = workflow_state.content_object
    revision_id = workflow_state.current_task_state.revision_id
    clear(page_id=page.pk, revision_id=revision_id, actor_id=getattr(user, "pk", None), now=timezone.now())
