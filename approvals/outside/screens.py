"""“Outside readers” of one document, for its staff: make a link, see what became of it, revoke it."""

import datetime as dt
from dataclasses import dataclass, field

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from approvals.documents import DocumentView
from approvals.models import OutsideLink, OutsideReading, OutsideRemark
from approvals.outside import links
from approvals.outside.links import LinkRefused
from approvals.outside.rules import (
    LABELS,
    MOST_HOURS,
    USUAL_HOURS,
    LinkState,
    last_closing_of,
    may_make,
    state_of,
)
from approvals.views import visible_page
from site_pages.public_form.builders import FormIncomplete
from site_pages.public_form.files import FileUnreadable

MOST_READINGS_SHOWN = 200


class LinkForm(forms.Form):
    """For whom, why, in what language and for how long; and the digest of the version that was on screen."""

    digest = forms.RegexField(regex=r"^[0-9a-f]{64}\Z", widget=forms.HiddenInput)
    reader_name = forms.CharField(
        max_length=200,
        label=gettext_lazy("Who will read it"),
        help_text=gettext_lazy("One person, by name and post. For example: A. Asanov, Minister of Health."),
    )
    reason = forms.CharField(
        max_length=1000,
        label=gettext_lazy("Why"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The reader does not see it. For example: it is the minister's own speech."),
    )
    language = forms.ChoiceField(choices=settings.LANGUAGES, label=gettext_lazy("Language of the reader's page"))
    hours = forms.IntegerField(
        min_value=1,
        max_value=MOST_HOURS,
        initial=USUAL_HOURS,
        label=gettext_lazy("Hours until it expires"),
        help_text=gettext_lazy("Three days are 72 hours; 336 hours, which are 14 days, are the most."),
    )


@dataclass
class LinkRow:
    """One link as the screen shows it. readings: the latest first, not more than the screen takes."""

    link: OutsideLink
    state: LinkState
    has_newer_version: bool
    count: int
    readings: list[OutsideReading] = field(default_factory=list)
    remarks: list[OutsideRemark] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The state in the reader's language."""
        return str(LABELS[self.state])

    @property
    def is_open(self) -> bool:
        """Whether it opens its text, so that revoking it changes something."""
        return self.state == LinkState.OPEN


def rows_of(view: DocumentView, *, now: dt.datetime) -> list[LinkRow]:
    """The links of one document, the newest first; rights are asked about once for each maker of open links."""
    page = view.page
    about = {"content_id": page.content_id, "locale": page.locale_code}
    found = OutsideLink.objects.about(**about).select_related("revocation").annotate(count=Count("readings"))
    rights: dict[int, bool] = {}
    closed_at = last_closing_of(page)

    def is_allowed(link: OutsideLink) -> bool:
        if link.maker_id not in rights:
            rights[link.maker_id] = may_make(page=page, user_id=link.maker_id, now=now)
        return rights[link.maker_id] and link.page_id == page.pk and link.made_at > closed_at

    rows = {}
    for link in found.order_by("-pk"):
        state = state_of(link, is_revoked=hasattr(link, "revocation"), is_allowed=is_allowed, now=now)
        rows[link.pk] = LinkRow(link=link, state=state, has_newer_version=_is_old(link, view), count=link.count)
    for reading in OutsideReading.objects.filter(link__in=list(rows)).order_by("-pk")[:MOST_READINGS_SHOWN]:
        rows[reading.link_id].readings.append(reading)
    for remark in OutsideRemark.objects.about(**about).filter(link__in=list(rows)).select_related("link"):
        rows[remark.link_id].remarks.append(remark)
    return list(rows.values())


def _is_old(link: OutsideLink, view: DocumentView) -> bool:
    if view.form is None:
        return link.revision_id != view.page.latest_revision_id
    return link.digest != view.form.digest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def outside_readers(request: HttpRequest, page_id: int) -> HttpResponse:
    """All links of the document, and the form for another; the answer to its making shows the address, once."""
    page = visible_page(request, page_id)
    if request.method != "POST":
        return _render(request, page, None)
    form = LinkForm(request.POST)
    if not form.is_valid():
        return _render(request, page, form, status=400)
    values = form.cleaned_data
    try:
        link, token = links.make(
            page_id=page.pk,
            maker=request.user,
            seen_digest=values.pop("digest"),
            **values,
            now=timezone.now(),
        )
    except (LinkRefused, FormIncomplete, FileUnreadable) as refusal:
        form.add_error(None, str(refusal))
        return _render(request, page, form, status=403 if isinstance(refusal, LinkRefused) else 409)
    address = settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("outside:text", args=[token])
    return _render(request, page, None, made={"link": link, "address": address})


def _render(request: HttpRequest, page, form: LinkForm | None, *, made=None, status: int = 200) -> HttpResponse:
    view, now = DocumentView(page=page, reader_id=request.user.pk), timezone.now()
    blank = LinkForm(initial={"digest": view.form.digest, "language": page.locale_code}) if view.form else None
    go_live_at = view.draft.go_live_at
    context = {
        "page_title": _("Outside readers"),
        "page_subtitle": page.draft_title,
        "header_icon": "view",
        "view": view,
        "rows": rows_of(view, now=now),
        "may_make": may_make(page=page, user_id=request.user.pk, now=now),
        "form": form or blank,
        "made": made,
        "waits_for_its_time": bool(view.due),
        "is_under_embargo": go_live_at is not None and go_live_at > now,
    }
    return TemplateResponse(request, "approvals/outside_readers.html", context, status=status)


@require_POST
def revoke(request: HttpRequest, page_id: int, link_id: int) -> HttpResponse:
    """Close one link of the document."""
    page = visible_page(request, page_id)
    link = OutsideLink.objects.about(content_id=page.content_id, locale=page.locale_code).filter(pk=link_id).first()
    if link is None:
        raise Http404
    links.revoke(link=link, by=request.user, now=timezone.now())
    messages.success(request, _("The link of %(reader)s opens nothing any more.") % {"reader": link.reader_name})
    return redirect("approvals:outside", page_id)
