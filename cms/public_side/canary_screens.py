"""The screen of the canaries, of who asked for them, and of the guesses at names of files."""

import logging
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cms.public_side.visitors import administrators_only
from frontend_api import canaries
from frontend_api.canaries import FIELDS, LONGEST_NOTE, REASONS, CanaryRefused, address_of
from frontend_api.file_guesses import Alarm, kept_alarms
from frontend_api.models import Canary
from frontend_api.record import OF_CANARIES, latest

logger = logging.getLogger(__name__)
REMEMBERED = 20
GUESSES_SHOWN = 50
TOUCHES_SHOWN = 5


class CanaryForm(forms.Form):
    """What the address looks like, and where it is put."""

    filename = forms.CharField(
        label=gettext_lazy("Name of the file"),
        max_length=255,
        help_text=gettext_lazy("What a thief would take. For example: byudzhet-2027.pdf"),
    )
    note = forms.CharField(
        label=gettext_lazy("Where it is put"),
        max_length=LONGEST_NOTE,
        help_text=gettext_lazy("For example: In the archive of the ministry. Whoever hears the alarm reads it."),
    )

    def plant(self, *, by) -> Canary | None:
        """The new canary; None with an error beside the field where a rule refuses it."""
        try:
            return canaries.plant(**self.cleaned_data, by=by, now=timezone.now())
        except CanaryRefused as refusal:
            self.add_error(FIELDS.get(refusal.fault), str(REASONS[refusal.fault]))
            return None


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@administrators_only
def listing(request: HttpRequest) -> HttpResponse:
    """What is planted and who asked for it, the latest guesses, and the form to plant another."""
    form = CanaryForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (planted := form.plant(by=request.user)):
        words = _("It is planted. Copy its address from the list and put it there: %(place)s")
        messages.success(request, words % {"place": planted.note})
        return redirect("public_side:canaries")
    touches, guesses = _alarms(of_canaries=True), _alarms(of_canaries=False)
    context = {
        "page_title": _("Canaries"),
        "header_icon": "warning",
        "tab": "canaries",
        "form": form,
        "rows": _rows(touches or []),
        "is_readable": touches is not None and guesses is not None,
        "guesses": (guesses or [])[:GUESSES_SHOWN],
        "record": latest(OF_CANARIES, limit=REMEMBERED),
    }
    return TemplateResponse(request, "cms/public_side/canaries.html", context, status=400 if form.errors else 200)


def _rows(touches: list[Alarm]) -> list[dict]:
    """Every canary with who asked for it, the latest first; those that were touched last stand first."""
    touched: dict[UUID | None, list[Alarm]] = {}
    for alarm in touches:
        touched.setdefault(alarm.canary, []).append(alarm)
    rows = [
        {
            "canary": canary,
            "address": address_of(canary),
            "touches": touched.get(canary.pk, [])[:TOUCHES_SHOWN],
            "more": max(0, len(touched.get(canary.pk, [])) - TOUCHES_SHOWN),
        }
        for canary in Canary.objects.order_by("-planted_at", "pk")
    ]
    return sorted(rows, key=lambda row: not row["touches"])


def _alarms(*, of_canaries: bool) -> list[Alarm] | None:
    """The alarms; None when their folder cannot be read, which is no reason to hide the canaries."""
    try:
        return kept_alarms(of_canaries=of_canaries)
    except OSError:
        logger.exception("alarms_not_read")
        return None


@require_POST
@administrators_only
def retire(request: HttpRequest, file_id: UUID) -> HttpResponse:
    """Forget one address."""
    try:
        retired = canaries.retire(file_id=file_id, by=request.user)
    except CanaryRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(filename)s is retired.") % {"filename": retired.filename})
    return redirect("public_side:canaries")
