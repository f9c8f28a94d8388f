"""“Early access” of one document, and the list of all embargoes of the house."""

import datetime as dt

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from approvals import second_factor
from approvals.bundles.seeing import is_of_the_house
from approvals.documents import DocumentView
from approvals.embargo import breaches, giving, overview
from approvals.embargo.breaches import Sighting
from approvals.embargo.giving import Journalist
from approvals.embargo.refusals import EmbargoRefused
from approvals.embargo.rules import is_on_route, may_give, may_note_breach, may_readmit, may_revoke
from approvals.facts import actor_of, facts_of
from approvals.models import EarlyAccess
from approvals.views import visible_page
from site_pages.times import in_the_calendar

A_MOMENT = {"type": "datetime-local", "step": 1}
MOMENT_FORMATS = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"]


def _moment(**options) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs=A_MOMENT, format=MOMENT_FORMATS[0])
    return forms.DateTimeField(widget=widget, input_formats=MOMENT_FORMATS, validators=[in_the_calendar], **options)


class AccessForm(forms.Form):
    """For whom, in what language and until when; and the digest of the text that was on screen."""

    digest = forms.RegexField(regex=r"^[0-9a-f]{64}\Z", widget=forms.HiddenInput)
    reader_name = forms.CharField(
        max_length=200,
        label=gettext_lazy("Who will read it"),
        help_text=gettext_lazy("One journalist, by name. For example: Asel Asanova."),
    )
    outlet = forms.CharField(
        max_length=200, label=gettext_lazy("Outlet"), help_text=gettext_lazy("For example: Kabar agency.")
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), help_text=gettext_lazy("For example: asel@kabar.example."))
    language = forms.ChoiceField(choices=settings.LANGUAGES, label=gettext_lazy("Language of the reader's page"))
    ends_at = _moment(
        required=False,
        label=gettext_lazy("Ends"),
        help_text=gettext_lazy("Time of Bishkek. Empty: at the publication, which is also the latest."),
    )
    by_mail = forms.BooleanField(
        required=False,
        label=gettext_lazy("Send the address by e-mail"),
        help_text=gettext_lazy("The mail names no title. It is sent within a minute."),
    )

    def journalist(self) -> Journalist:
        """Whom the form names."""
        return Journalist(**{name: self.cleaned_data[name] for name in ("reader_name", "outlet", "email", "language")})


class BreachForm(forms.Form):
    """Where and when it was seen, and whose doing it was."""

    place = forms.CharField(
        max_length=300,
        label=gettext_lazy("Where it was published"),
        help_text=gettext_lazy("For example: the site of the newspaper, its Telegram channel, the evening news."),
    )
    seen_at = _moment(label=gettext_lazy("When it was seen"), help_text=gettext_lazy("Time of Bishkek."))
    outlet = forms.CharField(
        required=False,
        max_length=200,
        label=gettext_lazy("Which outlet broke it"),
        help_text=gettext_lazy("As it stands above. It gets no early access until the leadership admits it again."),
    )
    link = forms.URLField(
        required=False,
        max_length=500,
        assume_scheme="https",
        label=gettext_lazy("Link"),
        help_text=gettext_lazy("For example: https://newspaper.example/news/1."),
    )


class ReasonForm(forms.Form):
    """Why an outlet is admitted again."""

    reason = forms.CharField(max_length=2000)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@second_factor.asked
def early_access(request: HttpRequest, page_id: int) -> HttpResponse:
    """All early accesses to the document, and the form for another; the answer to that shows the address, once."""
    page = visible_page(request, page_id)
    if request.method != "POST":
        return _render(request, page)
    form = AccessForm(request.POST)
    if not form.is_valid():
        return _render(request, page, form=form, status=400)
    values = form.cleaned_data
    try:
        access, token = giving.give(
            page_id=page.pk,
            giver_id=request.user.pk,
            seen_digest=values["digest"],
            to=form.journalist(),
            ends_at=values["ends_at"],
            by_mail=values["by_mail"],
            now=timezone.now(),
        )
    except EmbargoRefused as refusal:
        form.add_error(None, str(refusal))
        return _render(request, page, form=form, status=409 if refusal.fault == "text_changed" else 403)
    address = settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("early:text", args=[token])
    return _render(request, page, made={"access": access, "address": address, "token": token})


