"""Two people at one text: a save made on an old version is refused, and both texts are shown side by side.

Wagtail compares versions for its automatic saves only, and before it locks anything. Here every save of a document is
compared, and it is made while the page's row stays locked: of two saves on one version the second finds a newer one.
Programs that keep versions with `save_revision` are not asked what they saw.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name
from wagtail.models import Page, PageSubscription, Revision

from site_pages import gatekeeping
from site_pages.models import DocumentPage
from site_pages.side_by_side import Place, side_by_side

VERSION_INPUTS = ("loaded_revision_id", "loaded_revision_created_at", "overwrite_revision_id")
CONFLICT = 409


@dataclass(frozen=True)
class VersionSeen:
    """Which version stood in the form, as the form says; empty where it does not say."""

    loaded_id: str
    loaded_at: str
    overwritten_id: str

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> "VersionSeen":
        """What the form sent. A version that saves itself is overwritten in place, so its moment counts as well."""
        return cls(*(sent.get(name, "") for name in VERSION_INPUTS))

    def is_latest(self, latest: Revision, *, user_id: int) -> bool:
        """Whether nothing was saved since. A form that says nothing can only have seen what its own person saved."""
        if self.overwritten_id:
            return (self.overwritten_id, user_id) == (str(latest.pk), latest.user_id)
        if self.loaded_id:
            return (self.loaded_id, self.loaded_at) == (str(latest.pk), latest.created_at.isoformat())
        return user_id == latest.user_id


def save_on_the_version_seen(request: HttpRequest, page: Page) -> HttpResponse | None:
    """A `before_edit_page` hook: lock the page, compare the versions, and let the editor save or show both texts."""
    if request.method != "POST" or not isinstance(page, DocumentPage) or hasattr(request, "compared_with"):
        return None
    with transaction.atomic():
        stored = Page.objects.select_for_update().get(pk=page.pk).specific
        latest = request.compared_with = stored.get_latest_revision()
        seen = VersionSeen.of(request.POST)
        # While a text is locked the editor saves nothing, and says why.
        if latest is None or gatekeeping.is_locked(stored) or seen.is_latest(latest, user_id=request.user.pk):
            # The same address once more, now behind the lock; the mark on the request lets it pass this hook.
            address = request.resolver_match
            return address.func(request, *address.args, **address.kwargs)
    return newer_version(request, page=page, latest=latest)


def newer_version(request: HttpRequest, *, page: DocumentPage, latest: Revision) -> HttpResponse:
    """The refusal: for an automatic save in the words of Wagtail's script, for a person with both texts."""
    if not request.accepts("text/html"):
        message = _("A newer version was saved meanwhile. Press “Save” to see both texts; nothing is lost.")
        answer = {"success": False, "error_code": "invalid_revision", "error_message": message}
        return JsonResponse(answer, status=400)
    places = _places(request, page=page, latest=latest)
    context = {
        "page_title": _("A newer version was saved meanwhile"),
        "document": latest.as_object(),
        "places": places,
        "latest": latest,
        "is_own": latest.user_id == request.user.pk,
        "person": get_user_display_name(latest.user) if latest.user else "",
        "my_words": "\n\n".join(f"{place.label}\n{place.mine}" for place in places if place.mine),
        "edit_url": reverse("wagtailadmin_pages:edit", args=[page.pk]),
        "carried": _carried(request),
        "latest_created_at": latest.created_at.isoformat(),
    }
    return render(request, "site_pages/edit_conflict.html", context, status=CONFLICT)


def _places(request: HttpRequest, *, page: DocumentPage, latest: Revision) -> list[Place]:
    sent = request.POST.copy()
    for name in [name for name in sent if name.startswith("action-")]:
        del sent[name]  # what is missing for a submission is not the question here
    form = page.get_edit_handler().get_form_class()(
        sent,
        request.FILES,
        instance=page,
        subscription=PageSubscription(page=page, user=request.user),
        parent_page=page.get_parent(),
        for_user=request.user,
    )
    form.defer_required_fields()
    form.is_valid()
    return side_by_side(form=form, theirs=latest.as_object())


def _carried(request: HttpRequest) -> list[tuple[str, str]]:
    """What the form sent, for saving it on the newer version when the person so decides."""
    left_out = {*VERSION_INPUTS, "csrfmiddlewaretoken"}
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in left_out and not name.startswith("action-")
    ]
