"""The screen of the receivers that are told of publications: add, test, switch, give a new secret, remove."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from approvals.inbox import LANGUAGES
from cms.public_side.visitors import administrators_only
from frontend_api.models import LOCALES, WebhookEndpoint
from frontend_api.record import OF_RECEIVERS, latest
from frontend_api.webhooks import receivers
from frontend_api.webhooks.overview import Receiver
from frontend_api.webhooks.overview import receivers as all_receivers
from frontend_api.webhooks.receivers import FIELDS, REASONS, ReceiverRefused
from site_pages.models import DOCUMENT_TYPES

REMEMBERED = 20


class ReceiverForm(forms.Form):
    """Who is told, and of what. What is not chosen at all means everything."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("For example: president.kg")
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        help_text=gettext_lazy("For example: https://www.example/hook. Nothing is sent into private networks."),
    )
    locales = forms.MultipleChoiceField(
        required=False,
        label=gettext_lazy("Languages"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen means all."),
    )
    types = forms.MultipleChoiceField(
        required=False,
        label=gettext_lazy("Types of document"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen means all."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["locales"].choices = [(code, LANGUAGES[code]) for code in LOCALES]
        self.fields["types"].choices = _kinds()

    def add(self, *, by) -> WebhookEndpoint | None:
        """The new receiver; None with an error beside the field where a rule refuses it."""
        try:
            return receivers.add(**self.cleaned_data, by=by, now=timezone.now())
        except ReceiverRefused as refusal:
            self.add_error(FIELDS.get(refusal.fault), str(REASONS[refusal.fault]))
            return None


def _kinds() -> list[tuple[str, str]]:
    return [(kind, model._meta.verbose_name) for kind, model in DOCUMENT_TYPES.items()]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@administrators_only
def listing(request: HttpRequest) -> HttpResponse:
    """All receivers, and the form for another. Its secret is on the answer to the form and nowhere else."""
    form = ReceiverForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (added := form.add(by=request.user)):
        return _secret(request, added)
    context = {
        "page_title": _("Webhooks"),
        "header_icon": "upload",
        "tab": "webhooks",
        "rows": [(receiver, _told_of(receiver)) for receiver in all_receivers()],
        "form": form,
        "record": latest(OF_RECEIVERS, limit=REMEMBERED),
    }
    return TemplateResponse(request, "cms/public_side/webhooks.html", context, status=400 if form.errors else 200)


def _told_of(receiver: Receiver) -> str:
    """What the receiver is told of, in the reader's language; empty for everything."""
    kinds = dict(_kinds())
    words = [LANGUAGES[code] for code in receiver.locales] + [kinds[kind] for kind in receiver.types]
    return ", ".join(str(word) for word in words)


def _secret(request: HttpRequest, receiver: WebhookEndpoint) -> HttpResponse:
    context = {
        "page_title": _("Secret of the receiver"),
        "header_title": _("Secret of the receiver"),
        "header_icon": "key",
        "receiver": receiver,
    }
    return TemplateResponse(request, "cms/public_side/secret.html", context)


def _verb(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A button of one receiver: what the rules refuse is said, and leads back to the list."""

    def told(request: HttpRequest, key: UUID) -> HttpResponse:
        try:
            answer = view(request, key)
        except ReceiverRefused as refusal:
            messages.error(request, str(refusal))
            answer = None
        return answer or redirect("public_side:webhooks")

    return require_POST(never_cache(administrators_only(told)))


@_verb
def new_secret(request: HttpRequest, key: UUID) -> HttpResponse:
    """Give it another secret, shown once."""
    return _secret(request, receivers.change_secret(key=key, by=request.user))


@_verb
def switch_off(request: HttpRequest, key: UUID) -> None:
    """Leave it alone; its messages are kept."""
    off = receivers.switch_off(key=key, by=request.user, now=timezone.now())
    messages.success(request, _("%(name)s is off. What is published meanwhile is kept for it.") % {"name": off.name})


@_verb
def switch_on(request: HttpRequest, key: UUID) -> None:
    """Tell it again, with all that it missed."""
    count = receivers.switch_on(key=key, by=request.user, now=timezone.now())
    words = ngettext(
        "It is on. %(count)s message that it missed is sent now.",
        "It is on. %(count)s messages that it missed are sent now.",
        count,
    )
    messages.success(request, words % {"count": count})


@_verb
def remove(request: HttpRequest, key: UUID) -> None:
    """Tell it nothing more."""
    removed = receivers.remove(key=key, by=request.user, now=timezone.now())
    messages.success(request, _("%(name)s is told nothing more.") % {"name": removed.name})


@transaction.non_atomic_requests
@_verb
def test(request: HttpRequest, key: UUID) -> None:
    """Ask it with a message that tells of nothing. The network is touched outside of every transaction."""
    answer = receivers.send_test(key=key, by=request.user, now=timezone.now())
    if answer.is_yes:
        messages.success(request, _("It took the test message."))
    else:
        words = _("It did not take the test message: %(said)s. Ask whoever runs it, then test again.")
        messages.error(request, words % {"said": answer.said})
