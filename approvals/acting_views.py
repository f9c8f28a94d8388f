"""The screen on which system administrators let somebody decide in the place of an absent person."""

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
from django.views.decorators.http import require_http_methods, require_POST

from approvals import acting
from approvals.acting import FIELDS, REASONS, AppointmentRefused
from approvals.facts import name_of
from approvals.models import ActingAppointment
from approvals.offices import APPROVERS, LABELS
from site_pages.models import DOCUMENT_TYPES
from site_pages.times import in_the_calendar

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class PersonChoice(forms.ModelChoiceField):
    """A choice among people, by the names that records call them."""

    def label_from_instance(self, obj) -> str:
        return name_of(obj)


class OfficeChoice(forms.ModelChoiceField):
    """A choice among offices, in the reader's language."""

    def label_from_instance(self, obj) -> str:
        return str(LABELS.get(obj.name, obj.name))


class AppointmentForm(forms.Form):
    """Who, for whom, in what office, for what and for how long."""

    principal = PersonChoice(queryset=None, label=gettext_lazy("Who is absent"))
    deputy = PersonChoice(queryset=None, label=gettext_lazy("Who decides instead"))
    group = OfficeChoice(
        queryset=Group.objects.filter(name__in=APPROVERS).order_by("name"), label=gettext_lazy("Office")
    )
    document_types = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Types of document"),
        help_text=gettext_lazy("None chosen means all."),
    )
    starts_at = forms.DateTimeField(widget=MOMENT, validators=[in_the_calendar], label=gettext_lazy("From"))
    ends_at = forms.DateTimeField(widget=MOMENT, validators=[in_the_calendar], label=gettext_lazy("Until"))
    legal_basis = forms.CharField(
        max_length=300,
        label=gettext_lazy("Legal basis"),
        help_text=gettext_lazy("For example: Order No. 45 of 3 March 2026."),
    )

    def __init__(self, *args, appointer, **kwargs):
        super().__init__(*args, **kwargs)
        self.appointer = appointer
        people = get_user_model().objects.filter(is_active=True).order_by("last_name", "first_name", "username")
        self.fields["principal"].queryset = people.filter(groups__name__in=APPROVERS).distinct()
        self.fields["deputy"].queryset = people.filter(is_superuser=False, is_agent=False)
        self.fields["document_types"].choices = [
            (kind, model._meta.verbose_name) for kind, model in DOCUMENT_TYPES.items()
        ]

    def appoint(self) -> ActingAppointment | None:
        """Make the appointment; None with an error beside the field where a rule refuses it."""
        values = dict(self.cleaned_data)
        people = {f"{name}_id": values.pop(name).pk for name in ("principal", "deputy", "group")}
        try:
            return acting.appoint(**people, **values, appointer_id=self.appointer.pk, now=timezone.now())
        except AppointmentRefused as refused:
            self.add_error(FIELDS.get(refused.fault), str(REASONS[refused.fault]))
            return None


def _require_administrator(request: HttpRequest) -> None:
    if not request.user.is_superuser:
        raise PermissionDenied


@require_http_methods(["GET", "HEAD", "POST"])
def appointments(request: HttpRequest) -> HttpResponse:
    """All appointments, and the form for another."""
    _require_administrator(request)
    form = AppointmentForm(request.POST or None, appointer=request.user)
    if request.method == "POST" and form.is_valid() and (made := form.appoint()):
        messages.success(request, _("%(deputy)s acts for %(principal)s.") % _names(made))
        return redirect("approvals:acting")
    context = {
        "page_title": _("Acting appointments"),
        "header_icon": "group",
        "form": form,
        "appointments": ActingAppointment.objects.select_related("principal", "deputy", "group"),
        "now": timezone.now(),
    }
    return TemplateResponse(request, "approvals/acting.html", context, status=400 if form.errors else 200)


@require_POST
def revoke(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """End one appointment."""
    _require_administrator(request)
    appointment = get_object_or_404(ActingAppointment, pk=appointment_id)
    try:
        acting.revoke(
            appointment_id=appointment.pk,
            appointer_id=request.user.pk,
            remark=request.POST.get("remark", "")[:4000].replace("\x00", ""),
            now=timezone.now(),
        )
    except AppointmentRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(deputy)s no longer acts for %(principal)s.") % _names(appointment))
    return redirect("approvals:acting")


def _names(appointment: ActingAppointment) -> dict[str, str]:
    return {"deputy": name_of(appointment.deputy), "principal": name_of(appointment.principal)}
