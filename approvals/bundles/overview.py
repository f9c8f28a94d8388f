"""Bundles for the eye, in a fixed number of queries, however many documents they have."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import get_language

from approvals.bundles.members import members_today
from approvals.bundles.publishing import in_order
from approvals.bundles.seeing import bundles_for, choosable_for
from approvals.models import Bundle, BundleMember, BundleState, DuePublication
from approvals.queue import Records
from approvals.stages import Stage
from site_pages.models import DOCUMENT_TYPES, DocumentPage

REMEMBERED = 30
CHOICES = 100


@dataclass(frozen=True)
class Listed:
    """One bundle in the list. failed_title: of the document that kept it back."""

    bundle: Bundle
    state: BundleState
    members: int
    cleared: int
    failed_title: str = ""


@dataclass(frozen=True)
class Member:
    """One document of a bundle. stage: None when it was deleted. step: whose turn it is."""

    page_id: int
    locale: str
    title: str = ""
    type_name: str = ""
    stage: Stage | None = None
    step: str = ""
    is_cleared: bool = False
    kept_back: bool = False


def listed(*, user, now: dt.datetime) -> list[Listed]:
    """The bundles that exist for the person: all that are open, then the last that are over."""
    mine = bundles_for(user, now=now).select_related("made_by").annotate(size=Count("members"))
    bundles = [*mine.open().order_by("due_at", "-pk"), *_over(mine).order_by("-pk")[:REMEMBERED]]
    due = DuePublication.objects.filter(bundle__in=[bundle.pk for bundle in bundles])
    cleared = dict(due.values_list("bundle_id").annotate(count=Count("pk")))
    titles = titles_of(bundle.failed_page_id for bundle in bundles)
    return [
        Listed(
            bundle=bundle,
            state=bundle.state(members=bundle.size, cleared=cleared.get(bundle.pk, 0)),
            members=bundle.size,
            cleared=cleared.get(bundle.pk, 0) if bundle.is_open else bundle.size,
            failed_title=titles.get(bundle.failed_page_id, ""),
        )
        for bundle in bundles
    ]


def _over(bundles):
    return bundles.filter(Q(published_at__isnull=False) | Q(closed_at__isnull=False))


def titles_of(page_ids: Iterable[int | None]) -> dict[int, str]:
    """What documents are called now, by the numbers of their pages."""
    numbers = {page_id for page_id in page_ids if page_id}
    return dict(DocumentPage.objects.filter(pk__in=numbers).values_list("pk", "draft_title")) if numbers else {}


def members_of(bundle: Bundle) -> list[Member]:
    """Its documents, in the order of their publication."""
    members = in_order(members_today(bundle.members.all()))
    pages = DocumentPage.objects.select_related("locale", "content_type").defer("body")
    pages = pages.in_bulk([member.page_id for member in members])
    records = Records(pages.values())
    cleared = set(DuePublication.objects.filter(bundle=bundle).values_list("page_id", flat=True))
    return [_member(one, pages.get(one.page_id), records, bundle=bundle, cleared=cleared) for one in members]


def _member(
    member: BundleMember, page: DocumentPage | None, records: Records, *, bundle: Bundle, cleared: set[int]
) -> Member:
    if page is None:
        return Member(page_id=member.page_id, locale=member.locale)
    step = records.step(page)
    return Member(
        page_id=page.pk,
        locale=member.locale,
        # A bundle that is over exists also for those who may not open what is written on its documents since.
        title=page.title if page.live and not bundle.is_open else page.draft_title or page.title,
        type_name=str(page.content_type.model_class()._meta.verbose_name),
        stage=records.stage(page),
        step=step.label_in(get_language() or "ky") if step else "",
        is_cleared=page.pk in cleared,
        kept_back=bundle.failed_page_id == page.pk,
    )


@dataclass(frozen=True)
class Choice:
    """One document that may be put into a bundle."""

    page_id: int
    locale: str
    title: str
    type_name: str


def choices_for(user, *, words: str, now: dt.datetime) -> list[Choice]:
    """What the person may put into a bundle, the latest changed first: not public as it is, and in no open bundle."""
    taken = BundleMember.objects.filter(
        is_open=True, content_id=OuterRef("translation_key"), locale=OuterRef("locale__language_code")
    )
    pages = choosable_for(user, now=now).filter(Q(live=False) | Q(has_unpublished_changes=True), ~Exists(taken))
    for word in words.split():
        pages = pages.filter(draft_title__icontains=word)
    rows = pages.order_by("-latest_revision_created_at", "-pk")
    found = rows.values_list("pk", "locale__language_code", "draft_title", "content_type__model")[:CHOICES]
    names = {model._meta.model_name: str(model._meta.verbose_name) for model in DOCUMENT_TYPES.values()}
    return [Choice(pk, locale, title, names.get(model, "")) for pk, locale, title, model in found]
