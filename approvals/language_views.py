"""The screen of the language matrix, and how it is searched and filtered."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from approvals import confirmations
from approvals.inbox import LANGUAGES
from approvals.language_matrix import Document, LanguageMatrix
from approvals.stages import Stage
from approvals.views import may_edit, visible_page
from site_pages.languages import CODES
from site_pages.models import DOCUMENT_TYPES

MISSING = "missing"


class LanguageFilter(forms.Form):
    """Which documents are shown. What cannot be understood filters nothing and is said beside its field."""

    q = forms.CharField(label=gettext_lazy("Words of the title"), required=False, max_length=200)
    document_type = forms.ChoiceField(label=gettext_lazy("Type"), required=False)
    stale = forms.BooleanField(label=gettext_lazy("Only where the original has changed since"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = [(kind, model._meta.verbose_name) for kind, model in DOCUMENT_TYPES.items()]
        self.fields["document_type"].choices = [("", _("All types")), *kinds]
        states = [("", _("Any state")), (MISSING, _("no text")), *Stage.choices]
        for code in CODES:
            self.fields[f"state_{code}"] = forms.ChoiceField(label=LANGUAGES[code], choices=states, required=False)
        self.order_fields(["q", "document_type", *(f"state_{code}" for code in CODES), "stale"])
        self._wanted = self.cleaned_data if self.is_valid() else {}

    @property
    def is_empty(self) -> bool:
        """Whether everything is shown."""
        return not any(self._wanted.values())

    @property
    def asks_for_states(self) -> bool:
        """Whether the answer depends on where the languages are."""
        return any(self._wanted.get(name) for name in ("stale", *(f"state_{code}" for code in CODES)))

    def fits_document(self, document: Document) -> bool:
        """Whether type and title fit. Every word has to be in one of the titles, in whatever letters."""
        titles = " ".join(text.title for text in document.texts.values()).casefold()
        words = self._wanted.get("q", "").casefold().split()
        kind = self._wanted.get("document_type", "")
        return all(word in titles for word in words) and kind in ("", document.document_type)

    def fits_states(self, states: dict[str, tuple[Stage | None, bool]]) -> bool:
        """Whether every language is where it is looked for."""
        if self._wanted.get("stale") and not any(is_stale for _stage, is_stale in states.values()):
            return False
        return all(
            self._wanted.get(f"state_{code}", "") in ("", stage.value if stage else MISSING)
            for code, (stage, _is_stale) in states.items()
        )


@require_GET
def languages(request: HttpRequest) -> HttpResponse:
    """All documents that the reader may see, and where each of their languages is."""
    wanted = LanguageFilter(request.GET)
    matrix = LanguageMatrix(user=request.user, now=timezone.now())
    context = {
        "page_title": _("Languages of documents"),
        "header_icon": "globe",
        "filter": wanted,
        "is_empty": not matrix.documents,
        "sheet": matrix.sheet(wanted, number=request.GET.get("page", "1")),
        "languages": [(code, LANGUAGES[code]) for code in CODES],
    }
    return TemplateResponse(request, "approvals/languages.html", context)


@require_POST
def submit_as_it_is(request: HttpRequest, page_id: int) -> HttpResponse:
    """Send a public translation to clearance again: it was compared with the changed original."""
    page = visible_page(request, page_id)
    if not may_edit(page, request.user):
        raise Http404
    try:
        confirmations.submit_as_it_is(
            page_id=page_id, user=request.user, seen_original=request.POST.get("original", "")
        )
    except PermissionDenied as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("“%(title)s” was sent to clearance as it is.") % {"title": page.draft_title})
    return redirect("approvals:document", page_id)
