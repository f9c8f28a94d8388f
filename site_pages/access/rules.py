"""Who may see what. Plain rules, to be read aloud.

1. Whoever may edit a document may limit it, and is from then on its owner. A program never owns one.
2. A limited document exists only for the people whom its owner has named, in every language of it; superusers are
   people like others. What was already published stays public.
3. The owner admits and dismisses, hands over, and opens it again; nobody else does. The owner is always admitted.
4. A photograph or file that is used by limited documents alone exists only for the people of one of them.
5. Every change of these rights, every view, and every question that was answered with “not found”, is in the log.
"""

from collections.abc import Iterable
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from wagtail.models import Page, PageSubscription

from site_pages.models.access import AccessEvent, AccessLimit
from site_pages.models.media import Photo, PressFile

Kind = AccessEvent.Kind


class AccessRefused(PermissionDenied):
    """The access to a document was not changed; the text says why, to a person."""


def limits_hiding_from(user) -> QuerySet[AccessLimit]:
    """The limits of other people: of the documents that do not exist for this user."""
    if not user.is_authenticated:
        return AccessLimit.objects.all()
    return AccessLimit.objects.exclude(people=user.pk)


def pages_hidden_from(user) -> QuerySet[Page]:
    """The pages that do not exist for this user."""
    return Page.objects.filter(translation_key__in=limits_hiding_from(user).values("content_id"))


def photos_hidden_from(user) -> QuerySet[Photo]:
    """The photographs that do not exist for this user."""
    return _library_hidden_from(user, Photo.objects.all(), "photos")


def files_hidden_from(user) -> QuerySet[PressFile]:
    """The files that do not exist for this user."""
    return _library_hidden_from(user, PressFile.objects.all(), "files")


def _library_hidden_from(user, records: QuerySet, kind: str) -> QuerySet:
    hidden = records.filter(pk__in=AccessLimit.objects.values(kind))
    if not user.is_authenticated:
        return hidden
    return hidden.exclude(pk__in=AccessLimit.objects.filter(people=user.pk, **{f"{kind}__isnull": False}).values(kind))


def limit_of(content_id: UUID) -> AccessLimit | None:
    """The limit of one document, or None: everybody in the editor may know of it."""
    return AccessLimit.objects.filter(content_id=content_id).first()


def named_people(content_id: UUID) -> frozenset[int] | None:
    """The ids of the people for whom the document exists; None: it is not limited."""
    limit = limit_of(content_id)
    return frozenset(limit.people.values_list("pk", flat=True)) if limit else None


def is_hidden_from(user, *, content_id: UUID) -> bool:
    """Whether the document does not exist for this user."""
    return limits_hiding_from(user).filter(content_id=content_id).exists()


@transaction.atomic
def limit(*, content_id: UUID, owner, people: Iterable = ()) -> AccessLimit:
    """Limit a document to the owner and the people named. Raises AccessRefused; a second limit changes nothing."""
    _require_person(owner)
    made, is_new = AccessLimit.objects.get_or_create(content_id=content_id, defaults={"owner": owner})
    if is_new:
        made.people.add(owner)
        _log(made, Kind.LIMITED, by=owner)
        for person in people:
            admit(content_id=content_id, by=owner, person=person)
        _forget_watchers(made)
    return made


@transaction.atomic
def admit(*, content_id: UUID, by, person) -> None:
    """Let one more person see the document. Raises AccessRefused: rule 1 or 3."""
    found = _of_owner(content_id, by)
    _require_person(person)
    if not found.people.filter(pk=person.pk).exists():
        found.people.add(person)
        _log(found, Kind.ADMITTED, by=by, subject=person)


@transaction.atomic
def dismiss(*, content_id: UUID, by, person) -> None:
    """The document no longer exists for this person. Raises AccessRefused: rule 3."""
    found = _of_owner(content_id, by)
    if person.pk == found.owner_id:
        raise AccessRefused(_("The owner stays: hand the document over first."))
    if found.people.filter(pk=person.pk).exists():
        found.people.remove(person)
        _log(found, Kind.DISMISSED, by=by, subject=person)
        _forget_watchers(found)


@transaction.atomic
def lift(*, content_id: UUID, by) -> None:
    """Open the document to everybody in the editor. Raises AccessRefused: rule 3."""
    found = _of_owner(content_id, by)
    _log(found, Kind.LIFTED, by=by)
    found.delete()


@transaction.atomic
def hand_over(*, content_id: UUID, to, by=None) -> None:
    """Make somebody else the owner. by: the owner, or None for an administrator's command. Raises AccessRefused."""
    _require_person(to)
    found = _of_owner(content_id, by) if by else AccessLimit.objects.select_for_update().get(content_id=content_id)
    found.owner = to
    found.save(update_fields=["owner"])
    found.people.add(to)
    _log(found, Kind.HANDED_OVER, by=by, subject=to)


@transaction.atomic
def carry_over(*, source: UUID, copied: UUID) -> None:
    """What is copied from a limited document is limited to the same people."""
    known = limit_of(source)
    if known and source != copied:
        limit(content_id=copied, owner=known.owner, people=known.people.exclude(pk=known.owner_id))


def _of_owner(content_id: UUID, user) -> AccessLimit:
    found = AccessLimit.objects.select_for_update().filter(content_id=content_id).first()
    if found is None:
        raise AccessRefused(_("This document is not limited."))
    if user is None or found.owner_id != user.pk or not user.is_active:
        raise AccessRefused(_("Only the owner of a limited document decides who sees it."))
    return found


def _require_person(user) -> None:
    if user is None or not user.is_active or getattr(user, "is_agent", False):
        raise AccessRefused(_("Only a person with an active account can be named, not a program."))


def _log(found: AccessLimit, kind: Kind, *, by, subject=None) -> None:
    AccessEvent.objects.create(content_id=found.content_id, kind=kind, user=by, subject=subject)


def _forget_watchers(found: AccessLimit) -> None:
    """Wagtail mails a page's title to those who follow its comments: nobody else follows them now."""
    watched = PageSubscription.objects.filter(page__translation_key=found.content_id)
    watched.exclude(user__in=found.people.values("pk")).delete()
