"""The screens of bundles: the list, one bundle with its documents, choosing documents, the rehearsal."""

import json
from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from approvals import second_factor
from approvals.bundles import making
from approvals.bundles.members import members_today
from approvals.bundles.overview import choices_for, listed, members_of, titles_of
from approvals.bundles.refusals import BundleRefused, Fault
from approvals.bundles.rehearsal import rehearse
from approvals.bundles.seeing import bundles_for, drafts_for, is_of_the_house
from approvals.models import Bundle, BundleState
from site_pages.public_form.builders import FormIncomplete, build
from site_pages.public_form.files import FileUnreadable
from site_pages.public_form.reading import ReadableForm
from site_pages.times import in_the_calendar

# Beside which field a refusal stands; the others concern the whole bundle.
FIELDS = {
    Fault.NO_NAME: "title",
    Fault.NO_TIME: "due_at",
    Fault.TIME_IS_PAST: "due_at",
    Fault.TOO_NEAR: "due_at",
}


class PlanForm(forms.Form):
    """What a bundle is called and when it becomes public."""

    title = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        help_text=gettext_lazy("For the office only. For example: Signing of the water decree, 17 July."),
    )
    when = forms.ChoiceField(label=gettext_lazy("When"), choices=Bundle.When.choices, initial=Bundle.When.AT)
    due_at = forms.DateTimeField(
        label=gettext_lazy("Time of publication"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[in_the_calendar],
        help_text=gettext_lazy("Time of Bishkek; only for a bundle that is published at a time."),
    )


class SeenForm(forms.Form):
    """Which version of the bundle was on screen, and why something is done."""

    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    remark = forms.CharField(required=False, max_length=4000)
    page_id = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


def _require_the_house(request: HttpRequest) -> None:
    if not (request.user.is_superuser or is_of_the_house(request.user, now=timezone.now())):
        raise Http404


def visible_bundle(request: HttpRequest, bundle_id: int) -> Bundle:
    """The bundle, for those for whom it exists; everybody else gets the answer for a number that no bundle has."""
    _require_the_house(request)
    mine = bundles_for(request.user, now=timezone.now()).select_related("made_by")
    return get_object_or_404(mine, pk=bundle_id)


@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """All bundles, and the form to make one."""
    _require_the_house(request)
    form = PlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            bundle = making.make(**form.cleaned_data, actor_id=request.user.pk, now=timezone.now())
        except BundleRefused as refusal:
            form.add_error(FIELDS.get(refusal.fault), str(refusal))
        else:
            messages.success(request, _("The bundle is made. Now put documents into it."))
            return redirect("approvals:bundle_choose", bundle.pk)
    context = {
        "page_title": _("Bundles"),
        "header_icon": "folder-open-inverse",
        "bundles": listed(user=request.user, now=timezone.now()),
        "form": form,
    }
    return TemplateResponse(request, "approvals/bundles/listing.html", context, status=400 if form.errors else 200)


@require_GET
def bundle(request: HttpRequest, bundle_id: int) -> HttpResponse:
    """One bundle: where it is and why, its documents, and what can be done with it."""
    return _render(request, visible_bundle(request, bundle_id))


def _render(request: HttpRequest, found: Bundle, *, form: PlanForm | None = None, status: int = 200) -> HttpResponse:
    members = members_of(found)
    state = found.state(members=len(members), cleared=sum(member.is_cleared for member in members))
    plan = {"title": found.title, "when": found.when, "due_at": found.due_at}
    context = {
        "page_title": found.title,
        "header_icon": "folder-open-inverse",
        "bundle": found,
        "state": state,
        "members": members,
        "failed_title": next((m.title for m in members if m.kept_back), ""),
        "form": form or PlanForm(initial=plan),
        "may_be_released": state in (BundleState.READY, BundleState.FAILED, BundleState.HELD),
        "is_early": found.is_before_its_time(timezone.now()),
    }
    return TemplateResponse(request, "approvals/bundles/bundle.html", context, status=status)


@require_POST
@second_factor.asked
def change(request: HttpRequest, bundle_id: int) -> HttpResponse:
    """Another name, another moment."""
    found, form, seen = visible_bundle(request, bundle_id), PlanForm(request.POST), SeenForm(request.POST)
    if not (form.is_valid() and seen.is_valid()):
        return _render(request, found, form=form, status=400)
    try:
        making.change(
            bundle_id=bundle_id,
            seen=seen.cleaned_data["seen"],
            actor_id=request.user.pk,
            now=timezone.now(),
            **form.cleaned_data,
        )
    except BundleRefused as refusal:
        form.add_error(FIELDS.get(refusal.fault), str(refusal))
        return _render(request, found, form=form, status=409)
    messages.success(request, _("The bundle is changed."))
    return redirect("approvals:bundle", bundle_id)


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, bundle_id: int) -> HttpResponse:
    """Documents to put into the bundle, found by words of their titles."""
    found, refused = visible_bundle(request, bundle_id), ()
    words = request.GET.get("q", "")[:200]
    chosen = [value for value in request.POST.getlist("page_id") if value.isdecimal() and len(value) < 19]
    if request.method == "POST":
        seen = SeenForm({"seen": request.POST.get("seen")})
        try:
            if not seen.is_valid():
                raise Http404
            making.add(
                bundle_id=bundle_id,
                seen=seen.cleaned_data["seen"],
                page_ids=[int(value) for value in chosen],
                actor_id=request.user.pk,
                now=timezone.now(),
            )
        except BundleRefused as refusal:
            refused = refusal.faults
        else:
            messages.success(request, _("Documents added: %(count)s.") % {"count": len(chosen)})
            return redirect("approvals:bundle", bundle_id)
    context = {
        "page_title": _("Put documents into “%(title)s”") % {"title": found.title},
        "header_icon": "folder-open-inverse",
        "bundle": found,
        "choices": choices_for(request.user, words=words, now=timezone.now()),
        "chosen": {int(value) for value in chosen},
        "words": words,
        "refused": refused,
    }
    return TemplateResponse(request, "approvals/bundles/choose.html", context, status=409 if refused else 200)


