"""The sheets of one document, and the page on which anybody of the office checks one."""

import re

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from approvals.ledger import is_unchanged
from approvals.models import LedgerEntry
from approvals.sheets.contents import CLEARING, LANGUAGES, NoSheet, clearance_of, contents_of
from approvals.sheets.face import html_of
from approvals.sheets.pdf import PdfUnavailable, pdf_of
from approvals.sheets.verification import LARGEST, Finding, verify
from approvals.views import visible_page
from site_pages.access.rules import is_hidden_from
from site_pages.models import DocumentPage

DIGEST = re.compile(r"[0-9a-f]{64}")
NUMBER = re.compile(r"[1-9][0-9]{0,17}")
ALONE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


class SheetForm(forms.Form):
    """A sheet that somebody brings, and the text that is said to go with it."""

    sheet = forms.FileField(
        label=gettext_lazy("Sheet"),
        help_text=gettext_lazy("The HTML or the PDF as the office gave it out. For example: sheet-12-ky.pdf."),
    )
    text = forms.FileField(
        label=gettext_lazy("Text (not compulsory)"),
        required=False,
        help_text=gettext_lazy(
            "The public form as JSON, or a plain text file with the title, the lead and the body, or the body alone."
        ),
    )

    def clean(self):
        """Nothing is read into memory that cannot be a sheet."""
        cleaned = super().clean()
        for name in ("sheet", "text"):
            if (file := cleaned.get(name)) and file.size > LARGEST:
                self.add_error(name, _("The file is too large to be a sheet."))
        return cleaned


@require_GET
@never_cache
def html(request: HttpRequest, page_id: int) -> HttpResponse:
    """The sheet of one clearance as HTML; see _answer."""
    return _answer(request, page_id, draw=html_of, content_type="text/html; charset=utf-8", ending="html")


@require_GET
@never_cache
def pdf(request: HttpRequest, page_id: int) -> HttpResponse:
    """The sheet of one clearance as PDF; see _answer. 503 where the machine lacks what it needs."""
    try:
        return _answer(request, page_id, draw=pdf_of, content_type="application/pdf", ending="pdf")
    except PdfUnavailable as error:
        return HttpResponse(str(error), content_type="text/plain; charset=utf-8", status=503)


def _answer(request: HttpRequest, page_id: int, *, draw, content_type: str, ending: str) -> HttpResponse:
    """?number= names the clearing entry, else the latest; ?language= is ky or ru, else the reader's, else Kyrgyz."""
    page = visible_page(request, page_id)
    number, language = request.GET.get("number", ""), request.GET.get("language", "")
    if number and not NUMBER.fullmatch(number):
        raise Http404
    usual = get_language() if get_language() in LANGUAGES else LANGUAGES[0]
    language = language if language in LANGUAGES else usual
    try:
        clearance = clearance_of(
            content_id=page.content_id, locale=page.locale_code, clearing=int(number) if number else None
        )
        content = draw(contents_of(clearance), language=language)
    except NoSheet as error:
        raise Http404 from error
    name = f"sheet-{clearance.clearing.number}-{language}.{ending}"
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    if ending == "html":
        response.headers["Content-Security-Policy"] = ALONE
    return response


@require_http_methods(["GET", "POST"])
@never_cache
def check(request: HttpRequest) -> HttpResponse:
    """GET with digest and number: whether the ledger has that clearance. POST of a sheet: whether it is true.

    A document that is limited to others is unknown here, like one that never was.
    """
    context = {"page_title": _("Check a sign-off sheet"), "header_icon": "tasks", "form": SheetForm()}
    status = 200
    if request.method == "POST":
        context["form"] = form = SheetForm(request.POST, request.FILES)
        if form.is_valid():
            context |= _brought(request, form.cleaned_data)
        else:
            status = 400
    elif "digest" in request.GET or "number" in request.GET:
        context |= _asked(request, request.GET.get("digest", ""), request.GET.get("number", ""))
    return TemplateResponse(request, "approvals/sheets/check.html", context, status=status)


def _asked(request: HttpRequest, digest: str, number: str) -> dict:
    if not (DIGEST.fullmatch(digest) and NUMBER.fullmatch(number)):
        return {"is_unknown": True}
    entry = LedgerEntry.objects.filter(number=int(number), digest=digest, kind__in=CLEARING).first()
    if entry is None or not is_unchanged(entry) or is_hidden_from(request.user, content_id=entry.content_id):
        return {"is_unknown": True}
    return {"entry": entry, "page": _visible(request, entry.page_id)}


def _brought(request: HttpRequest, files: dict) -> dict:
    text = files["text"].read() if files.get("text") else None
    finding = verify(sheet=files["sheet"].read(), text=text)
    if finding.is_unknown or _is_hidden(request, finding):
        return {"is_unknown": True}
    return {"finding": finding, "has_text": text is not None, "page": _page_of(request, finding)}


def _is_hidden(request: HttpRequest, finding: Finding) -> bool:
    return finding.content_id is not None and is_hidden_from(request.user, content_id=finding.content_id)


def _page_of(request: HttpRequest, finding: Finding) -> DocumentPage | None:
    entry = LedgerEntry.objects.filter(number=finding.number).first()
    return _visible(request, entry.page_id) if entry else None


def _visible(request: HttpRequest, page_id: int) -> DocumentPage | None:
    """The document, for those whose work it is; others learn that the sheet is true, and no more.

    Nor is a limited document shown here to anybody: views of it are logged where its number stands in the address.
    """
    try:
        page = visible_page(request, page_id)
    except Http404:
        return None
    return None if page.is_access_limited else page
