"""Whether documents may join a bundle; all that is wrong with them at once."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from approvals.bundles.moments import content_of, ends_before, has_time_of
from approvals.bundles.refusals import BundleRefused, Fault, Named
from approvals.bundles.seeing import choosable_for
from approvals.models import Bundle, BundleMember, DuePublication, Route
from approvals.queue import Key, key_of
from site_pages.models import DocumentPage


def check_joining(
    bundle: Bundle,
    wanted: list[int],
    *,
    members: Iterable[BundleMember],
    due: dict[int, DuePublication],
    user,
    now: dt.datetime,
) -> list[DocumentPage]:
    """The documents that are to join, in the order wanted; their rows are locked. Raises BundleRefused.

    A number that no document has, and that of a document which does not exist for the person, have one answer.
    """
    seen = choosable_for(user, now=now).filter(pk__in=wanted)
    found = {page.pk: page for page in seen.select_related("locale", "content_type", "latest_revision").specific()}
    ours = {(member.content_id, member.locale) for member in members}
    taken = _in_another_bundle(found.values(), bundle=bundle)
    routes = set(Route.objects.values_list("document_type", flat=True))
    faults = []
    for page_id, times in Counter(wanted).items():
        page = found.get(page_id)
        fault = Fault.NO_DOCUMENT if page is None else None
        if page and (times > 1 or key_of(page) in ours):
            fault = Fault.TWICE
        elif page and key_of(page) in taken:
            fault = Fault.OTHER_BUNDLE
        elif page:
            fault = _fault_of(page, bundle=bundle, waiting=due.get(page_id), routes=routes, now=now)
        if fault:
            faults.append(Named(fault, {"title": page.draft_title or page.title} if page else {}))
    if faults:
        raise BundleRefused(faults=tuple(faults))
    return [found[page_id] for page_id in wanted]


def _in_another_bundle(pages: Iterable[DocumentPage], *, bundle: Bundle) -> set[Key]:
    known = {page.content_id for page in pages}
    others = BundleMember.objects.filter(content_id__in=known, is_open=True).exclude(bundle=bundle)
    return set(others.values_list("content_id", "locale"))


def _fault_of(
    page: DocumentPage, *, bundle: Bundle, waiting: DuePublication | None, routes: set[str], now: dt.datetime
) -> Fault | None:
    if page.document_type not in routes:
        return Fault.NO_ROUTE
    if page.live and not page.has_unpublished_changes and waiting is None and not page.workflow_in_progress:
        return Fault.NOTHING_TO_PUBLISH
    if waiting is not None and waiting.held_at is not None:
        return Fault.HELD
    if not has_time_of(bundle, content_of(page.latest_revision), is_live=page.live, now=now):
        return Fault.OWN_TIME
    if ends_before(bundle, content_of(page.latest_revision), now=now):
        return Fault.ENDS_BEFORE
    return None