@require_POST
@second_factor.asked
def take_out(request: HttpRequest, bundle_id: int) -> HttpResponse:
    """Take one document out."""
    return _do(request, bundle_id, making.take_out, _("The document is taken out."), "page_id", "remark")


@require_POST
@second_factor.asked
def give_up(request: HttpRequest, bundle_id: int) -> HttpResponse:
    """End the bundle without publishing it."""
    return _do(request, bundle_id, making.give_up, _("The bundle is given up. Nothing was published."), "remark")


@require_POST
@second_factor.asked
def release(request: HttpRequest, bundle_id: int) -> HttpResponse:
    """Let it be published, now or at its time."""
    message = _("The bundle is being published. Look again in a moment.")
    if visible_bundle(request, bundle_id).is_before_its_time(timezone.now()):
        message = _("The bundle is let go: it is published at its time.")
    return _do(request, bundle_id, making.release, message)


def _do(request: HttpRequest, bundle_id: int, verb: Callable, message: str, *names: str) -> HttpResponse:
    visible_bundle(request, bundle_id)
    form = SeenForm(request.POST)
    if not form.is_valid() or ("page_id" in names and form.cleaned_data["page_id"] is None):
        raise Http404
    values = {name: form.cleaned_data[name] for name in ("seen", *names)}
    try:
        verb(bundle_id=bundle_id, actor_id=request.user.pk, now=timezone.now(), **values)
    except BundleRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, message)
    return redirect("approvals:bundle", bundle_id)


@require_POST
def rehearsal(request: HttpRequest, bundle_id: int) -> HttpResponse:
    """Look through everything and try the publication; nothing of it stays."""
    found = visible_bundle(request, bundle_id)
    if not found.is_open:
        raise Http404
    result = rehearse(bundle=found, now=timezone.now())
    context = {
        "page_title": _("Rehearsal of “%(title)s”") % {"title": found.title},
        "header_icon": "folder-open-inverse",
        "bundle": found,
        "rehearsal": result,
        "refused_title": titles_of([result.refused_page_id]).get(result.refused_page_id, ""),
    }
    return TemplateResponse(request, "approvals/bundles/rehearsal.html", context)


@require_GET
def look(request: HttpRequest, bundle_id: int, page_id: int) -> HttpResponse:
    """How one document of the bundle will look: for the eye, and as the API will give it."""
    found = visible_bundle(request, bundle_id)
    if page_id not in {member.page_id for member in members_today(found.members.all())}:
        raise Http404
    page = get_object_or_404(
        drafts_for(request.user, now=timezone.now()), pk=page_id
    ).specific.get_latest_revision_as_object()
    form, problem = None, ""
    try:
        form = build(page)
    except (FormIncomplete, FileUnreadable) as error:
        problem = str(error)
    context = {
        "page_title": page.title,
        "header_icon": "view",
        "bundle": found,
        "readable": ReadableForm(form) if form else None,
        "digest": form.digest if form else "",
        "as_json": json.dumps(form.payload, ensure_ascii=False, indent=2) if form else "",
        "problem": problem,
    }
    return TemplateResponse(request, "approvals/bundles/look.html", context)
