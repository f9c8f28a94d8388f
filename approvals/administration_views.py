"""The screen of what takes two administrators, and of what one takes at once."""

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from approvals import administration, second_factor
from approvals.acting_views import OfficeChoice, PersonChoice
from approvals.administration import FIELDS, REASONS, ChangeRefused
from approvals.facts import name_of
from approvals.models import AccountProposal, Change, Taking
from approvals.offices import APPROVERS

REMEMBERED = 30


class AboutAPerson(forms.Form):
    """Whose account, and why. by: the administrator."""

    person = PersonChoice(queryset=None, label=gettext_lazy("Whose account"))
    reason = forms.CharField(
        max_length=300,
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("For example: Order No. 45 of 3 March 2026."),
    )

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        people = get_user_model().objects.exclude(pk=by.pk)
        self.fields["person"].queryset = people.order_by("last_name", "first_name", "username")

    def refused(self, refusal: ChangeRefused) -> None:
        """Say it beside its field."""
        self.add_error(FIELDS.get(refusal.fault), str(REASONS[refusal.fault]))


class ProposalForm(AboutAPerson):
    """What should change."""

    change = forms.ChoiceField(choices=Change.choices, label=gettext_lazy("What should change"))
    group = OfficeChoice(
        required=False,
        queryset=Group.objects.filter(name__in=APPROVERS).order_by("name"),
        label=gettext_lazy("Office"),
        help_text=gettext_lazy("Only where an office is given."),
    )
    field_order = ("change", "person", "group", "reason")

    def propose(self) -> AccountProposal | None:
        """Make the proposal; None with an error beside the field where a rule refuses it."""
        values = self.cleaned_data
        try:
            return administration.propose(
                change=Change(values["change"]),
                person_id=values["person"].pk,
                group_id=values["group"].pk if values["group"] else None,
                reason=values["reason"],
                proposer_id=self.by.pk,
                now=timezone.now(),
            )
        except ChangeRefused as refusal:
            return self.refused(refusal)


class TakingForm(AboutAPerson):
    """What is taken at once."""

    taking = forms.ChoiceField(choices=Taking.choices, label=gettext_lazy("What is taken"))
    field_order = ("taking", "person", "reason")

    def take(self) -> bool:
        """Take it; an error beside the field where a rule refuses it."""
        values = self.cleaned_data
        try:
            administration.take(
                taking=Taking(values["taking"]),
                person_id=values["person"].pk,
                administrator_id=self.by.pk,
                reason=values["reason"],
            )
        except ChangeRefused as refusal:
            self.refused(refusal)
        return not self.errors


def _require_administrator(request: HttpRequest) -> None:
    if not request.user.is_superuser:
        raise PermissionDenied


@require_http_methods(["GET", "HEAD", "POST"])
@second_factor.asked
def proposals(request: HttpRequest) -> HttpResponse:
    """What waits for a second administrator, and the form to propose something."""
    _require_administrator(request)
    form = ProposalForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid() and form.propose():
        messages.success(request, _("It is proposed. Another administrator confirms it within 72 hours."))
        return redirect("approvals:administrators")
    return _render(request, form=form, taking_form=TakingForm(by=request.user, prefix="take"))


@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Take power at once."""
    _require_administrator(request)
    form = TakingForm(request.POST, by=request.user, prefix="take")
    if form.is_valid() and form.take():
        messages.success(request, _("It is taken, and stands in the ledger."))
        return redirect("approvals:administrators")
    return _render(request, form=ProposalForm(by=request.user), taking_form=form)


@require_POST
@never_cache
@second_factor.asked
def confirm(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Confirm what another administrator proposed. A new password is on this one answer and nowhere else."""
    _require_administrator(request)
    get_object_or_404(AccountProposal, pk=proposal_id)
    try:
        confirmed = administration.confirm(proposal_id=proposal_id, confirmer_id=request.user.pk, now=timezone.now())
    except ChangeRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("approvals:administrators")
    if confirmed.password:
        context = {
            "page_title": _("New password"),
            "header_title": _("New password"),
            "header_icon": "key",
            "person": name_of(confirmed.proposal.person),
            "password": confirmed.password,
        }
        return TemplateResponse(request, "approvals/new_password.html", context)
    messages.success(request, _("It is confirmed and done."))
    return redirect("approvals:administrators")


@require_POST
def withdraw(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Close a proposal without a change."""
    _require_administrator(request)
    get_object_or_404(AccountProposal, pk=proposal_id)
    try:
        administration.withdraw(proposal_id=proposal_id, administrator_id=request.user.pk, now=timezone.now())
    except ChangeRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The proposal is withdrawn. Nothing was changed."))
    return redirect("approvals:administrators")


def _render(request: HttpRequest, *, form: ProposalForm, taking_form: TakingForm) -> HttpResponse:
    now = timezone.now()
    people = AccountProposal.objects.select_related("person", "group", "proposed_by", "confirmed_by", "withdrawn_by")
    waiting = people.open().filter(expires_at__gt=now)
    context = {
        "page_title": _("Two administrators"),
        "header_icon": "key",
        "form": form,
        "taking_form": taking_form,
        "waiting": waiting,
        "over": people.exclude(pk__in=waiting.values("pk"))[:REMEMBERED],
    }
    status = 400 if form.errors or taking_form.errors else 200
    return TemplateResponse(request, "approvals/administrators.html", context, status=status)
