"""The screens of clearance: what waits for me, one document with its text and history, the decision."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from approvals import decisions
from approvals.decisions import DecisionRefused
from approvals.documents import DocumentView
from approvals.facts import acting_of
from approvals.models import RouteStep
from approvals.queue import queue_of
from site_pages.models import DocumentPage
from site_pages.public_form.builders import FormIncomplete
from site_pages.public_form.files import FileUnreadable


class RemarkForm(forms.Form):
    """What somebody says about a text."""

    remark = forms.CharField(
        label=gettext_lazy("Remark"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "For a return: what should be changed. For example: “The second paragraph names the wrong day.”"
        ),
    )


class DecisionForm(RemarkForm):
    """What a decision consists of: the digest of the text that was on screen, and a remark."""

    digest = forms.RegexField(regex=r"^[0-9a-f]{64}$", widget=forms.HiddenInput)


@require_GET
def waiting_for_me(request: HttpRequest) -> HttpResponse:
    """Everything on which the signed-in person may decide now."""
    now = timezone.now()
    items = [(item, item.age(now)) for item in queue_of(user_id=request.user.pk, now=now)]
    context = {"items": items, "page_title": _("Waiting for me"), "header_icon": "tasks"}
    return TemplateResponse(request, "approvals/waiting_for_me.html", context)


@require_GET
def document(request: HttpRequest, page_id: int) -> HttpResponse:
    """One document: its text as the public will read it, what changed, its history, and the decision."""
    page = visible_page(request, page_id)
    return _render(request, page, DecisionForm())


@require_POST
def approve(request: HttpRequest, page_id: int) -> HttpResponse:
    """Approve the text that was on screen."""
    return _decide(request, page_id, decisions.approve, _("You approved “%(title)s”."))


@require_POST
def return_for_changes(request: HttpRequest, page_id: int) -> HttpResponse:
    """Return the text with a remark."""
    return _decide(request, page_id, decisions.return_for_changes, _("You returned “%(title)s” for changes."))


@require_POST
def stop(request: HttpRequest, page_id: int) -> HttpResponse:
    """Take a scheduled text off the queue."""
    page = visible_page(request, page_id)
    form = RemarkForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(form.errors["remark"]))
        return redirect("approvals:document", page_id)
    try:
        decisions.stop_scheduled(
            page_id=page_id, actor_id=request.user.pk, remark=form.cleaned_data["remark"], now=timezone.now()
        )
    except DecisionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("“%(title)s” will not be published at its time.") % {"title": page.draft_title})
    return redirect("approvals:document", page_id)


def _decide(request: HttpRequest, page_id: int, verb, message: str) -> HttpResponse:
    page = visible_page(request, page_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _render(request, page, form, status=400)
    try:
        verb(
            page_id=page_id,
            actor_id=request.user.pk,
            seen_digest=form.cleaned_data["digest"],
            remark=form.cleaned_data["remark"],
            now=timezone.now(),
        )
    except DecisionRefused as refusal:
        form.add_error("remark" if refusal.refusal == "remark_missing" else None, str(refusal))
        return _render(
            request, page, form, status=409 if refusal.refusal in ("text_changed", "nothing_to_decide") else 403
        )
    except (FormIncomplete, FileUnreadable) as error:
        form.add_error(None, str(error))
        return _render(request, page, form, status=409)
    messages.success(request, message % {"title": page.draft_title})
    return redirect("approvals:waiting_for_me")


def visible_page(request: HttpRequest, page_id: int) -> DocumentPage:
    """The document, for those whose work it is: who may edit it, who decides on its route, administrators.

    Everybody else gets the same answer as for a number that does not exist.
    """
    page = get_object_or_404(DocumentPage.objects.select_related("locale"), pk=page_id).specific
    user = request.user
    groups = {acting.group_id for acting in acting_of(user.pk, now=timezone.now())}
    groups |= set(user.groups.values_list("pk", flat=True))
    on_route = RouteStep.objects.filter(route__document_type=page.document_type, group_id__in=groups)
    if not (user.is_superuser or _may_edit(page, user) or on_route.exists()):
        raise Http404
    return page


def _may_edit(page: DocumentPage, user) -> bool:
    return page.permissions_for_user(user).can_edit()


def _render(request: HttpRequest, page: DocumentPage, form: DecisionForm, status: int = 200) -> HttpResponse:
    view = DocumentView(page=page, reader_id=request.user.pk)
    context = {
        "page_title": page.draft_title,
        "header_icon": "tasks",
        "view": view,
        "form": form,
        "edit_url": reverse("wagtailadmin_pages:edit", args=[page.pk]) if _may_edit(page, request.user) else "",
    }
    return TemplateResponse(request, "approvals/document.html", context, status=status)
