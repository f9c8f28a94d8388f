"""The screens of clearance: what waits for me, one document with its text and history, the decision."""

from functools import partial

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

from approvals import decisions, second_factor
from approvals.decisions import DecisionRefused
from approvals.documents import DocumentView
from approvals.facts import offices_of, submitted_pages
from approvals.inbox import InboxFilter
from approvals.models import Remark, RouteStep
from approvals.policy import REASONS, Refusal
from approvals.queue import inbox_of
from approvals.remarks import RemarkRefused, places_of, settle
from site_pages.access.rules import is_hidden_from
from site_pages.gatekeeping import GateClosed, TextLocked
from site_pages.models import DocumentPage
from site_pages.public_form.builders import FormIncomplete
from site_pages.public_form.files import FileUnreadable

ON_PLACE = "remark:"
STEPS = {str(number) for number in range(100)}


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
    to_step = forms.IntegerField(required=False, min_value=0, max_value=100)


@require_GET
def waiting_for_me(request: HttpRequest) -> HttpResponse:
    """Everything on which the signed-in person may decide now, and what he or she sent; searched and filtered."""
    inbox = inbox_of(user_id=request.user.pk, now=timezone.now())
    wanted = InboxFilter(request.GET)
    context = {
        "items": wanted.among(inbox.waiting),
        "sent": wanted.among(inbox.sent),
        "withdrawals": [(one, one.is_late(timezone.now())) for one in inbox.withdrawals],
        "is_empty": not inbox.waiting,
        "no_second_factor": REASONS[Refusal.NO_SECOND_FACTOR] if inbox.lacks_second_factor else "",
        "filter": wanted,
        "page_title": _("Waiting for me"),
        "header_icon": "tasks",
    }
    return TemplateResponse(request, "approvals/waiting_for_me.html", context)


@require_GET
def document(request: HttpRequest, page_id: int) -> HttpResponse:
    """One document: its text as the public will read it, what changed, its history, and the decision."""
    page = visible_page(request, page_id)
    return _render(request, page, DecisionForm())


@require_POST
@second_factor.asked
def approve(request: HttpRequest, page_id: int) -> HttpResponse:
    """Approve the text that was on screen."""
    return _decide(request, page_id, decisions.approve, _("You approved “%(title)s”."))


@require_POST
@second_factor.asked
def return_for_changes(request: HttpRequest, page_id: int) -> HttpResponse:
    """Return the text with a remark, general or on places, to its author or an earlier step."""
    remarks = {name.removeprefix(ON_PLACE): text for name, text in request.POST.items() if name.startswith(ON_PLACE)}
    to_step = request.POST.get("to_step", "")
    verb = partial(decisions.return_for_changes, remarks=remarks, to_step=int(to_step) if to_step in STEPS else 0)
    return _decide(request, page_id, verb, _("You returned “%(title)s” for changes."))


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
    except (FormIncomplete, FileUnreadable, RemarkRefused, TextLocked, GateClosed) as error:
        form.add_error(None, str(error))
        return _render(request, page, form, status=409)
    messages.success(request, message % {"title": page.draft_title})
    return redirect("approvals:waiting_for_me")


def visible_page(request: HttpRequest, page_id: int) -> DocumentPage:
    """The document, for those whose work it is: who may edit it, administrators, who decides on its route.

    The last know of it from its first submission.

    Everybody else gets the same answer as for a number that does not exist.
    """
    page = get_object_or_404(DocumentPage.objects.select_related("locale"), pk=page_id).specific
    user = request.user
    if is_hidden_from(user, content_id=page.content_id):
        raise Http404
    on_route = RouteStep.objects.filter(
        route__document_type=page.document_type, group_id__in=offices_of(user, now=timezone.now())
    )
    if user.is_superuser or may_edit(page, user):
        return page
    if not (on_route.exists() and submitted_pages().filter(page_id=page.pk).exists()):
        raise Http404
    return page


def may_edit(page: DocumentPage, user) -> bool:
    """Whether the text is the user's to write."""
    return page.permissions_for_user(user).can_edit()


def _with_places(request: HttpRequest, view: DocumentView) -> list[tuple]:
    """Each place of the text with what was just said about it: a refused form loses nothing."""
    if not view.form or not view.verdict:
        return []
    return [(place, request.POST.get(f"{ON_PLACE}{place.anchor}", "")) for place in places_of(view.form)]


@require_POST
def settle_remark(request: HttpRequest, page_id: int, remark_id: int) -> HttpResponse:
    """Tick a remark off, with an answer or without one; for whoever may edit the text."""
    page = visible_page(request, page_id)
    if not may_edit(page, request.user):
        raise Http404
    try:
        settle(
            remark_id=remark_id,
            page=page,
            user=request.user,
            answer=request.POST.get("answer", ""),
            now=timezone.now(),
        )
    except Remark.DoesNotExist as error:
        raise Http404 from error
    except RemarkRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("approvals:document", page_id)


def _render(request: HttpRequest, page: DocumentPage, form: DecisionForm, status: int = 200) -> HttpResponse:
    view = DocumentView(page=page, reader_id=request.user.pk)
    context = {
        "on_places": _with_places(request, view),
        "page_title": page.draft_title,
        "header_icon": "tasks",
        "view": view,
        "form": form,
        "edit_url": reverse("wagtailadmin_pages:edit", args=[page.pk]) if may_edit(page, request.user) else "",
    }
    return TemplateResponse(request, "approvals/document.html", context, status=status)
