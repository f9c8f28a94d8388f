"""The verbs of bundles. Each reads: lock, read again, check, change, record.

1. People of the routes make and change bundles: who writes documents, who decides on them. A system administrator, a
   program and a closed account do not, and nobody does to whom one of the documents is not shown.
2. A document joins with a route, something to publish, and no time of its own but the bundle's.
3. Once a document is cleared, only who decides on a route brings the publication forward or lets it begin: also by
   taking out the last one for which the cleared ones wait. A hold after a restore is lifted by nobody else.
4. Who takes a cleared document out stops it, for a reason: it was cleared to be published with the others.
5. A bundle that was let go is let go with the documents that it had then: with others it waits for a hand again.
6. Whoever changes a bundle names the version that was on screen; of two at once, the second looks again.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from wagtail.models import Revision

from approvals import ledger
from approvals.bundles.joining import check_joining
from approvals.bundles.members import keep_pages, members_today
from approvals.bundles.moments import content_of, ends_before, has_time_of
from approvals.bundles.publishing import MovedMeanwhile, changed_since, hold_the_rest, locked, record
from approvals.bundles.refusals import BundleRefused, Fault
from approvals.bundles.seeing import bundles_for, is_of_the_house
from approvals.embargo.records import ENDED, read_early
from approvals.facts import decides_somewhere, name_of
from approvals.gate import subject_of
from approvals.models import Bundle, BundleMember, DuePublication, EntryKind, LedgerEntry
from site_pages.models import DocumentPage

MOST_DOCUMENTS = 500


@dataclass
class _Opened:
    """A bundle in somebody's hands: locked, with its documents and what waits of them."""

    bundle: Bundle
    members: list[BundleMember]
    due: dict[int, DuePublication]
    pages: dict
    user: object

    @property
    def cleared(self) -> set[int]:
        """The pages of the bundle that are cleared."""
        return {page_id for page_id, row in self.due.items() if row.bundle_id == self.bundle.pk}

    def record(self, what: str, *, now: dt.datetime, remark: str = "", **details) -> LedgerEntry:
        """Count the change and enter it into the ledger."""
        self.bundle.version += 1
        self.bundle.save()
        return record(
            EntryKind.BUNDLE_CHANGED,
            self.bundle,
            members=self.bundle.members.order_by("pk"),
            now=now,
            actor_id=self.user.pk,
            actor_name=name_of(self.user),
            remark=remark,
            what=what,
            **details,
        )


@transaction.atomic
def make(*, title: str, when: str, due_at: dt.datetime | None, actor_id: int, now: dt.datetime) -> Bundle:
    """Make an empty bundle. Raises BundleRefused."""
    user = get_user_model().objects.get(pk=actor_id)
    _require_person(user, now=now)
    due_at = due_at and due_at.replace(microsecond=0)
    _require_plan(title=title, when=when, due_at=due_at, now=now)
    bundle = Bundle.objects.create(title=title.strip(), when=when, due_at=due_at, made_by=user, made_at=now)
    record(EntryKind.BUNDLE_MADE, bundle, members=(), now=now, actor_id=user.pk, actor_name=name_of(user))
    return bundle


@transaction.atomic
def change(
    *, bundle_id: int, seen: int, title: str, when: str, due_at: dt.datetime | None, actor_id: int, now: dt.datetime
) -> Bundle:
    """Give a bundle another name or another moment. With another moment one that failed may be published again.

    A name changes nothing else. Raises BundleRefused.
    """
    opened = _open(bundle_id, seen=seen, actor_id=actor_id, now=now)
    bundle, due_at = opened.bundle, due_at and due_at.replace(microsecond=0)
    _require_plan(title=title, when=when, due_at=due_at, now=now, known=bundle.due_at)
    earlier = {"when": str(bundle.when), "due_at": bundle.due_at.isoformat() if bundle.due_at else None}
    is_same = (bundle.when, bundle.due_at) == (when, due_at)
    # Only a later time leaves everybody the time that he or she counted on. What failed goes on by nobody's plan.
    is_later = bundle.when == when == Bundle.When.AT and due_at >= bundle.due_at
    is_harmless = is_same or (is_later and bundle.failed_at is None) or when == Bundle.When.HAND
    lifts_hold = bundle.held_at is not None and (opened.cleared or not is_same)
    if lifts_hold or (opened.cleared and not is_harmless):
        _require_decider(opened.user, now=now)
    bundle.title = title.strip()
    ended = [] if is_same else _replan(opened, when=when, due_at=due_at, now=now)
    opened.record("changed", now=now, earlier=earlier, **({ENDED: ended} if ended else {}))
    return bundle


