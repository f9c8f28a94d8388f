"""“Subscribers”: who is told by mail of corrections and withdrawals. Add, ask again, take off."""

from collections.abc import Callable

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from approvals import second_factor
from approvals.inbox import LANGUAGES
from approvals.models import Subscriber, SubscriberState
from approvals.subscribers import keeping
from approvals.subscribers.keeping import LONGEST_NAME, Newcomer
from approvals.subscribers.overview import counts, found, row_of
from approvals.subscribers.refusals import FIELDS, Fault, SubscriberRefused
from approvals.subscribers.rules import may_keep
from site_pages.languages import CODES
from site_pages.models import DOCUMENT_TYPES

ON_ONE_PAGE = 50


class NewcomerForm(forms.Form):
    """Who is put on the list, and what he or she wants. What is not chosen at all means everything."""

    name = forms.CharField(
        max_length=LONGEST_NAME,
        label=gettext_lazy("Full name"),
        help_text=gettext_lazy("Of the journalist or editor. For example: Asel Asanova."),
    )
    outlet = forms.CharField(
        max_length=LONGEST_NAME,
        label=gettext_lazy("Outlet"),
        help_text=gettext_lazy("For example: Kabar agency."),
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), help_text=gettext_lazy("For example: asel@kabar.example."))
    language = forms.ChoiceField(choices=settings.LANGUAGES, label=gettext_lazy("Language of the letters"))
    locales = forms.MultipleChoiceField(
        required=False,
        label=gettext_lazy("Languages of documents"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen means all."),
    )
    types = forms.MultipleChoiceField(
        required=False,
        label=gettext_lazy("Types of document"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen means all."),
    )
    wants_minor = forms.BooleanField(
        required=False,
        label=gettext_lazy("Minor corrections too"),
        help_text=gettext_lazy("Without it letters tell of major corrections and of withdrawals only."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["locales"].choices = [(code, LANGUAGES[code]) for code in CODES]
        self.fields["types"].choices = [(kind, model._meta.verbose_name) for kind, model in DOCUMENT_TYPES.items()]

    def add(self, *, by_id: int) -> Subscriber | None:
        """The new subscriber; None with an error beside the field where a rule refuses it."""
        values = self.cleaned_data
        wanted = {"locales": tuple(values["locales"]), "types": tuple(values["types"])}
        try:
            return keeping.add(Newcomer(**{**values, **wanted}), by_id=by_id, now=timezone.now())
        except SubscriberRefused as refusal:
            self.add_error(FIELDS.get(refusal.fault), str(refusal))
            return None


class SubscriberFilter(forms.Form):
    """Which of them are shown. What cannot be understood filters nothing."""

    q = forms.CharField(required=False, max_length=200, label=gettext_lazy("Name, outlet or e-mail"))
    state = forms.ChoiceField(required=False, label=gettext_lazy("State"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", gettext_lazy("All who have not left")), *SubscriberState.choices]

    def rows(self) -> QuerySet[Subscriber]:
        """Those that pass, in the order of the list."""
        wanted = self.cleaned_data if self.is_valid() else {}
        return found(words=wanted.get("q", ""), state=wanted.get("state", ""))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@second_factor.asked
def listing(request: HttpRequest) -> HttpResponse:
    """The list, and the form for another."""
    _require_a_keeper(request)
    form = NewcomerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and (added := form.add(by_id=request.user.pk)):
        words = _("%(name)s is asked by mail, and gets letters after saying yes.")
        messages.success(request, words % {"name": added.name})
        return redirect("approvals:subscribers")
    narrowed = SubscriberFilter(request.GET)
    page = Paginator(narrowed.rows(), ON_ONE_PAGE).get_page(request.GET.get("p"))
    known = counts()
    context = {
        "page_title": _("Subscribers"),
        "header_icon": "mail",
        "filter": narrowed,
        "page": page,
        "rows": [row_of(subscriber) for subscriber in page],
        "counts": [(label, known.get(state, 0)) for state, label in SubscriberState.choices],
        "is_narrowed": bool(request.GET.get("q") or request.GET.get("state")),
        "form": form,
    }
    status = 400 if form.errors else 200
    return TemplateResponse(request, "approvals/subscribers/listing.html", context, status=status)


@require_POST
@second_factor.asked
def ask(request: HttpRequest, subscriber_id: int) -> HttpResponse:
    """Ask once more whoever has not answered."""
    return _done(request, keeping.ask_again, subscriber_id, said=_("The question is sent once more."))


@require_POST
@second_factor.asked
def end(request: HttpRequest, subscriber_id: int) -> HttpResponse:
    """Take one off the list."""
    said = _("No letter goes there any more. Name, outlet and address are erased.")
    return _done(request, keeping.end, subscriber_id, said=said)


def _done(request: HttpRequest, verb: Callable, subscriber_id: int, *, said: str) -> HttpResponse:
    _require_a_keeper(request)
    try:
        verb(subscriber_id=subscriber_id, by_id=request.user.pk, now=timezone.now())
    except SubscriberRefused as refusal:
        if refusal.fault == Fault.NONE_SUCH and not Subscriber.objects.filter(pk=subscriber_id).exists():
            raise Http404 from refusal
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("approvals:subscribers")


def _require_a_keeper(request: HttpRequest) -> None:
    if not may_keep(request.user, now=timezone.now()):
        raise Http404
