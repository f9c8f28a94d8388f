"""Which documents and which bundles exist for a person.

A bundle exists only for those for whom every document of it exists: otherwise its name, its size and its state would
tell of a document that is limited to others, or of a correction that is not public yet.
"""

import datetime as dt

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef, Q, QuerySet
from wagtail.permissions import page_permission_policy

from approvals.facts import decides_somewhere, offices_of
from approvals.models import Bundle, BundleMember, EntryKind, LedgerEntry, RouteStep
from site_pages.access.rules import limits_hiding_from, pages_hidden_from
from site_pages.models import DOCUMENT_TYPES, DocumentPage


def documents_for(user, *, now: dt.datetime) -> QuerySet[DocumentPage]:
    """What the person may write or decides on, and what is public; nothing that is hidden from him or her.

    What is public is there for everybody, but not what is written on it: see drafts_for.
    """
    return _not_hidden(Q(live=True) | _drafts_of(user, now=now), user=user)


def drafts_for(user, *, now: dt.datetime) -> QuerySet[DocumentPage]:
    """The documents whose latest text the person may open: only of them a list tells that text's title and time."""
    return _not_hidden(_drafts_of(user, now=now), user=user)


def choosable_for(user, *, now: dt.datetime) -> QuerySet[DocumentPage]:
    """The drafts from which the person chooses for a bundle: those that he or she writes, and what was submitted.

    A list tells whoever decides nothing of a text that its author has shown to nobody.
    """
    shown = LedgerEntry.objects.filter(page_id=OuterRef("pk"), kind=EntryKind.SUBMITTED)
    own = page_permission_policy.instances_user_has_any_permission_for(user, {"change"})
    return drafts_for(user, now=now).filter(Exists(shown) | Q(pk__in=own.values("pk")))


def _not_hidden(wanted: Q, *, user) -> QuerySet[DocumentPage]:
    hidden = pages_hidden_from(user).values("pk")
    return DocumentPage.objects.filter(wanted, alias_of__isnull=True).exclude(pk__in=hidden)


def _drafts_of(user, *, now: dt.datetime) -> Q:
    kinds = set(
        RouteStep.objects.filter(group_id__in=offices_of(user, now=now)).values_list("route__document_type", flat=True)
    )
    types = ContentType.objects.get_for_models(*DOCUMENT_TYPES.values())
    on_route = [content_type.pk for model, content_type in types.items() if model.document_type in kinds]
    own = page_permission_policy.instances_user_has_any_permission_for(user, {"change"})
    return Q(pk__in=own.values("pk")) | Q(content_type_id__in=on_route)


def bundles_for(user, *, now: dt.datetime) -> QuerySet[Bundle]:
    """The bundles that exist for the person."""
    its_page = {"translation_key": OuterRef("content_id"), "locale__language_code": OuterRef("locale")}
    there = DocumentPage.objects.filter(**its_page, alias_of__isnull=True)
    drafts = Exists(drafts_for(user, now=now).filter(**its_page))
    # What an open bundle publishes is a draft, though its document be public.
    visible = drafts | Q(is_open=False) & Exists(there.filter(live=True))
    limited = Q(content_id__in=limits_hiding_from(user).values("content_id"))
    unknown = Exists(there) & ~Q(visible)
    unseen = BundleMember.objects.filter(limited | unknown, bundle=OuterRef("pk"))
    return Bundle.objects.filter(~Exists(unseen))


def is_of_the_house(user, *, now: dt.datetime) -> bool:
    """Whether the person writes documents or decides on a route."""
    if page_permission_policy.user_has_any_permission(user, {"add", "change"}):
        return True
    return decides_somewhere(user, now=now)