def _replan(opened: _Opened, *, when: str, due_at: dt.datetime | None, now: dt.datetime) -> list[str]:
    """Another moment, whatever became of the bundle until now. The documents to which early access is over for good:
    the moment until now has come, whichever clock said so, or there is none any more."""
    bundle = opened.bundle
    is_over = bundle.failed_at is not None or due_at is None
    waiting = [row for page_id, row in opened.due.items() if page_id in opened.cleared]
    ended = read_early(row for row in waiting if is_over or row.due_at <= now)
    bundle.when, bundle.due_at = when, due_at
    bundle.released_at = bundle.failed_at = bundle.failed_page_id = bundle.held_at = None
    bundle.failure = ""
    latest = Revision.objects.in_bulk([page.latest_revision_id for page in opened.pages.values()])
    for page in opened.pages.values():
        content = content_of(latest.get(page.latest_revision_id))
        if not has_time_of(bundle, content, is_live=page.live, now=now):
            raise BundleRefused(Fault.OWN_TIME, title=page.draft_title)
        if ends_before(bundle, content, now=now):
            raise BundleRefused(Fault.ENDS_BEFORE, title=page.draft_title)
    DuePublication.objects.filter(bundle=bundle).update(due_at=due_at or now)
    return ended


@transaction.atomic
def add(*, bundle_id: int, seen: int, page_ids: Iterable[int], actor_id: int, now: dt.datetime) -> Bundle:
    """Put documents into a bundle: all of them, or none. What is cleared and waits, from now on waits for the bundle.

    Raises BundleRefused; its `faults` name every document that cannot join.
    """
    wanted = list(page_ids)
    opened = _open(bundle_id, seen=seen, actor_id=actor_id, now=now, more=wanted)
    if not wanted:
        raise BundleRefused(Fault.NOTHING_CHOSEN)
    if len(opened.members) + len(wanted) > MOST_DOCUMENTS:
        raise BundleRefused(Fault.TOO_MANY, most=MOST_DOCUMENTS)
    bundle = opened.bundle
    pages = check_joining(bundle, wanted, members=opened.members, due=opened.due, user=opened.user, now=now)
    if bundle.when == Bundle.When.CLEARED:
        everything = [*(member.page_id for member in opened.members), *wanted]
        _require_decider_if_it_goes(opened, everything, cleared=opened.cleared | opened.due.keys(), now=now)
    BundleMember.objects.bulk_create(
        BundleMember(bundle=bundle, page_id=page.pk, content_id=page.content_id, locale=page.locale_code)
        for page in pages
    )
    DuePublication.objects.filter(page_id__in=wanted).update(bundle=bundle, due_at=bundle.due_at or now)
    _void_release(bundle, now=now)
    opened.record("added", now=now, added=[f"{page.content_id} {page.locale_code}" for page in pages])
    return bundle


@transaction.atomic
def take_out(*, bundle_id: int, seen: int, page_id: int, remark: str, actor_id: int, now: dt.datetime) -> Bundle:
    """Take one document out. One that is cleared is stopped, with the remark as the reason.

    Raises BundleRefused: among others, what is left is cleared and would go by itself, and the actor decides nowhere.
    """
    opened = _open(bundle_id, seen=seen, actor_id=actor_id, now=now)
    member = next((one for one in opened.members if one.page_id == page_id), None)
    if member is None:
        raise BundleRefused(Fault.NOT_IN_IT)
    rest = [one.page_id for one in opened.members if one is not member]
    _require_decider_if_it_goes(opened, rest, cleared=opened.cleared, now=now)
    _part_with([member], opened=opened, remark=remark, now=now)
    member.delete()
    _void_release(opened.bundle, now=now)
    opened.record("taken_out", now=now, remark=remark.strip(), taken_out=f"{member.content_id} {member.locale}")
    return opened.bundle


@transaction.atomic
def give_up(*, bundle_id: int, seen: int, remark: str, actor_id: int, now: dt.datetime) -> Bundle:
    """End a bundle without publishing it; what was cleared in it is stopped. Raises BundleRefused."""
    opened = _open(bundle_id, seen=seen, actor_id=actor_id, now=now)
    if not remark.strip():
        raise BundleRefused(Fault.REASON_MISSING)
    _part_with(opened.members, opened=opened, remark=remark, now=now)
    opened.bundle.members.update(is_open=False)
    hold_the_rest(opened.bundle, now=now)
    opened.bundle.closed_at = now
    opened.record("given_up", now=now, remark=remark.strip())
    return opened.bundle


