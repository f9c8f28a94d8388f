"""The screen of the schedule, and how it is searched and filtered."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from approvals.bundles.seeing import is_of_the_house
from approvals.inbox import LANGUAGES
from approvals.schedule import ScheduleRow, ScheduleState, schedule_for
from approvals.schedule_alarms import alarms_for
from approvals.schedule_past import arrivals_for, ended_for
from site_pages.languages import CODES
from site_pages.models import DOCUMENT_TYPES

MOST_ROWS = 500


class ScheduleFilter(forms.Form):
    """Which rows are shown. What cannot be understood filters nothing and is said beside its field."""

    q = forms.CharField(label=gettext_lazy("Words of the title"), required=False, max_length=200)
    document_type = forms.ChoiceField(label=gettext_lazy("Type"), required=False)
    locale = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = [(kind, model._meta.verbose_name) for kind, model in DOCUMENT_TYPES.items()]
        self.fields["document_type"].choices = [("", _("All types")), *kinds]
        self.fields["locale"].choices = [("", _("All languages")), *((code, LANGUAGES[code]) for code in CODES)]
        self.fields["state"].choices = [("", _("Any state")), *ScheduleState.choices]

    def among(self, rows: list[ScheduleRow]) -> list[ScheduleRow]:
        """The rows that pass, in their order. Every word has to be in the title, in whatever letters."""
        if not self.is_valid():
            return rows
        wanted = self.cleaned_data
        words = wanted["q"].casefold().split()
        return [
            row
            for row in rows
            if all(word in row.title.casefold() for word in words)
            and wanted["document_type"] in ("", row.document_type)
            and wanted["locale"] in ("", row.locale)
            and wanted["state"] in ("", row.state)
        ]


@require_GET
def schedule(request: HttpRequest) -> HttpResponse:
    """What becomes public when, what keeps it back, and who is needed."""
    now = timezone.now()
    if not (request.user.is_superuser or is_of_the_house(request.user, now=now)):
        raise Http404
    rows, wanted = schedule_for(request.user, now=now), ScheduleFilter(request.GET)
    fitting = wanted.among(rows)
    context = {
        "page_title": _("Schedule"),
        "header_icon": "calendar-alt",
        "rows": fitting[:MOST_ROWS],
        "fitting": len(fitting),
        "is_empty": not rows,
        "ended": ended_for(request.user, now=now),
        "arrivals": arrivals_for(request.user, now=now),
        "alarmed": {alarm.page_id for alarm in alarms_for(request.user, now=now)},
        "filter": wanted,
        "now": now,
    }
    return TemplateResponse(request, "approvals/schedule.html", context)