@require_POST
def revoke(request: HttpRequest, page_id: int, access_id: int) -> HttpResponse:
    """End one early access to the document."""
    page = visible_page(request, page_id)
    own = EarlyAccess.objects.filter(pk=access_id, content_id=page.content_id, locale=page.locale_code)
    if not own.exists():
        raise Http404
    try:
        giving.revoke(access_id=access_id, actor_id=request.user.pk, now=timezone.now())
    except EmbargoRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("This early access opens nothing any more."))
    return redirect("approvals:early", page_id)


@require_POST
@second_factor.asked
def breach(request: HttpRequest, page_id: int) -> HttpResponse:
    """Note a breach of the embargo."""
    page = visible_page(request, page_id)
    form = BreachForm(request.POST)
    if not form.is_valid():
        return _render(request, page, breach_form=form, status=400)
    try:
        breaches.note_breach(
            page_id=page.pk, actor_id=request.user.pk, seen=Sighting(**form.cleaned_data), now=timezone.now()
        )
    except EmbargoRefused as refusal:
        form.add_error(None, str(refusal))
        return _render(request, page, breach_form=form, status=403)
    messages.success(request, _("The breach is on record. Nobody reads this document early any more."))
    return redirect("approvals:early", page_id)


def _render(
    request: HttpRequest,
    page,
    *,
    form: AccessForm | None = None,
    breach_form: BreachForm | None = None,
    made: dict | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    view = DocumentView(page=page, reader_id=request.user.pk)
    actor, facts = actor_of(request.user.pk, now=now), facts_of(page)
    is_concerned = is_on_route(actor=actor, facts=facts)
    digest = view.due.digest if view.due else ""
    is_under_embargo = view.due is not None and view.due.held_at is None and view.due.due_at > now
    context = {
        "page_title": _("Early access"),
        "page_subtitle": page.draft_title,
        "header_icon": "lock",
        "view": view,
        "rows": overview.rows_of(page, with_openings=is_concerned, now=now),
        "is_concerned": is_concerned,
        "is_under_embargo": is_under_embargo,
        "may_give": may_give(actor=actor, facts=facts),
        "may_note": may_note_breach(actor=actor, facts=facts),
        "may_revoke": may_revoke(actor=actor, facts=facts),
        "form": form or AccessForm(initial={"digest": digest, "language": page.locale_code}),
        "breach_form": breach_form or BreachForm(),
        "made": made,
    }
    return TemplateResponse(request, "approvals/embargo/early_access.html", context, status=status)


@require_GET
def embargoes(request: HttpRequest) -> HttpResponse:
    """All embargoes in force with their early accesses, and the outlets that are barred."""
    now = timezone.now()
    _require_the_house(request, now=now)
    actor = actor_of(request.user.pk, now=now)
    barred = overview.barred(user=request.user, now=now)
    last_steps = {kind: breaches.last_step_of(kind) for kind in {breach.document_type for breach in barred}}
    context = {
        "page_title": _("Embargoes"),
        "header_icon": "lock",
        "embargoes": overview.in_force(user=request.user, now=now),
        "barred": [
            (breach, bool(may_readmit(actor=actor, last_step=last_steps[breach.document_type]))) for breach in barred
        ],
    }
    return TemplateResponse(request, "approvals/embargo/embargoes.html", context)


@require_POST
@second_factor.asked
def readmit(request: HttpRequest, breach_id: int) -> HttpResponse:
    """Admit an outlet to early access again."""
    now, form = timezone.now(), ReasonForm(request.POST)
    _require_the_house(request, now=now)
    if breach_id not in {breach.pk for breach in overview.barred(user=request.user, now=now)}:
        raise Http404
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        breaches.readmit(breach_id=breach_id, actor_id=request.user.pk, reason=reason, now=now)
    except EmbargoRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The outlet may be given early access again."))
    return redirect("approvals:embargoes")


def _require_the_house(request: HttpRequest, *, now: dt.datetime) -> None:
    if not (request.user.is_superuser or is_of_the_house(request.user, now=now)):
        raise Http404