@transaction.atomic
def release(*, bundle_id: int, seen: int, actor_id: int, now: dt.datetime) -> Bundle:
    """Let a bundle be published now: one that waits for a hand, that failed, or that was held after a restore.

    One that was held before its time goes on waiting for it. The worker publishes it. Raises BundleRefused: a document
    is not cleared, or its time decides and has not come.
    """
    opened = _open(bundle_id, seen=seen, actor_id=actor_id, now=now)
    bundle = opened.bundle
    _require_decider(opened.user, now=now)
    if not opened.members:
        raise BundleRefused(Fault.EMPTY)
    if bundle.is_before_its_time(now):
        if bundle.held_at is None:
            raise BundleRefused(Fault.ITS_TIME_DECIDES)
        bundle.held_at = None
        opened.record("released", now=now)
        return bundle
    waiting = [one.page_id for one in opened.members if one.page_id not in opened.cleared]
    if waiting:
        titles = [opened.pages[page_id].draft_title for page_id in waiting if page_id in opened.pages]
        raise BundleRefused(Fault.NOT_CLEARED, title="”, “".join(titles[:5]))
    bundle.released_at, bundle.failed_at, bundle.failed_page_id, bundle.failure = now, None, None, ""
    bundle.held_at = None
    opened.record("released", now=now)
    return bundle


def _open(bundle_id: int, *, seen: int, actor_id: int, now: dt.datetime, more: Iterable[int] = ()) -> _Opened:
    """Lock the bundle, what waits of its documents and of `more`, and their pages; then read and check everything."""
    bundle = Bundle.objects.select_for_update(no_key=True).filter(pk=bundle_id).first()
    user = get_user_model().objects.get(pk=actor_id)
    _require_person(user, now=now)
    if bundle is None or not bundles_for(user, now=now).filter(pk=bundle_id).exists():
        raise BundleRefused(Fault.NO_BUNDLE)
    if not bundle.is_open:
        raise BundleRefused(Fault.OVER)
    if bundle.version != seen:
        raise BundleRefused(Fault.CHANGED_MEANWHILE)
    members = members_today(bundle.members.order_by("pk"))
    numbers = [member.page_id for member in members]
    try:
        due, pages = locked([*numbers, *more])
    except MovedMeanwhile as moved:
        raise BundleRefused(Fault.CHANGED_MEANWHILE) from moved
    keep_pages(members)
    ours = {page_id: page for page_id, page in pages.items() if page_id in set(numbers)}
    return _Opened(bundle=bundle, members=members, due=due, pages=ours, user=user)


def _part_with(members: Iterable[BundleMember], *, opened: _Opened, remark: str, now: dt.datetime) -> None:
    cleared = [member for member in members if member.page_id in opened.cleared]
    if cleared and not remark.strip():
        raise BundleRefused(Fault.REASON_MISSING)
    pages = DocumentPage.objects.select_related("locale").in_bulk([member.page_id for member in cleared])
    for member in cleared:
        row, page = opened.due[member.page_id], pages[member.page_id].specific
        ledger.append(
            kind=EntryKind.STOPPED,
            now=now,
            subject=subject_of(page, revision_id=row.revision_id, digest=row.digest),
            actor_id=opened.user.pk,
            actor_name=name_of(opened.user),
            remark=remark.strip(),
            details={"bundle": opened.bundle.pk},
        )
        row.delete()


def _require_person(user, *, now: dt.datetime) -> None:
    if not user.is_active or user.is_superuser or user.is_agent or not is_of_the_house(user, now=now):
        raise BundleRefused(Fault.NOT_OF_THE_HOUSE)


def _require_decider(user, *, now: dt.datetime) -> None:
    if not decides_somewhere(user, now=now):
        raise BundleRefused(Fault.NOT_A_DECIDER)


def _require_decider_if_it_goes(
    opened: _Opened, page_ids: Iterable[int], *, cleared: Collection[int], now: dt.datetime
) -> None:
    """Raises BundleRefused: with these documents nothing would keep the bundle back any more, and they are cleared."""
    bundle, page_ids = opened.bundle, set(page_ids)
    waits_for_a_hand = bundle.when == Bundle.When.HAND or bundle.failed_at is not None or bundle.held_at is not None
    if page_ids and page_ids <= set(cleared) and not waits_for_a_hand:
        _require_decider(opened.user, now=now)


def _void_release(bundle: Bundle, *, now: dt.datetime) -> None:
    """What somebody let go was the bundle with other documents. One that would go on by itself has failed again."""
    if bundle.released_at is None:
        return
    bundle.released_at = None
    if bundle.when != Bundle.When.HAND:
        bundle.failed_at, bundle.failed_page_id, bundle.failure = now, None, changed_since()


def _require_plan(
    *, title: str, when: str, due_at: dt.datetime | None, now: dt.datetime, known: dt.datetime | None = None
) -> None:
    """known: the time that the bundle has already; it may have come near by itself."""
    if not any(character.isalnum() for character in title):
        raise BundleRefused(Fault.NO_NAME)
    if when not in Bundle.When.values or (when == Bundle.When.AT) != (due_at is not None):
        raise BundleRefused(Fault.NO_TIME)
    if due_at is not None and due_at <= now:
        raise BundleRefused(Fault.TIME_IS_PAST)
    if due_at is not None and due_at != known and due_at < now + dt.timedelta(seconds=settings.CACHE_SECONDS):
        raise BundleRefused(Fault.TOO_NEAR, seconds=settings.CACHE_SECONDS)
