"""The screen on which the owner of a document names who may see it, and reads who saw it."""

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin.utils import get_user_display_name

from site_pages.access import rules
from site_pages.models import AccessEvent, AccessLimit, DocumentPage

ON_ONE_PAGE = 50


class PersonChoice(forms.ModelChoiceField):
    """A choice among people, by the names that the screens call them."""

    def label_from_instance(self, obj) -> str:
        return get_user_display_name(obj)


class PersonForm(forms.Form):
    """One person to be admitted, dismissed or made owner."""

    person = PersonChoice(queryset=None, label=gettext_lazy("Person"))

    def __init__(self, *args, people: QuerySet, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people


def people_of_the_editor() -> QuerySet:
    """Everybody who can be named: active accounts of people who may enter the editor."""
    may_enter = Q(is_superuser=True) | Q(groups__permissions__codename="access_admin")
    people = get_user_model().objects.filter(may_enter, is_active=True, is_agent=False).distinct()
    return people.order_by("last_name", "first_name", "username")


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, page_id: int) -> HttpResponse:
    """Who may see the document; for its owner also the verbs and the log."""
    page = get_object_or_404(DocumentPage.objects.select_related("locale"), pk=page_id).specific
    limit = rules.limit_of(page.content_id)
    if not _may_look(page, limit, request.user):
        raise Http404
    if request.method == "POST":
        return _act(request, page)
    context = {
        "page_title": _("Who may see it"),
        "page_subtitle": page.draft_title,
        "header_icon": "view",
        "document": page,
        "limit": limit,
        "is_owner": limit is not None and limit.owner_id == request.user.pk,
    }
    if limit:
        context |= _of_limited(request, limit)
    return TemplateResponse(request, "site_pages/access.html", context)


def _may_look(page: DocumentPage, limit: AccessLimit | None, user) -> bool:
    if limit is None:
        return page.permissions_for_user(user).can_edit()
    return limit.people.filter(pk=user.pk).exists()


def _of_limited(request: HttpRequest, limit: AccessLimit) -> dict:
    named = limit.people.order_by("last_name", "first_name", "username")
    context: dict = {"owner": limit.owner, "named": named}
    if limit.owner_id == request.user.pk:
        log = AccessEvent.objects.filter(content_id=limit.content_id).select_related("user", "subject")
        context["log"] = Paginator(log, ON_ONE_PAGE).get_page(request.GET.get("p"))
        context["admit_form"] = PersonForm(people=people_of_the_editor().exclude(pk__in=named.values("pk")))
        context["hand_over_form"] = PersonForm(people=named.exclude(pk=limit.owner_id), auto_id="hand_over_%s")
    return context


def _act(request: HttpRequest, page: DocumentPage) -> HttpResponse:
    verb = request.POST.get("verb", "")
    try:
        if verb == "limit":
            rules.limit(content_id=page.content_id, owner=request.user)
        elif verb == "lift":
            rules.lift(content_id=page.content_id, by=request.user)
        elif verb in ("admit", "dismiss", "hand_over"):
            _name(request, page, verb)
        else:
            raise rules.AccessRefused(_("Nothing was chosen."))
    except rules.AccessRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Saved."))
    return redirect("access_people", page.pk)


def _name(request: HttpRequest, page: DocumentPage, verb: str) -> None:
    form = PersonForm(request.POST, people=people_of_the_editor() if verb != "dismiss" else get_user_model().objects)
    if not form.is_valid():
        raise rules.AccessRefused(_("Choose a person."))
    person = form.cleaned_data["person"]
    if verb == "admit":
        rules.admit(content_id=page.content_id, by=request.user, person=person)
    elif verb == "dismiss":
        rules.dismiss(content_id=page.content_id, by=request.user, person=person)
    else:
        rules.hand_over(content_id=page.content_id, by=request.user, to=person)
