"""The screens of the urgent lane: publish at once, confirm or object afterwards, the report."""

from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from approvals import second_factor, urgency
from approvals.decisions import DecisionRefused
from approvals.facts import decides_somewhere
from approvals.models import UrgentPublication
from approvals.views import visible_page
from site_pages.gatekeeping import GateClosed
from site_pages.models import DocumentPage
from site_pages.public_form.builders import FormIncomplete
from site_pages.public_form.files import FileUnreadable

BISHKEK = ZoneInfo("Asia/Bishkek")


class UrgentForm(forms.Form):
    """What an urgent publication consists of: the digest that was on screen, and the reason."""

    digest = forms.RegexField(regex=r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Why it cannot wait"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )


class AnswerForm(forms.Form):
    """What a confirmation or an objection says."""

    remark = forms.CharField(required=False, max_length=4000)


@require_POST
@second_factor.asked
def publish(request: HttpRequest, page_id: int) -> HttpResponse:
    """Publish the text that was on screen on this leader's decision."""
    page = visible_page(request, page_id)
    form = UrgentForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(message for errors in form.errors.values() for message in errors))
        return redirect("approvals:document", page_id)
    values = form.cleaned_data
    try:
        urgency.publish_urgently(
            page_id=page_id,
            actor_id=request.user.pk,
            seen_digest=values["digest"],
            reason=values["reason"],
            now=timezone.now(),
        )
    except (DecisionRefused, GateClosed, FormIncomplete, FileUnreadable) as refusal:
        messages.error(request, str(refusal))
        return redirect("approvals:document", page_id)
    messages.success(
        request, _("“%(title)s” is published urgently. It has to be confirmed.") % {"title": page.draft_title}
    )
    return redirect("approvals:urgent")


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """What I may confirm, all debts, and the report by person and month; for whoever decides or administers."""
    now = timezone.now()
    if not (request.user.is_superuser or decides_somewhere(request.user, now=now)):
        raise PermissionDenied
    mine = urgency.debts_of(user_id=request.user.pk, now=now)
    waiting = list(UrgentPublication.objects.filter(confirmed_at__isnull=True))
    titles = DocumentPage.objects.in_bulk([debt.page_id for debt in waiting])
    context = {
        "page_title": _("Urgent publications"),
        "header_icon": "warning",
        "debts": [(debt, titles.get(debt.page_id), debt in mine) for debt in waiting],
        "months": urgency.report(zone=BISHKEK),
        "now": now,
    }
    return TemplateResponse(request, "approvals/urgent.html", context)


@require_POST
@second_factor.asked
def confirm(request: HttpRequest, debt_id: int) -> HttpResponse:
    """Confirm in the name of the skipped step."""
    return _answer(request, debt_id, urgency.confirm, _("The urgent publication is confirmed."))


@require_POST
@second_factor.asked
def object_to(request: HttpRequest, debt_id: int) -> HttpResponse:
    """Object in the name of the skipped step."""
    return _answer(request, debt_id, urgency.object_to, _("Your objection is on record."))


def _answer(request: HttpRequest, debt_id: int, verb, message: str) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(form.errors["remark"]))
        return redirect("approvals:urgent")
    try:
        verb(debt_id=debt_id, actor_id=request.user.pk, remark=form.cleaned_data["remark"], now=timezone.now())
    except DecisionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, message)
    return redirect("approvals:urgent")
