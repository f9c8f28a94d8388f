"""The rehearsal of a bundle: everything that would keep it back or spoil it, before its time.

What is found is of two kinds: what stops the publication, and what a reader would stumble over. At the end, when
nothing stops it, the publication itself is tried inside a transaction that is taken back.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Locale

from approvals.bundles import links, trial
from approvals.bundles.members import members_today
from approvals.bundles.moments import content_of, ends_before, has_time_of
from approvals.bundles.publishing import in_order
from approvals.foreseen import Coming, address_taken, number_taken, public_by
from approvals.models import Bundle, BundleMember, DuePublication
from approvals.originals import follows_its_original
from approvals.queue import Records
from approvals.stages import Stage
from approvals.withdrawal.facts import read_at
from site_pages.languages import CODES, KYRGYZ
from site_pages.models import DocumentPage
from site_pages.public_form.builders import FormIncomplete, build
from site_pages.public_form.canonical import PublicForm
from site_pages.public_form.files import FileUnreadable


@dataclass(frozen=True)
class Finding:
    """One thing that the rehearsal found. stops: it keeps the whole bundle back."""

    code: str
    message: str
    stops: bool = True


@dataclass
class Rehearsed:
    """One document of the bundle, as it would become public, and what was found about it."""

    member: BundleMember
    title: str
    type_name: str = ""
    stage: Stage | None = None
    form: PublicForm | None = None
    draft: DocumentPage | None = None
    findings: list[Finding] = field(default_factory=list)

    def note(self, code: str, message: str, *, stops: bool = True) -> None:
        """Add what was found."""
        self.findings.append(Finding(code, message, stops))


@dataclass
class Rehearsal:
    """What came of it. tried: whether the publication was tried; refusal: why it would not succeed."""

    bundle: Bundle
    items: list[Rehearsed]
    tried: bool = False
    refusal: str = ""
    refused_page_id: int | None = None

    @property
    def would_succeed(self) -> bool:
        """Whether everything would become public now."""
        return self.tried and not self.refusal

    @property
    def findings(self) -> int:
        """How many things were found."""
        return sum(len(item.findings) for item in self.items) + bool(self.refusal)


def rehearse(*, bundle: Bundle, now: dt.datetime) -> Rehearsal:
    """Look through every document and try the publication. Nothing becomes public and nothing is kept."""
    members = in_order(members_today(bundle.members.all()))
    pages = DocumentPage.objects.select_related("locale").in_bulk([member.page_id for member in members])
    records = Records(pages.values())
    cleared = set(DuePublication.objects.filter(bundle=bundle).values_list("page_id", flat=True))
    items = [_item(member, pages.get(member.page_id), records, bundle=bundle, now=now) for member in members]
    for item in items:
        if bundle.is_open and item.stage and item.member.page_id not in cleared:
            item.note("not_cleared", _not_cleared(pages[item.member.page_id], records, stage=item.stage))
    at = max(now, bundle.due_at or now)
    before = public_by(at, besides=bundle)
    _collisions(items, before=before)
    names = dict(Locale.objects.values_list("pk", "language_code"))
    coming = {(one.content_id, names[one.locale]): one for one in before}
    originals = _originals(items, records, coming=coming)
    _languages(items, at=at, coming=coming)
    links.check(items, at=at, before=before)
    result = Rehearsal(bundle=bundle, items=items)
    if bundle.is_open and members and not any(finding.stops for item in items for finding in item.findings):
        result.tried, result.refusal, result.refused_page_id = trial.attempt(
            bundle_id=bundle.pk, after=originals, now=now
        )
    return result


def _item(
    member: BundleMember, page: DocumentPage | None, records: Records, *, bundle: Bundle, now: dt.datetime
) -> Rehearsed:
    if page is None:
        item = Rehearsed(member=member, title=f"№ {member.page_id}")
        item.note("gone", _("This document was deleted. Take it out of the bundle."))
        return item
    draft = page.specific.get_latest_revision_as_object()
    item = Rehearsed(
        member=member,
        title=draft.title,
        type_name=str(draft._meta.verbose_name),
        stage=records.stage(page),
        draft=draft,
    )
    for issue in draft.requirements():
        item.note("requirement", issue.message)
    try:
        item.form = build(draft)
    except FileUnreadable as error:
        item.note("file", str(error))
    except FormIncomplete:
        pass  # its requirements say why
    if not has_time_of(bundle, content_of(draft.latest_revision), is_live=page.live, now=now):
        item.note("own_time", _("It has a time of its own that is not the bundle's."))
    if ends_before(bundle, content_of(draft.latest_revision), now=now):
        item.note("end", _("It ends before it is published. Set a later end, or none."))
    if records.is_stale(page):
        item.note("stale", _("The original has changed since this text was made from it."), stops=False)
    return item


def _not_cleared(page: DocumentPage, records: Records, *, stage: Stage) -> str:
    step = records.step(page)
    if step is None:
        return _("It is not cleared: %(stage)s.") % {"stage": stage.label}
    return _("It is not cleared. Its turn: %(step)s.") % {"step": step.label_in(get_language() or "ky")}


def _collisions(items: Iterable[Rehearsed], *, before: list[Coming]) -> None:
    """Addresses and numbers of acts that two documents of the bundle would share, or one and what is public by then.

    before: what is cleared and becomes public before the bundle.
    """
    taken = {key: one.content_id for one in before for key in (one.address, one.number) if key}
    addresses, numbers = defaultdict(list), defaultdict(list)
    built = [(item, item.form.payload) for item in items if item.form]
    for item, payload in built:
        addresses[payload["type"], payload["locale"], payload["slug"]].append(item)
        if payload["type"] == "decree":
            number = (payload["act_type"]["key"], payload["year"], payload["number"], payload["number_suffix"])
            numbers[*number, payload["locale"]].append(item)
    for (_kind, locale, slug), holders in addresses.items():
        if len(holders) > 1 or _is_taken(holders[0], taken, locale=locale, slug=slug):
            for item in holders:
                item.note("address", address_taken(slug))
    for (_act, year, number, suffix, _locale), holders in numbers.items():
        if len(holders) > 1:
            words = {"number": f"{number}-{suffix}" if suffix else number, "year": year}
            for item in holders:
                item.note("number", _("No. %(number)s of %(year)s stands on two acts of the bundle.") % words)
    for item, payload in built:
        if payload["type"] == "decree" and _is_another(item, taken.get(_number_of(item.draft))):
            *_type, year, number, suffix = _number_of(item.draft)
            item.note("number", number_taken(year=year, number=number, suffix=suffix))


def _is_taken(item: Rehearsed, taken: dict[tuple, UUID], *, locale: str, slug: str) -> bool:
    if _is_another(item, taken.get((item.draft.content_type_id, item.draft.locale_id, slug))):
        return True
    public = type(item.draft).objects.filter(live=True, slug=slug, locale__language_code=locale)
    return public.exclude(translation_key=item.member.content_id).exists()


def _is_another(item: Rehearsed, content_id: UUID | None) -> bool:
    return content_id is not None and content_id != item.member.content_id


def _number_of(act: DocumentPage) -> tuple:
    """The number of a draft as approvals.foreseen.Coming names it."""
    return act.locale_id, str(act.act_type_id), str(act.signed_on.year), str(act.number), act.number_suffix


def _originals(
    items: Iterable[Rehearsed], records: Records, *, coming: dict[tuple[UUID, str], Coming]
) -> list[DuePublication]:
    """Note originals without which a translation is refused. Gives what waits of those that become public before."""
    together = {(item.member.content_id, item.member.locale) for item in items}
    before = {}
    for item in items:
        original = (item.member.content_id, KYRGYZ)
        if not item.draft or not follows_its_original(item.draft) or original in together:
            continue
        text = records.texts[item.member.content_id].get(KYRGYZ)
        # What has ended or is withheld was public once, which is all that a translation waits for.
        if original in coming:
            before[original] = coming[original].due
        elif text is None or not text.live:
            item.note("original", _("Its Kyrgyz text is neither public nor in the bundle, and it goes first."))
    return list(before.values())


def _languages(items: Iterable[Rehearsed], *, at: dt.datetime, coming: dict[tuple[UUID, str], Coming]) -> None:
    """Note which languages readers would miss: said once for each document, at the first of its languages."""
    there = {(item.member.content_id, item.member.locale) for item in items}
    there |= read_at(at, content_ids={item.member.content_id for item in items})
    there |= {text for text, one in coming.items() if not one.ends_by(at)}
    said = set()
    for item in items:
        content_id = item.member.content_id
        missing = [code for code in CODES if item.draft and (content_id, code) not in there]
        if missing and content_id not in said:
            message = _("Neither public nor in the bundle: %(languages)s.") % {"languages": ", ".join(missing)}
            item.note("translation", message, stops=False)
        said.add(content_id)
