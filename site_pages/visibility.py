"""Who sees that a document exists: everybody in the editor once it is public, before that only who works on it.

Lists, searches and reports of Wagtail show a person the pages that he or she has a right on. Its page choosers show all
of them; the views here do not.
"""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.chooser import BrowseView, ChosenMultipleView
from wagtail.models import Page
from wagtail.permissions import page_permission_policy

from site_pages.access.rules import pages_hidden_from
from site_pages.models import DocumentPage

RIGHTS = ("add", "change", "bulk_delete", "lock", "unlock")


def visible_to(user) -> QuerySet[Page]:
    """The pages of which the user knows: by their public titles, where he or she has no right on them."""
    own = page_permission_policy.instances_user_has_any_permission_for(user, RIGHTS)
    public = Q(live=True) | ~Q(pk__in=DocumentPage.objects.values("pk"))
    visible = Page.objects.filter(public | Q(pk__in=own.values("pk")))
    return visible.exclude(pk__in=pages_hidden_from(user).values("pk"))


def choosable_by(user) -> QuerySet[Page]:
    """The pages that a chooser shows the user.

    Wagtail's choosers call a page by the title of its latest version: a public document whose next version is being
    written, or waits for its time, is shown only to those who have a right on it.
    """
    own = page_permission_policy.instances_user_has_any_permission_for(user, RIGHTS)
    corrected = Page.objects.filter(pk__in=DocumentPage.objects.filter(has_unpublished_changes=True).values("pk"))
    return visible_to(user).exclude(pk__in=corrected.exclude(pk__in=own.values("pk")).values("pk"))


def titles_for(user, pages: Iterable[int]) -> list[str]:
    """What those of the pages are called that a chooser would show the user."""
    shown = choosable_by(user).filter(pk__in=pages).order_by("draft_title")
    return list(shown.values_list("draft_title", flat=True))


def _only_visible(request: HttpRequest, numbers: list) -> None:
    """Raises Http404 where any of the pages is hidden from whoever asks, as if it did not exist."""
    wanted = {int(number) for number in numbers if str(number).isdecimal() and len(str(number)) < 19}
    has_nonsense = len(wanted) < len(set(map(str, numbers)))
    if has_nonsense or choosable_by(request.user).filter(pk__in=wanted).count() < len(wanted):
        raise Http404


@require_admin_access
def browse(request: HttpRequest, parent_page_id: int) -> HttpResponse:
    """Wagtail's chooser below one page."""
    _only_visible(request, [parent_page_id])
    return BrowseView.as_view()(request, parent_page_id=parent_page_id)


@require_admin_access
def chosen(request: HttpRequest) -> HttpResponse:
    """What Wagtail's chooser says of pages that were chosen."""
    _only_visible(request, request.GET.getlist("id"))
    return ChosenMultipleView.as_view()(request)


@require_admin_access
def nothing_here(request: HttpRequest) -> HttpResponse:
    """A report of Wagtail that would name documents to people who should not know of them."""
    raise Http404
